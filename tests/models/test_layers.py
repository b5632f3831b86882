import re
from collections.abc import Sequence
from math import prod

import keras
import pytest
from annotated_types import Ge, Le
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from models.build import build, keras_layer, weights_of
from models.layers import (
    GRU,
    KINDS,
    LSTM,
    MAX_LAYERS,
    AnyLayer,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    MaxPool2D,
    Reshape,
    Shape,
    SimpleRNN,
    StackError,
    describe_shape,
    first_problem,
    format_layers,
    parameters,
    parse_layers,
    summary,
)
from tests.models.strategies import (
    INPUT_SHAPES,
    REPEATABLE,
    WITH_KERAS,
    Stack,
    any_layer,
    legal_stacks,
)

# Keras warns where Reshape or Flatten lose the mask, and of a softmax of one number; both are legal.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask"),
    pytest.mark.filterwarnings("ignore:You are using a softmax over axis -1"),
]

LAYER: TypeAdapter[AnyLayer] = TypeAdapter(AnyLayer)


# The same as Keras


@WITH_KERAS
@given(legal_stacks())
def test_names_shapes_and_parameters_equal_those_of_keras(stack: Stack) -> None:
    layers, input_shape = stack
    rows = summary(layers, input_shape)
    model = build(layers, input_shape)
    assert [row.name for row in rows] == [layer.name for layer in model.layers]
    assert [row.output_shape for row in rows] == [layer.output.shape[1:] for layer in model.layers]
    assert [row.parameters for row in rows] == [layer.count_params() for layer in model.layers]
    assert [row.input_shape for row in rows] == [input_shape, *(row.output_shape for row in rows[:-1])]
    assert parameters(layers, input_shape) == model.count_params()


@WITH_KERAS
@given(legal_stacks())
def test_weights_have_the_names_shapes_and_order_of_keras(stack: Stack) -> None:
    layers, input_shape = stack
    model = build(layers, input_shape)
    ours = [
        (f"{row.name}/{name}", size)
        for row in summary(layers, input_shape)
        for name, size in row.weights.items()
    ]
    assert [size for _, size in ours] == [variable.shape for variable in model.trainable_variables]
    for (name, _), variable in zip(ours, model.trainable_variables, strict=True):
        layer, short = name.split("/")
        parts = variable.path.split("/")[1:]  # without the model: lstm/lstm_cell/kernel, dense/bias, ...
        assert parts[0] == layer
        way = next((way for way in ("forward_", "backward_") if short.startswith(way)), "")
        assert parts[-1] == short.removeprefix(way)
        assert parts[1].startswith(way)
    assert {name: array.shape for name, array in weights_of(model, layers, input_shape).items()} == dict(ours)


def test_names_are_those_that_keras_itself_gives() -> None:
    keras.backend.clear_session()
    plain = keras.Sequential(
        [
            keras.Input((16,)),
            keras.layers.Reshape((4, 4, 1)),
            keras.layers.Conv2D(8, 3),
            keras.layers.Conv2D(8, 1),
            keras.layers.MaxPooling2D(),
            keras.layers.Reshape((1, 8)),
            keras.layers.SimpleRNN(2, return_sequences=True),
            keras.layers.LSTM(2, return_sequences=True),
            keras.layers.Bidirectional(keras.layers.GRU(2, return_sequences=True)),
            keras.layers.LSTM(2, return_sequences=True),
            keras.layers.Dropout(0.3),
            keras.layers.GlobalAveragePooling1D(),
        ]
    )
    layers: list[AnyLayer] = [
        Reshape(target_shape=(4, 4, 1)),
        Conv2D(filters=8),
        Conv2D(filters=8, kernel_size=1),
        MaxPool2D(),
        Reshape(target_shape=(1, 8)),
        SimpleRNN(units=2, return_sequences=True),
        LSTM(units=2, return_sequences=True),
        GRU(units=2, return_sequences=True, bidirectional=True),
        LSTM(units=2, return_sequences=True),
        Dropout(),
        GlobalAveragePooling1D(),
    ]
    assert [row.name for row in summary(layers, (16,))] == [layer.name for layer in plain.layers]


def keras_takes(layers: Sequence[AnyLayer], input_shape: Shape) -> bool:
    try:
        keras.Sequential(
            [keras.Input(input_shape), *(keras_layer(layer, f"layer_{i}") for i, layer in enumerate(layers))]
        )
    except ValueError:
        return False
    return True


def we_forbid(layers: Sequence[AnyLayer], input_shape: Shape) -> bool:
    """Word ids come first and as one sequence; Keras would look up any array of numbers."""
    return any(
        isinstance(layer, Embedding) and (i > 0 or len(input_shape) > 1) for i, layer in enumerate(layers)
    )


@WITH_KERAS
@given(st.lists(any_layer(), min_size=1, max_size=3), st.one_of(*INPUT_SHAPES.values()))
def test_a_stack_is_refused_where_keras_fails_or_we_forbid_it(
    layers: list[AnyLayer], input_shape: Shape
) -> None:
    legal = keras_takes(layers, input_shape) and not we_forbid(layers, input_shape)
    if legal:
        assert len(summary(layers, input_shape)) == len(layers)
    else:
        with pytest.raises(StackError) as refusal:
            summary(layers, input_shape)
        summary(layers[: refusal.value.index], input_shape)  # what is before the offender is fine


# The course's figures

LSTM_CURVES = [Reshape(target_shape=(55, 1)), LSTM(units=32), Dense(units=3, activation="softmax")]
DIGIT = Reshape(target_shape=(28, 28, 1))
TEN: list[AnyLayer] = [Flatten(), Dense(units=10, activation="softmax")]


def small_cnn(size: int) -> list[AnyLayer]:
    first, second = (Conv2D(filters=filters, kernel_size=size) for filters in (32, 64))
    return [DIGIT, first, MaxPool2D(), second, MaxPool2D(), *TEN]


@pytest.mark.parametrize(
    ("layers", "input_shape", "figures"),
    [
        ([Dense(units=64), Dense(units=3, activation="softmax")], (55,), [3_584, 195]),
        (LSTM_CURVES, (55,), [0, 4_352, 99]),
        (
            [
                Embedding(vocabulary_size=4_823, units=32),
                LSTM(units=32),
                Dense(units=2, activation="softmax"),
            ],
            (55,),
            [154_336, 8_320, 66],
        ),
        (small_cnn(3), (784,), [0, 320, 0, 18_496, 0, 0, 16_010]),
        (small_cnn(1), (784,), [0, 64, 0, 2_112, 0, 0, 31_370]),
        ([DIGIT, Conv2D(filters=32, kernel_size=28), *TEN], (784,), [0, 25_120, 0, 330]),
    ],
)
def test_parameters_of_the_course(layers: list[AnyLayer], input_shape: Shape, figures: list[int]) -> None:
    assert [row.parameters for row in summary(layers, input_shape)] == figures
    assert parameters(layers, input_shape) == sum(figures)


def test_totals_of_the_course() -> None:
    embedding = Embedding(vocabulary_size=4_823, units=32)
    assert parameters([Dense(units=64), Dense(units=3)], (55,)) == 3_779
    assert parameters(LSTM_CURVES, (55,)) == 4_451
    assert parameters([embedding, LSTM(units=32), Dense(units=2)], (55,)) == 162_722
    assert parameters(small_cnn(3), (784,)) == 34_826
    assert parameters(small_cnn(1), (784,)) == 33_546
    assert parameters([DIGIT, Conv2D(filters=32, kernel_size=28), *TEN], (784,)) == 25_450


# Sentences


@pytest.mark.parametrize(
    ("layers", "input_shape", "index", "sentence"),
    [
        (
            [LSTM()],
            (55,),
            0,
            "Layer 1: LSTM needs a sequence of vectors; it got 55 numbers. Add Reshape(55, 1) before it.",
        ),
        (
            [GRU()],
            (28, 28, 1),
            0,
            "Layer 1: GRU needs a sequence of vectors; it got an image of 28×28 with 1 channel. "
            "Add Reshape(28, 28) before it to read it row by row.",
        ),
        (
            [LSTM(units=8), GlobalAveragePooling1D()],
            (55, 1),
            1,
            "Layer 2: GlobalAveragePooling1D needs a sequence of vectors; it got 8 numbers. "
            "Switch on “Return sequences” in layer 1, LSTM, which gives its last state only.",
        ),
        (
            [LSTM(units=8), Dropout(), LSTM(units=4)],
            (55, 1),
            2,
            "Layer 3: LSTM needs a sequence of vectors; it got 8 numbers. "
            "Switch on “Return sequences” in layer 1, LSTM, which gives its last state only.",
        ),
        (
            [LSTM(units=9), Conv2D()],
            (55, 1),
            1,  # no word of sequences, which would not help
            "Layer 2: Conv2D needs an image with channels; it got 9 numbers. Add Reshape(3, 3, 1) before it.",
        ),
        (
            [Conv2D()],
            (784,),
            0,
            "Layer 1: Conv2D needs an image with channels; it got 784 numbers. "
            "Add Reshape(28, 28, 1) before it.",
        ),
        (
            [MaxPool2D()],
            (55, 2),
            0,
            "Layer 1: MaxPool2D needs an image with channels; it got a sequence of 55 vectors of size 2. "
            "Use it on images, or add a Reshape to height, width, channels before it.",
        ),
        (
            [Conv2D(kernel_size=5)],
            (4, 7, 1),
            0,
            "Layer 1: Conv2D has a kernel of 5×5, but the image has shrunk to 4×7. "
            'Make the kernel at most 4, pool less before it, or set padding to "same".',
        ),
        (
            [MaxPool2D(pool_size=3)],
            (2, 9, 1),
            0,
            "Layer 1: MaxPool2D has a window of 3×3, but the image has shrunk to 2×9. "
            "Remove this layer or make the window smaller.",
        ),
        (
            [Reshape(target_shape=(5, 10))],
            (55,),
            0,
            "Layer 1: Reshape needs as many numbers as it gives: it got 55, but 5×10 holds 50. "
            "Choose sizes whose product is 55.",
        ),
        (
            [Embedding(vocabulary_size=9)],
            (55, 1),
            0,
            "Layer 1: Embedding needs word ids; it got a sequence of 55 vectors of size 1. "
            "Make it the first layer.",
        ),
        (
            [Dense(), Embedding(vocabulary_size=9)],
            (55,),
            1,
            "Layer 2: Embedding needs word ids, so it must be the first layer. Move it up.",
        ),
        ([Flatten()] * 13, (55,), 12, "At most 12 layers; there are 13. Remove some."),
    ],
)
def test_a_refusal_says_which_layer_what_it_got_and_what_to_change(
    layers: list[AnyLayer], input_shape: Shape, index: int, sentence: str
) -> None:
    with pytest.raises(StackError) as refusal:
        summary(layers, input_shape)
    assert str(refusal.value) == sentence
    assert refusal.value.index == index


def test_as_many_layers_as_allowed_are_allowed() -> None:
    assert len(summary([Flatten()] * MAX_LAYERS, (55,))) == MAX_LAYERS


def test_shapes_in_words() -> None:
    assert describe_shape((4_823,)) == "4,823 numbers"
    assert describe_shape((1,)) == "1 number"
    assert describe_shape((1, 2)) == "a sequence of 1 vector of size 2"
    assert describe_shape((28, 28, 1)) == "an image of 28×28 with 1 channel"
    assert describe_shape((8, 8, 3)) == "an image of 8×8 with 3 channels"
    assert describe_shape((2, 3, 4, 5)) == "an array of shape (2, 3, 4, 5)"


@REPEATABLE
@given(legal_stacks())
def test_the_formula_ends_in_the_number_of_parameters(stack: Stack) -> None:
    for row in summary(*stack):
        if row.formula == "nothing to learn":
            assert row.parameters == 0
        else:
            assert int(row.formula.rpartition("= ")[2].replace(",", "")) == row.parameters


@pytest.mark.parametrize(
    ("layer", "shape", "formula"),
    [
        (LSTM(units=32), (55, 1), "4 blocks × 32 units × (1 input + 32 states + 1 bias) = 4,352"),
        (
            GRU(units=2, bidirectional=True),
            (9, 5),
            "2 directions × 3 blocks × 2 units × (5 inputs + 2 states + 2 biases) = 108",
        ),
        (SimpleRNN(units=4), (9, 5), "4 units × (5 inputs + 4 states + 1 bias) = 40"),
        (Dense(units=64), (55,), "55 inputs × 64 units + 64 biases = 3,584"),
        (Conv2D(filters=64), (13, 13, 32), "64 filters × (3 × 3 × 32 weights + 1 bias) = 18,496"),
        (Embedding(vocabulary_size=4_823), (55,), "4,823 words × 32 numbers = 154,336"),
    ],
)
def test_formulas_in_words(layer: AnyLayer, shape: Shape, formula: str) -> None:
    assert layer.formula(shape) == formula


@REPEATABLE
@given(legal_stacks())
def test_the_factors_of_the_formula_give_its_total(stack: Stack) -> None:
    for row in summary(*stack):
        if row.parameters:
            left, _, total = row.formula.replace(",", "").rpartition(" = ")
            sum_in_signs = re.sub(r"[a-z ]", "", left).replace("×", "*")
            assert re.fullmatch(r"[\d*+()]+", sum_in_signs)
            assert eval(sum_in_signs) == int(total)  # noqa: S307  # digits and signs only, see above


# Fields

REQUIRED: dict[str, dict[str, object]] = {
    "Reshape": {"target_shape": [55, 1]},
    "Embedding": {"vocabulary_size": 50_000},
}

RANGES = [
    (kind, field, low.ge, high.le)
    for kind, layer in KINDS.items()
    for field, info in layer.model_fields.items()
    for low in info.metadata
    for high in info.metadata
    if isinstance(low, Ge) and isinstance(high, Le)
]


def test_every_number_has_a_declared_range() -> None:
    numbers = {
        (kind, field)
        for kind, layer in KINDS.items()
        for field, info in layer.model_fields.items()
        if info.annotation in (int, float, int | None)
    }
    assert {(kind, field) for kind, field, *_ in RANGES} == numbers
    assert len(numbers) == 12
    assert ("LSTM", "units", 1, 256) in RANGES
    assert ("Dropout", "rate", 0.0, 0.9) in RANGES


@pytest.mark.parametrize(("kind", "field", "low", "high"), RANGES)
def test_a_number_just_outside_its_range_is_refused(kind: str, field: str, low: float, high: float) -> None:
    base = {"kind": kind} | REQUIRED.get(kind, {})
    step = 1 if isinstance(low, int) else 0.001
    for legal in (low, high):
        assert getattr(LAYER.validate_python(base | {field: legal}), field) == legal
    outside: list[object] = [low - step, high + step, float("nan"), float("inf"), "many"]
    for value in outside:
        with pytest.raises(ValidationError) as refusal:
            LAYER.validate_python(base | {field: value})
        assert first_problem(refusal.value).startswith(field.replace("_", " ") + ": ")


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "Reshape", "target_shape": []},
        {"kind": "Reshape", "target_shape": [1, 1, 1, 1]},
        {"kind": "Reshape", "target_shape": [0, 55]},
        {"kind": "Reshape", "target_shape": [-1]},
        {"kind": "Reshape", "target_shape": [100_001]},
        {"kind": "Conv2D", "padding": "causal"},
        {"kind": "Conv2D", "activation": "softmax"},
        {"kind": "Dense", "activation": "exec"},
        {"kind": "LSTM", "return_sequences": "perhaps"},
        {"kind": "LSTM", "dropout": 0.5},
        {"kind": "Embedding"},
        {"kind": "Embedding", "vocabulary_size": 9, "pad_id": 9},
        {"kind": "Transformer"},
        {"units": 3},
    ],
)
def test_strange_fields_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refusal:
        LAYER.validate_python(fields)
    assert first_problem(refusal.value).endswith(".")


def test_layers_are_values() -> None:
    layer = LSTM(units=8)
    assert layer == LSTM(units=8)
    assert len({layer, LSTM(units=8), GRU(units=8)}) == 2
    with pytest.raises(ValidationError):
        layer.units = 9


@REPEATABLE
@given(any_layer())
def test_every_layer_survives_json(layer: AnyLayer) -> None:
    assert LAYER.validate_json(LAYER.dump_json(layer)) == layer


@REPEATABLE
@given(st.lists(any_layer(), max_size=4))
def test_every_stack_survives_a_line_of_text(layers: list[AnyLayer]) -> None:
    assert list(parse_layers(format_layers(layers))) == layers


# Work


@pytest.mark.parametrize(
    ("layer", "shape", "count"),
    [
        (Dense(units=64), (55,), 55 * 64),
        (Dense(units=64), (7, 55), 7 * 55 * 64),
        (Conv2D(filters=32), (28, 28, 1), 26 * 26 * 32 * 9),
        (Conv2D(filters=4, padding="same", strides=2), (5, 5, 3), 3 * 3 * 4 * 27),
        (LSTM(units=32), (55, 1), 55 * 4 * 32 * 33),
        (GRU(units=8, bidirectional=True), (55, 2), 2 * 55 * 3 * 8 * 10),
        (Embedding(vocabulary_size=100), (55,), 0),
        (Flatten(), (7, 55), 0),
    ],
)
def test_multiply_adds(layer: AnyLayer, shape: Shape, count: int) -> None:
    assert layer.multiply_adds(shape) == count


@REPEATABLE
@given(legal_stacks())
def test_work_is_each_kernel_entry_once_for_each_place_it_is_applied_at(stack: Stack) -> None:
    for row in summary(*stack):
        entries = sum(prod(size) for name, size in row.weights.items() if "kernel" in name)
        places = 1
        if isinstance(row.layer, Conv2D):
            places = prod(row.output_shape[:2])
        elif isinstance(row.layer, Dense):
            places = prod(row.input_shape[:-1])
        elif entries:
            places = row.input_shape[0]
        assert row.layer.multiply_adds(row.input_shape) == entries * places


def test_only_recurrent_layers_wait_for_each_step() -> None:
    assert LSTM().sequential_steps((55, 1)) == 55
    assert GRU(bidirectional=True).sequential_steps((55, 1)) == 110
    assert Dense().sequential_steps((55,)) == 1
