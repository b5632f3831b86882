"""The set of analogies, and scoring it."""

from itertools import product

import pytest

from models.algebra import Method, solve
from models.analogies import RELATIONS, Score, count, score
from models.formula import Analogy, Word
from models.vectors import VectorError, VectorSpace
from tests.models.spaces import first_of_glove, random_space


def test_the_set_is_large_and_sound() -> None:
    assert len(RELATIONS) >= 8
    assert count() >= 200
    for relation, pairs in RELATIONS.items():
        words = [word for pair in pairs for word in pair]
        assert len(words) == len(set(words)), relation
        assert len(pairs) >= 10


def test_glove_has_all_its_words() -> None:
    vocabulary = VectorSpace.load("glove").vocabulary
    assert [
        word for pairs in RELATIONS.values() for pair in pairs for word in pair if word not in vocabulary
    ] == []


@pytest.mark.parametrize("basis", ["raw", "centred"])
def test_scores_are_those_of_solving_one_by_one(basis: str) -> None:
    space = first_of_glove(30_000).seen_as(basis)  # type: ignore[arg-type]  # of Basis
    pairs = RELATIONS["man and woman"][:6]
    methods: list[Method] = ["3CosAdd", "3CosMul"]
    for found in score(space, methods, relations={"some": pairs}):
        counts = {"asked": 0, "solved": 0, "openly": 0, "echoed": 0}
        for (a, b), (c, d) in product(pairs, pairs):
            if a == c:
                continue
            formula = Analogy((Word(a), Word(b), Word(c), None))
            best, openly = (
                solve(formula, space, 1, found.method, exclude_inputs=hidden).answers[0].word
                for hidden in (True, False)
            )
            counts["asked"] += 1
            counts["solved"] += best == d
            counts["openly"] += openly == d
            counts["echoed"] += openly in (a, b, c)
        assert counts == {
            "asked": found.asked,
            "solved": found.solved,
            "openly": found.solved_openly,
            "echoed": found.echoed,
        }
        assert found.accuracy == found.solved / found.asked


def test_relation_by_relation_and_method_by_method() -> None:
    space = first_of_glove(5000)
    found = list(score(space))
    assert [(one.relation, one.method) for one in found] == list(product(RELATIONS, ["3CosAdd", "3CosMul"]))
    assert all(one.solved <= one.asked and one.solved_openly + one.echoed <= one.asked for one in found)
    assert any(one.missing for one in found)


def test_the_best_relation_is_nationality() -> None:
    relation = "country and its people"
    (found,) = score(VectorSpace.load("glove"), ["3CosAdd"], relations={relation: RELATIONS[relation]})
    assert found.asked == 240
    assert found.accuracy is not None
    assert found.accuracy > 0.95


def test_answers_outside_the_restriction_are_not_asked() -> None:
    space = random_space(10)
    pairs = (("w0", "w1"), ("w2", "w9"), ("w3", "unknown"))
    (found,) = score(space, ["3CosAdd"], within=5, relations={"some": pairs})
    assert (found.asked, found.missing) == (1, ("unknown",))


def test_a_space_without_the_words_is_not_asked() -> None:
    found = list(score(random_space(), relations={"some": (("king", "queen"), ("man", "woman"))}))
    assert found == [
        Score("some", method, 0, 0, 0, 0, ("king", "queen", "man", "woman"))
        for method in ("3CosAdd", "3CosMul")
    ]
    assert found[0].accuracy is None


def test_other_methods_are_refused() -> None:
    with pytest.raises(VectorError, match="3CosAdd and 3CosMul only"):
        next(score(random_space(), ["other"]))  # type: ignore[list-item]  # on purpose
