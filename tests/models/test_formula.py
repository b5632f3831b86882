"""The formula language: all that is typed is read or refused with a place; what is printed reads the same."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.formula import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_WEIGHT,
    Analogy,
    Expression,
    Formula,
    FormulaError,
    Sum,
    Weighted,
    Word,
    parse,
    terms,
)

quick = settings(derandomize=True, deadline=None)
thorough = settings(quick, max_examples=500)

odd_words = st.text(st.sampled_from('abz09-+*().:?="“”„\\ −–\n\t'), min_size=1, max_size=6)
words = st.builds(Word, st.sampled_from(["king", "well-known", "2", "0.5", "o'brien"]) | odd_words)
weights = st.floats(-MAX_WEIGHT, MAX_WEIGHT).filter(lambda weight: weight != 1)


def weighted(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    inner = parts.filter(lambda part: not isinstance(part, Weighted))
    return st.builds(Weighted, weights, inner)


def sums(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.lists(parts, min_size=2, max_size=4).map(lambda some: Sum(tuple(some)))


expressions: st.SearchStrategy[Expression] = st.recursive(
    words, lambda parts: weighted(parts) | sums(parts), max_leaves=6
)


@st.composite
def analogies(draw: st.DrawFn) -> Analogy:
    sides: list[Expression | None] = [draw(expressions) for _ in range(4)]
    sides[draw(st.integers(0, 3))] = None
    a, b, c, d = sides
    return Analogy((a, b, c, d))


# Laws


@thorough
@given(expressions | analogies())
def test_what_is_printed_reads_the_same(formula: Formula) -> None:
    text = str(formula)
    if len(text) <= MAX_LENGTH:
        assert parse(text) == formula
        assert str(parse(text)) == text


@thorough
@given(st.text(max_size=40) | st.text(st.sampled_from('ab2.5 +-*():?="\\“”−×=\n'), max_size=40))
@example("")
@example("\x00")
@example("\ud800")
@example("²*king")
@example("٣*king")
@example("1e5*king")
@example('"')
@example('"\\')
@example('"\\"')
@example("-" * MAX_LENGTH)
@example("(" * MAX_LENGTH)
@example("9" * (MAX_LENGTH - 5) + "*king")
@example("0." + "0" * 400 + "1*king")
@example("9*" * 200 + "king")
@example("a" * (MAX_LENGTH + 1))
@example(":" * 9)
@example("?:?::?:?")
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    refused: FormulaError | None = None
    try:
        formula = parse(text)
    except FormulaError as error:
        refused = error
    if refused:
        assert 0 <= refused.position <= len(text)
        assert str(refused).endswith((".", "?"))
        return
    assert all(abs(term.weight) <= MAX_WEIGHT**10 for term in terms(formula))
    assert all(term.text in text.replace("\\", "") or "\\" in text for term in terms(formula))
    printed = str(formula)
    if len(printed) <= MAX_LENGTH:
        assert parse(printed) == formula


@quick
@given(expressions, expressions, expressions)
def test_an_analogy_is_a_difference_added(a: Expression, b: Expression, c: Expression) -> None:
    asked = {term.text: term.weight for term in terms(Analogy((a, b, c, None)))}
    added = {term.text: term.weight for term in terms(Sum((Weighted(-1, Sum((a,))), b, c)))}
    assert asked == pytest.approx(added)


# Meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("king", {"king": 1}),
        ("water + bird - air", {"water": 1, "bird": 1, "air": -1}),
        ("water + bird − air", {"water": 1, "bird": 1, "air": -1}),
        ("king – man", {"king": 1, "man": -1}),
        ("water+bird", {"water": 1, "bird": 1}),
        ("0.5*king", {"king": 0.5}),
        ("king * 0.5", {"king": 0.5}),
        ("2 × king * .5", {"king": 1}),
        ("2 * 3 * king", {"king": 6}),
        ("-king", {"king": -1}),
        ("--king", {"king": 1}),
        ("king + -2*man", {"king": 1, "man": -2}),
        ("2*(king - man) + woman", {"king": 2, "man": -2, "woman": 1}),
        ("king - (man - (woman + 3*girl))", {"king": 1, "man": -1, "woman": 1, "girl": 3}),
        ("king + king - king", {"king": 1}),
        ("king - king", {"king": 0}),
        ("1990 + war", {"1990": 1, "war": 1}),
        ("2*3", {"3": 2}),
        ('"2"', {"2": 1}),
        ("king : man :: queen : ?", {"king": -1, "man": 1, "queen": 1}),
        ("king:man::queen:?", {"king": -1, "man": 1, "queen": 1}),
        ("king:man::?:woman", {"king": 1, "man": -1, "woman": 1}),
        ("king:?::queen:woman", {"king": 1, "queen": -1, "woman": 1}),
        ("?:man::queen:woman", {"man": 1, "queen": 1, "woman": -1}),
        ("big + more : bigger :: small : ?", {"big": -1, "more": -1, "bigger": 1, "small": 1}),
    ],
)
def test_formulas_mean(text: str, meaning: dict[str, float]) -> None:
    assert {term.text: term.weight for term in terms(parse(text))} == pytest.approx(meaning)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("well-known", ["well-known"]),
        ("king-man", ["king-man"]),
        ("king -man", ["king", "man"]),
        ("king- man", ["king", "man"]),
        ("king - man", ["king", "man"]),
        ("king -- man", ["king", "man"]),
        ("(king)-man", ["king", "man"]),
        ("jean-paul-sartre - well-known", ["jean-paul-sartre", "well-known"]),
        ("3-4", ["3-4"]),
        ("u.s. - o'brien", ["u.s.", "o'brien"]),
        ("1/2 + $ + 's", ["1/2", "$", "'s"]),
        ('"c++" - "?"', ["c++", "?"]),
        ('"new york" + "\\"" + "\\\\"', ["new york", '"', "\\"]),
        ("“king – man”", ["king – man"]),
        ("œuvre + 東京", ["œuvre", "東京"]),
    ],
)
def test_words_are_told_from_signs(text: str, found: list[str]) -> None:
    assert [term.text for term in terms(parse(text))] == found


def test_a_term_knows_its_first_place() -> None:
    assert [term.position for term in terms(parse('man + 2*"king" - man'))] == [0, 8]


# Errors


@pytest.mark.parametrize(
    ("text", "position", "sentence"),
    [
        ("", 0, "no formula yet"),
        ("   ", 0, "no formula yet"),
        ("king +", 6, "A word is missing at the end"),
        ("king + * man", 7, "Here should stand a word, not “\\*”"),
        ("king man", 5, "“man” cannot follow here. Join words by"),
        ("(king", 5, r"A \) is missing"),
        ("king)", 4, "never opened"),
        ("()", 1, "Here should stand a word"),
        ('king + "man', 7, "never closed"),
        ('""', 0, "no word between"),
        ("king * man", 7, "needs a number on one side"),
        ('"2" * king', 6, "needs a number on one side"),
        ("1001*king", 0, "at most 1,000"),
        ("100*king + 100*(100*man)", 11, "at most 1,000"),
        ("king = queen", 5, "Leave out the ="),
        ("?", 0, "only in an analogy"),
        ("king + ?", 7, "not “\\?”"),
        ("king:man", 8, "should stand “::”"),
        ("king:man:queen:?", 8, "should stand “::”"),
        ("king:man::queen", 15, "should stand “:”"),
        ("king:man::queen:woman", 16, "Put a \\? here"),
        ("king:?::queen:?", 14, "Only one of the four"),
        ("king:man::queen:? + a", 18, "four sides"),
        ("(" * (MAX_DEPTH + 1) + "a", MAX_DEPTH, "20 parentheses"),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH, "at most 500 characters; this one has 501"),
    ],
)
def test_an_error_points_at_its_character(text: str, position: int, sentence: str) -> None:
    with pytest.raises(FormulaError, match=sentence) as error:
        parse(text)
    assert error.value.position == position


def test_as_deep_as_allowed() -> None:
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == Word("a")
    assert parse("+".join(["(a)"] * 100)) == Sum((Word("a"),) * 100)
