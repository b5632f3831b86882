"""An experiment: everything that decides how a training run goes, as one immutable value."""

import hashlib
from collections.abc import Iterable, Sequence
from math import ceil, prod
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.dataset import DatasetInfo
from models.layers import AnyLayer, Dense, Embedding, LayerSummary, StackError, summary

MAX_PARAMETERS = 2_000_000
MAX_ACTIVATIONS = 50_000_000
"""Numbers that one training step may hold: outputs of all layers, over all examples of a batch."""

Optimizer = Literal["adam", "sgd", "rmsprop"]
Scaling = Literal["none", "unit", "standard"]


class ExperimentError(ValueError):
    """An experiment that cannot be run; the message says what to change."""


class Experiment(BaseModel):
    """Dataset, layers and training settings.

    Equal experiments on the same machine give equal numbers, since the seed is one of the settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$", description="name of the dataset")]
    layers: Annotated[tuple[AnyLayer, ...], Field(min_length=1, description="from input to output")]
    epochs: Annotated[int, Field(ge=1, le=50, description="passes over the training examples")] = 10
    batch_size: Annotated[int, Field(ge=1, le=512, description="examples in one step")] = 20
    learning_rate: Annotated[
        float, Field(ge=1e-6, le=1.0, allow_inf_nan=False, description="size of a step")
    ] = 0.001
    optimizer: Annotated[Optimizer, Field(description="rule that turns gradients into steps")] = "adam"
    seed: Annotated[
        int, Field(ge=0, le=2**31 - 1, description="start of all randomness: weights, order, dropout")
    ] = 0
    examples: Annotated[
        int | None, Field(ge=1, le=1_000_000, description="training examples used; all if left out")
    ] = None
    validation: Annotated[
        int,
        Field(
            ge=0, le=50, description="percent of these examples held out: by them one judges settings fairly"
        ),
    ] = 0
    scaling: Annotated[
        Scaling,
        Field(
            description="none: as in the file; unit: divided by the largest; standard: mean 0, deviation 1"
        ),
    ] = "none"

    @model_validator(mode="after")
    def _ids_are_not_scaled(self) -> Self:
        if self.scaling != "none" and isinstance(self.layers[0], Embedding):
            raise ValueError("word ids are not scaled: set scaling to none")
        return self

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that are equal for equal experiments, today and in later versions."""
        unset = set() if self.validation else {"validation"}  # a later setting: without it, all is as it was
        return hashlib.sha256(self.model_dump_json(exclude=unset).encode()).hexdigest()[:16]

    def with_seeds(self, seeds: Iterable[int]) -> list[Self]:
        """The same experiment from other random starts.

        Raises:
            ValidationError: a seed is out of range.
        """
        return [type(self)(**(dict(self) | {"seed": seed})) for seed in seeds]

    def training_examples(self, available: int) -> int:
        """From how many of the `available` training examples it learns."""
        return self._used(available) - self.validation_examples(available)

    def validation_examples(self, available: int) -> int:
        """How many of the `available` training examples are held out."""
        return round(self._used(available) * self.validation / 100)

    def _used(self, available: int) -> int:
        return available if self.examples is None else min(self.examples, available)

    def steps_per_epoch(self, available: int) -> int:
        """Steps of one epoch; the last may be a smaller batch, as in Keras."""
        return ceil(self.training_examples(available) / self.batch_size)


def check(experiment: Experiment, info: DatasetInfo) -> list[LayerSummary]:
    """Check an experiment against its dataset and the limits of the app.

    Every experiment passes here before it is trained, wherever it came from.

    Args:
        experiment: what is to be trained.
        info: the dataset it names.

    Returns:
        The summary of its layers.

    Raises:
        StackError: a layer cannot take what the one before it gives.
        ExperimentError: the output does not fit the classes, or a limit is passed.
    """
    rows = summary(experiment.layers, info.input_shape)
    _check_output(rows, info.classes)
    _check_vocabulary(experiment, info)
    count = sum(row.parameters for row in rows)
    if count > MAX_PARAMETERS:
        largest = max(rows, key=lambda row: row.parameters)
        raise ExperimentError(
            f"This network has {count:,} parameters; the limit is {MAX_PARAMETERS:,}. "
            f"Most are in {largest.layer}: make that smaller."
        )
    held = experiment.batch_size * sum(prod(row.output_shape) for row in rows)
    if held > MAX_ACTIVATIONS:
        raise ExperimentError(
            f"One step would hold {held:,} numbers; the limit is {MAX_ACTIVATIONS:,}. "
            "Choose a smaller batch or smaller layers."
        )
    return rows


def _check_output(rows: Sequence[LayerSummary], classes: Sequence[str]) -> None:
    last = rows[-1]
    want = f"Dense({len(classes)}, softmax)"
    if last.output_shape != (len(classes),):
        shape = "×".join(map(str, last.output_shape))
        raise StackError(
            len(rows) - 1,
            f"The last layer gives {shape} numbers, but there are {len(classes)} classes. "
            f"End with {want}: one probability a class."
            + (" Add Flatten or a recurrent layer before it." if len(last.output_shape) > 1 else ""),
        )
    if not (isinstance(last.layer, Dense) and last.layer.activation == "softmax"):
        raise StackError(
            len(rows) - 1,
            f"The last layer must give probabilities that add up to 1. End with {want}.",
        )


def _check_vocabulary(experiment: Experiment, info: DatasetInfo) -> None:
    first = experiment.layers[0]
    if not isinstance(first, Embedding):
        return
    if info.vocabulary_size is None:
        raise StackError(0, "Embedding needs word ids, but these data are numbers. Remove it.")
    if first.vocabulary_size < info.vocabulary_size:
        raise StackError(
            0,
            f"Embedding has {first.vocabulary_size:,} rows, but the vocabulary has "
            f"{info.vocabulary_size:,} words. Set vocabulary_size to {info.vocabulary_size:,}.",
        )
