"""What is shown of a convolution is what was computed, and what it sees is what can change it."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.convolution import Stage, look_through, patch, receptive_field, window
from models.forward import forward
from models.layers import (
    LSTM,
    AnyLayer,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2D,
    Reshape,
    Shape,
    parse_layers,
)
from models.weights import Array, Weights
from tests.models.strategies import REPEATABLE, SEEDS, Stack, inputs_for, legal_stacks, weights_for

IMAGES = legal_stacks("image", max_layers=5)

COURSE = {
    "mnist-3x3": "Reshape(target_shape=28x28x1); Conv2D(filters=32); MaxPool2D(); Conv2D(filters=64); "
    "MaxPool2D(); Flatten(); Dense(units=10, activation=softmax)",
    "mnist-1x1": "Reshape(target_shape=28x28x1); Conv2D(filters=32, kernel_size=1); MaxPool2D(); "
    "Conv2D(filters=64, kernel_size=1); MaxPool2D(); Flatten(); Dense(units=10, activation=softmax)",
    "mnist-28x28": "Reshape(target_shape=28x28x1); Conv2D(filters=32, kernel_size=28); Flatten(); "
    "Dense(units=10, activation=softmax)",
}


def stages_of(stack: Stack, seed: int) -> tuple[tuple[Stage, ...], Weights]:
    layers, shape = stack
    weights = weights_for(layers, shape, seed)
    return look_through(layers, weights, inputs_for(layers, shape, seed, batch=1)[0]), weights


def a_place(data: st.DataObject, shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(data.draw(st.integers(0, side - 1)) for side in shape)


# Feature maps


@REPEATABLE
@given(IMAGES, SEEDS)
def test_stages_are_those_of_the_forward_pass(stack: Stack, seed: int) -> None:
    layers, shape = stack
    stages, weights = stages_of(stack, seed)
    x = inputs_for(layers, shape, seed, batch=1)
    trace = forward(layers, weights, x)
    np.testing.assert_array_equal(stages[0].x, x[0])
    for stage, step, following in zip(stages, trace.steps, [*stages[1:], None], strict=True):
        np.testing.assert_array_equal(stage.y, step.output[0])
        assert stage.x.shape == stage.row.input_shape
        assert stage.y.shape == stage.row.output_shape
        assert following is None or following.x is stage.y
        assert stage.has_maps == isinstance(stage.row.layer, Conv2D | MaxPool2D)


# One number, taken apart


@REPEATABLE
@given(st.data(), IMAGES, SEEDS)
def test_a_patch_gives_the_number_of_the_map(data: st.DataObject, stack: Stack, seed: int) -> None:
    stages, weights = stages_of(stack, seed)
    for stage in stages:
        if not isinstance(stage.row.layer, Conv2D):
            continue
        row, column, which = a_place(data, stage.row.output_shape)
        seen = patch(stage, weights, which, row, column)
        size, channels = stage.row.layer.kernel_size, stage.row.input_shape[-1]
        assert seen.values.shape == seen.kernel.shape == seen.products.shape == (size, size, channels)
        np.testing.assert_allclose(seen.products, seen.values * seen.kernel)
        assert seen.total == pytest.approx(float(seen.products.sum()), abs=1e-5)
        assert seen.before == pytest.approx(seen.total + seen.bias)
        assert seen.value == pytest.approx(float(stage.y[row, column, which]), rel=1e-5, abs=1e-5)
        # The patch stands at its place in the layer's input, and beyond that are zeros.
        for (i, j), values in zip(np.ndindex(size, size), seen.values.reshape(-1, channels), strict=True):
            y, x = seen.top + i, seen.left + j
            inside = 0 <= y < stage.x.shape[0] and 0 <= x < stage.x.shape[1]
            np.testing.assert_array_equal(values, stage.x[y, x] if inside else 0)
            assert inside or stage.row.layer.padding == "same"


@REPEATABLE
@given(st.data(), IMAGES, SEEDS)
def test_a_window_gives_the_number_of_the_map(data: st.DataObject, stack: Stack, seed: int) -> None:
    stages, _ = stages_of(stack, seed)
    for stage in stages:
        if not isinstance(stage.row.layer, MaxPool2D):
            continue
        row, column, channel = a_place(data, stage.row.output_shape)
        seen = window(stage, channel, row, column)
        assert seen.values.shape == (stage.row.layer.pool_size, stage.row.layer.pool_size)
        assert seen.value == seen.values.max() == seen.values[seen.winner] == stage.y[row, column, channel]
        i, j = seen.winner
        assert seen.value == stage.x[seen.top + i, seen.left + j, channel]


def test_a_patch_with_the_numbers_of_a_textbook() -> None:
    layers: list[AnyLayer] = [Conv2D(filters=1, kernel_size=2, padding="same")]
    kernel = np.array([[1, -1], [2, 0]], np.float32).reshape(2, 2, 1, 1)
    weights = {"conv2d/kernel": kernel, "conv2d/bias": np.array([0.5], np.float32)}
    (stage,) = look_through(layers, weights, np.array([[1, 2], [3, 4]]).reshape(2, 2, 1))
    seen = patch(stage, weights, 0, 0, 1)
    assert seen.values[..., 0].tolist() == [[2, 0], [4, 0]]
    assert seen.products[..., 0].tolist() == [[2, 0], [8, 0]]
    assert (seen.total, seen.bias, seen.before, seen.value) == (10, 0.5, 10.5, 10.5)
    assert (seen.top, seen.left) == (0, 1)
    assert patch(stage, weights, 0, 0, 0).value == 1 - 2 + 6 + 0.5


def test_the_first_of_equals_wins() -> None:
    (stage,) = look_through([MaxPool2D()], {}, np.ones((4, 4, 1)))
    assert window(stage, 0, 1, 1).winner == (0, 0)


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ((0, 4, 0), "conv2d has no row 4; its last is 3"),
        ((0, 0, -1), "conv2d has no column -1; its last is 3"),
        ((2, 0, 0), "conv2d has no map 2; its last is 1"),
    ],
)
def test_places_that_are_not_there_are_refused(place: tuple[int, int, int], sentence: str) -> None:
    stages, weights = stages_of(([Conv2D(filters=2), MaxPool2D()], (6, 6, 1)), 0)
    with pytest.raises(ValueError, match=sentence):
        patch(stages[0], weights, *place)
    with pytest.raises(ValueError, match="max_pooling2d has no"):
        window(stages[1], *place)
    with pytest.raises(ValueError, match="max_pooling2d is no convolution"):
        patch(stages[1], weights, 0, 0, 0)
    with pytest.raises(ValueError, match="conv2d is no pooling"):
        window(stages[0], 0, 0, 0)


def test_a_network_that_diverged_is_shown_as_it_is() -> None:
    weights = {"conv2d/kernel": np.full((3, 3, 1, 1), np.nan), "conv2d/bias": np.array([np.inf])}
    (stage,) = look_through([Conv2D(filters=1)], weights, np.ones((4, 4, 1)))
    assert np.isnan(patch(stage, weights, 0, 1, 1).before)


# What a number can see


def places_of(layers: Sequence[Layer], shape: Shape, seed: int, index: int) -> Array:
    """Which pixels change which numbers of a layer: (pixels, height', width'), all weights being positive."""
    layers = [
        layer.model_copy(update={"activation": "linear"}) if isinstance(layer, Conv2D | Dense) else layer
        for layer in layers[: index + 1]
    ]
    weights = {
        name: np.zeros_like(array) if name.endswith("bias") else np.abs(array) + 0.1
        for name, array in weights_for(layers, shape, seed).items()
    }
    height, width = shape[:2]
    one_pixel_each = np.zeros((height * width, *shape))
    for pixel, image in enumerate(one_pixel_each):
        image[divmod(pixel, width)] = 1
    output = forward(layers, weights, one_pixel_each).output
    changed: Array = output.max(axis=-1) > 0
    return changed


@REPEATABLE
@given(st.data(), IMAGES, SEEDS)
def test_the_field_is_what_changes_the_number_and_nothing_else(
    data: st.DataObject, stack: Stack, seed: int
) -> None:
    layers, shape = stack
    stages, _ = stages_of(stack, seed)
    for index, stage in enumerate(stages):
        if not isinstance(stage.row.layer, Conv2D | MaxPool2D | Dropout):
            break  # what may follow mixes places
        row, column, _ = a_place(data, stage.row.output_shape)
        field = receptive_field(layers, shape, index, row, column)
        changing = places_of(layers, shape, seed, index)[:, row, column]
        pixels = [divmod(int(pixel), shape[1]) for pixel in np.flatnonzero(changing)]
        assert pixels == [(y, x) for y in field.rows for x in field.columns]


@REPEATABLE
@given(st.data(), IMAGES, SEEDS)
def test_changes_outside_the_field_change_nothing(data: st.DataObject, stack: Stack, seed: int) -> None:
    layers, shape = stack
    stages, weights = stages_of(stack, seed)
    index = data.draw(st.integers(0, len(layers) - 1))
    y = stages[index].y
    place = a_place(data, y.shape[:2]) if y.ndim == 3 else (0, 0)
    field = receptive_field(layers, shape, index, *place)
    outside = np.ones(shape, np.bool_)
    outside[np.ix_(field.rows, field.columns)] = False
    noise = np.random.default_rng(seed).normal(scale=100, size=shape)
    changed = look_through(layers, weights, np.where(outside, noise, stages[0].x))[index].y
    same = changed[place] if y.ndim == 3 else changed
    np.testing.assert_allclose(same, y[place] if y.ndim == 3 else y, rtol=1e-5, atol=1e-6)
    assert outside.any() or field.box == (0, 0, *shape[:2])


def test_the_fields_of_the_course_networks() -> None:
    three = parse_layers(COURSE["mnist-3x3"])
    boxes = [receptive_field(three, (28, 28), index, 2, 3).box for index in range(5)]
    # Reshape, 3×3, pooled twice as wide, 3×3 of those, and pooled again
    assert boxes == [(2, 3, 1, 1), (2, 3, 3, 3), (4, 6, 4, 4), (4, 6, 8, 8), (8, 12, 10, 10)]
    assert receptive_field(three, (28, 28), 5).box == (0, 0, 28, 28)
    one = parse_layers(COURSE["mnist-1x1"])
    assert receptive_field(one, (28, 28), 4, 1, 1).box == (4, 4, 4, 4)
    whole = parse_layers(COURSE["mnist-28x28"])
    assert receptive_field(whole, (28, 28), 1).box == (0, 0, 28, 28)
    assert receptive_field(three, (784,), 1, 25, 25).box == (25, 25, 3, 3)


def test_a_stride_may_jump_over_rows() -> None:
    layers = [Conv2D(kernel_size=1, strides=2), Conv2D(kernel_size=2)]
    field = receptive_field(layers, (8, 8, 1), 1, 1, 0)
    assert (field.rows, field.columns) == ((2, 4), (0, 2))
    assert field.box == (2, 0, 3, 3)


def test_a_layer_that_mixes_places_sees_all() -> None:
    mixed: list[list[AnyLayer]] = [
        [Flatten(), Dense(units=4)],
        [Reshape(target_shape=(3, 12, 1)), Conv2D(kernel_size=1)],
        [Reshape(target_shape=(6, 6)), LSTM(units=4)],
        [Reshape(target_shape=(6, 6)), Dense(units=6)],
    ]
    for layers in mixed:
        assert receptive_field(layers, (6, 6, 1), 1).box == (0, 0, 6, 6)
    channels: list[AnyLayer] = [Conv2D(kernel_size=2), Dense(units=4)]
    assert receptive_field(channels, (6, 6, 1), 1, 3, 4).box == (3, 4, 2, 2)


def test_what_has_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="no image"):
        receptive_field([Dense()], (55,), 0)
    for index in (-1, 1):
        with pytest.raises(ValueError, match=f"no layer {index + 1}; there are 1"):
            receptive_field([Conv2D()], (8, 8, 1), index)
    with pytest.raises(ValueError, match="conv2d has no column 6; its last is 5"):
        receptive_field([Conv2D()], (8, 8, 1), 0, 0, 6)
