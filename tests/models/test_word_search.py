"""Searching words, also with patterns that would run for ever elsewhere."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import word_search
from models.vectors import VectorSpace
from models.vocabulary import Vocabulary
from models.word_search import How, SearchError, search

quick = settings(derandomize=True, deadline=None)
lists = st.lists(st.text(st.sampled_from("abAB.é-"), min_size=1, max_size=5), min_size=1, unique=True)
patterns = st.text(st.sampled_from("abAB.é-"), min_size=1, max_size=3)


@pytest.fixture(scope="module")
def glove() -> Vocabulary:
    return VectorSpace.load("glove").vocabulary


@quick
@given(lists, patterns, st.booleans())
def test_a_search_finds_what_python_finds(words: list[str], pattern: str, match_case: bool) -> None:
    def fold(text: str) -> str:
        return text if match_case else text.lower()

    vocabulary = Vocabulary(words)
    tests = {
        "exact": lambda word: fold(word) == fold(pattern),
        "prefix": lambda word: fold(word).startswith(fold(pattern)),
        "substring": lambda word: fold(pattern) in fold(word),
        "regex": lambda word: re.search(fold(pattern), fold(word)) is not None,
    }
    hows: list[How] = ["exact", "prefix", "substring", "regex"]
    for how in hows:
        found = search(vocabulary, pattern, how, match_case=match_case)
        assert found.is_complete
        assert found.ids.tolist() == [i for i, word in enumerate(words) if tests[how](word)]


@pytest.mark.parametrize(
    "pattern",
    ["^a", "a$", "^.$", "^...$", "[^a]b", "a|b$", "(a|b)+-", "^$", "a*", "(?i)AB", r"\W", "(?s)a.b"],
)
def test_expressions_see_one_word_at_a_time(pattern: str) -> None:
    words = ["a", "b", "ab", "ba", "a-b", "a b", "-", "Ab", "aab"]
    found = search(Vocabulary(words), pattern, "regex", match_case=True)
    assert [words[i] for i in found.ids] == [word for word in words if re.search(pattern, word)]


def test_an_empty_pattern_finds_nothing(glove: Vocabulary) -> None:
    hows: list[How] = ["exact", "prefix", "substring", "regex"]
    for how in hows:
        assert not len(search(glove, "", how).ids)
        assert not len(search(glove, "\ud800", how).ids)


def test_a_line_break_in_a_word_makes_no_two_of_it() -> None:
    assert search(Vocabulary(["a\nb", "c", "d"]), "c|d", "regex").ids.tolist() == [1, 2]


def test_all_of_glove(glove: Vocabulary) -> None:
    assert [glove[i] for i in search(glove, "king", "prefix").ids[:3]] == ["king", "kingdom", "kings"]
    assert [glove[i] for i in search(glove, "^QUEEN.$", "regex").ids[:1]] == ["queens"]
    assert search(glove, "king", "exact").ids.tolist() == [glove.find("king")]


@pytest.mark.parametrize(
    "pattern",
    [
        "(x+x+)+y",
        "(a*)*$",
        "(a|a)*b",
        "(.*a.*b.*c){10}",
        "(.?){300}z",
        "(?:.?.?.?.?.?){20}z$",
        "(a|b|c|.)*.{30}x",
        "(?:a{1,30}){1,30}",
        "(a?){60}a{60}",
        r"\pL{900}",
        "((a{0,100}){0,100}){0,100}",
        r"(\pL?){200}x",
        "(" * 99 + ")" * 99,
        "[" * 200,
    ],
)
def test_no_pattern_runs_for_ever(glove: Vocabulary, pattern: str) -> None:
    start = time.monotonic()
    with suppress(SearchError):
        search(glove, pattern, "regex")
    assert time.monotonic() - start < word_search.SECONDS + 3  # the rest is for a busy computer


def test_what_was_found_in_time_is_given(glove: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_search, "SECONDS", 0.0)
    found = search(glove, "king", "regex")
    assert not found.is_complete


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(", "missing \\)"),
        ("a)|(b", "unexpected \\)"),
        ("*", "no argument"),
        (r"(a)\1", "invalid escape"),
        ("(?=a)", "invalid perl operator"),
        (r"\Aking", "Use \\^ instead"),
        (r"king\z", "Use \\$ instead"),
        (r"\Cing", "Use . instead"),
        ("a" * 201, "at most 200 characters; this one has 201"),
    ],
)
def test_what_cannot_be_searched_is_said(pattern: str, sentence: str) -> None:
    with pytest.raises(SearchError, match=sentence):
        search(Vocabulary(["a"]), pattern, "regex")


@quick
@given(st.text(max_size=12))
def test_any_pattern_is_searched_or_refused(pattern: str) -> None:
    vocabulary = Vocabulary(["king", "a(b", "é", "*"])
    try:
        assert len(search(vocabulary, pattern, "regex").ids) <= 4
    except SearchError as error:
        refused = str(error)
        assert refused.endswith(".")
