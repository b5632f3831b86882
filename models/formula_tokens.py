"""The words and signs that a formula is made of, and what is wrong with one."""

from __future__ import annotations

import re

MAX_LENGTH = 500
"""Characters of a formula."""

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SPECIAL = '+-*():?="'
_SPELLINGS = {"−": "-", "–": "-", "×": "*", "·": "*", "“": '"', "”": '"', "„": '"'}
_TABLE = str.maketrans(_SPELLINGS)
_TO_ESCAPE = re.compile(r'["“”„\\]')


class FormulaError(ValueError):
    """A formula that cannot be read or solved; the message is one sentence that can be shown to a learner.

    Attributes:
        position: the character it is about, counted from 0; the formula's length if something is missing at
            its end.
        suggestions: words that may have been meant instead of the one at `position`; mostly empty.
    """

    def __init__(self, position: int, message: str, suggestions: tuple[str, ...] = ()) -> None:
        self.position = position
        self.suggestions = suggestions
        super().__init__(message)


Token = tuple[str, str, int]
"""Kind ("word", "quoted", "end", or the sign itself), text, position."""


def tokens(text: str) -> list[Token]:
    """Split a formula into words and signs.

    Raises:
        FormulaError: a quote is not closed, or a character can only stand in quotes.
    """
    plain = text.translate(_TABLE)
    found: list[Token] = []
    place = 0
    while place < len(plain):
        sign = plain[place]
        start = place
        if sign.isspace():
            place += 1
        elif sign == '"':
            if not (quoted := _QUOTED.match(plain, place)):
                raise FormulaError(place, "This quote is never closed. Put another one after the word.")
            place = quoted.end()
            # From the original: inside quotes a dash stays the dash it is.
            word = re.sub(r"\\(.)", r"\1", text[start + 1 : place - 1], flags=re.DOTALL)
            if not word:
                raise FormulaError(start, "There is no word between these quotes.")
            found.append(("quoted", word, start))
        elif sign in _SPECIAL:
            place += 2 if plain.startswith("::", place) else 1
            found.append((plain[start:place], plain[start:place], start))
        else:
            while place < len(plain) and _continues(plain, place, start):
                place += 1
            found.append(("word", text[start:place], start))
    return [*found, ("end", "", len(text))]


def _continues(text: str, place: int, start: int) -> bool:
    """Whether the character at `place` belongs to the word that began at `start`."""
    if text[place] != "-":
        return _is_word_character(text[place])
    return place > start and place + 1 < len(text) and _is_word_character(text[place + 1])


def _is_word_character(character: str) -> bool:
    return not character.isspace() and character not in _SPECIAL


def quote(word: str) -> str:
    """A word as it stands in a formula: in quotes if it needs them."""
    try:
        found = tokens(word)[:-1]
    except FormulaError:
        found = []
    if [(kind, text) for kind, text, _ in found] == [("word", word)]:
        return word
    escaped = _TO_ESCAPE.sub(lambda sign: "\\" + sign[0], word)
    return f'"{escaped}"'
