from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given

from models import build as build_module
from models.build import PaddedEmbedding, build, fresh_start, initial_weights, set_weights, weights_of
from models.layers import GRU, LSTM, AnyLayer, Dense, Embedding, GlobalAveragePooling1D, Reshape
from models.weights import from_bytes, to_bytes
from tests.models.strategies import SEEDS, WITH_KERAS, Stack, inputs_for, legal_stacks, weights_for

# Keras asks NumPy in an old way when it saves and loads.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

MLP: list[AnyLayer] = [Dense(units=64, activation="relu"), Dense(units=3, activation="softmax")]
LSTM_CURVES: list[AnyLayer] = [
    Reshape(target_shape=(55, 1)),
    LSTM(units=32),
    Dense(units=3, activation="softmax"),
]
WORDS: list[AnyLayer] = [
    Embedding(vocabulary_size=9, units=4, pad_id=5),
    LSTM(units=3),
    Dense(units=2, activation="softmax"),
]


def test_initial_mlp_equals_a_plain_keras_script() -> None:
    ours = initial_weights(MLP, (55,), seed=3)
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((55,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    assert list(ours) == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    for mine, theirs in zip(ours.values(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_initial_lstm_equals_a_plain_keras_script() -> None:
    ours = initial_weights(LSTM_CURVES, (55,), seed=3)
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((55,)),
            keras.layers.Reshape((55, 1)),
            keras.layers.LSTM(32),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    assert list(ours) == ["lstm/kernel", "lstm/recurrent_kernel", "lstm/bias", "dense/kernel", "dense/bias"]
    for mine, theirs in zip(ours.values(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_another_seed_gives_other_weights_and_the_same_seed_the_same() -> None:
    first, other = (initial_weights(MLP, (55,), seed)["dense/kernel"] for seed in (1, 2))
    build_module._start.cache_clear()
    again = initial_weights(MLP, (55,), 1)["dense/kernel"]
    assert again is not first
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


def test_what_networks_start_from_is_kept_and_cannot_be_changed() -> None:
    begun = fresh_start(WORDS, (55,), 1)
    assert fresh_start(tuple(WORDS), (55,), 1) is begun
    assert begun.weights["embedding/embeddings"] is begun.variables[0]  # in memory once
    with pytest.raises(ValueError, match="read-only"):
        begun.weights["lstm/bias"][0] = 7
    vectors = np.full((9, 4), np.nan, np.float32)
    vectors[2] = 7
    given_some = fresh_start(WORDS, (55,), 1, vectors)
    random = begun.weights["embedding/embeddings"]
    assert np.abs(random).max() < 1
    for table in (given_some.weights["embedding/embeddings"], given_some.variables[0]):
        np.testing.assert_array_equal(table[2], vectors[2])
        np.testing.assert_array_equal(np.delete(table, 2, axis=0), np.delete(random, 2, axis=0))
    assert given_some.weights["lstm/bias"] is begun.weights["lstm/bias"]


@WITH_KERAS
@given(legal_stacks(), SEEDS)
def test_weights_go_in_and_come_out_whatever_their_order(stack: Stack, seed: int) -> None:
    layers, input_shape = stack
    weights = weights_for(layers, input_shape, seed)
    model = build(layers, input_shape)
    set_weights(model, from_bytes(to_bytes(weights)))  # stored weights come back in another order
    back = weights_of(model, layers, input_shape)
    assert list(back) == list(weights)
    for name, array in weights.items():
        np.testing.assert_array_equal(back[name], array)


def test_directions_of_equal_shape_are_not_mixed_up() -> None:
    layers = [GRU(units=2, bidirectional=True)]
    weights = weights_for(layers, (4, 2), seed=1)
    model = build(layers, (4, 2))
    set_weights(model, dict(reversed(weights.items())))
    np.testing.assert_array_equal(
        model.layers[0].forward_layer.cell.kernel, weights["bidirectional/forward_kernel"]
    )
    np.testing.assert_array_equal(
        model.layers[0].backward_layer.cell.bias, weights["bidirectional/backward_bias"]
    )


def test_weights_of_another_network_are_refused() -> None:
    model = build(MLP, (55,))
    weights = weights_of(model, MLP, (55,))
    with pytest.raises(ValueError, match="dense_1/bias"):
        set_weights(model, {name: array for name, array in weights.items() if name != "dense_1/bias"})
    with pytest.raises(ValueError, match="lstm/kernel"):
        set_weights(model, weights | {"lstm/kernel": weights["dense/kernel"]})
    with pytest.raises(ValueError, match="shape"):
        set_weights(model, weights | {"dense/bias": np.zeros(63, np.float32)})


def test_padding_is_skipped() -> None:
    model = build(WORDS, (6,))
    words, padded, other = [[1, 2, 3, 5, 5, 5]], [[5, 1, 5, 2, 3, 5]], [[1, 2, 3, 4, 5, 5]]
    np.testing.assert_allclose(model(np.array(words)), model(np.array(padded)), atol=1e-6)
    assert np.abs(model(np.array(words)) - model(np.array(other))).max() > 1e-6


def test_without_pad_id_nothing_is_skipped() -> None:
    layers = [Embedding(vocabulary_size=9, units=4), GlobalAveragePooling1D()]
    model = build(layers, (4,))
    mean = weights_of(model, layers, (4,))["embedding/embeddings"][[1, 0, 0, 0]].mean(axis=0)
    np.testing.assert_allclose(model(np.array([[1, 0, 0, 0]]))[0], mean, atol=1e-6)


def test_a_padded_embedding_is_saved_and_loaded(tmp_path: Path) -> None:
    model = build(WORDS, (6,))
    set_weights(model, weights_for(WORDS, (6,), seed=7))
    x = inputs_for(WORDS, (6,), seed=7)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.layers[0], PaddedEmbedding)
    assert loaded.layers[0].pad_id == 5
    np.testing.assert_array_equal(loaded(x), model(x))
    assert list(weights_of(loaded, WORDS, (6,))) == list(weights_of(model, WORDS, (6,)))
