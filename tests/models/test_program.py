"""The compiled loop computes what plain Keras computes, and is compiled once."""

import models.backend  # noqa: F401, I001  # must come before Keras
from collections.abc import Sequence
from itertools import islice
from time import perf_counter
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from data.dataset import Dataset
from models.build import build, fresh_start, set_weights
from models.experiment import Experiment, Optimizer
from models.layers import (
    GRU,
    LSTM,
    AnyLayer,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    MaxPool2D,
    Reshape,
    SimpleRNN,
    gains_from_xla,
)
from models.program import MAX_STEPS, Program, Programs
from models.scaling import Scaler
from models.schedule import batches
from tests.models.examples import PAD, VOCABULARY, curves, images, sentences

CURVES, IMAGES, SENTENCES = curves(), images(), sentences()

SEQUENCE = Reshape(target_shape=(55, 1))
THREE = Dense(units=3, activation="softmax")
TWO = Dense(units=2, activation="softmax")
WORDS = Embedding(vocabulary_size=VOCABULARY, units=8, pad_id=PAD)

STACKS: dict[str, tuple[Dataset, tuple[AnyLayer, ...], Optimizer]] = {
    "mlp, adam": (CURVES, (Dense(units=64), THREE), "adam"),
    "mlp, sgd": (CURVES, (Dense(units=64), THREE), "sgd"),
    "mlp, rmsprop": (CURVES, (Dense(units=64), THREE), "rmsprop"),
    "lstm, adam": (CURVES, (SEQUENCE, LSTM(units=32), THREE), "adam"),
    "gru, rmsprop": (CURVES, (SEQUENCE, GRU(units=16), THREE), "rmsprop"),
    "rnn, sgd": (CURVES, (SEQUENCE, SimpleRNN(units=16, bidirectional=True), THREE), "sgd"),
    "conv, adam": (IMAGES, (Conv2D(filters=8), MaxPool2D(), Flatten(), TWO), "adam"),
    "embedding, adam": (SENTENCES, (WORDS, LSTM(units=8), TWO), "adam"),
}

SMALL = STACKS["mlp, adam"][1], (55,)
"""Layers and the shape of their input."""

KERAS_DEFAULTS: dict[Optimizer, float] = {"adam": 0.001, "sgd": 0.01, "rmsprop": 0.001}
"""Learning rates. With larger ones rounding alone drives recurrent networks apart within 100 steps."""

Batch = NDArray[np.int32]


def hundred_batches(dataset: Dataset) -> list[Batch]:
    """Eight epochs of batches of 20 from 250 examples: every thirteenth has only 10."""
    experiment = Experiment(dataset="any", layers=(THREE,), seed=5)
    every = [batch for epoch in range(1, 9) for batch in batches(experiment, len(dataset.x_train), epoch)]
    assert {len(batch) for batch in every} == {20, 10}
    return every[:100]


def program_of(dataset: Dataset, layers: Sequence[AnyLayer], optimizer: Optimizer = "adam") -> Program:
    """One compiled just now."""
    return Program(layers, 20, optimizer, dataset.x_train, dataset.y_train)


PROGRAMS = Programs()
"""For all tests that do not care what was done with a program before: `reset` forgets that."""


def experiment_of(name: str) -> Experiment:
    """One that trains this stack."""
    dataset, layers, optimizer = STACKS[name]
    return Experiment(dataset=dataset.info.name, layers=layers, optimizer=optimizer)


def compiled(name: str) -> Program:
    """Its program."""
    dataset = STACKS[name][0]
    return PROGRAMS.get(experiment_of(name), dataset.x_train, dataset.y_train)


def plain_keras(
    program: Program, dataset: Dataset, layers: Sequence[AnyLayer], rule: str, every: Sequence[Batch]
) -> tuple[list[float], list[float]]:
    """Losses and accuracies of `train_on_batch`, from the weights that the program has now."""
    model = build(layers, dataset.info.input_shape)
    set_weights(model, program.weights())
    model.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    losses, accuracies = [], []
    for batch in every:
        model.reset_metrics()  # else Keras gives the mean since the start
        loss, accuracy = model.train_on_batch(dataset.x_train[batch], dataset.y_train[batch])
        losses.append(float(loss))
        accuracies.append(float(accuracy))
    return losses, accuracies


@pytest.mark.parametrize("name", STACKS)
def test_a_hundred_steps_equal_plain_keras(name: str) -> None:
    dataset, layers, optimizer = STACKS[name]
    every = hundred_batches(dataset)
    program = compiled(name)
    program.reset(fresh_start(layers, dataset.info.input_shape, seed=3))
    program.set_learning_rate(KERAS_DEFAULTS[optimizer])
    losses, accuracies = plain_keras(program, dataset, layers, optimizer, every)

    our_losses, our_accuracies = program.run(every, Scaler())

    assert our_losses == pytest.approx(losses, abs=1e-3)
    # One example on the border between two classes may fall to either side.
    assert np.mean(np.abs(our_accuracies - accuracies) > 1e-6) <= 0.02
    assert our_losses[-13:].mean() < our_losses[:13].mean()


def test_resetting_gives_the_weights_keras_starts_from() -> None:
    dataset, layers, _ = STACKS["lstm, adam"]
    program = compiled("lstm, adam")
    program.run(hundred_batches(dataset), Scaler())
    program.reset(fresh_start(layers, dataset.info.input_shape, seed=11))
    keras.utils.set_random_seed(11)
    fresh = build(layers, dataset.info.input_shape)
    for ours, keras_own in zip(program.weights().values(), fresh.get_weights(), strict=True):
        assert np.array_equal(ours, keras_own)


def test_weights_are_copies() -> None:
    program = compiled("mlp, adam")
    program.reset(fresh_start(*SMALL, seed=0))
    before = program.weights()
    kept = {name: array.copy() for name, array in before.items()}
    program.set_learning_rate(0.1)
    program.run(hundred_batches(CURVES), Scaler())
    assert all(np.array_equal(before[name], kept[name]) for name in kept)
    assert not np.array_equal(program.weights()["dense/kernel"], kept["dense/kernel"])


@pytest.mark.parametrize("name", ["mlp, adam", "lstm, adam", "conv, adam", "embedding, adam"])
def test_nothing_is_compiled_twice(name: str) -> None:
    """Whatever a learner changes that leaves the architecture, batch size and rule alone."""
    dataset, layers, _ = STACKS[name]
    base, program = experiment_of(name), compiled(name)
    changes: list[dict[str, Any]] = [
        {"learning_rate": 0.1}, {"seed": 9}, {"examples": 33}, {"epochs": 50}, {"examples": 1},
    ]  # fmt: skip
    for change in changes:
        changed = base.model_copy(update=change)
        assert (changed, dataset.x_train) in PROGRAMS
        assert PROGRAMS.get(changed, dataset.x_train, dataset.y_train) is program
        program.reset(fresh_start(layers, dataset.info.input_shape, changed.seed))
        program.set_learning_rate(changed.learning_rate)
        queue = batches(changed, len(dataset.x_train), epoch=1)
        for count in (1, 2, 7):
            program.run(list(islice(queue, count)), Scaler(0.5, 2.0))
    program.run([np.arange(20, dtype=np.int32)] * MAX_STEPS, Scaler())
    assert program.traces == 1


def test_xla_compiles_for_all_numbers_of_steps_at_once() -> None:
    """Tracing once is not enough: XLA by itself might compile anew for each number of steps."""
    begin = perf_counter()
    program = program_of(CURVES, STACKS["lstm, adam"][1])
    compiling = perf_counter() - begin
    seconds = []
    for count in range(1, 10):
        begin = perf_counter()
        program.run([np.arange(20, dtype=np.int32)] * count, Scaler())
        seconds.append(perf_counter() - begin)
    assert np.median(seconds) < compiling / 5


def test_other_architectures_batch_sizes_and_rules_have_their_own_program() -> None:
    base = Experiment(dataset="any", layers=(Conv2D(filters=1), Flatten(), TWO))
    changes: list[dict[str, Any]] = [
        {}, {"layers": (Conv2D(filters=2), Flatten(), TWO)}, {"batch_size": 21}, {"optimizer": "sgd"},
    ]  # fmt: skip
    programs = Programs()
    each = [
        programs.get(base.model_copy(update=change), IMAGES.x_train, IMAGES.y_train) for change in changes
    ]
    assert len(set(map(id, each))) == len(changes)
    assert (base, IMAGES.x_train[:100]) not in programs


def test_data_of_the_same_size_share_a_program_and_each_run_trains_on_its_own() -> None:
    base = Experiment(dataset="any", layers=(Dense(units=4), THREE))
    other = base.model_copy(update={"dataset": "other"})
    flipped = -CURVES.x_train
    programs = Programs()
    losses = []
    for experiment, x in [(base, CURVES.x_train), (other, flipped), (base, CURVES.x_train)]:
        program = programs.get(experiment, x, CURVES.y_train)
        program.reset(fresh_start(base.layers, (55,), seed=1))
        losses.append(program.run([np.arange(20, dtype=np.int32)], Scaler())[0].item())
    assert program is programs.get(other, flipped, CURVES.y_train)
    assert losses[0] == losses[2] != losses[1]


def test_the_program_not_used_for_longest_is_dropped() -> None:
    programs = Programs(limit=2)
    first, second, third = (
        Experiment(dataset="any", layers=(Conv2D(filters=n), Flatten(), TWO)) for n in (1, 2, 3)
    )
    for experiment in (first, second, first, third):
        programs.get(experiment, IMAGES.x_train, IMAGES.y_train)
    kept = [(experiment, IMAGES.x_train) in programs for experiment in (first, second, third)]
    assert kept == [True, False, True]


def test_dropout_forgets_while_training_only() -> None:
    layers = (Dropout(rate=0.5), THREE)
    program = program_of(CURVES, layers)
    program.reset(fresh_start(layers, (55,), seed=0))
    program.set_learning_rate(1e-6)
    batch = np.arange(20, dtype=np.int32)
    losses, _ = program.run([batch] * 10, Scaler())
    assert len(set(losses.tolist())) == 10
    first, second = (program.predict(CURVES.x_test, Scaler()) for _ in range(2))
    assert np.array_equal(first, second)


def test_predicting_takes_any_number_of_examples() -> None:
    program = compiled("mlp, adam")
    program.reset(fresh_start(*SMALL, seed=0))
    x = np.concatenate([CURVES.x_train] * 5)[:1_001]
    together = program.predict(x, Scaler(0.1, 2.0))
    assert together.shape == (1_001, 3)
    assert together.sum(axis=1) == pytest.approx(np.ones(1_001), abs=1e-5)
    assert program.predict(x[1_000:], Scaler(0.1, 2.0)) == pytest.approx(together[1_000:], abs=1e-6)


@pytest.mark.parametrize(
    ("layers", "shape", "gains"),
    [
        ((SEQUENCE, LSTM(), THREE), (55,), True),
        ((Dense(units=64), THREE), (55,), True),
        ((Conv2D(kernel_size=3), Flatten(), THREE), (28, 28, 1), False),
        ((Conv2D(kernel_size=28), Flatten(), THREE), (28, 28, 1), True),
    ],
)
def test_xla_is_for_what_gains_from_it(
    layers: Sequence[AnyLayer], shape: tuple[int, ...], gains: bool
) -> None:
    assert gains_from_xla(layers, shape) is gains
