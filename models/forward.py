"""What a network computes, written out in NumPy: every activation, every gate of every time step.

Keras is not needed to look inside: the numbers equal Keras's own to 1e-5. Arrays have the batch first. In the
formulas, as in the literature, x_t is the input of time step t, h_t the hidden state after it, W the kernel
(applied to the input), U the recurrent kernel (applied to the state), b the bias, and σ the sigmoid.

Padding: an `Embedding` with a `pad_id` makes a mask, True where there is a word. As in Keras, `Dense`,
`Dropout` and recurrent layers that return sequences hand it on; `Reshape` and `Flatten` lose it; recurrent
layers and `GlobalAveragePooling1D` skip what it hides.
"""

# ruff: noqa: N803, N806  # W and U, as in the formulas

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from models.layers import (
    GRU,
    LSTM,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    Layer,
    LayerSummary,
    MaxPool2D,
    Recurrent,
    Reshape,
    SimpleRNN,
    summary,
)
from models.weights import Array

# ---------------------------------------------------------------------------------------------- activations


def linear(z: Array) -> Array:
    """The number itself."""
    return z


def relu(z: Array) -> Array:
    """The number itself if it is positive, else 0."""
    return np.maximum(z, 0)


def tanh(z: Array) -> Array:
    """Squeeze any number into -1 to 1."""
    return np.tanh(z)


def sigmoid(z: Array) -> Array:
    """Squeeze any number into 0 to 1: σ(z) = 1 / (1 + exp(-z)).

    Written as a shifted tanh, which is the same function but never overflows.
    """
    return 0.5 + 0.5 * np.tanh(0.5 * z)


def softmax(z: Array) -> Array:
    """Turn the numbers of the last axis into probabilities: exp(z_k) / sum over all classes of exp(z).

    The largest number is subtracted first: the ratio stays the same and exp cannot overflow.
    """
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    probabilities: Array = e / e.sum(axis=-1, keepdims=True)
    return probabilities


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": linear,
    "relu": relu,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softmax": softmax,
}

# --------------------------------------------------------------------------- dense layers, images and words


def dense(x: Array, kernel: Array, bias: Array) -> Array:
    """Weigh all inputs at once: z = x W + b, with x (batch, ..., inputs) and W (inputs, units)."""
    z: Array = x @ kernel + bias
    return z


def conv2d(x: Array, kernel: Array, bias: Array, strides: int = 1, padding: str = "valid") -> Array:
    """Slide kernels over images; each number of the output is one patch weighed by one kernel.

    z[i, j, filter] = sum over rows, columns, channels of patch[i, j] · kernel[..., filter], plus b[filter]
    (Goodfellow, Bengio, Courville, Deep Learning, 2016, eq. 9.7: a cross-correlation, as in every library).

    Args:
        x: images, (batch, height, width, channels).
        kernel: (size, size, channels, filters).
        bias: (filters,).
        strides: pixels from one patch to the next.
        padding: "valid" (patches inside the image only) or "same" (zeros around the image).

    Returns:
        (batch, height', width', filters)
    """
    size = len(kernel)
    if padding == "same":
        x = pad_same(x, size, strides)
    # (batch, height', width', channels, size, size): every patch; a view that copies nothing
    patches = sliding_window_view(x, (size, size), axis=(1, 2))[:, ::strides, ::strides]
    z = bias
    for row in range(size):  # one row of all patches at a time needs little memory even for large kernels
        z = z + np.tensordot(patches[..., row, :], kernel[row], axes=((4, 3), (0, 1)))
    return z


def pad_same(x: Array, size: int, strides: int) -> Array:
    """Put zeros around images so that ceil(side / strides) patches fit; an odd one goes right and below.

    Source: TensorFlow, tf.nn, "Notes on padding".
    """
    widths = [(0, 0)]
    for side in x.shape[1:3]:
        last = (-(-side // strides) - 1) * strides  # where the last patch starts
        missing = max(last + size - side, 0)
        widths.append((missing // 2, missing - missing // 2))
    return np.pad(x, [*widths, (0, 0)])


def max_pool2d(x: Array, size: int) -> Array:
    """Keep the largest value of each size × size window; rows and columns that fill no window are dropped."""
    batch, height, width, channels = x.shape
    rows, columns = height // size, width // size
    windows = x[:, : rows * size, : columns * size].reshape(batch, rows, size, columns, size, channels)
    largest: Array = windows.max(axis=(2, 4))  # (batch, rows, columns, channels)
    return largest


def embedding(x: Array, matrix: Array) -> Array:
    """Look up the vector of each word: word i is row i of the matrix.

    Args:
        x: word ids, (batch, steps).
        matrix: (words, size).

    Returns:
        (batch, steps, size)

    Raises:
        ValueError: a number that is no id of the vocabulary.
    """
    ids = x.astype(np.int64)
    if not np.all((ids == x) & (ids >= 0) & (ids < len(matrix))):
        raise ValueError(f"Embedding needs whole word ids from 0 to {len(matrix) - 1:,}.")
    return matrix[ids]


def global_average_pooling1d(x: Array, mask: Array | None) -> Array:
    """The mean of a sequence's vectors, padding left out: (batch, steps, size) to (batch, size).

    A sequence of nothing but padding gives zeros (Keras divides 0 by 0 there and gives NaN).
    """
    if mask is None:
        mask = np.ones(x.shape[:2], np.bool_)
    total: Array = np.where(mask[:, :, None], x, 0).sum(axis=1)
    words = mask.sum(axis=1, keepdims=True, dtype=np.float32)  # (batch, 1)
    mean: Array = total / np.maximum(words, 1)
    return mean


# ------------------------------------------------------------------------------------------ recurrent layers

State = dict[str, Array]
"""What a cell holds and computes at one time step, each (batch, units), by name."""


def split(z: Array, blocks: int) -> Array:
    """Cut (batch, blocks · units) into its blocks: (blocks, batch, units)."""
    return z.reshape(len(z), blocks, z.shape[1] // blocks).swapaxes(0, 1)


def simple_rnn_step(xW: Array, state: State, U: Array, b: Array) -> State:
    """One time step of a simple recurrent network: h_t = tanh(x_t W + h_{t-1} U + b).

    Source: Elman, "Finding structure in time", Cognitive Science 14 (1990).

    Args:
        xW: the input times the kernel, (batch, units).
        state: "hidden" of the step before.
        U: recurrent kernel, (units, units).
        b: bias, (units,).
    """
    return {"hidden": np.tanh(xW + state["hidden"] @ U + b)}


def gru_step(xW: Array, state: State, U: Array, b: Array) -> State:
    """One time step of a gated recurrent unit: two gates decide what is kept and what is replaced.

    z = σ(x_t W_z + b_z + h_{t-1} U_z + b'_z)            update gate: how much of the old state is kept
    r = σ(x_t W_r + b_r + h_{t-1} U_r + b'_r)            reset gate: how much of it the candidate sees
    g = tanh(x_t W_g + b_g + r · (h_{t-1} U_g + b'_g))   candidate
    h_t = z · h_{t-1} + (1 - z) · g

    Source: Cho et al. 2014, arXiv:1406.1078v1, with the reset gate after the product, as in Keras
    (``reset_after=True``); later versions of the paper reset before it.

    Args:
        xW: the input times the kernel, (batch, 3 · units): blocks z, r, g.
        state: "hidden" of the step before.
        U: recurrent kernel, (units, 3 · units).
        b: biases (2, 3 · units): b beside the input, b' beside the state.
    """
    h = state["hidden"]
    xz, xr, xg = split(xW + b[0], 3)
    hz, hr, hg = split(h @ U + b[1], 3)
    z = sigmoid(xz + hz)
    r = sigmoid(xr + hr)
    g = np.tanh(xg + r * hg)
    h = z * h + (1 - z) * g
    return {"update_gate": z, "reset_gate": r, "candidate": g, "hidden": h}


def lstm_step(xW: Array, state: State, U: Array, b: Array) -> State:
    """One time step of a long short-term memory: three gates guard a cell state.

    i = σ(x_t W_i + h_{t-1} U_i + b_i)       input gate: how much of the candidate is let in
    f = σ(x_t W_f + h_{t-1} U_f + b_f)       forget gate: how much of the old cell state is kept
    g = tanh(x_t W_g + h_{t-1} U_g + b_g)    candidate
    o = σ(x_t W_o + h_{t-1} U_o + b_o)       output gate: how much of the cell state is shown
    c_t = f · c_{t-1} + i · g                cell state
    h_t = o · tanh(c_t)                      hidden state

    Sources: Hochreiter and Schmidhuber, Neural Computation 9 (1997); forget gate: Gers, Schmidhuber and
    Cummins, Neural Computation 12 (2000).

    Args:
        xW: the input times the kernel, (batch, 4 · units): blocks i, f, g, o.
        state: "hidden" and "cell" of the step before.
        U: recurrent kernel, (units, 4 · units).
        b: bias, (4 · units,).
    """
    h, c = state["hidden"], state["cell"]
    z = split(xW + h @ U + b, 4)
    i, f, _, o = sigmoid(z)  # of all blocks at once, though g needs none: three times would take longer
    g = np.tanh(z[2])
    c = f * c + i * g
    h = o * np.tanh(c)
    return {"input_gate": i, "forget_gate": f, "candidate": g, "output_gate": o, "cell": c, "hidden": h}


Step = Callable[[Array, State, Array, Array], State]

STEPS: dict[type[Layer], Step] = {SimpleRNN: simple_rnn_step, GRU: gru_step, LSTM: lstm_step}

STATES: dict[type[Layer], tuple[str, ...]] = {
    SimpleRNN: ("hidden",),
    GRU: ("update_gate", "reset_gate", "candidate", "hidden"),
    LSTM: ("input_gate", "forget_gate", "candidate", "output_gate", "cell", "hidden"),
}
"""What each kind of cell computes at a time step, in order."""

CARRIED = ("cell", "hidden")
"""What goes from one time step to the next."""


def unroll(
    step: Step,
    x: Array,
    W: Array,
    U: Array,
    b: Array,
    mask: Array | None,
    names: Sequence[str],
    backwards: bool = False,
) -> tuple[Array, State]:
    """Apply one cell to each element of a sequence in turn, from h_0 = 0 on.

    Where the mask is False the state is carried over unchanged; the gates kept for such a step are what the
    cell computed there, but nothing came of it.

    Args:
        step: the cell.
        x: sequences, (batch, steps, size).
        W: kernel, (size, blocks · units).
        U: recurrent kernel, (units, blocks · units).
        b: bias.
        mask: (batch, steps), True where there is something to read; None: everywhere.
        names: which of the cell's numbers to keep of every time step.
        backwards: read from the last element to the first.

    Returns:
        The last hidden state, (batch, units), and what `names` asks for, each (batch, steps, units), indexed
        by the position in `x` also when reading backwards.
    """
    batch, steps, _ = x.shape
    xW = x @ W  # for all time steps at once: only the state has to wait for its turn
    zeros = np.zeros((batch, len(U)), np.float32)
    state = {"hidden": zeros, "cell": zeros}
    kept = {name: np.empty((batch, steps, len(U)), np.float32) for name in names}
    for t in reversed(range(steps)) if backwards else range(steps):
        new = step(xW[:, t], state, U, b)
        if mask is not None:
            for name in CARRIED:
                if name in new:
                    new[name] = np.where(mask[:, t, None], new[name], state[name])
        state = new
        for name, values in kept.items():
            values[:, t] = state[name]
    return state["hidden"], kept


def recurrent(
    layer: Recurrent, x: Array, weights: Mapping[str, Array], mask: Array | None, keep: bool
) -> tuple[Array, State]:
    """A recurrent layer: one direction, or two whose states stand side by side.

    Args:
        layer: kind and settings.
        x: sequences, (batch, steps, size).
        weights: ``kernel``, ``recurrent_kernel`` and ``bias``, with ``forward_`` and ``backward_`` before
            them if bidirectional.
        mask: (batch, steps) or None.
        keep: keep all gates and states of every time step.

    Returns:
        The output, (batch, width) or (batch, steps, width), and the states, each (batch, steps, units); their
        names carry the direction if bidirectional. As in Keras, a bidirectional layer that returns sequences
        gives zeros at masked steps, a plain one its carried state.
    """
    kind = type(layer)
    names = STATES[kind] if keep else ("hidden",) if layer.return_sequences else ()
    outputs: list[Array] = []
    states: State = {}
    for way in ("forward_", "backward_") if layer.bidirectional else ("",):
        W, U, b = (weights[way + name] for name in ("kernel", "recurrent_kernel", "bias"))
        last, kept = unroll(STEPS[kind], x, W, U, b, mask, names, backwards=way == "backward_")
        outputs.append(kept["hidden"] if layer.return_sequences else last)
        states |= {way + name: values for name, values in kept.items()}
    output = np.concatenate(outputs, axis=-1)
    if layer.bidirectional and layer.return_sequences and mask is not None:
        output = np.where(mask[:, :, None], output, 0)
    return output, states if keep else {}


# --------------------------------------------------------------------------------------------- whole networks


@dataclass(frozen=True)
class LayerTrace:
    """What one layer made of its input.

    Attributes:
        name: as in the summary.
        output: (batch, ...).
        mask: (batch, steps), True where there is a word, as handed on to the next layer; None if there is no
            padding to skip.
        states: of a recurrent layer, gates and states of every time step, each (batch, steps, units), named
            as in `STATES` and, if bidirectional, with ``forward_`` or ``backward_`` before it. At masked
            steps "hidden" and "cell" are carried over, and the gates are computed but not used.
    """

    name: str
    output: Array
    mask: Array | None = None
    states: State = field(default_factory=dict)


@dataclass(frozen=True)
class Trace:
    """What a whole network made of its input.

    Attributes:
        steps: one for each layer, in order.
        output: of the last layer, (batch, classes) for a classifier.
    """

    steps: tuple[LayerTrace, ...]
    output: Array


def forward(layers: Sequence[Layer], weights: Mapping[str, Array], x: Array) -> Trace:
    """Run a network and keep everything it computes. For many examples at once use `predict`.

    Args:
        layers: from input to output.
        weights: by name, ``lstm/kernel``, ``dense_1/bias``, ..., in any order.
        x: examples, (batch, axes of one input...); word ids for an Embedding.

    Raises:
        ValueError: the network cannot take input of this shape, a weight is missing or has another shape than
            the network needs, or a word id is not in the vocabulary.
    """
    x = _as_batch(x)
    rows = summary(layers, x.shape[1:])
    steps: list[LayerTrace] = []
    mask = None
    # Infinite and undefined numbers of a diverged network are shown, not warned about.
    with np.errstate(over="ignore", invalid="ignore"):
        for row in rows:
            steps.append(_apply(row, _weights_of(row, weights), x, mask, keep=True))
            x, mask = steps[-1].output, steps[-1].mask
    return Trace(tuple(steps), x)


def predict(layers: Sequence[Layer], weights: Mapping[str, Array], x: Array) -> Array:
    """The output of a network for many examples, (batch, classes), computed in chunks that fit the memory.

    Arguments and errors are those of `forward`.
    """
    x = _as_batch(x)
    rows = summary(layers, x.shape[1:])
    arrays = [_weights_of(row, weights) for row in rows]
    size = _chunk_size(rows)
    outputs = []
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, max(len(x), 1), size):
            output, mask = x[start : start + size], None
            for row, own in zip(rows, arrays, strict=True):
                step = _apply(row, own, output, mask, keep=False)
                output, mask = step.output, step.mask
            outputs.append(output)
    return np.concatenate(outputs)


def _apply(row: LayerSummary, w: Mapping[str, Array], x: Array, mask: Array | None, keep: bool) -> LayerTrace:
    layer = row.layer
    passed_on: Array | None = None
    states: State = {}
    match layer:
        case Reshape() | Flatten():
            output = x.reshape(len(x), *row.output_shape)
        case Conv2D():
            z = conv2d(x, w["kernel"], w["bias"], layer.strides, layer.padding)
            output = ACTIVATIONS[layer.activation](z)
        case MaxPool2D():
            output = max_pool2d(x, layer.pool_size)
        case Dense():
            output, passed_on = ACTIVATIONS[layer.activation](dense(x, w["kernel"], w["bias"])), mask
        case Dropout():  # forgets only while training
            output, passed_on = x, mask
        case Embedding():
            output = embedding(x, w["embeddings"])
            passed_on = None if layer.pad_id is None else x != layer.pad_id
        case GlobalAveragePooling1D():
            output = global_average_pooling1d(x, mask)
        case Recurrent():
            output, states = recurrent(layer, x, w, mask, keep)
            passed_on = mask if layer.return_sequences else None
        case _:
            raise TypeError(f"no forward pass for {layer.kind}")
    return LayerTrace(row.name, output, passed_on, states)


def _as_batch(x: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        x = np.asarray(x, np.float32)
    if x.ndim < 2:
        raise ValueError(f"The input needs a batch axis and at least one more; its shape is {x.shape}.")
    return x


def _weights_of(row: LayerSummary, weights: Mapping[str, Array]) -> dict[str, Array]:
    """The layer's own arrays by their short names, checked."""
    own: dict[str, Array] = {}
    for name, shape in row.weights.items():
        key = f"{row.name}/{name}"
        if key not in weights:
            raise ValueError(f"The weights lack {key}; they belong to another network.")
        own[name] = np.asarray(weights[key], np.float32)
        if own[name].shape != shape:
            raise ValueError(
                f"{key} has the shape {own[name].shape}, but this network with this input needs {shape}."
            )
    return own


def _chunk_size(rows: Sequence[LayerSummary]) -> int:
    """How many examples to compute at once: at most 256, fewer if a layer handles many numbers."""
    largest = 1
    for row in rows:
        numbers = prod(row.output_shape)
        match row.layer:
            case Conv2D(kernel_size=size):  # one row of all patches, see conv2d
                numbers += prod(row.output_shape[:2]) * size * row.input_shape[-1]
            case Recurrent(units=units, gates=gates):
                numbers += row.input_shape[0] * gates * units
        largest = max(largest, numbers)
    return min(max(4_000_000 // largest, 1), 256)  # 4 million float32: 16 MB
