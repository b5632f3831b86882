"""Solving formulas: what was seen on GloVe, methods, inputs, errors, the figure. Parity: test_gensim.py."""

from decimal import Decimal

import numpy as np
import pytest

from models.algebra import EPSILON, Method, solve
from models.algebra_figure import draw
from models.formula import FormulaError
from models.vectors import VectorError, VectorSpace
from tests.models.spaces import in_gensim, random_space, random_vectors

METHODS: list[Method] = ["3CosAdd", "3CosMul"]
methods = pytest.mark.parametrize("method", METHODS)


@pytest.fixture(scope="module")
def glove() -> VectorSpace:
    return VectorSpace.load("glove")


def words(space: VectorSpace, formula: str, method: Method = "3CosAdd") -> list[str]:
    return [answer.word for answer in solve(formula, space, method=method).answers]


# Seen on GloVe


def test_water_bird_minus_air(glove: VectorSpace) -> None:
    assert words(glove, "water + bird - air")[:4] == ["animals", "fish", "animal", "tree"]


@methods
def test_king_minus_man_plus_woman(glove: VectorSpace, method: Method) -> None:
    assert words(glove, "king - man + woman", method)[0] == "queen"
    assert words(glove, "man : king :: woman : ?", method)[0] == "queen"


def test_without_the_rule_the_answer_is_an_input(glove: VectorSpace) -> None:
    solution = solve("king - man + woman", glove, exclude_inputs=False)
    assert [answer.word for answer in solution.answers][:2] == ["king", "queen"]


# Laws


@methods
def test_equal_formulas_have_equal_answers(method: Method) -> None:
    space = random_space()
    expected = words(space, "w1 - w2 + w3", method)
    for same in ("w3 - (w2 - w1)", "w2 : w1 :: w3 : ?", "W1 − W2 + W3", "1*w1 - w2 + w3 + w4 - w4"):
        found = words(space, same, method)
        assert [word for word in found if word != "w4"][:9] == [word for word in expected if word != "w4"][:9]


@methods
def test_a_weight_of_two_counts_as_twice(method: Method) -> None:
    space = random_space()
    assert words(space, "2*w1 - w2", method) == words(space, "w1 + w1 - w2", method)


def test_with_a_large_weight_nearest_is_still_first(glove: VectorSpace) -> None:
    """The values are from 10^-41 down, too small for single precision."""
    nearest = [found.word for found in glove.neighbours("king")]
    assert words(glove, "1000*king", "3CosMul") == nearest
    assert words(glove, "1000*king") == nearest


@pytest.mark.parametrize("weights", [(1, -1, 1), (0.25, -1.5, 2), (1000, -2, 1000), (300, -1000, 0.5)])
def test_3cosmul_is_its_definition_whatever_the_weights(weights: tuple[float, ...]) -> None:
    """In decimal numbers, which may be as small as they like."""
    space = random_space()
    units = space.rows.units(np.arange(200))
    halves = (1 + np.clip(units @ units[1:4].T, -1, 1)) / 2

    def value(word: int) -> Decimal:
        powers = [
            Decimal(float(half)) ** Decimal(abs(w)) for half, w in zip(halves[word], weights, strict=True)
        ]
        return powers[0] * powers[2] / (powers[1] + Decimal(EPSILON))

    expected = sorted((word for word in range(200) if word not in (1, 2, 3)), key=value, reverse=True)[:10]
    x, y, z = weights
    answers = solve(f"{x}*w1 - {-y}*w2 + {z}*w3", space, method="3CosMul").answers
    assert [answer.word for answer in answers] == [f"w{word}" for word in expected]
    assert [answer.score for answer in answers] == pytest.approx(
        [float(value(word)) for word in expected], rel=1e-6
    )


@pytest.mark.filterwarnings("error")
def test_3cosmul_of_an_opposite_is_0() -> None:
    space = VectorSpace("opposite", ["a", "b", "c"], np.array([[1, 0], [-1, 0], [0, 1]], np.float32))
    answers = solve("0.5*a", space, method="3CosMul").answers
    assert [(answer.word, answer.score) for answer in answers] == [("c", pytest.approx(0.5**0.5)), ("b", 0)]


def test_a_scaled_formula_has_the_same_answers() -> None:
    space = random_space()
    assert words(space, "0.1*(w1 - w2)") == words(space, "5*(w1 - w2)")


@methods
def test_inputs_are_left_out_only_if_wanted(method: Method) -> None:
    space = random_space()
    without = words(space, "w1 + w2", method)
    assert not {"w1", "w2"} & set(without)
    openly = solve("w1 + w2", space, 200, method, exclude_inputs=False).answers
    assert {"w1", "w2"} <= {answer.word for answer in openly}
    assert len(openly) == 200
    assert [answer.score for answer in openly] == sorted((answer.score for answer in openly), reverse=True)


@methods
def test_answers_can_be_restricted(method: Method) -> None:
    space = random_space()
    every = [answer.word for answer in solve("w1 - w2", space, 200, method).answers]
    some = [answer.word for answer in solve("w1 - w2", space, 200, method, within=30).answers]
    assert some == [word for word in every if int(word[1:]) < 30]


@pytest.mark.filterwarnings("ignore:Call to deprecated")  # gensim's, of itself
@methods
def test_another_basis_is_as_if_gensim_had_its_vectors(method: Method) -> None:
    raw = random_vectors()
    centred = VectorSpace("c", [f"w{number}" for number in range(200)], raw - raw.mean(axis=0))
    space = random_space().seen_as("centred")
    ask = in_gensim(centred).most_similar if method == "3CosAdd" else in_gensim(centred).most_similar_cosmul
    theirs = ask(positive=["w1", "w3"], negative=["w2"], topn=5)
    found = solve("w1 - w2 + w3", space, 5, method).answers
    assert [answer.word for answer in found] == [word for word, _ in theirs]
    assert [answer.score for answer in found] == pytest.approx([score for _, score in theirs], abs=1e-5)


# Errors


def test_an_unknown_word_is_pointed_at_with_suggestions(glove: VectorSpace) -> None:
    with pytest.raises(FormulaError, match="“birdd” is not among") as error:
        solve("water + birdd - air", glove)
    assert error.value.position == 8
    assert "bird" in error.value.suggestions


def test_a_minus_without_blanks_is_explained(glove: VectorSpace) -> None:
    with pytest.raises(FormulaError, match=r"For a minus, put blanks around it: king - throne\."):
        solve("king-throne", glove)


@methods
def test_other_problems_are_said(method: Method) -> None:
    space = random_space()
    with pytest.raises(FormulaError, match=r"cancel each other out|needs a word that is added"):
        solve("w1 - w1", space, method=method)
    with pytest.raises(VectorError, match="1 to 1,000"):
        solve("w1", space, 0, method)
    with pytest.raises(VectorError, match="at least 1 word"):
        solve("w1", space, within=0, method=method)
    with pytest.raises(FormulaError, match="missing at the end"):
        solve("w1 -", space, method=method)


@pytest.mark.parametrize(
    ("formula", "method", "position"),
    [
        ("  w1 - w1", "3CosAdd", 2),
        ("(2*w5 - w5 - w5)", "3CosAdd", 3),
        ("0*w1 - w2", "3CosMul", 7),
        ("-w1 - w2", "3CosMul", 1),
        (" w1 - w1", "3CosMul", 1),
    ],
)
def test_what_comes_to_nothing_is_pointed_at(formula: str, method: Method, position: int) -> None:
    with pytest.raises(FormulaError) as error:
        solve(formula, random_space(), method=method)
    assert error.value.position == position


def test_3cosmul_needs_something_added() -> None:
    with pytest.raises(FormulaError, match="3CosMul needs a word that is added"):
        solve("-w1 - w2", random_space(), method="3CosMul")
    assert solve("-w1 - w2", random_space()).answers


# The figure


def test_the_parallelogram_is_one(glove: VectorSpace) -> None:
    solution = solve("king - man + woman", glove)
    figure = draw(solution, glove)
    assert figure is not None
    assert figure.parallelogram == ("man", "king", "woman")
    base, first, second = (figure.words[word] for word in figure.parallelogram)
    assert first - base == pytest.approx(figure.target - second)
    assert figure.answer_word == "queen"
    assert figure.gap_here <= figure.gap
    assert figure.cosine == pytest.approx(solution.answers[0].score)
    assert 0.5 < figure.share <= 1


@pytest.mark.parametrize(
    "formula", ["w1", "-w1", "w1 + w2", "2*w1 - 0.5*w2 + w3 - w4", "w1 - w2", "w1 - w1 + w2"]
)
def test_steps_lead_from_the_origin_to_the_target(formula: str) -> None:
    space = random_space().seen_as("centred")
    solution = solve(formula, space)
    figure = draw(solution, space)
    assert figure is not None
    assert figure.steps[0].start == pytest.approx(figure.origin)
    assert figure.steps[-1].end == pytest.approx(figure.target)
    for one, following in zip(figure.steps, figure.steps[1:], strict=False):
        assert one.end == pytest.approx(following.start)
    assert figure.target.shape == figure.answer.shape == (2,)
    assert 0 < figure.share <= 1 + 1e-12
    target = solution.target
    answer = space.rows.units([space.vocabulary.look_up(figure.answer_word)])[0]
    assert figure.gap == pytest.approx(float(np.linalg.norm(target - answer)))


def test_no_answer_no_figure() -> None:
    space = VectorSpace("one", ["a"], np.ones((1, 3), np.float32))
    assert draw(solve("a", space), space) is None


def test_a_space_of_one_number_has_a_figure_too() -> None:
    space = VectorSpace("line", ["a", "b"], np.array([[1], [2]], np.float32))
    figure = draw(solve("a", space), space)
    assert figure is not None
    assert figure.answer.shape == (2,)
