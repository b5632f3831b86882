import warnings
from collections.abc import Sequence
from typing import Literal

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from models.build import build, set_weights
from models.forward import STATES, conv2d, forward, predict, sigmoid, softmax
from models.layers import (
    GRU,
    LSTM,
    AnyLayer,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    Layer,
    MaxPool2D,
    Recurrent,
    Reshape,
    Shape,
    SimpleRNN,
    StackError,
)
from models.weights import Array
from tests.models.strategies import (
    INPUT_SHAPES,
    REPEATABLE,
    SEEDS,
    WITH_KERAS,
    Stack,
    inputs_for,
    legal_stacks,
    weights_for,
)

# Keras warns where Reshape or Flatten lose the mask, and of a softmax of one number; both are legal.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask"),
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1"),
]

CURVES: list[AnyLayer] = [
    Reshape(target_shape=(55, 1)),
    LSTM(units=32),
    Dense(units=3, activation="softmax"),
]
PADDED = Embedding(vocabulary_size=9, units=4, pad_id=5)
IDS = np.array([[1, 2, 3, 5, 5, 5], [5, 1, 5, 2, 3, 5], [5, 5, 5, 5, 5, 5], [1, 2, 3, 4, 6, 7]])


def assert_close(ours: Array, theirs: ArrayLike | keras.KerasTensor) -> None:
    """Equal to 1e-5, of large numbers to one part in 100,000."""
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-5, atol=1e-5)


def keras_model(layers: Sequence[Layer], input_shape: Shape, seed: int = 1) -> keras.Sequential:
    model = build(layers, input_shape)
    set_weights(model, weights_for(layers, input_shape, seed))
    return model


# The same as Keras


@pytest.mark.parametrize("kind", INPUT_SHAPES)
@WITH_KERAS
@given(st.data(), SEEDS)
def test_every_layer_gives_what_it_gives_in_keras(kind: str, data: st.DataObject, seed: int) -> None:
    layers, input_shape = data.draw(legal_stacks(kind))
    x = inputs_for(layers, input_shape, seed)
    trace = forward(layers, weights_for(layers, input_shape, seed), x)
    model = keras_model(layers, input_shape, seed)
    assert [step.name for step in trace.steps] == [layer.name for layer in model.layers]
    # Keras divides 0 by 0 for the mean of nothing: of the second sequence, which is all padding (inputs_for).
    averaged = any(isinstance(layer, GlobalAveragePooling1D) for layer in layers)
    tensor = keras.ops.convert_to_tensor(x)
    for step, layer in zip(trace.steps, model.layers, strict=True):
        tensor = layer(tensor)
        mask = getattr(tensor, "_keras_mask", None)
        assert (step.mask is None) == (mask is None)
        if step.mask is not None:
            np.testing.assert_array_equal(step.mask, mask)
        ours, theirs = step.output, np.array(tensor)
        assert np.isfinite(ours).all()
        assert ours.dtype == np.float32
        if averaged and np.isnan(theirs[1]).all():
            ours, theirs = (np.delete(values, 1, axis=0) for values in (ours, theirs))
        assert_close(ours, theirs)
    np.testing.assert_array_equal(trace.output, trace.steps[-1].output)
    np.testing.assert_allclose(model(x), tensor, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_convolutions_equal_keras(size: int, strides: int, padding: str) -> None:
    random = np.random.default_rng(size)
    x, kernel = random.normal(size=(2, 7, 6, 3)), random.normal(size=(size, size, 3, 4))
    ours = conv2d(x, kernel, np.zeros(4), strides, padding)
    assert_close(ours, keras.ops.conv(x, kernel, strides, padding))


@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize("size", range(1, 29))
def test_networks_for_digits_equal_keras_with_every_kernel(size: int, pooled: bool) -> None:
    # A kernel of 28 leaves a single number, and nothing to pool, unless zeros stand around the image.
    padding: Literal["valid", "same"] = "same" if pooled and size == 28 else "valid"
    layers: list[AnyLayer] = [
        Reshape(target_shape=(28, 28, 1)),
        Conv2D(filters=4, kernel_size=size, padding=padding),
        *([MaxPool2D()] if pooled else []),
        Flatten(),
        Dense(units=10, activation="softmax"),
    ]
    x = inputs_for(layers, (28, 28), size, batch=2)
    assert_close(
        forward(layers, weights_for(layers, (28, 28), size), x).output, keras_model(layers, (28, 28), size)(x)
    )


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", [SimpleRNN, GRU, LSTM])
@pytest.mark.parametrize("padded", [False, True])
def test_hidden_states_of_every_step_equal_keras(
    kind: type[SimpleRNN | GRU | LSTM], bidirectional: bool, padded: bool
) -> None:
    words = PADDED if padded else Embedding(vocabulary_size=9, units=4)
    last, every = (
        [words, kind(units=3, bidirectional=bidirectional, return_sequences=sequences)]
        for sequences in (False, True)
    )
    step = forward(last, weights_for(last, (6,), 1), IDS).steps[1]
    ways = ("forward_", "backward_") if bidirectional else ("",)
    assert list(step.states) == [way + name for way in ways for name in STATES[kind]]
    hidden = np.concatenate([step.states[way + "hidden"] for way in ways], axis=-1)
    sequences = np.array(keras_model(every, (6,))(IDS))
    assert_close(predict(every, weights_for(every, (6,), 1), IDS), sequences)
    if padded and bidirectional:  # Keras then gives zeros where there is no word, instead of the state
        words_at = IDS != 5
        hidden, sequences = hidden[words_at], sequences[words_at]
    assert_close(hidden, sequences)
    assert_close(step.output, keras_model(last, (6,))(IDS))


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("kind", [SimpleRNN, GRU, LSTM])
@pytest.mark.parametrize("then", [GlobalAveragePooling1D(), LSTM(units=2), GRU(units=2, bidirectional=True)])
def test_padding_is_skipped_as_in_keras_by_layer_after_layer(
    then: AnyLayer, kind: type[SimpleRNN | GRU | LSTM], bidirectional: bool
) -> None:
    first = kind(units=3, bidirectional=bidirectional, return_sequences=True)
    layers = [PADDED, Dense(units=4), first, Dropout(), then, Dense(units=2, activation="softmax")]
    ours = predict(layers, weights_for(layers, (6,), 1), IDS)
    theirs = np.array(keras_model(layers, (6,))(IDS))
    some_words = [0, 1, 3]
    assert_close(ours[some_words], theirs[some_words])
    if isinstance(then, Recurrent):
        assert_close(ours[2], theirs[2])


def test_cell_states_equal_those_of_a_keras_cell_stepped_by_hand() -> None:
    layers = [LSTM(units=3)]
    weights = weights_for(layers, (6, 2), 1)
    x = inputs_for(layers, (6, 2), 1)
    states = forward(layers, weights, x).steps[0].states
    cell = keras.layers.LSTMCell(3)
    cell.build((None, 2))
    cell.set_weights([weights[f"lstm/{name}"] for name in ("kernel", "recurrent_kernel", "bias")])
    carried = [np.zeros((4, 3), np.float32)] * 2
    for t in range(6):
        _, carried = cell(x[:, t], carried)
        assert_close(states["hidden"][:, t], carried[0])
        assert_close(states["cell"][:, t], carried[1])


# Gates, against the textbook's formulas, unit by unit in double precision


def logistic(z: Array) -> Array:
    exact: Array = 1 / (1 + np.exp(-z.astype(float)))
    return exact


def test_gates_of_an_lstm() -> None:
    layers = [LSTM(units=3)]
    weights = weights_for(layers, (6, 2), 2)
    x = inputs_for(layers, (6, 2), 2)
    s = forward(layers, weights, x).steps[0].states
    before = {name: np.insert(s[name], 0, 0, axis=1)[:, :-1] for name in ("hidden", "cell")}
    kernel, recurrent_kernel, bias = (
        weights[f"lstm/{name}"] for name in ("kernel", "recurrent_kernel", "bias")
    )

    def gate(block: int, unit: int) -> Array:
        column = 3 * block + unit
        z: Array = x @ kernel[:, column] + before["hidden"] @ recurrent_kernel[:, column] + bias[column]
        return z  # (batch, steps)

    for unit in range(3):
        assert_close(s["input_gate"][..., unit], logistic(gate(0, unit)))
        assert_close(s["forget_gate"][..., unit], logistic(gate(1, unit)))
        assert_close(s["candidate"][..., unit], np.tanh(gate(2, unit)))
        assert_close(s["output_gate"][..., unit], logistic(gate(3, unit)))
    assert_close(s["cell"], s["forget_gate"] * before["cell"] + s["input_gate"] * s["candidate"])
    assert_close(s["hidden"], s["output_gate"] * np.tanh(s["cell"]))


def test_gates_of_a_gru() -> None:
    layers = [GRU(units=3)]
    weights = weights_for(layers, (6, 2), 3)
    x = inputs_for(layers, (6, 2), 3)
    s = forward(layers, weights, x).steps[0].states
    before = np.insert(s["hidden"], 0, 0, axis=1)[:, :-1]
    kernel, recurrent_kernel, bias = (
        weights[f"gru/{name}"] for name in ("kernel", "recurrent_kernel", "bias")
    )
    for unit in range(3):
        update, reset, candidate = unit, 3 + unit, 6 + unit
        from_input = x @ kernel + bias[0]
        from_state = before @ recurrent_kernel + bias[1]
        z = logistic(from_input[..., update] + from_state[..., update])
        r = logistic(from_input[..., reset] + from_state[..., reset])
        assert_close(s["update_gate"][..., unit], z)
        assert_close(s["reset_gate"][..., unit], r)
        g = np.tanh(from_input[..., candidate] + r * from_state[..., candidate])
        assert_close(s["candidate"][..., unit], g)
        assert_close(s["hidden"][..., unit], z * before[..., unit] + (1 - z) * g)


def test_backward_states_stand_at_the_position_they_were_read_at() -> None:
    both, one = [GRU(units=3, bidirectional=True)], [GRU(units=3)]
    weights = weights_for(both, (6, 2), 4)
    x = inputs_for(both, (6, 2), 4)
    reader = {
        f"gru/{name}": weights[f"bidirectional/backward_{name}"]
        for name in ("kernel", "recurrent_kernel", "bias")
    }
    reversed_states = forward(one, reader, x[:, ::-1]).steps[0].states
    states = forward(both, weights, x).steps[0].states
    for name in STATES[GRU]:
        assert_close(states["backward_" + name], reversed_states[name][:, ::-1])


# Padding


def test_padding_carries_the_state_over() -> None:
    layers = [PADDED, LSTM(units=3)]
    states = forward(layers, weights_for(layers, (6,), 1), IDS).steps[1].states
    for name in ("hidden", "cell"):
        np.testing.assert_array_equal(states[name][0, 3:], states[name][0, [2, 2, 2]])
        np.testing.assert_array_equal(states[name][1, 2], states[name][1, 1])
        assert not states[name][1, 0].any()  # nothing read yet
        assert not states[name][2].any()  # nothing at all to read
        assert np.abs(np.diff(states[name][3], axis=0)).min() > 0
    assert all(np.isfinite(values).all() for values in states.values())


def test_where_padding_stands_makes_no_difference() -> None:
    for rest in ([GRU(units=3)], [LSTM(units=3, bidirectional=True)], [GlobalAveragePooling1D()]):
        layers = [PADDED, Dropout(), Dense(units=4), *rest]
        output = predict(layers, weights_for(layers, (6,), 1), IDS)
        assert_close(output[0], output[1])
        assert np.abs(output[0] - output[3]).max() > 1e-3


def test_the_mean_of_nothing_is_zero() -> None:
    layers = [PADDED, GlobalAveragePooling1D(), Dense(units=2, activation="softmax")]
    weights = weights_for(layers, (6,), 1)
    trace = forward(layers, weights, IDS)
    assert not trace.steps[1].output[2].any()
    assert_close(trace.steps[1].output[0], weights["embedding/embeddings"][[1, 2, 3]].mean(axis=0))
    assert np.isnan(np.array(keras_model(layers, (6,))(IDS))[2]).all()  # if this fails, Keras has mended it


def test_what_hands_the_mask_on_and_what_loses_it() -> None:
    def masks(*rest: AnyLayer) -> list[bool]:
        layers = [PADDED, *rest]
        return [step.mask is not None for step in forward(layers, weights_for(layers, (6,), 1), IDS).steps]

    assert masks(Dense(units=4), Dropout(), GRU(return_sequences=True), LSTM()) == [True] * 4 + [False]
    assert masks(Reshape(target_shape=(6, 4)), LSTM(return_sequences=True)) == [True, False, False]
    assert masks(Flatten(), Dense()) == [True, False, False]
    assert masks(GlobalAveragePooling1D(), Dense()) == [True, False, False]


# Many examples


@REPEATABLE
@given(legal_stacks(), SEEDS)
def test_predict_equals_forward(stack: Stack, seed: int) -> None:
    layers, input_shape = stack
    weights = weights_for(layers, input_shape, seed)
    x = inputs_for(layers, input_shape, seed)
    assert_close(predict(layers, weights, x), forward(layers, weights, x).output)


@REPEATABLE
@given(legal_stacks(), SEEDS)
def test_an_example_does_not_depend_on_its_batch(stack: Stack, seed: int) -> None:
    layers, input_shape = stack
    weights = weights_for(layers, input_shape, seed)
    x = inputs_for(layers, input_shape, seed)
    alone = [forward(layers, weights, example[None]).output[0] for example in x]
    assert_close(forward(layers, weights, x).output, alone)


def test_predict_puts_its_chunks_together_in_order() -> None:
    weights = weights_for(CURVES, (55,), 1)
    x = inputs_for(CURVES, (55,), 1, batch=700)
    assert_close(predict(CURVES, weights, x), forward(CURVES, weights, x).output)


def test_predict_works_where_one_example_fills_a_chunk() -> None:
    layers = [Conv2D(filters=256, kernel_size=2, padding="same"), MaxPool2D(pool_size=28), Flatten()]
    weights = weights_for(layers, (160, 160, 1), 1)
    x = inputs_for(layers, (160, 160, 1), 1, batch=2)
    assert_close(predict(layers, weights, x)[1], forward(layers, weights, x[1:]).output[0])


def test_no_examples_give_no_predictions() -> None:
    weights = weights_for(CURVES, (55,), 1)
    assert predict(CURVES, weights, np.empty((0, 55))).shape == (0, 3)
    assert forward(CURVES, weights, np.empty((0, 55))).output.shape == (0, 3)


def test_the_order_of_the_weights_does_not_matter() -> None:
    weights = weights_for(CURVES, (55,), 1)
    x = inputs_for(CURVES, (55,), 1)
    shuffled = dict(reversed(weights.items()))
    assert list(shuffled) != list(weights)
    np.testing.assert_array_equal(predict(CURVES, shuffled, x), predict(CURVES, weights, x))


def test_a_recurrent_layer_reads_sequences_of_any_length() -> None:
    layers = [LSTM(units=3), Dense(units=2)]
    weights = weights_for(layers, (6, 1), 1)
    longer = np.zeros((1, 9, 1), np.float32)
    assert forward(layers, weights, longer).steps[0].states["cell"].shape == (1, 9, 3)


# Hostile and extreme input


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((4, 54), "it got 54, but 55×1 holds 55"),
        ((4, 55, 2), "it got 110"),
        ((55,), "batch axis"),
        ((), "batch axis"),
    ],
)
def test_a_wrong_input_shape_is_refused(shape: Shape, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        forward(CURVES, weights_for(CURVES, (55,), 1), np.zeros(shape))
    with pytest.raises(ValueError, match=sentence):
        predict(CURVES, weights_for(CURVES, (55,), 1), np.zeros(shape))


def test_an_illegal_stack_is_refused() -> None:
    with pytest.raises(StackError, match=r"Add Reshape\(55, 1\)"):
        forward([LSTM()], {}, np.zeros((1, 55)))


def test_wrong_weights_are_refused() -> None:
    weights = weights_for(CURVES, (55,), 1)
    x = np.zeros((1, 55))
    with pytest.raises(ValueError, match="lack lstm/bias"):
        forward(CURVES, {name: array for name, array in weights.items() if name != "lstm/bias"}, x)
    with pytest.raises(ValueError, match=r"lstm/bias has the shape \(4,\)"):
        forward(CURVES, weights | {"lstm/bias": np.zeros(4, np.float32)}, x)
    dense = [Dense(units=3)]
    with pytest.raises(ValueError, match="dense/kernel has the shape"):
        forward(dense, weights_for(dense, (55,), 1), np.zeros((1, 54)))


@pytest.mark.parametrize("number", [-1, 9, 2.5, float("nan"), float("inf"), 2**40])
def test_a_number_that_is_no_word_id_is_refused(number: float) -> None:
    layers = [PADDED, LSTM(units=3)]
    ids = np.where(IDS == 1, number, IDS)
    with pytest.raises(ValueError, match="whole word ids from 0 to 8"):
        forward(layers, weights_for(layers, (6,), 1), ids)


def test_text_is_refused() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        forward(CURVES, weights_for(CURVES, (55,), 1), np.array([["a great cast"] * 55]))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e30, -1e30, 1e300])
def test_extreme_numbers_neither_crash_nor_warn(value: float) -> None:
    stacks: list[tuple[list[AnyLayer], Shape]] = [
        (CURVES, (55,)),
        ([GRU(units=3, bidirectional=True), Dense(units=2, activation="sigmoid")], (6, 2)),
        (
            [Conv2D(filters=3, padding="same"), MaxPool2D(), Flatten(), Dense(units=2, activation="softmax")],
            (6, 6, 1),
        ),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for layers, shape in stacks:
            x = np.zeros((2, *shape))
            x[0] = value
            output = predict(layers, weights_for(layers, shape, 1), x)
            assert np.isfinite(output[1]).all()  # the neighbour in the batch is not touched
            assert np.isfinite(output[0]).all() or not abs(value) < 1e30


def test_sigmoid_and_softmax_of_large_numbers() -> None:
    z = np.array([[-1000.0, 0.0, 1000.0]], np.float32)
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(sigmoid(z), [[0, 0.5, 1]])
        np.testing.assert_allclose(softmax(z), [[0, 0, 1]])
        np.testing.assert_allclose(softmax(z * 0), [[1 / 3, 1 / 3, 1 / 3]], rtol=1e-6)


def test_a_convolution_finds_its_pattern() -> None:
    image = np.zeros((1, 5, 6, 1), np.float32)
    image[0, 1, 3:5, 0] = [1, -1]
    kernel = np.zeros((2, 2, 1, 1), np.float32)
    kernel[0, :, 0, 0] = [1, -1]
    found = conv2d(image, kernel, np.zeros(1, np.float32))[0, ..., 0]
    assert found.shape == (4, 5)
    assert found[1, 3] == found.max() == 2
