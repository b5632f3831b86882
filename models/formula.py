r"""The language of word algebra: ``water + bird - air``, ``0.5*king``, ``king : man :: queen : ?``.

    formula  = sum | sum ":" sum "::" sum ":" sum      one of the four is "?"
    sum      = weighted { ("+" | "-") weighted }
    weighted = { "+" | "-" | number "*" } factor { "*" number }
    factor   = word | quoted word | "(" sum ")"

- A word is a run of any characters but blanks and ``+ - * ( ) : ? = "``.
- A minus is a hyphen, and part of the word, where it stands between two word characters without blanks:
  ``well-known`` is one word, ``king - man`` are two, and so are ``king -man`` and ``king- man``.
- A number is a weight if a ``*`` joins it to what it weighs; all other numbers are words, as in GloVe:
  ``2 * king`` is twice king, ``1990 + war`` are two words.
- Any other word stands in quotes, in which ``\"`` is a quote and ``\\`` a backslash: ``"c++" - "?"``.
- What texts and keyboards put instead is read too: − and – as minus, × and · as times, “ ” „ as quotes.

Nothing is evaluated while reading; `terms` gives what a formula comes to: words with weights.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np

from models.formula_tokens import MAX_LENGTH, FormulaError, Token, quote, tokens

__all__ = [
    "MAX_LENGTH",
    "Analogy", "Expression", "Formula", "FormulaError", "Sum", "Term", "Weighted", "Word", "parse", "terms",
]  # fmt: skip

MAX_DEPTH = 20
"""Parentheses inside one another."""
MAX_WEIGHT = 1000.0
"""What a word may be multiplied with, either sign."""

_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")


@dataclass(frozen=True)
class Word:
    """A word as it was typed; where it stands is no part of its value."""

    text: str
    position: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return quote(self.text)


@dataclass(frozen=True)
class Weighted:
    """A part with a weight other than 1; never a weight of a weight."""

    weight: float
    part: Word | Sum

    def __str__(self) -> str:
        sign = "-" if self.weight < 0 else ""
        size = "" if abs(self.weight) == 1 else f"{_plain(abs(self.weight))}*"
        return f"{sign}{size}{_in_parentheses(self.part)}"


@dataclass(frozen=True)
class Sum:
    """Two or more parts, added; what is subtracted has a negative weight."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        first, *others = map(_in_parentheses, self.parts)
        return first + "".join(
            f" - {other[1:]}" if other.startswith("-") else f" + {other}" for other in others
        )


Expression = Word | Weighted | Sum


@dataclass(frozen=True)
class Analogy:
    """``a : b :: c : d`` with one of the four asked for (None): a is to b as c is to d."""

    sides: tuple[Expression | None, Expression | None, Expression | None, Expression | None]

    def __str__(self) -> str:
        a, b, c, d = ("?" if side is None else str(side) for side in self.sides)
        return f"{a} : {b} :: {c} : {d}"


Formula = Expression | Analogy


@dataclass(frozen=True)
class Term:
    """A word of a formula with all that it is multiplied with, and where it first stands."""

    text: str
    weight: float
    position: int


def parse(text: str) -> Formula:
    """Read a formula. ``parse(str(formula))`` equals the formula.

    Raises:
        FormulaError: it cannot be read; no other exception is raised for any text.
    """
    return _Parser(text).formula()


def terms(formula: Formula) -> list[Term]:
    """What a formula comes to: each word once, in the order of first mention, with its weight.

    An analogy a : b :: c : ? is c - a + b; with another side asked for, it is what makes b - a = d - c true.
    """
    if isinstance(formula, Analogy):
        signs = (-1, 1, 1, -1)
        asked = formula.sides.index(None)
        given = [
            (side, -signs[place] * signs[asked])
            for place, side in enumerate(formula.sides)
            if side is not None
        ]
        flat = [term for side, sign in given for term in _flat(side, sign)]
    else:
        flat = _flat(formula, 1.0)
    merged: dict[str, Term] = {}
    for term in flat:
        before = merged.get(term.text)
        merged[term.text] = Term(term.text, before.weight + term.weight, before.position) if before else term
    return list(merged.values())


def _flat(part: Expression, weight: float) -> list[Term]:
    match part:
        case Word(text, position):
            return [Term(text, float(weight), position)]
        case Weighted(factor, inner):
            return _flat(inner, weight * factor)
        case Sum(parts):
            return [term for inner in parts for term in _flat(inner, weight)]


class _Parser:
    """Recursive descent; the methods are the rules of the grammar."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise FormulaError(
                MAX_LENGTH, f"A formula has at most {MAX_LENGTH} characters; this one has {len(text):,}."
            )
        self.tokens = tokens(text)
        self.place = 0
        self.depth = 0

    @property
    def kind(self) -> str:
        return self.tokens[self.place][0]

    @property
    def position(self) -> int:
        return self.tokens[self.place][2]

    def take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def formula(self) -> Formula:
        if self.kind == "end":
            raise FormulaError(0, "There is no formula yet. Type words joined by + and -.")
        first_place = self.position
        first = self.side()
        if self.kind != ":":
            if first is None:
                raise FormulaError(
                    first_place, "A ? stands only in an analogy, such as king : man :: queen : ?"
                )
            self.expect_end("Join words by + or -, or put them in quotes.")
            return first
        sides = [first]
        for sign in (":", "::", ":"):
            if self.kind != sign:
                raise FormulaError(
                    self.position, f"Here should stand “{sign}”, as in king : man :: queen : ?"
                )
            self.take()
            place = self.position
            sides.append(self.side())
            if sides.count(None) > 1:
                raise FormulaError(
                    place, "Only one of the four can be asked for. Put a word instead of this ?."
                )
        self.expect_end("An analogy has four sides; nothing can follow the fourth.")
        if None not in sides:
            raise FormulaError(place, "One of the four must be asked for. Put a ? here.")
        a, b, c, d = sides
        return Analogy((a, b, c, d))

    def expect_end(self, hint: str) -> None:
        kind, text, position = self.tokens[self.place]
        if kind == "end":
            return
        if kind == ")":
            raise FormulaError(position, "This parenthesis was never opened. Remove it, or put a ( before.")
        if kind == "=":
            raise FormulaError(position, "The answer is sought by itself. Leave out the = and what follows.")
        raise FormulaError(position, f"“{text[:40]}” cannot follow here. {hint}")

    def side(self) -> Expression | None:
        if self.kind == "?":
            self.take()
            return None
        return self.sum()

    def sum(self) -> Expression:
        parts = [self.weighted(1.0)]
        while self.kind in ("+", "-"):
            parts.append(self.weighted(-1.0 if self.take()[0] == "-" else 1.0))
        return parts[0] if len(parts) == 1 else Sum(tuple(parts))

    def weighted(self, weight: float) -> Expression:
        start = self.position
        while True:
            if self.kind in ("+", "-"):
                weight *= -1 if self.take()[0] == "-" else 1
            elif self.kind == "word" and self.is_number() and self.tokens[self.place + 1][0] == "*":
                weight *= float(self.take()[1])
                self.take()
            else:
                break
        part = self.factor()
        while self.kind == "*":
            self.take()
            if not self.is_number():
                raise FormulaError(
                    self.position, "A * needs a number on one side. Words can be added, not multiplied."
                )
            weight *= float(self.take()[1])
        if isinstance(part, Weighted):
            weight, part = weight * part.weight, part.part
        if not math.isfinite(weight) or abs(weight) > MAX_WEIGHT:
            raise FormulaError(start, f"A weight can be at most {MAX_WEIGHT:,.0f}. Make it smaller.")
        return part if weight == 1 else Weighted(weight, part)

    def is_number(self) -> bool:
        kind, text, _ = self.tokens[self.place]
        return kind == "word" and _NUMBER.fullmatch(text) is not None

    def factor(self) -> Expression:
        kind, text, position = self.take()
        if kind in ("word", "quoted"):
            return Word(text, position)
        if kind == "(":
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise FormulaError(position, f"At most {MAX_DEPTH} parentheses can stand inside one another.")
            inner = self.sum()
            if self.kind != ")":
                raise FormulaError(self.position, "A ) is missing here; a parenthesis is still open.")
            self.take()
            self.depth -= 1
            return inner
        if kind == "end":
            raise FormulaError(position, "A word is missing at the end.")
        raise FormulaError(position, f"Here should stand a word, not “{text}”. Put odd words in quotes.")


def _in_parentheses(part: Expression) -> str:
    return f"({part})" if isinstance(part, Sum) else str(part)


def _plain(number: float) -> str:
    """The shortest decimal that gives this number again, without exponent."""
    return str(np.format_float_positional(number, trim="-"))
