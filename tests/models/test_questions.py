"""The questions of the curves' lab: the checks, and how far back a network remembers."""

from collections.abc import Sequence

import numpy as np
import pytest

from data.shapes import curve
from models.drawing import LENGTH, MAX_LENGTH, DrawingError, gap
from models.experiment import Experiment
from models.inside import fitted_to, look_inside
from models.layers import GRU, LSTM, AnyLayer, Dense, Recurrent, Reshape, SimpleRNN, summary
from models.presets import PRESETS
from models.questions import (
    ANY_LENGTH,
    HOW_FAR_BACK,
    LABELS,
    LENGTH_OPTIONS,
    MAX_ZEROS,
    MLP_SUITED,
    NINETY,
    PLACES,
    WHERE_IS_WHAT,
    Attempt,
    check_ninety,
    check_places,
    of_length,
    remembered,
    shape_end,
    zeros_after,
)
from models.weights import Weights

ALL = (MLP_SUITED, ANY_LENGTH, WHERE_IS_WHAT, NINETY, HOW_FAR_BACK)
CURVE = curve("triangle", 20, 10)


def lstm(units: int = 32) -> Experiment:
    """The course's LSTM, of another size."""
    layers = (Reshape(target_shape=(LENGTH, 1)), LSTM(units=units), Dense(units=3, activation="softmax"))
    return Experiment(**(dict(PRESETS["shapes-lstm"]) | {"layers": layers}))


def attempt(accuracy: float | None, units: int = 32, name: str = "mine", finished: bool = True) -> Attempt:
    """A run of an LSTM."""
    return Attempt(name, lstm(units), finished, accuracy)


def random_weights(layers: Sequence[AnyLayer]) -> Weights:
    """Weights of which something comes."""
    rng = np.random.default_rng(0)
    return {
        f"{row.name}/{name}": rng.normal(0, 0.5, shape).astype(np.float32)
        for row in summary(layers, (LENGTH,))
        for name, shape in row.weights.items()
    }


# Texts


@pytest.mark.parametrize("question", ALL, ids=lambda question: str(question.title))
def test_answers_are_short_and_calm(question: object) -> None:
    texts = vars(question).values()
    assert all(text and "!" not in text for text in texts)
    assert 1 <= str(vars(question)["answer"]).count(". ") + 1 <= 4


def test_exactly_one_option_is_right() -> None:
    assert sum(option.right for option in LENGTH_OPTIONS) == 1


def test_the_replys_figure_is_that_of_the_lstm() -> None:
    row = summary(PRESETS["shapes-lstm"].layers, (LENGTH,))[1]
    assert any(f"{row.parameters:,} weights" in option.reply for option in LENGTH_OPTIONS)


# Any length


@pytest.mark.parametrize("points", [30, LENGTH, 80, 120])
def test_another_length(points: int) -> None:
    other = of_length(CURVE, points)
    same = min(points, LENGTH)
    assert len(other) == points
    assert (other[:same] == CURVE[:same]).all()
    assert not other[same:].any()


def test_no_length_beyond_the_longest() -> None:
    with pytest.raises(DrawingError):
        of_length(CURVE, MAX_LENGTH + 1)


# Places


def test_each_place_has_its_own_label_among_those_offered() -> None:
    assert len(set(PLACES)) == len(PLACES) == 6
    assert set(PLACES) < set(LABELS)
    assert len(set(LABELS)) == len(LABELS)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        (PLACES, "All 6 are right."),
        ((None,) * 6, "0 of 6 are right. Still empty: 1, 2, 3, 4, 5 and 6."),
        (("class", *PLACES[1:]), "5 of 6 are right. Look again at 1."),
        (
            ("h_0", "h_2", None, "h_t", "x_1", None),
            "1 of 6 is right. Look again at 2, 4 and 5. Still empty: 3 and 6.",
        ),
    ],
)
def test_checking_places(chosen: Sequence[str | None], sentence: str) -> None:
    assert check_places(chosen) == (chosen == PLACES, sentence)


# Ninety percent


@pytest.mark.parametrize("units", [32, 64])
@pytest.mark.parametrize("accuracy", [0.9, float(np.float32(0.9)), 1.0])
def test_ninety_is_reached(units: int, accuracy: float) -> None:
    done, sentence = check_ninety([attempt(0.5), attempt(accuracy, units, "that one")])
    assert done
    assert sentence == f"Done: that one has {accuracy:.1%} of the test curves right."


@pytest.mark.parametrize(
    ("attempts", "missing"),
    [
        ([], "no LSTM run yet"),
        ([Attempt("mlp", PRESETS["shapes-mlp"], True, 0.95)], "no LSTM run yet"),
        ([attempt(0.99, 16)], "has 16 units"),
        ([attempt(0.99, 1)], "has 1 unit."),
        ([attempt(0.95, finished=False)], "is not finished"),
        ([attempt(None, finished=False), attempt(0.99, 16)], "is not finished"),
        (
            [attempt(0.7), attempt(0.873, name="it"), attempt(None, finished=False)],
            "Best so far 87.3%, by it",
        ),
        ([attempt(0.8967)], "another seed or more epochs"),
        ([attempt(float("nan"))], "Best so far"),
    ],
)
def test_what_is_missing(attempts: list[Attempt], missing: str) -> None:
    done, sentence = check_ninety(attempts)
    assert not done
    assert missing in sentence


# Memory


def test_where_a_shape_ends() -> None:
    assert shape_end(np.array([0, 1, 1, 0, 0], np.float32)) == 3
    assert shape_end(np.array([0, 1], np.float32)) == 2
    assert shape_end(np.zeros(4, np.float32)) == 4


def test_zeros_after_shapes() -> None:
    curves = np.array([[0, 1, 0, 0, 0], [1, 1, 1, 1, 0]], np.float32)
    assert zeros_after(curves) == (1, 3)


@pytest.mark.parametrize("layer", [SimpleRNN(units=5), GRU(units=5), LSTM(units=5)], ids=str)
def test_one_pass_says_what_curves_of_all_lengths_would(layer: Recurrent) -> None:
    layers: tuple[AnyLayer, ...] = (
        Reshape(target_shape=(LENGTH, 1)),
        layer,  # type: ignore[assignment]  # one of the three
        Dense(units=3, activation="softmax"),
    )
    weights = random_weights(layers)
    curves = [CURVE, curve("square", 12, 30)]
    ends = [shape_end(x) for x in curves]
    said = remembered(layers, weights, np.stack([gap(x, MAX_ZEROS) for x in curves]), ends)
    assert said.shape == (2, MAX_ZEROS + 1, 3)
    for x, end, row in zip(curves, ends, said, strict=True):
        for zeros in (0, 1, 17, MAX_ZEROS):
            longer = gap(x[:end], zeros)
            alone = look_inside(fitted_to(layers, len(longer)), weights, longer).probabilities
            assert row[zeros] == pytest.approx(alone, abs=1e-5)
