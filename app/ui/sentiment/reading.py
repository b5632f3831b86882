"""What a run says of a sentence, and why: values, before anything is drawn."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from app.runs.run import Run
from app.ui.session import lab
from data import DataError
from data.text import Encoded, TextDataset
from models.explain import Explanation, Flip, explain, flip
from models.inside import Inside, RecurrentInside, look_inside, state_names
from models.layers import AnyLayer
from models.weights import Array, Weights

Ids = tuple[int, ...]


class NothingSaidError(ValueError):
    """A run says nothing of a sentence; the message is for the learner."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A run with a sentence in it.

    Attributes:
        run: which run, as it was after `step` steps.
        step: of its weights.
        dataset: of the run.
        encoded: the sentence with this dataset's words.
        explanation: what its words do.
        inside: the states of its recurrent layers; None where there is nothing to look at.
    """

    run: Run
    step: int
    dataset: TextDataset
    encoded: Encoded
    explanation: Explanation
    inside: Inside | None

    @property
    def verdict(self) -> str:
        """The most probable class."""
        return self.dataset.info.classes[self.explanation.verdict]

    @property
    def _target(self) -> int:
        """The class whose probability is shown: of two always the second, else the verdict."""
        return 1 if len(self.dataset.info.classes) == 2 else self.explanation.verdict

    @property
    def target(self) -> str:
        """The name of the class whose probability is shown."""
        return self.dataset.info.classes[self._target]

    @property
    def probability(self) -> float:
        """Of the target, 0 to 1."""
        return float(self.explanation.probabilities[self._target])

    @property
    def after(self) -> Array:
        """(words,) probability of the target if the sentence ended after each word."""
        return self.explanation.after[1:, self._target]

    @property
    def push(self) -> Array:
        """(words,) probability of the target, minus what it is without each word: -1 to 1."""
        same = self._target == self.explanation.verdict
        return self.explanation.importance if same else -self.explanation.importance

    @property
    def recurrent(self) -> RecurrentInside | None:
        """The last recurrent layer."""
        return self.inside.recurrent[-1] if self.inside and self.inside.recurrent else None

    @property
    def states(self) -> tuple[str, ...]:
        """The states that can be looked at."""
        layer = self.recurrent
        return () if layer is None else state_names(layer.row.layer)

    def state(self, name: str) -> Array:
        """(words, units) of a state, one of `states`; what comes of padding is left out."""
        layer = self.recurrent
        if layer is None:
            raise KeyError(name)
        return layer.states[name][: len(self.encoded.tokens)]

    @cached_property
    def flip(self) -> Flip:
        """The fewest words without which the verdict is another."""
        ids, pad = tuple(self.encoded.row.tolist()), self.dataset.vocabulary.pad_id
        return _flip(self.run.id, self.step, self.run.experiment.layers, ids, pad)


def read(run: Run, sentence: str) -> Reading:
    """Have a run, with the weights it has by now, read a sentence.

    Raises:
        NothingSaidError: it cannot.
    """
    try:
        dataset = lab().dataset(run.experiment.dataset)
    except DataError as error:
        raise NothingSaidError(str(error)) from error
    if not isinstance(dataset, TextDataset):
        raise NothingSaidError("This network does not read words.")
    steps = lab().snapshot_steps(run.id)
    if not steps:
        raise NothingSaidError("This network has no weights yet: wait until it trains.")
    encoded = dataset.vocabulary.encode(sentence, dataset.info.input_shape[0])
    ids, pad = tuple(encoded.row.tolist()), dataset.vocabulary.pad_id
    explanation, inside = _read(run.id, steps[-1], run.experiment.layers, ids, pad)
    if not np.isfinite(explanation.probabilities).all():
        raise NothingSaidError("The weights of this network have grown beyond all bounds: it says nothing.")
    return Reading(run, steps[-1], dataset, encoded, explanation, inside)


# A pinned sentence, and what another panel changes, need not be computed anew at every pause in typing.


@lru_cache(maxsize=128)
def _read(
    run_id: str, step: int, layers: tuple[AnyLayer, ...], ids: Ids, pad: int
) -> tuple[Explanation, Inside | None]:
    row = np.array(ids, np.int32)
    weights = _weights(run_id, step)
    try:
        explanation = explain(layers, weights, row, pad)
        inside = look_inside(layers, weights, row)
    except ValueError as error:
        raise NothingSaidError(f"This network cannot read this sentence. {error}") from error
    return explanation, inside


@lru_cache(maxsize=128)
def _flip(run_id: str, step: int, layers: tuple[AnyLayer, ...], ids: Ids, pad: int) -> Flip:
    return flip(layers, _weights(run_id, step), np.array(ids, np.int32), pad)


@lru_cache(maxsize=8)
def _weights(run_id: str, step: int) -> Weights:
    weights = lab().weights(run_id, step)
    if weights is None:
        raise NothingSaidError("The weights of this run are no longer here.")
    return weights
