"""The layers of a network as small frozen values.

A list of layers is the one description of an architecture. It is read by five interpreters: the summary
here, the Keras model (`build.py`), the NumPy forward pass (`forward.py`), the exported script and the
controls of the app, which take each widget's range from the ranges declared below.

Shapes leave the batch out, as in the course: a curve is ``(55,)``, a curve as a sequence ``(55, 1)``, a
digit with its channel ``(28, 28, 1)``.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

Shape = tuple[int, ...]
"""Sizes of the axes of one example; the batch axis is left out."""

MAX_LAYERS = 12
MAX_TEXT = 2_000


class LayerError(ValueError):
    """A layer cannot follow the one before it; the message says why and what to change."""


class StackError(ValueError):
    """A list of layers that makes no network.

    Attributes:
        index: position of the offending layer, counted from 0.
    """

    def __init__(self, index: int, message: str) -> None:
        """Keep the position beside the sentence."""
        super().__init__(message)
        self.index = index


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 input", "4,823 words", "2 biases"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def describe_shape(shape: Shape) -> str:
    """Say a shape in words: ``(55,)`` is "55 numbers", ``(55, 1)`` "a sequence of 55 vectors of size 1"."""
    match shape:
        case (n,):
            return counted(n, "number")
        case (steps, size):
            return f"a sequence of {counted(steps, 'vector')} of size {size}"
        case (height, width, channels):
            return f"an image of {height}×{width} with {counted(channels, 'channel')}"
        case _:
            return "an array of shape (" + ", ".join(map(str, shape)) + ")"


class Layer(BaseModel):
    """What every layer knows about itself. Subclasses declare their fields with ranges."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    keras_name: ClassVar[str]
    about: ClassVar[str]
    """One sentence for the learner."""

    def output_shape(self, shape: Shape) -> Shape:
        """The shape of the output for an input of `shape`.

        Raises:
            LayerError: the layer cannot take this input.
        """
        raise NotImplementedError

    def weight_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Name and shape of each trained array, in the order in which Keras keeps them."""
        return {}

    def formula(self, shape: Shape) -> str:
        """How the number of parameters comes about, in words; "nothing to learn" where there are none."""
        return "nothing to learn"

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications of one forward pass of one example; the basis of the time estimate."""
        return 0

    def sequential_steps(self, shape: Shape) -> int:
        """How many computations must wait for one another (time steps of a recurrent layer); else 1."""
        return 1

    @property
    def default_name(self) -> str:
        """The name Keras gives to the first layer of this kind in a model."""
        return self.keras_name

    def __str__(self) -> str:
        """``LSTM(units=32)``: the first field, and those that differ from their defaults.

        `parse_layers` reads it back; links hold layers in this form.
        """
        names = [name for name in type(self).model_fields if name != "kind"]
        fields = {name: getattr(self, name) for name in names}
        shown = [
            f"{name}={'x'.join(map(str, value)) if isinstance(value, tuple) else value}"
            for name, value in fields.items()
            if name == names[0] or value != type(self).model_fields[name].default
        ]
        return f"{self.kind}({', '.join(shown)})"


class Reshape(Layer):
    """Puts the same numbers into another shape, row by row."""

    kind: Literal["Reshape"] = "Reshape"
    keras_name = "reshape"
    about = "The same numbers in another shape, for example 55 numbers as 55 time steps of 1 number."

    target_shape: Annotated[
        tuple[Annotated[int, Field(ge=1, le=100_000)], ...],
        Field(min_length=1, max_length=3, description="sizes of the axes of the output"),
    ]

    @field_validator("target_shape", mode="before")
    @classmethod
    def _read_sizes(cls, value: object) -> object:
        return value.split("x") if isinstance(value, str) else value

    def output_shape(self, shape: Shape) -> Shape:
        """`target_shape`, if it holds as many numbers as the input."""
        if prod(shape) != prod(self.target_shape):
            raise LayerError(
                f"Reshape needs as many numbers as it gives: it got {prod(shape):,}, but "
                f"{'×'.join(map(str, self.target_shape))} holds {prod(self.target_shape):,}. "
                f"Choose sizes whose product is {prod(shape):,}."
            )
        return self.target_shape


def _need_image(kind: str, shape: Shape) -> tuple[int, int, int]:
    match shape:
        case (height, width, channels):
            return height, width, channels
        case (n,) if (side := round(n**0.5)) ** 2 == n:
            remedy = f"Add Reshape({side}, {side}, 1) before it."
        case _:
            remedy = "Use it on images, or add a Reshape to height, width, channels before it."
    raise LayerError(f"{kind} needs an image with channels; it got {describe_shape(shape)}. {remedy}")


def _need_sequence(kind: str, shape: Shape) -> tuple[int, int]:
    match shape:
        case (steps, size):
            return steps, size
        case (n,):
            remedy = f"Add Reshape({n}, 1) before it."
        case (height, width, channels):
            remedy = f"Add Reshape({height}, {width * channels}) before it to read it row by row."
        case _:
            remedy = "Add a Reshape to steps, size before it."
    raise LayerError(f"{kind} needs a sequence of vectors; it got {describe_shape(shape)}. {remedy}")


class Conv2D(Layer):
    """Slides `filters` kernels over an image; each gives one channel of the output."""

    kind: Literal["Conv2D"] = "Conv2D"
    keras_name = "conv2d"
    about = "Small kernels slide over the image; each looks for one local pattern."

    filters: Annotated[int, Field(ge=1, le=256, description="number of kernels")] = 32
    kernel_size: Annotated[int, Field(ge=1, le=28, description="side of the square kernel, in pixels")] = 3
    strides: Annotated[int, Field(ge=1, le=8, description="pixels from one position to the next")] = 1
    padding: Annotated[
        Literal["valid", "same"], Field(description="same: zeros around the image keep its size")
    ] = "valid"
    activation: Annotated[
        Literal["linear", "relu", "tanh", "sigmoid"], Field(description="function applied to each output")
    ] = "relu"

    def output_shape(self, shape: Shape) -> Shape:
        """``(height', width', filters)``; height' = floor((height - kernel) / stride) + 1 when not padded."""
        height, width, _ = _need_image("Conv2D", shape)
        if self.padding == "same":
            return -(-height // self.strides), -(-width // self.strides), self.filters
        if min(height, width) < self.kernel_size:
            raise LayerError(
                f"Conv2D has a kernel of {self.kernel_size}×{self.kernel_size}, but the image has shrunk to "
                f"{height}×{width}. Make the kernel at most {min(height, width)}, pool less before it, "
                'or set padding to "same".'
            )
        side = [(n - self.kernel_size) // self.strides + 1 for n in (height, width)]
        return side[0], side[1], self.filters

    def weight_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Kernel ``(size, size, channels, filters)`` and bias ``(filters,)``."""
        kernel = (self.kernel_size, self.kernel_size, shape[-1], self.filters)
        return {"kernel": kernel, "bias": (self.filters,)}

    def formula(self, shape: Shape) -> str:
        """Weights of each kernel and its bias, times the filters."""
        size, channels = self.kernel_size, shape[-1]
        total = self.filters * (size * size * channels + 1)
        weights = f"{size} × {size} × {channels} weights"
        return f"{counted(self.filters, 'filter')} × ({weights} + 1 bias) = {total:,}"

    def multiply_adds(self, shape: Shape) -> int:
        """One kernel's weights for each number of the output."""
        return prod(self.output_shape(shape)) * self.kernel_size**2 * shape[-1]


class MaxPool2D(Layer):
    """Keeps the largest value of each window of an image."""

    kind: Literal["MaxPool2D"] = "MaxPool2D"
    keras_name = "max_pooling2d"
    about = "Keeps the largest value of each small window: smaller image, less depends on the exact place."

    pool_size: Annotated[int, Field(ge=1, le=28, description="side of the window and its step")] = 2

    def output_shape(self, shape: Shape) -> Shape:
        """``(height // pool, width // pool, channels)``."""
        height, width, channels = _need_image("MaxPool2D", shape)
        if min(height, width) < self.pool_size:
            raise LayerError(
                f"MaxPool2D has a window of {self.pool_size}×{self.pool_size}, but the image has shrunk to "
                f"{height}×{width}. Remove this layer or make the window smaller."
            )
        return height // self.pool_size, width // self.pool_size, channels


class Flatten(Layer):
    """Puts all numbers into one row."""

    kind: Literal["Flatten"] = "Flatten"
    keras_name = "flatten"
    about = "All numbers in one row, as Dense wants them; neighbourhood is forgotten."

    def output_shape(self, shape: Shape) -> Shape:
        """``(product of all axes,)``."""
        return (prod(shape),)


class Dense(Layer):
    """Each unit is a weighted sum of all inputs plus a bias, passed through the activation."""

    kind: Literal["Dense"] = "Dense"
    keras_name = "dense"
    about = "Each unit weighs all inputs at once."

    units: Annotated[int, Field(ge=1, le=1024, description="size of the output")] = 64
    activation: Annotated[
        Literal["linear", "relu", "tanh", "sigmoid", "softmax"],
        Field(description="function applied to the output; softmax gives probabilities"),
    ] = "relu"

    def output_shape(self, shape: Shape) -> Shape:
        """The input's shape with the last axis replaced by `units`; earlier axes are kept, as in Keras."""
        return (*shape[:-1], self.units)

    def weight_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Kernel ``(inputs, units)`` and bias ``(units,)``."""
        return {"kernel": (shape[-1], self.units), "bias": (self.units,)}

    def formula(self, shape: Shape) -> str:
        """Inputs times units plus biases."""
        total = (shape[-1] + 1) * self.units
        units, biases = counted(self.units, "unit"), counted(self.units, "bias", "biases")
        return f"{counted(shape[-1], 'input')} × {units} + {biases} = {total:,}"

    def multiply_adds(self, shape: Shape) -> int:
        """Inputs times units, for each vector of the input."""
        return prod(shape) * self.units


class Dropout(Layer):
    """Sets a share of the numbers to 0 in each training step, and none when the network is used."""

    kind: Literal["Dropout"] = "Dropout"
    keras_name = "dropout"
    about = "Forgets a random share of the numbers while training, against over-fitting."

    rate: Annotated[float, Field(ge=0.0, le=0.9, description="share of the numbers set to 0")] = 0.3

    def output_shape(self, shape: Shape) -> Shape:
        """The input's shape."""
        return shape


GLOVE_UNITS = 50


class Embedding(Layer):
    """Looks up one row of a matrix for each word id."""

    kind: Literal["Embedding"] = "Embedding"
    keras_name = "embedding"
    about = "A learned vector for each word: word i is row i of a matrix."

    vocabulary_size: Annotated[int, Field(ge=2, le=50_000, description="number of rows, one a word")]
    units: Annotated[int, Field(ge=1, le=300, description="size of each word's vector")] = 32
    pad_id: Annotated[
        int | None, Field(ge=0, le=49_999, description="id of the padding that later layers skip")
    ] = None
    start: Annotated[
        Literal["random", "glove"],
        Field(description="vectors before training: random, or those of GloVe, which have 50 numbers"),
    ] = "random"

    @model_validator(mode="after")
    def _pad_is_a_word(self) -> Self:
        if self.pad_id is not None and self.pad_id >= self.vocabulary_size:
            raise ValueError("pad_id must be smaller than vocabulary_size")
        return self

    @model_validator(mode="after")
    def _glove_has_its_size(self) -> Self:
        if self.start == "glove" and self.units != GLOVE_UNITS:
            raise ValueError(f"the vectors of GloVe have {GLOVE_UNITS} numbers: set units to {GLOVE_UNITS}")
        return self

    def output_shape(self, shape: Shape) -> Shape:
        """``(steps, units)`` for ``(steps,)`` ids."""
        if len(shape) != 1:
            raise LayerError(
                f"Embedding needs word ids; it got {describe_shape(shape)}. Make it the first layer."
            )
        return (*shape, self.units)

    def weight_shapes(self, shape: Shape) -> dict[str, Shape]:
        """The matrix ``(vocabulary_size, units)``."""
        return {"embeddings": (self.vocabulary_size, self.units)}

    def formula(self, shape: Shape) -> str:
        """Words times the size of a vector."""
        total = self.vocabulary_size * self.units
        return f"{counted(self.vocabulary_size, 'word')} × {counted(self.units, 'number')} = {total:,}"


class GlobalAveragePooling1D(Layer):
    """The mean of all vectors of a sequence; padding is left out."""

    kind: Literal["GlobalAveragePooling1D"] = "GlobalAveragePooling1D"
    keras_name = "global_average_pooling1d"
    about = "The mean of all vectors of the sequence: blind to their order."

    def output_shape(self, shape: Shape) -> Shape:
        """``(size,)`` for ``(steps, size)``."""
        return (_need_sequence("GlobalAveragePooling1D", shape)[1],)


class Recurrent(Layer):
    """What the recurrent layers share: a state of `units` numbers, updated at each time step."""

    gates: ClassVar[int]
    """Number of blocks of `units` columns in the kernels."""
    biases: ClassVar[int] = 1
    """Bias vectors of each block."""

    units: Annotated[int, Field(ge=1, le=256, description="size of the state")] = 32
    return_sequences: Annotated[
        bool, Field(description="give the state after every time step, not only the last")
    ] = False
    bidirectional: Annotated[bool, Field(description="a second layer reads the sequence backwards")] = False

    @property
    def default_name(self) -> str:
        """Keras names the wrapper, not the layer inside it."""
        return "bidirectional" if self.bidirectional else self.keras_name

    def output_shape(self, shape: Shape) -> Shape:
        """The last state ``(units,)``, or all of them ``(steps, units)``; twice as wide if bidirectional."""
        steps, _ = _need_sequence(self.kind, shape)
        width = self.units * (1 + self.bidirectional)
        return (steps, width) if self.return_sequences else (width,)

    def weight_shapes(self, shape: Shape) -> dict[str, Shape]:
        """`kernel`, `recurrent_kernel` and `bias`; with a prefix for each direction if bidirectional."""
        columns = self.gates * self.units
        one: dict[str, Shape] = {
            "kernel": (shape[-1], columns),
            "recurrent_kernel": (self.units, columns),
            "bias": (columns,) if self.biases == 1 else (self.biases, columns),
        }
        if not self.bidirectional:
            return one
        return {f"{way}_{name}": size for way in ("forward", "backward") for name, size in one.items()}

    def formula(self, shape: Shape) -> str:
        """Blocks times units times all that each unit weighs."""
        size = shape[-1]
        total = self.gates * self.units * (size + self.units + self.biases)
        bias = counted(self.biases, "bias", "biases")
        blocks = f"{self.gates} blocks × " if self.gates > 1 else ""
        weights = f"{counted(size, 'input')} + {counted(self.units, 'state')} + {bias}"
        one = f"{blocks}{counted(self.units, 'unit')} × ({weights})"
        return f"2 directions × {one} = {2 * total:,}" if self.bidirectional else f"{one} = {total:,}"

    def multiply_adds(self, shape: Shape) -> int:
        """Kernels' weights at each time step."""
        steps, size = shape
        return steps * self.gates * self.units * (size + self.units) * (1 + self.bidirectional)

    def sequential_steps(self, shape: Shape) -> int:
        """One for each time step and direction: no step can start before the one before has ended."""
        return shape[0] * (1 + self.bidirectional)


class SimpleRNN(Recurrent):
    """h_t = tanh(x_t W + h_{t-1} U + b) (Elman 1990)."""

    kind: Literal["SimpleRNN"] = "SimpleRNN"
    keras_name = "simple_rnn"
    about = "Reads a sequence step by step; the new state mixes the input with the old state."
    gates = 1


class GRU(Recurrent):
    """Gated recurrent unit (Cho et al. 2014, arXiv:1406.1078), with the reset gate after the product."""

    kind: Literal["GRU"] = "GRU"
    keras_name = "gru"
    about = "Reads a sequence step by step; two gates decide what is kept and what is replaced."
    gates = 3
    biases = 2


class LSTM(Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber 1997) with forget gate."""

    kind: Literal["LSTM"] = "LSTM"
    keras_name = "lstm"
    about = "Reads a sequence step by step; three gates guard a cell state that can last for long."
    gates = 4


AnyLayer = Annotated[
    Reshape
    | Conv2D
    | MaxPool2D
    | Flatten
    | Dense
    | Dropout
    | Embedding
    | GlobalAveragePooling1D
    | SimpleRNN
    | GRU
    | LSTM,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        Reshape, Conv2D, MaxPool2D, Flatten, Dense, Dropout,
        Embedding, GlobalAveragePooling1D, SimpleRNN, GRU, LSTM,
    )
}  # fmt: skip


_LAYER: TypeAdapter[AnyLayer] = TypeAdapter(AnyLayer)


def format_layers(layers: Sequence[Layer]) -> str:
    """A stack as one line of text, for links: ``Reshape(target_shape=55x1); LSTM(units=32)``."""
    return "; ".join(map(str, layers))


def parse_layers(text: str) -> tuple[AnyLayer, ...]:
    """Read what `format_layers` wrote; fields that are left out have their defaults.

    Raises:
        ValueError: a layer cannot be read; the sentence says which and why. Nothing is evaluated.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"A list of layers has at most {MAX_TEXT} characters; this one has {len(text):,}.")
    layers = []
    for part in filter(None, map(str.strip, text.split(";"))):
        match = re.fullmatch(r"(\w+)\s*\(([^()]*)\)", part)
        if match is None or match[1] not in KINDS:
            raise ValueError(f"“{part[:60]}” is no layer. Known are {', '.join(KINDS)}.")
        fields = [field.partition("=") for field in match[2].split(",") if field.strip()]
        values = {name.strip(): value.strip() for name, _, value in fields}
        try:
            layers.append(_LAYER.validate_python({"kind": match[1]} | values))
        except ValidationError as error:
            raise ValueError(f"{match[1]}: {first_problem(error)}") from error
    return tuple(layers)


@dataclass(frozen=True)
class LayerSummary:
    """One row of the summary table.

    Attributes:
        layer: the layer itself.
        name: its name in the Keras model, and the first part of its weights' names.
        input_shape: what it gets.
        output_shape: what it gives.
        weights: shape of each of its trained arrays, by name (``kernel``, ``bias``, ...).
        parameters: numbers that training changes.
        formula: where that figure comes from, in words.
    """

    layer: Layer
    name: str
    input_shape: Shape
    output_shape: Shape
    weights: dict[str, Shape]
    parameters: int
    formula: str


def summary(layers: Sequence[Layer], input_shape: Shape) -> list[LayerSummary]:
    """Follow the shapes through a stack of layers, without Keras.

    Args:
        layers: from input to output.
        input_shape: shape of one example.

    Returns:
        A row for each layer; names, shapes and parameters equal those of the Keras model.

    Raises:
        StackError: a layer cannot take what the one before it gives, or there are too many.
    """
    if len(layers) > MAX_LAYERS:
        raise StackError(MAX_LAYERS, f"At most {MAX_LAYERS} layers; there are {len(layers)}. Remove some.")
    rows: list[LayerSummary] = []
    seen: Counter[str] = Counter()
    shape = input_shape
    for index, layer in enumerate(layers):
        try:
            output = layer.output_shape(shape)
            if isinstance(layer, Embedding) and index > 0:
                raise LayerError("Embedding needs word ids, so it must be the first layer. Move it up.")
        except LayerError as error:
            problem = _after_a_state(error, layers[: index + 1])
            raise StackError(index, f"Layer {index + 1}: {problem}") from error
        name = layer.default_name
        seen[name] += 1
        if seen[name] > 1:
            name = f"{name}_{seen[name] - 1}"
        weights = layer.weight_shapes(shape)
        count = sum(prod(size) for size in weights.values())
        rows.append(LayerSummary(layer, name, shape, output, weights, count, layer.formula(shape)))
        shape = output
    return rows


def _after_a_state(error: LayerError, layers: Sequence[Layer]) -> str:
    """The sentences for a layer that does not fit, the last of these; with a better remedy, if there is one.

    Where a recurrent layer gives its last state only, its numbers are no steps in time.
    """
    *before, layer = enumerate(layers, 1)
    number, giver = next((one for one in reversed(before) if not isinstance(one[1], Dropout)), (0, None))
    if not (isinstance(giver, Recurrent) and isinstance(layer[1], Recurrent | GlobalAveragePooling1D)):
        return str(error)
    problem = str(error).partition(". ")[0]
    remedy = f"Switch on “Return sequences” in layer {number}, {giver.kind}, which gives its last state only."
    return f"{problem}. {remedy}"


def parameters(layers: Sequence[Layer], input_shape: Shape) -> int:
    """Numbers that training changes, over all layers."""
    return sum(row.parameters for row in summary(layers, input_shape))


def gains_from_xla(layers: Sequence[Layer], input_shape: Shape) -> bool:
    """Whether XLA makes this architecture faster.

    It fuses the many small operations of a recurrent layer (six times as fast), but its convolutions on a
    CPU lose to TensorFlow's own, unless the kernel covers the whole image and so is a matrix product.
    """
    return not any(
        isinstance(row.layer, Conv2D) and row.output_shape[:2] != (1, 1)
        for row in summary(layers, input_shape)
    )


def first_problem(error: ValidationError) -> str:
    """The first complaint of pydantic as a sentence that names the field and its legal values."""
    problem = error.errors(include_url=False)[0]
    names = [str(part) for part in problem["loc"] if isinstance(part, str) and part not in KINDS]
    place = " ".join(names).replace("_", " ")
    message = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {message}." if place else f"{message}."
