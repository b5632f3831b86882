"""The questions of the curves' lab: texts, our answers, and checks of what a learner answers or trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.drawing import Heights, gap
from models.experiment import Experiment
from models.forward import predict
from models.inside import fitted_to
from models.layers import LSTM, AnyLayer, Recurrent, counted
from models.weights import Array

MAX_ANSWER = 2_000
"""Characters of a typed answer."""

UNITS = (32, 64)
ACCURACY = 0.90

MAX_ZEROS = 100
"""The longest gap between a shape and the end of its curve."""


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        title: in a few words.
        text: the question itself.
        answer: ours, in plain sentences.
    """

    title: str
    text: str
    answer: str


MLP_SUITED = Question(
    "Is an MLP suited to this task?",
    "Telling three shapes apart is easy for you. Is an MLP the right network for it? Say why, or why not.",
    "Not really. An MLP has its own weight for every point, so a triangle on the left and the same triangle "
    "on the right are two different things to it, and it has to learn the shape anew for each place and each "
    "width. It still beats guessing, because some places and widths are alike.",
)

ANY_LENGTH = Question(
    "Why can an LSTM read sequences of any length?",
    "All training curves have 55 points. Give both networks a shorter or a longer one and see what happens.",
    "An LSTM has no weights for points, only for one step: the same cell is applied to each point in turn, "
    "and what it has seen is in its state, which always has the same size. More points mean more steps, not "
    "more weights. Whether its answer is still right at a length it never met is another matter.",
)

WHERE_IS_WHAT = Question(
    "Which of h and x are where?",
    "This is one LSTM, unrolled in time: the same cell drawn once for each step. What stands at the six "
    "numbered places?",
    "From below each cell gets the point of its own step, x. From the left it gets the state that the cell "
    "before it left behind: what enters step t is h_(t−1), what leaves it is h_t. The first cell starts from "
    "h_0, which is all zeros, and only the last state is handed to Dense.",
)

NINETY = Question(
    "From MLP to LSTM: reach 90\u00a0%",
    "Start from the MLP, change its first layer to an LSTM of 32 or 64 units, and train until at least "
    "90\u00a0% of the test curves are right.",
    "Remove Dense 64, and put Reshape 55×1 and LSTM 32 before the last layer: the LSTM wants a sequence. How "
    "far 10 epochs take it depends on the seed. If yours stays below 90\u00a0%, try another seed or twice "
    "the epochs.",
)

HOW_FAR_BACK = Question(
    "How far back does each remember?",
    "A network that reads has to keep the shape in mind until the end. Put zeros between the two: which of "
    "the three keeps it longest?",
    "A SimpleRNN computes its whole state anew at each step, so every zero stirs what it remembers. GRU and "
    "LSTM have gates that can leave the state alone, and then their lines stay flat. They can, but only "
    "training makes them do it: a flat line that is low remembers too, but the wrong thing.",
)

# Any length


@dataclass(frozen=True)
class Option:
    """One of several answers to choose from.

    Attributes:
        text: the answer.
        right: whether it is true.
        reply: why, or why not.
    """

    text: str
    right: bool
    reply: str


LENGTH_OPTIONS = (
    Option(
        "It has spare weights for points that may come.",
        right=False,
        reply="An LSTM of 32 units has 4,352 weights, for 30 points as for 120. None of them is spare.",
    ),
    Option(
        "It reads only the first 55 points.",
        right=False,
        reply="It reads all of them. Its state changes with every point, also with the last.",
    ),
    Option(
        "It uses the same weights again at every step.",
        right=True,
        reply="The same weights at every step: a longer sequence is only more steps.",
    ),
)


def of_length(x: Heights, points: int) -> Heights:
    """A curve of another length: zeros are added at its end, or its end is cut off.

    Raises:
        DrawingError: it would get longer than `models.drawing.MAX_LENGTH`.
    """
    return gap(x[:points], max(points - len(x), 0))


# Places in the unrolled picture

PLACES = ("h_0", "h_1", "x_2", "h_(t−1)", "x_t", "h_t")
"""What stands at places 1 to 6."""

LABELS = ("x_1", "x_2", "x_(t−1)", "x_t", "h_0", "h_1", "h_2", "h_(t−1)", "h_t", "class")
"""What there is to choose from."""


def check_places(chosen: Sequence[str | None]) -> tuple[bool, str]:
    """Whether all labels are in their places, and a sentence.

    Args:
        chosen: a label for each of `PLACES`, None where there is none yet.
    """
    numbered = list(enumerate(zip(chosen, PLACES, strict=True), 1))
    empty = [number for number, (label, _) in numbered if label is None]
    wrong = [number for number, (label, place) in numbered if label not in (None, place)]
    right = len(PLACES) - len(empty) - len(wrong)
    if right == len(PLACES):
        return True, f"All {right} are right."
    parts = [f"{right} of {len(PLACES)} {'is' if right == 1 else 'are'} right."]
    if wrong:
        parts.append(f"Look again at {_listed(wrong)}.")
    if empty:
        parts.append(f"Still empty: {_listed(empty)}.")
    return False, " ".join(parts)


def _listed(numbers: Sequence[int]) -> str:
    *others, last = map(str, numbers)
    return f"{', '.join(others)} and {last}" if others else last


# Ninety percent


@dataclass(frozen=True)
class Attempt:
    """A run as far as it matters here.

    Attributes:
        name: for the learner.
        experiment: what was trained.
        finished: whether it was trained to its end.
        accuracy: on the test examples; None if it has none yet.
    """

    name: str
    experiment: Experiment
    finished: bool
    accuracy: float | None


def check_ninety(attempts: Sequence[Attempt]) -> tuple[bool, str]:
    """Whether an LSTM of 32 or 64 units has 90\u00a0% right, and a sentence: which, or what is missing.

    Args:
        attempts: the learner's runs on these data, the newest first.
    """
    sizes = [_lstm_sizes(attempt.experiment.layers) for attempt in attempts]
    fitting = [attempt for attempt, units in zip(attempts, sizes, strict=True) if set(units) & set(UNITS)]
    done = [(attempt.accuracy, attempt.name) for attempt in fitting if attempt.finished and attempt.accuracy]
    if done:
        accuracy, name = max(done, key=lambda pair: pair[0])
        if accuracy > ACCURACY - 1e-6:  # accuracies come as 32-bit numbers, which hold no exact 0.9
            return True, f"Done: {name} has {accuracy:.1%} of the test curves right."
        return False, f"Best so far {accuracy:.1%}, by {name}. Try another seed or more epochs."
    if fitting:
        return False, f"{fitting[0].name} is not finished. Train it to its end."
    if others := [size for units in sizes for size in units]:
        return False, f"Your LSTM has {counted(others[0], 'unit')}. The question asks for 32 or 64."
    return False, "You have no LSTM run yet."


def _lstm_sizes(layers: Sequence[AnyLayer]) -> list[int]:
    return [layer.units for layer in layers if isinstance(layer, LSTM)]


# Memory


def shape_end(x: Heights) -> int:
    """Points of a curve up to the end of its shape; the whole curve if there is none."""
    support = np.flatnonzero(x)
    return int(support[-1]) + 1 if len(support) else len(x)


def zeros_after(curves: Array) -> tuple[int, int]:
    """The fewest and the most zeros between shape and end: (curves, points)."""
    zeros = (curves[:, ::-1] != 0).argmax(axis=1)
    return int(zeros.min()), int(zeros.max())


def remembered(
    layers: Sequence[AnyLayer], weights: Mapping[str, Array], curves: Array, ends: Sequence[int]
) -> Array:
    """What a network says of curves that end later and later after their shape.

    One pass does for all gaps: what it says after each step is what it would say if the curve ended there.

    Args:
        layers: a network with one recurrent layer, which reads in one direction and gives its last state.
        weights: its weights.
        curves: (curves, points), scaled, each with at least `MAX_ZEROS` points after its shape.
        ends: for each curve, the points up to the end of its shape.

    Returns:
        (curves, `MAX_ZEROS` + 1, classes): probabilities after 0, 1, ... zeros.
    """
    every_step = [
        layer.model_copy(update={"return_sequences": True}) if isinstance(layer, Recurrent) else layer
        for layer in fitted_to(layers, curves.shape[1])
    ]
    said = predict(every_step, weights, curves)  # (curves, points, classes)
    steps = np.asarray(ends)[:, None] - 1 + np.arange(MAX_ZEROS + 1)
    chosen: Array = said[np.arange(len(curves))[:, None], steps]
    return chosen
