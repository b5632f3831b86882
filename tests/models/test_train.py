"""Training as an iterator over events."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from data.dataset import Dataset
from models.events import (
    EpochEnd,
    Event,
    Failed,
    Finished,
    LearningRate,
    Progress,
    Snapshot,
    Started,
    Untrained,
)
from models.experiment import Experiment, ExperimentError, Scaling
from models.forward import predict
from models.layers import LSTM, Dense, Dropout, Embedding, Reshape, StackError
from models.program import Programs
from models.scaling import fit_scaler
from models.schedule import held_out, snapshot_steps
from models.train import Knobs, main, train
from models.weights import Array
from tests.models.examples import PAD, VOCABULARY, curves, sentences

ROOT = Path(__file__).resolve().parents[2]

CURVES, SENTENCES = curves(), sentences()
STEPS_PER_EPOCH = 13  # 250 examples in batches of 20

THREE = Dense(units=3, activation="softmax")
MLP = Experiment(dataset="curves", layers=(Dense(units=16), THREE), epochs=3, seed=1)
RNN = MLP.model_copy(update={"layers": (Reshape(target_shape=(55, 1)), LSTM(units=6), THREE)})
WORDS = Experiment(
    dataset="sentences",
    layers=(
        Embedding(vocabulary_size=VOCABULARY, units=4, pad_id=PAD),
        LSTM(units=4),
        Dense(units=2, activation="softmax"),
    ),
    epochs=3,
)
DROPOUT = MLP.model_copy(update={"layers": (Dense(units=16), Dropout(rate=0.5), THREE)})

PROGRAMS = Programs()
"""Shared, so that each architecture is compiled once."""

E = TypeVar("E", bound=Event)


def events_of(experiment: Experiment, dataset: Dataset = CURVES, knobs: Knobs | None = None) -> list[Event]:
    return list(train(experiment, dataset, PROGRAMS, knobs))


def only(kind: type[E], events: Iterable[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def losses(events: Iterable[Event]) -> Array:
    return np.concatenate([event.losses for event in only(Progress, events)])


def final_weights(events: Iterable[Event]) -> Array:
    return np.concatenate([np.ravel(array) for array in only(Snapshot, events)[-1].weights.values()])


def numbers(events: Iterable[Event]) -> list[float]:
    """All numbers of all events, seconds excepted; how steps are gathered into calls depends on the clock."""
    found = [losses(events), final_weights(events)]
    found += [event.accuracies for event in only(Progress, events)]
    for end in only(EpochEnd, events):
        found += [np.ravel(value).astype(float) for value in asdict(end).values() if value is not None]
    return [float(number) for number in np.concatenate(found)]


# ---------------------------------------------------------------------------------- what is told, and when


def test_reading_many_test_examples_is_told_of_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large network may need minutes for them, and whoever hears nothing for one takes it for hung."""
    quiet = events_of(MLP)
    monkeypatch.setattr("models.train.TEST_BATCH", 20)
    monkeypatch.setattr("models.train.TELL_SECONDS", 0.0)
    events = events_of(MLP)
    assert numbers(events) == pytest.approx(numbers(quiet), abs=1e-6)
    more = [event for event in only(Progress, events) if not len(event.losses)]
    assert len(more) == 3 * 2  # epochs, and pauses between three parts of 60 examples
    assert {event.step for event in more} == {13, 26, 39}
    assert all(a.seconds <= b.seconds for a, b in pairwise(only(Progress, events)))


@pytest.mark.parametrize(
    ("experiment", "dataset"), [(MLP, CURVES), (RNN, CURVES), (WORDS, SENTENCES)], ids=["mlp", "rnn", "words"]
)
def test_events_come_in_order(experiment: Experiment, dataset: Dataset) -> None:
    events = events_of(experiment, dataset)

    assert isinstance(events[0], Started)
    assert events[0].steps == 3 * STEPS_PER_EPOCH
    assert events[0].steps_per_epoch == STEPS_PER_EPOCH
    assert events[0].source == dataset.source.sentence
    assert isinstance(events[1], Untrained)
    assert isinstance(events[2], Snapshot)
    assert events[2].step == 0
    assert isinstance(events[-1], Finished)
    assert not only(Finished, events[:-1])
    assert not only(Failed, events)

    done = 0
    for progress in only(Progress, events):
        assert progress.step == done + len(progress.losses) > done
        assert len(progress.accuracies) == len(progress.losses)
        assert progress.losses.dtype == progress.accuracies.dtype == np.float32
        assert ((progress.accuracies >= 0) & (progress.accuracies <= 1 + 1e-6)).all()
        done = progress.step
    assert done == 3 * STEPS_PER_EPOCH

    steps = [event.step for event in only(Snapshot, events)]
    assert steps == snapshot_steps(done, STEPS_PER_EPOCH, 4 * events[0].parameters)
    for before, event in pairwise(events):
        if isinstance(event, Snapshot) and event.step:
            assert isinstance(before, Progress)
            assert before.step == event.step

    ends = only(EpochEnd, events)
    assert [(end.epoch, end.step) for end in ends] == [(1, 13), (2, 26), (3, 39)]
    for end in ends:
        before = events[events.index(end) - 1]
        assert isinstance(before, Progress | Snapshot)
        assert before.step == end.step
    seconds = [event.seconds for event in events if isinstance(event, Progress | Finished)]
    assert seconds == sorted(seconds)
    assert events[-1].test_accuracy == ends[-1].test_accuracy


def test_the_figures_of_an_epoch_are_those_of_its_snapshot() -> None:
    """Checked with the NumPy forward pass, which shares no code with training."""
    for experiment, dataset in ((MLP, CURVES), (RNN, CURVES), (WORDS, SENTENCES)):
        events = events_of(experiment, dataset)
        weights = {event.step: event.weights for event in only(Snapshot, events)}
        for end in only(EpochEnd, events):
            probabilities = predict(experiment.layers, weights[end.step], dataset.x_test)
            right = probabilities[np.arange(len(dataset.y_test)), dataset.y_test]
            assert end.predicted.tolist() == probabilities.argmax(axis=1).tolist()
            assert end.confidence == pytest.approx(probabilities.max(axis=1), abs=1e-5)
            assert end.test_accuracy == (end.predicted == dataset.y_test).mean()
            assert end.test_loss == pytest.approx(-np.log(right).mean(), abs=1e-5)


def test_examples_held_out_judge_and_do_not_teach() -> None:
    experiment = MLP.model_copy(update={"validation": 20})
    events = events_of(experiment)
    held = held_out(experiment, len(CURVES.x_train))
    weights = {event.step: event.weights for event in only(Snapshot, events)}
    for end in only(EpochEnd, events):
        probabilities = predict(experiment.layers, weights[end.step], CURVES.x_train[held])
        right = probabilities[np.arange(len(held)), CURVES.y_train[held]]
        assert end.validation_loss == pytest.approx(-np.log(right).mean(), abs=1e-5)
        assert end.validation_accuracy == (probabilities.argmax(axis=1) == CURVES.y_train[held]).mean()
    x_changed = CURVES.x_train.copy()
    x_changed[held] = 0
    changed = events_of(experiment, replace(CURVES, x_train=x_changed))
    assert final_weights(changed).tolist() == final_weights(events).tolist()
    assert only(EpochEnd, changed)[-1].validation_loss != only(EpochEnd, events)[-1].validation_loss


def test_the_training_figures_of_an_epoch_weigh_every_example_alike() -> None:
    """As in Keras: the smaller last batch counts for less."""
    events = events_of(MLP)
    weights = [20] * 12 + [10]
    accuracies = np.concatenate([event.accuracies for event in only(Progress, events)])
    for number, end in enumerate(only(EpochEnd, events)):
        epoch = slice(13 * number, 13 * (number + 1))
        assert end.train_loss == pytest.approx(np.average(losses(events)[epoch], weights=weights))
        assert end.train_accuracy == pytest.approx(np.average(accuracies[epoch], weights=weights))


def test_the_first_loss_is_that_of_the_first_weights() -> None:
    one_batch = MLP.model_copy(update={"epochs": 1, "batch_size": 250})
    events = events_of(one_batch)
    start = only(Snapshot, events)[0].weights
    probabilities = predict(MLP.layers, start, CURVES.x_train)
    right = probabilities[np.arange(250), CURVES.y_train]
    assert losses(events) == pytest.approx([-np.log(right).mean()], abs=1e-5)


@pytest.mark.parametrize(
    "experiment", [MLP, MLP.model_copy(update={"scaling": "unit"}), RNN], ids=["mlp", "scaled", "rnn"]
)
def test_before_the_first_step_it_knows_what_a_guess_is_worth(experiment: Experiment) -> None:
    """What the first step then says of the same examples, which is taken before the step too."""
    events = events_of(experiment)
    (untrained,) = only(Untrained, events)
    first = only(Progress, events)[0]
    assert untrained.loss == pytest.approx(first.losses[0], abs=1e-5)
    assert untrained.accuracy == pytest.approx(first.accuracies[0])


def test_that_comes_before_it_compiles() -> None:
    programs = Programs()
    first = list(islice(train(MLP, CURVES, programs), 3))
    assert isinstance(first[1], Untrained)
    assert (MLP, CURVES.x_train) not in programs


def test_it_says_whether_it_must_compile() -> None:
    programs = Programs()
    first, second = (next(train(MLP, CURVES, programs)) for _ in range(2))
    assert isinstance(first, Started)
    assert first.compiling
    assert isinstance(second, Started)
    assert second.compiling, "the first run was closed before it compiled anything"
    list(train(MLP.model_copy(update={"epochs": 1}), CURVES, programs))
    third = next(train(MLP.model_copy(update={"seed": 5}), CURVES, programs))
    assert isinstance(third, Started)
    assert not third.compiling


def test_what_does_not_fit_the_data_is_refused_before_anything_happens() -> None:
    with pytest.raises(StackError, match="there are 2 classes"):
        next(train(MLP, SENTENCES))
    huge = MLP.model_copy(update={"layers": (*[Dense(units=1024)] * 3, THREE)})
    with pytest.raises(ExperimentError, match="parameters"):
        next(train(huge, CURVES))


def test_fewer_examples() -> None:
    events = events_of(MLP.model_copy(update={"examples": 50}))
    assert len(losses(events)) == 3 * 3
    assert len(only(EpochEnd, events)[0].predicted) == len(CURVES.y_test)


# ------------------------------------------------------------------------------------------- equal numbers


@pytest.mark.parametrize("experiment", [MLP, RNN, DROPOUT], ids=["mlp", "rnn", "dropout"])
def test_the_same_seed_gives_the_same_numbers(experiment: Experiment) -> None:
    first = numbers(events_of(experiment))
    events_of(experiment.model_copy(update={"seed": 99}))  # leaves other weights and random states behind
    assert numbers(events_of(experiment)) == first
    assert numbers(list(train(experiment, CURVES, Programs()))) == first


@pytest.mark.parametrize("change", [{"seed": 2}, {"learning_rate": 0.01}])
@pytest.mark.parametrize("experiment", [MLP, DROPOUT], ids=["mlp", "dropout"])
def test_other_settings_give_other_numbers(experiment: Experiment, change: dict[str, Any]) -> None:
    other = experiment.model_copy(update=change)
    assert not np.array_equal(losses(events_of(experiment)), losses(events_of(other)))


def test_a_fresh_process_gives_the_same_numbers_too(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["shapes-mlp", "--epochs", "2", "--seed", "3"]
    assert main(arguments) == 0
    here = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    command = [sys.executable, "-m", "models.train", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    there = [json.loads(line) for line in done.stdout.splitlines()]

    assert _printed_numbers(there) == _printed_numbers(here)
    last = there[-1]
    assert list(last) == ["preset", "parameters", "seconds", "test_accuracy"]
    assert last["preset"] == "shapes-mlp"
    assert last["parameters"] == 3_779
    assert 0 < last["seconds"] < 60
    assert last["test_accuracy"] == there[-2]["test_accuracy"]
    assert [event["event"] for event in (there[0], there[-2])] == ["Started", "Finished"]


def _printed_numbers(lines: Sequence[dict[str, Any]]) -> list[Any]:
    joined = [loss for line in lines for loss in line.get("losses", [])]
    ends = [line for line in lines if line.get("event") == "EpochEnd"]
    return [*joined, *ends, lines[-1]["test_accuracy"]]


@pytest.mark.parametrize(
    "arguments", [["no-preset"], ["shapes-mlp", "--epochs", "51"], ["shapes-mlp", "--seed", "-1"]]
)
def test_headless_refuses_what_it_cannot_do(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    assert leaving.value.code == 2
    told = capsys.readouterr()
    assert not told.out
    assert "Traceback" not in told.err


# ------------------------------------------------------------------------------------------- while it runs


def test_the_learning_rate_may_change_between_events() -> None:
    """Not asserted by the losses: with the smallest rate the weights must stand almost still."""
    knobs = Knobs(MLP.learning_rate)
    events: list[Event] = []
    for event in train(MLP, CURVES, PROGRAMS, knobs):
        events.append(event)
        if isinstance(event, EpochEnd) and event.epoch == 2:
            knobs.learning_rate = 1e-6
    (change,) = only(LearningRate, events)
    assert change == LearningRate(26, 1e-6)
    assert isinstance(events[events.index(change) - 1], EpochEnd)
    weights = {event.step: event.weights["dense/kernel"] for event in only(Snapshot, events)}
    assert np.abs(weights[26] - weights[13]).max() > 1e-3
    assert 0 < np.abs(weights[39] - weights[26]).max() < 13 * 2e-6
    plain = events_of(MLP)
    assert not only(LearningRate, plain)
    assert np.array_equal(losses(plain)[:26], losses(events)[:26])
    assert np.array_equal(losses(plain), losses(events_of(MLP))), "the next run starts with its own rate"


def test_closing_midway_leaves_nothing_behind() -> None:
    whole = numbers(events_of(MLP))
    run = train(MLP, CURVES, PROGRAMS)
    for event in run:
        if isinstance(event, Progress) and event.step > 5:
            break
    run.close()  # type: ignore[attr-defined]
    assert list(run) == []
    assert numbers(events_of(MLP)) == whole


HUGE = replace(CURVES, x_train=CURVES.x_train * np.float32(1e25), x_test=CURVES.x_test * np.float32(1e25))


@pytest.mark.parametrize("batch_size", [20, 125, 250])
@pytest.mark.parametrize("epochs", [1, 3])
def test_a_run_that_diverges_fails_with_advice(batch_size: int, epochs: int) -> None:
    """With a batch of 250 an epoch is one step: its loss is a number, but the weights behind it are not."""
    changes = {"optimizer": "sgd", "learning_rate": 1.0, "batch_size": batch_size, "epochs": epochs}
    events = events_of(MLP.model_copy(update=changes), HUGE)
    assert isinstance(events[-1], Failed)
    assert "learning rate ten times smaller" in events[-1].message
    assert len(only(Failed, events)) == 1
    assert not only(Finished, events)
    for event in events:
        for value in asdict(event).values():
            for part in value.values() if isinstance(value, dict) else [value]:
                if isinstance(part, float | np.ndarray):
                    assert np.isfinite(part).all(), event


# ------------------------------------------------------------------------------------------------- scaling


@pytest.mark.parametrize(
    ("scaling", "experiment"), [("unit", MLP), ("standard", RNN)], ids=["unit", "standard"]
)
def test_scaling_is_the_same_as_scaled_data(scaling: Scaling, experiment: Experiment) -> None:
    pixels = replace(CURVES, x_train=CURVES.x_train * np.float32(255), x_test=CURVES.x_test * np.float32(255))
    scaler = fit_scaler(scaling, pixels.x_train)
    by_hand = replace(pixels, x_train=scaler(pixels.x_train), x_test=scaler(pixels.x_test))

    ours = events_of(experiment.model_copy(update={"scaling": scaling}), pixels)
    expected = events_of(experiment, by_hand)

    assert losses(ours) == pytest.approx(losses(expected), abs=1e-4)
    for end, expected_end in zip(only(EpochEnd, ours), only(EpochEnd, expected), strict=True):
        assert end.test_loss == pytest.approx(expected_end.test_loss, abs=1e-4)
    unscaled = events_of(experiment, pixels)
    assert not np.allclose(losses(unscaled), losses(expected), atol=1e-2)
