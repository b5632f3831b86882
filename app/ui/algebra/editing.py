"""A formula while it is typed: its last word, a word changed, and the character that an error points at."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from models.formula_tokens import MAX_LENGTH, FormulaError, Token, quote, tokens

AROUND = 34
"""Characters that are shown on each side of an error: what fits on a phone."""


@dataclass(frozen=True)
class Pointer:
    """A formula, or the piece of it around an error, and what goes below it."""

    line: str
    caret: str


def last_word(formula: str) -> str:
    """The word that the formula ends with, as it was typed; empty if it ends otherwise."""
    found = _tokens(formula)
    if len(found) < 2 or formula != formula.rstrip():
        return ""
    kind, text, _ = found[-2]
    return text if kind == "word" else ""


def finish(formula: str, word: str) -> str:
    """The formula with its last word made into another one."""
    return replace_word(formula, _tokens(formula)[-2][2], word) if last_word(formula) else formula


def replace_word(formula: str, position: int, word: str) -> str:
    """The formula with another word instead of the one that begins at a position."""
    found = _tokens(formula)
    for (_, _, start), (_, _, following) in pairwise(found):
        if start == position:
            end = start + len(formula[start:following].rstrip())
            return formula[:start] + quote(word) + formula[end:]
    return formula


def pointer(formula: str, position: int) -> Pointer:
    """The formula in one line of plain characters, and a caret below the character at a position."""
    start = max(0, position - AROUND)
    end = position + AROUND
    shown = [_visible(character) for character in formula[start:end]]
    before = "…" if start else ""
    blanks = "".join(map(_blank, shown[: position - start]))
    return Pointer(
        line=before + "".join(shown) + ("…" if end < len(formula) else ""),
        caret=" " * len(before) + blanks + "^",
    )


def _tokens(formula: str) -> list[Token]:
    """Words and signs; none if it cannot be told where they begin and end."""
    if len(formula) > MAX_LENGTH:
        return []
    try:
        return tokens(formula)
    except FormulaError:
        return []


def _visible(character: str) -> str:
    """Line breaks, control characters and halves of characters would break the line, or be no text at all."""
    if character.isspace():
        return " "
    return "�" if unicodedata.category(character)[0] == "C" else character


def _blank(character: str) -> str:
    """As wide as a character where all are equally wide."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return ""  # an accent stands above the character before it
    return "\u3000" if unicodedata.east_asian_width(character) in "WF" else " "
