"""Inside a convolution: what one number of a feature map was made of, and what of the image it can see.

Positions are counted from 0, row by row from the top left, as in the arrays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.forward import ACTIVATIONS, forward, pad_same
from models.layers import Conv2D, Dense, Dropout, Layer, LayerSummary, MaxPool2D, Reshape, Shape, summary
from models.weights import Array


@dataclass(frozen=True)
class Stage:
    """One layer with one image in it.

    Attributes:
        row: the layer.
        x: what it gets, of shape `row.input_shape`.
        y: what it gives, of shape `row.output_shape`: for a convolution or a pooling its feature maps,
            (height, width, maps).
    """

    row: LayerSummary
    x: Array
    y: Array

    @property
    def has_maps(self) -> bool:
        """Whether it gives feature maps that a kernel or a window made."""
        return isinstance(self.row.layer, Conv2D | MaxPool2D)


@dataclass(frozen=True)
class Patch:
    """How a convolution made one number.

    Attributes:
        top: row of the layer's input at which the patch begins; below 0 in the padding.
        left: column, likewise.
        values: (size, size, channels) the patch, with the zeros of the padding.
        kernel: (size, size, channels) the weights of this filter.
        products: (size, size, channels) values times kernel.
        total: the sum of the products.
        bias: of this filter.
        before: total plus bias.
        value: `before` after the activation; the number in the feature map.
    """

    top: int
    left: int
    values: Array
    kernel: Array
    products: Array
    total: float
    bias: float
    before: float
    value: float


@dataclass(frozen=True)
class Window:
    """How a pooling chose one number.

    Attributes:
        top: row of the layer's input at which the window begins.
        left: column, likewise.
        values: (size, size) the window in this channel.
        winner: row and column of the largest value, counted in the window; the first of equals.
        value: the largest value.
    """

    top: int
    left: int
    values: Array
    winner: tuple[int, int]
    value: float


@dataclass(frozen=True)
class Field:
    """The pixels of the input that one number of a feature map depends on: these rows in these columns.

    Attributes:
        rows: in ascending order; without gaps unless a stride jumps over some.
        columns: likewise.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """First row, first column, number of rows, number of columns of the rectangle around it."""
        top, left = self.rows[0], self.columns[0]
        return top, left, self.rows[-1] + 1 - top, self.columns[-1] + 1 - left


def look_through(layers: Sequence[Layer], weights: Mapping[str, Array], x: Array) -> tuple[Stage, ...]:
    """Run one image through a network and keep what each layer gets and gives.

    Args:
        layers: from input to output.
        weights: by name, as for `models.forward.forward`.
        x: one image, scaled as the network expects it, such as (28, 28) or (28, 28, 1).

    Returns:
        A stage for each layer; the last one's `y` are the probabilities of a classifier.

    Raises:
        ValueError: the network cannot take this image, or these weights.
    """
    x = np.asarray(x, np.float32)
    outputs = [step.output[0] for step in forward(layers, weights, x[np.newaxis]).steps]
    rows = summary(layers, x.shape)
    return tuple(map(Stage, rows, [x, *outputs[:-1]], outputs))


def patch(stage: Stage, weights: Mapping[str, Array], filter_index: int, row: int, column: int) -> Patch:
    """Take one number of a convolution's feature map apart.

    z = sum of patch · kernel + bias, as in `models.forward.conv2d`; value = activation(z).

    Args:
        stage: the convolution.
        weights: of the whole network.
        filter_index: which filter, from 0.
        row: of the feature map, from 0.
        column: of the feature map, from 0.

    Raises:
        ValueError: the layer is no convolution, or it has no such number.
    """
    layer = stage.row.layer
    if not isinstance(layer, Conv2D):
        raise ValueError(f"{stage.row.name} is no convolution, so it has no kernels to look at.")
    _check_place(stage, filter_index, row, column)
    size = layer.kernel_size
    x = stage.x[np.newaxis]
    padded = (pad_same(x, size, layer.strides) if layer.padding == "same" else x)[0]
    first, second = row * layer.strides, column * layer.strides
    values = padded[first : first + size, second : second + size]
    kernel = np.asarray(weights[f"{stage.row.name}/kernel"], np.float32)[..., filter_index]
    bias = float(weights[f"{stage.row.name}/bias"][filter_index])
    # Infinite and undefined numbers of a diverged network are shown, not warned about.
    with np.errstate(over="ignore", invalid="ignore"):
        products = values * kernel
        total = float(products.sum(dtype=np.float64))
        before = total + bias
        value = float(ACTIVATIONS[layer.activation](np.array(before)))
    height, width = stage.row.input_shape[:2]
    return Patch(
        first - _padding_before(layer, height),
        second - _padding_before(layer, width),
        values,
        kernel,
        products,
        total,
        bias,
        before,
        value,
    )


def window(stage: Stage, channel: int, row: int, column: int) -> Window:
    """Show from what a pooling chose one number.

    Args:
        stage: the pooling.
        channel: which map, from 0.
        row: of the pooled map, from 0.
        column: of the pooled map, from 0.

    Raises:
        ValueError: the layer is no pooling, or it has no such number.
    """
    layer = stage.row.layer
    if not isinstance(layer, MaxPool2D):
        raise ValueError(f"{stage.row.name} is no pooling, so it has no windows to look at.")
    _check_place(stage, channel, row, column)
    size = layer.pool_size
    top, left = row * size, column * size
    values = stage.x[top : top + size, left : left + size, channel]
    inner_row, inner_column = divmod(int(values.argmax()), size)
    return Window(top, left, values, (inner_row, inner_column), float(values[inner_row, inner_column]))


def receptive_field(
    layers: Sequence[Layer], input_shape: Shape, layer_index: int, row: int = 0, column: int = 0
) -> Field:
    """The pixels of the image that a number of a layer's output depends on.

    Walking back from layer to layer: a convolution needs the rows `row * strides - padding` and the
    `kernel_size - 1` after it, a pooling those from `row * pool_size` on; columns likewise, and all filters
    alike. Source: Araujo, Norris, Sim, "Computing receptive fields of convolutional neural networks", Distill
    (2019).

    Args:
        layers: from input to output.
        input_shape: of the image: (height, width), (height, width, channels), or (numbers,) if the first
            layer is a Reshape that makes an image of them.
        layer_index: which layer, from 0.
        row: of its output, from 0. Makes no difference if the output is no image.
        column: of its output, from 0, likewise.

    Returns:
        Rows and columns of the image. All of them from the first layer on that mixes places: Flatten, a
        Reshape to another image, or whatever reads the image as a sequence.

    Raises:
        StackError: a layer cannot take what the one before it gives.
        ValueError: the input is no image, or there is no such layer or number.
    """
    rows = summary(layers, input_shape)
    if not 0 <= layer_index < len(rows):
        raise ValueError(f"There is no layer {layer_index + 1}; there are {len(rows)}.")
    image = _image_shape(rows)
    walked = rows[: layer_index + 1]
    if not all(_keeps_places(one, first=one is rows[0]) for one in walked):
        return Field(tuple(range(image[0])), tuple(range(image[1])))
    places = []
    for axis, place in enumerate((row, column)):
        side = walked[-1].output_shape[axis]
        if not 0 <= place < side:
            what = ("row", "column")[axis]
            raise ValueError(f"{walked[-1].name} has no {what} {place}; its last is {side - 1}.")
        seen = {place}
        for one in reversed(walked):
            seen = _needed(one, axis, seen)
        places.append(tuple(sorted(seen)))
    return Field(*places)


def _image_shape(rows: Sequence[LayerSummary]) -> Shape:
    """Height and width of the image that goes in."""
    match rows[0].input_shape, rows[0].output_shape:
        case ((height, width), _) | ((height, width, _), _):
            return height, width
        case (_,), (height, width, _) if isinstance(rows[0].layer, Reshape):
            return height, width
    raise ValueError("The input of this network is no image, so its layers have no receptive fields.")


def _keeps_places(row: LayerSummary, first: bool) -> bool:
    """Whether each number of the output belongs to a place of the image."""
    match row.layer:
        case Conv2D() | MaxPool2D() | Dropout():
            return True
        case Reshape():
            taken = row.input_shape
            return len(row.output_shape) > 1 and (
                row.output_shape[:2] == taken[:2]
                or (first and len(taken) == 1 and len(row.output_shape) == 3)
            )
        case Dense():  # weighs the channels of each place
            return len(row.input_shape) == 3
    return False


def _needed(row: LayerSummary, axis: int, places: set[int]) -> set[int]:
    """The rows (axis 0) or columns (1) of a layer's input from which those of its output are computed."""
    match row.layer:
        case Conv2D(kernel_size=size, strides=step) as layer:
            side = row.input_shape[axis]
            starts = [place * step - _padding_before(layer, side) for place in places]
        case MaxPool2D(pool_size=size):
            side = row.input_shape[axis]
            starts = [place * size for place in places]
        case _:
            return places
    return {place for start in starts for place in range(max(start, 0), min(start + size, side))}


def _padding_before(layer: Conv2D, side: int) -> int:
    """Rows of zeros above an image of `side` rows, or columns left of it; see `models.forward.pad_same`."""
    if layer.padding == "valid":
        return 0
    last = (-(-side // layer.strides) - 1) * layer.strides
    return max(last + layer.kernel_size - side, 0) // 2


def _check_place(stage: Stage, channel: int, row: int, column: int) -> None:
    for what, number, count in zip(
        ("row", "column", "map"), (row, column, channel), stage.row.output_shape, strict=True
    ):
        if not 0 <= number < count:
            raise ValueError(f"{stage.row.name} has no {what} {number}; its last is {count - 1}.")
