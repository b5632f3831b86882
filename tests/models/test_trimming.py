"""Rows cut short: nothing is lost, and nothing comes out differently."""

import models.backend  # noqa: F401, I001  # must come before Keras
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.build import fresh_start
from models.experiment import Experiment
from models.layers import GRU, LSTM, AnyLayer, Dense, Dropout, Embedding, SimpleRNN
from models.presets import PRESETS
from models.program import Program, Programs
from models.scaling import Scaler
from models.schedule import batches
from models.trimming import cut_lengths, row_lengths, similar_together, trimmed_pad
from tests.models.examples import PAD, VOCABULARY, sentences

quick = settings(derandomize=True, deadline=None)
TWO = Dense(units=2, activation="softmax")
WORDS = Embedding(vocabulary_size=VOCABULARY, units=8, pad_id=PAD)


@quick
@given(st.integers(1, 100), st.integers(1, 40), st.integers(1, 55), st.integers(0, 1000))
def test_each_example_comes_once_and_full_batches_fit_their_cut(
    count: int, batch_size: int, longest: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    lengths = random.integers(1, longest + 1, count).astype(np.int32)
    cuts = cut_lengths(longest)
    order = random.permutation(count).astype(np.int32)
    made = similar_together(order, lengths, cuts, batch_size, random)
    assert sorted(made) == list(range(count))
    # No more batches of a length than its rows can fill: shorter rows do not wait in longer batches.
    needed = [max(lengths[made[i : i + batch_size]]) for i in range(0, count, batch_size)]
    for cut in cuts:
        fitting = int((lengths <= cut).sum())
        assert sum(need <= cut for need in needed) >= fitting // batch_size


@quick
@given(st.integers(1, 300))
def test_cuts_rise_to_the_whole_length(steps: int) -> None:
    cuts = cut_lengths(steps)
    assert list(cuts) == sorted(set(cuts))
    assert cuts[-1] == steps
    assert cuts[0] >= 1


def test_row_lengths_count_up_to_the_last_word() -> None:
    x = np.array([[1, 2, PAD, PAD], [PAD] * 4, [1, PAD, 1, PAD], [1] * 4], np.int32)
    assert row_lengths(x, PAD).tolist() == [2, 1, 3, 4]


@pytest.mark.parametrize(
    ("layers", "pad_id"),
    [
        ((WORDS, LSTM(), TWO), PAD),
        ((WORDS, GRU(return_sequences=True), SimpleRNN(bidirectional=True), Dropout(), TWO), PAD),
        ((WORDS, Dropout(), LSTM(), TWO), None),
        ((Embedding(vocabulary_size=VOCABULARY), LSTM(), TWO), None),
        (PRESETS["shapes-lstm"].layers, None),
        (PRESETS["sst2-average"].layers, None),
    ],
)
def test_only_what_skips_its_padding_is_cut(layers: tuple[AnyLayer, ...], pad_id: int | None) -> None:
    assert trimmed_pad(layers) == pad_id


@pytest.mark.parametrize("layer", [LSTM(units=8), GRU(units=8), SimpleRNN(units=8, bidirectional=True)])
def test_cutting_changes_no_loss(layer: AnyLayer) -> None:
    dataset = sentences()
    experiment = Experiment(dataset="sentences", layers=(WORDS, layer, TWO), batch_size=5, epochs=4)
    program: Program = Programs().get(experiment, dataset.x_train, dataset.y_train)
    found = []
    for traces in (1, 2):
        assert program.traces == traces
        program.reset(fresh_start(experiment.layers, dataset.info.input_shape, seed=0))
        order = batches(experiment, len(dataset.x_train), 1, program.lengths, program.cuts)
        losses, _ = program.run(list(islice(order, 50)), Scaler())
        found.append({"losses": losses} | program.weights())
        program.refine()
    assert len(program.cuts) == 3
    whole, cut = found
    for name, array in whole.items():
        np.testing.assert_allclose(array, cut[name], atol=1e-5, rtol=0, err_msg=name)
