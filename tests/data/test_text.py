"""Any text can be cut into tokens, and words and ids lead to each other."""

from __future__ import annotations

import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.text import LENGTH, OOV, PAD, Vocabulary, read_ids, tokenize

ROWS = [["an", "epic", PAD], ["a", "great", "cast"], ["not", "a", "great", OOV], ["movie", "movies", PAD]]
WORDS = Vocabulary.of(ROWS)

# Signs that take part in some rule, so that hypothesis meets them in every order.
TELLING = "ab Z09-/#*.,'’“—–…é\u0301\u200b\u200d\u202e\ufe0f\n\t\x00_İß½שあ👩\ud800"
texts = st.text(st.sampled_from(TELLING)) | st.text()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It's GREAT.", "it ' s great ."),
        ("don’t “quote” it", "don ' t ' quote ' it"),
        ("hip-hop, coming-of-age!", "hip-hop , coming-of-age !"),
        ("and/or 24/7 #9 # 9", "and/or 24/7 #9 # 9"),
        ("so -- so—so --- so - so-", "so -- so -- so -- - so - so -"),
        ("their *** off...", "their *** off . . ."),
        ("wait… $5 (really?)", "wait . . . $ 5 ( really ? )"),
        ("3.5 of 5", "3 . 5 of 5"),
        ("CLICHÉ cliche\u0301 naïve", "cliché cliché naïve"),
        ("an OOV oov Oov PAD", "an OOV oov oov pad"),
        ("snake_case", "snake _ case"),
        ("שלום עולם, हिन्दी", "שלום עולם , हिन्दी"),
        ("ok👍🏽❤️!", "ok 👍 🏽 ❤️ !"),
        ("\u202eback\u202c wards\u200bapart\x00too\ufeff", "back wards apart too"),
        ("<b>&amp;</b>", "< b > & amp ; < / b >"),
        (" \t\r\n\u2028 ", ""),
        ("", ""),
    ],
)
def test_literal_sentences(text: str, tokens: str) -> None:
    assert tokenize(text) == tokens.split()


@given(texts)
@settings(max_examples=500)
def test_any_text_becomes_tokens_that_stay_what_they_are(text: str) -> None:
    tokens = tokenize(text)
    assert all(token and not any(map(str.isspace, token)) for token in tokens)
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for token in tokens for c in token)
    assert tokenize(" ".join(tokens)) == tokens


@given(texts, texts)
def test_words_apart_are_cut_apart(left: str, right: str) -> None:
    assert tokenize(f"{left} {right}") == tokenize(left) + tokenize(right)


@given(texts)
def test_no_letter_is_lost(text: str) -> None:
    def letters(text: str) -> list[str]:
        return sorted(c for c in unicodedata.normalize("NFD", text.lower()) if c.isalnum())

    assert letters("".join(tokenize(text))) == letters(text)


@pytest.mark.parametrize(
    "unit",
    [
        "good movie, ",
        "a",
        "a\u0301",
        "\u0301\u0327",
        "👨\u200d👩",
        "-",
        "*",
        "a-",
        "#",
        "'",
        "\u202e",
        "İ",
        "\n",
    ],
)
def test_a_very_long_text_is_cut_at_once(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    begin = time.process_time()
    encoded = WORDS.encode(text)
    WORDS.nearest(text)
    assert time.process_time() - begin < 1
    assert len(encoded.tokens) <= LENGTH


def test_ids_follow_the_order_of_first_appearance() -> None:
    assert WORDS.id2word == ("an", "epic", PAD, "a", "great", "cast", "not", OOV, "movie", "movies")
    assert (WORDS.pad_id, WORDS.oov_id, len(WORDS)) == (2, 7, 10)
    assert [WORDS.word2id[word] for word in WORDS.id2word] == list(range(10))
    assert Vocabulary.of([["only"]]).id2word == ("only", PAD, OOV)


def test_a_broken_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Vocabulary((PAD, OOV, PAD))
    with pytest.raises(ValueError, match="needs the words"):
        Vocabulary(("a", OOV))


def test_a_fingerprint_tells_vocabularies_apart() -> None:
    assert Vocabulary.of(ROWS).fingerprint == WORDS.fingerprint
    assert Vocabulary.of(ROWS[::-1]).fingerprint != WORDS.fingerprint
    assert len(WORDS.fingerprint) == 16


def test_a_sentence_becomes_a_row() -> None:
    encoded = WORDS.encode("Not a GRATE cast!", length=8)
    assert encoded.tokens == ("not", "a", "grate", "cast", "!")
    assert encoded.ids == (6, 3, 7, 5, 7)
    assert encoded.unknown == (2, 4)
    assert encoded.cut == ()
    assert encoded.row.tolist() == [6, 3, 7, 5, 7, 2, 2, 2]
    assert encoded.row.dtype == np.int32
    assert not encoded.row.flags.writeable


def test_what_does_not_fit_is_said() -> None:
    encoded = WORDS.encode("a great cast a great movie", length=4)
    assert encoded.tokens == ("a", "great", "cast", "a")
    assert encoded.cut == ("great", "movie")
    assert encoded.row.tolist() == [3, 4, 5, 3]


def test_an_empty_sentence_is_padding() -> None:
    encoded = WORDS.encode("")
    assert not any((encoded.tokens, encoded.ids, encoded.unknown, encoded.cut))
    assert encoded.row.tolist() == [WORDS.pad_id] * LENGTH


known = st.sampled_from([word for word in WORDS.id2word if word != PAD])


@given(st.lists(st.lists(known, max_size=12), max_size=4))
def test_decoding_undoes_encoding(sentences: list[list[str]]) -> None:
    rows = WORDS.rows(sentences, 10)
    assert rows.shape == (len(sentences), 10)
    for sentence, row in zip(sentences, rows, strict=True):
        assert WORDS.decode(row) == sentence[:10]
        assert row.tolist() == WORDS.encode(" ".join(sentence), 10).row.tolist()


def test_padding_between_words_is_shown() -> None:
    assert WORDS.decode([3, 2, 4, 2, 2]) == ["a", PAD, "great"]


@pytest.mark.parametrize("word_id", [-1, 10, 2**40])
def test_an_id_of_no_word_is_refused(word_id: int) -> None:
    with pytest.raises(ValueError, match=rf"no word with the id {word_id}: ids go from 0 to 9"):
        WORDS.decode([3, word_id])


def test_near_spellings() -> None:
    assert WORDS.nearest("moovie") == ["movie", "movies"]
    assert WORDS.nearest("Movei") == ["movie"]
    assert WORDS.nearest("movie") == ["movies"]
    assert WORDS.nearest("moveis", limit=1) == ["movies"]
    assert WORDS.nearest("qqqq") == []
    assert WORDS.nearest("b") == []
    assert WORDS.nearest("ood", limit=9) == []
    assert "OOV" not in WORDS.nearest("OOVV")


def test_typed_ids() -> None:
    assert read_ids("7 8 9") == read_ids("[7, 8,9]") == read_ids("7;8\n 9 ") == [7, 8, 9]
    assert read_ids(" ") == []
    for text, named in (
        ("7 eight", "“eight”"),
        ("1.5", "“1.5”"),
        ("-1", "“-1”"),
        ("9" * 50, "“99999999999999999999”"),
    ):
        with pytest.raises(ValueError, match=f"{named} is no id"):
            read_ids(text)
