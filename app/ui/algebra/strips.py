"""Vectors as strips of coloured squares: the words of a formula, their sum, and the answer."""

from __future__ import annotations

from html import escape

import numpy as np

from app.ui.algebra.drawing import signed
from app.ui.pictures import colored, data_address
from models.algebra import Solution
from models.rows import Exact
from models.vectors import VectorSpace

_SUM = "border-top: 2px solid rgba(128, 138, 148, 0.7); padding-top: 4px; font-weight: 600"

SEEN = 0.98
"""Share of all numbers that are within the scale; the few larger ones have its last colour."""


def strips_html(solution: Solution, space: VectorSpace) -> str:
    """A strip for each word with what it is multiplied with, then the sum, then the first answer.

    Args:
        solution: of a formula.
        space: in which it was solved.
    """
    words = [term.text for term in solution.terms]
    answers = [answer.word for answer in solution.answers[:1]]
    units = space.rows.units([space.vocabulary.look_up(word) for word in [*words, *answers]])
    limit = float(np.quantile(np.abs(units), SEEN)) or 1.0
    rows = [
        _strip(signed(term.weight), term.text, term.weight * unit, limit)
        for term, unit in zip(solution.terms, units, strict=False)
    ]
    rows.append(_strip("=", "sum", solution.target, limit, is_sum=True))
    rows += [_strip("≈", word, unit, limit) for word, unit in zip(answers, units[len(words) :], strict=True)]
    return f'<div role="list" style="display: grid; gap: 4px">{"".join(rows)}</div>'


def _strip(sign: str, word: str, vector: Exact, limit: float, *, is_sum: bool = False) -> str:
    address = data_address(colored(vector[None, :], -limit, limit))
    text = f"{sign} {word}"
    line = _SUM if is_sum else ""
    return (
        f'<div role="listitem" style="display: grid; grid-template-columns: 7.5em 1fr; gap: 8px; '
        f'align-items: center; {line}">'
        f'<span style="overflow: hidden; text-overflow: ellipsis; white-space: nowrap">{escape(text)}</span>'
        f'<img src="{address}" alt="{escape(f"{len(vector)} numbers of {word}, as colours")}" '
        'style="width: 100%; height: 1.2rem; image-rendering: pixelated; border-radius: 2px"/></div>'
    )
