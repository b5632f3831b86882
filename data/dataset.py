"""The values in which examples are handed to the rest of Unroll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


class DataError(ValueError):
    """Examples cannot be had; the message is one plain sentence that can be shown to a learner."""


@dataclass(frozen=True)
class Source:
    """Where the examples in use came from.

    Attributes:
        kind: "folder" (the folder that UNROLL_DATA names), "course" (the course's own site), "mirror" (the
            same or a similar dataset from elsewhere), "generator" (made by Unroll itself) or "upload" (a
            learner's own file).
        sentence: the same for a reader, as shown on the page; one or more plain sentences.
    """

    kind: Literal["folder", "course", "mirror", "generator", "upload"]
    sentence: str


GENERATED = "Unroll's own generator"
SUBSTITUTE = "a substitute"
"""Words by which a sentence about a source says that other examples take the place of the course's."""


def is_stand_in(sentence: str) -> bool:
    """Whether the examples of a source are others than the course's, by its sentence: runs keep only that."""
    return GENERATED in sentence or SUBSTITUTE in sentence


@dataclass(frozen=True)
class DatasetInfo:
    """What is known of a dataset before any file is read.

    Attributes:
        name: the short name used in experiments and addresses, such as "shapes".
        title: the name shown to learners.
        input_shape: the shape of one example, without the batch axis.
        classes: the class names; label `i` means `classes[i]`.
        train_size: number of training examples.
        test_size: number of test examples.
        vocabulary_size: number of distinct word ids, or None when the examples are not words.
    """

    name: str
    title: str
    input_shape: tuple[int, ...]
    classes: tuple[str, ...]
    train_size: int
    test_size: int
    vocabulary_size: int | None = None


@dataclass(frozen=True, eq=False)
class Dataset:
    """Examples and their labels.

    Datasets are shared by every page and learner of a process, so the arrays are made read-only.

    Attributes:
        info: what they are.
        x_train: training examples, float32, or uint8 for images, or int32 for
            word ids; shape `(train_size, *info.input_shape)`.
        y_train: training labels, int32, shape `(train_size,)`, from 0 to `len(info.classes) - 1`.
        x_test: test examples, of the same type, shape `(test_size, *info.input_shape)`.
        y_test: test labels, int32, shape `(test_size,)`.
        source: where they came from.
    """

    info: DatasetInfo
    x_train: NDArray[np.float32] | NDArray[np.uint8] | NDArray[np.int32]
    y_train: NDArray[np.int32]
    x_test: NDArray[np.float32] | NDArray[np.uint8] | NDArray[np.int32]
    y_test: NDArray[np.int32]
    source: Source

    def __post_init__(self) -> None:
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            array.setflags(write=False)
