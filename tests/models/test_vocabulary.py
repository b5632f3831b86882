"""Finding words: exactly, in another case, by their beginning, misspelt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vectors import VectorSpace
from models.vocabulary import UnknownWordError, VectorError, Vocabulary

quick = settings(derandomize=True, deadline=None)

words = st.text(st.sampled_from("aAbBßéx-'. "), max_size=6) | st.text(max_size=4)
lists = st.lists(words, min_size=1, max_size=30, unique=True)


@quick
@given(lists)
def test_every_word_is_found_where_it_stands(known: list[str]) -> None:
    vocabulary = Vocabulary(known)
    assert len(vocabulary) == len(known)
    assert list(vocabulary) == known
    for number, word in enumerate(known):
        assert vocabulary[number] == word
        assert vocabulary.find(word) == vocabulary.look_up(word) == number
        assert word in vocabulary


@quick
@given(lists, words)
def test_looking_up_ignores_case_only_if_need_be(known: list[str], word: str) -> None:
    vocabulary = Vocabulary(known)
    assert vocabulary.find(word) == (known.index(word) if word in known else None)
    same = [other for other in known if other.lower() == word.lower()]
    if word in known or same:
        assert known[vocabulary.look_up(word)] == (word if word in known else same[0])
    else:
        with pytest.raises(UnknownWordError) as error:
            vocabulary.look_up(word)
        assert set(error.value.suggestions) <= set(known)


@quick
@given(lists, words)
def test_completion_gives_the_words_that_begin_so_in_their_order(known: list[str], prefix: str) -> None:
    expected = [word for word in known if word.lower().startswith(prefix.lower())]
    assert Vocabulary(known).complete(prefix, 5) == expected[:5]


def test_a_word_twice_is_refused() -> None:
    with pytest.raises(VectorError, match="“b” stands there twice"):
        Vocabulary(["a", "b", "c", "b"])
    with pytest.raises(VectorError, match="no words"):
        Vocabulary([])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("bananna", "banana"), ("brid", "bird"), ("freind", "friend"), ("Pariss", "paris"), ("queeen", "queen")],
)
def test_misspelt_words_are_understood(typed: str, meant: str) -> None:
    assert meant in VectorSpace.load("glove").vocabulary.suggest(typed)


def test_the_sentence_names_the_likeliest() -> None:
    vocabulary = Vocabulary(["bird", "birds", "stone", "strawberry"])
    with pytest.raises(
        UnknownWordError, match=r"“brid” is not among the 4 words. Did you mean “bird”"
    ) as error:
        vocabulary.look_up("brid")
    assert error.value.word == "brid"
    with pytest.raises(UnknownWordError, match="Did you mean “strawberry”"):
        vocabulary.look_up("straw")
    with pytest.raises(UnknownWordError, match="Try another word"):
        vocabulary.look_up("x" * 1_000_000)
    with pytest.raises(UnknownWordError):
        vocabulary.look_up("\ud800")
