"""Hypothesis strategies: random stacks of layers, with inputs and weights, small enough to build fast."""

from collections.abc import Sequence
from math import prod

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

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
    Reshape,
    Shape,
    SimpleRNN,
    summary,
)
from models.weights import Array, Weights

Stack = tuple[list[AnyLayer], Shape]
"""Layers and the shape of one input."""

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=100)
"""The same examples in each run; no deadline, since Keras takes its time the first time."""

WITH_KERAS = settings(REPEATABLE, max_examples=40)
"""Fewer examples, for tests that build a Keras model for each."""

SEEDS = st.integers(0, 2**32 - 1)


def dense() -> st.SearchStrategy[AnyLayer]:
    """Any small Dense."""
    activations = st.sampled_from(["linear", "relu", "tanh", "sigmoid", "softmax"])
    return st.builds(Dense, units=st.integers(1, 6), activation=activations)


def conv2d(largest: int = 5) -> st.SearchStrategy[AnyLayer]:
    """A small Conv2D; without padding its kernel is at most `largest`."""
    kernels = st.tuples(st.just("valid"), st.integers(1, min(largest, 7)))
    kernels |= st.tuples(st.just("same"), st.integers(1, 7))
    activations = st.sampled_from(["linear", "relu", "tanh", "sigmoid"])
    return kernels.flatmap(
        lambda kernel: st.builds(
            Conv2D,
            filters=st.integers(1, 4),
            kernel_size=st.just(kernel[1]),
            strides=st.integers(1, 3),
            padding=st.just(kernel[0]),
            activation=activations,
        )
    )


def max_pool2d(largest: int = 4) -> st.SearchStrategy[AnyLayer]:
    """A MaxPool2D whose window is at most `largest`."""
    return st.builds(MaxPool2D, pool_size=st.integers(1, min(largest, 4)))


def recurrent() -> st.SearchStrategy[AnyLayer]:
    """Any small recurrent layer."""
    settings = {"return_sequences": st.booleans(), "bidirectional": st.booleans()}
    return st.one_of(
        *(st.builds(kind, units=st.integers(1, 5), **settings) for kind in (SimpleRNN, GRU, LSTM))
    )


def embedding() -> st.SearchStrategy[Embedding]:
    """A small Embedding, as often with padding (of any id) as without."""
    return st.integers(2, 9).flatmap(
        lambda words: st.builds(
            Embedding,
            vocabulary_size=st.just(words),
            units=st.integers(1, 5),
            pad_id=st.none() | st.integers(0, words - 1),
        )
    )


def reshape(shape: Shape) -> st.SearchStrategy[AnyLayer]:
    """A Reshape of `shape` to one, two or three axes."""
    total = prod(shape)
    divisors = [n for n in range(1, total + 1) if total % n == 0]
    targets: list[Shape] = [(total,), *((n, total // n) for n in divisors)]
    targets += [(n, m, total // (n * m)) for n in divisors for m in divisors if total % (n * m) == 0]
    return st.sampled_from(targets).map(lambda target: Reshape(target_shape=target))


def layer_for(shape: Shape) -> st.SearchStrategy[AnyLayer]:
    """A layer that can take `shape`, often one that only this kind of shape allows; no Embedding."""
    usual = {"dense": dense(), "dropout": st.builds(Dropout, rate=st.floats(0, 0.9))}
    usual |= {"flatten": st.builds(Flatten), "reshape": reshape(shape)}
    special = {}
    if len(shape) == 2:
        special = {"recurrent": recurrent(), "average": st.builds(GlobalAveragePooling1D)}
    if len(shape) == 3:
        special = {"convolution": conv2d(min(shape[:2])), "pooling": max_pool2d(min(shape[:2]))}
    # By name and then flat: one_of would merge all branches into one list and so weigh them otherwise.
    names = [*usual, *(name for name in special for _ in range(2))]
    return st.sampled_from(names).flatmap(lambda name: (usual | special)[name])


def any_layer() -> st.SearchStrategy[AnyLayer]:
    """A layer of any kind, which may or may not fit what is before it."""
    kinds = [dense(), conv2d(), max_pool2d(), recurrent(), embedding(), reshape((12,))]
    return st.one_of(*kinds, st.builds(Flatten), st.builds(Dropout), st.builds(GlobalAveragePooling1D))


INPUT_SHAPES: dict[str, st.SearchStrategy[Shape]] = {  # "image" has channels, "words" are ids
    "numbers": st.tuples(st.integers(1, 12)),
    "sequence": st.tuples(st.integers(1, 6), st.integers(1, 4)),
    "image": st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, 2)),
    "words": st.tuples(st.integers(1, 7)),
}


@st.composite
def legal_stacks(draw: st.DrawFn, kind: str | None = None, max_layers: int = 4) -> Stack:
    """One to `max_layers` layers that fit one another, and the shape of their input.

    Args:
        draw: given by hypothesis.
        kind: of the input, one of `INPUT_SHAPES`; any if None.
        max_layers: at most so many.
    """
    kind = kind or draw(st.sampled_from(sorted(INPUT_SHAPES)))
    input_shape = shape = draw(INPUT_SHAPES[kind])
    layers: list[AnyLayer] = []
    for index in range(draw(st.integers(1, max_layers))):
        first_of_words = kind == "words" and index == 0
        layers.append(draw(embedding() if first_of_words else layer_for(shape)))
        shape = layers[-1].output_shape(shape)
    return layers, input_shape


def inputs_for(layers: Sequence[Layer], input_shape: Shape, seed: int, batch: int = 4) -> Array:
    """Random examples, (batch, axes of one input...): word ids for an Embedding, else numbers from -1 to 1.

    Where there is padding, some stands at the end of most sequences and some between the words; the second
    sequence of a batch is nothing but padding, and only that one.
    """
    random = np.random.default_rng(seed)
    first = layers[0]
    if not isinstance(first, Embedding):
        return random.uniform(-1, 1, (batch, *input_shape)).astype(np.float32)
    ids = random.integers(0, first.vocabulary_size, (batch, *input_shape), np.int32)
    if first.pad_id is not None:
        steps = input_shape[0]
        ids[np.arange(steps) >= random.integers(0, steps + 1, (batch, 1))] = first.pad_id
        a_word = (first.pad_id + random.integers(1, first.vocabulary_size, batch)) % first.vocabulary_size
        ids[np.arange(batch), random.integers(0, steps, batch)] = a_word
        ids[1:2] = first.pad_id
    return ids


def weights_for(layers: Sequence[Layer], input_shape: Shape, seed: int) -> Weights:
    """Random weights, biases included, of a size that neither dies out nor explodes."""
    random = np.random.default_rng(seed)
    return {
        f"{row.name}/{name}": (random.normal(size=shape) / prod(shape[:-1]) ** 0.5).astype(np.float32)
        for row in summary(layers, input_shape)
        for name, shape in row.weights.items()
    }
