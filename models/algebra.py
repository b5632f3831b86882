"""Solving a formula of words: which words are nearest to what it comes to.

Both methods are those of gensim (`most_similar` and `most_similar_cosmul`), over the vectors of a space in
the basis in which it is given:

- 3CosAdd (Mikolov et al. 2013, "Linguistic Regularities in Continuous Space Word Representations"): the
  cosine with the weighted sum of the words' unit vectors.
- 3CosMul (Levy and Goldberg 2014, "Linguistic Regularities in Sparse and Explicit Word Representations",
  equation 4 and footnote 7): with c = (1 + cos) / 2, the product of c over the added words, divided by the
  product over the subtracted ones plus 0.000001. A weight, which gensim does not have here, is a power:
  2 * king counts as king + king, as it does in 3CosAdd.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from models.formula import Formula, FormulaError, Term, parse, terms
from models.rows import Exact
from models.topk import check_count, largest
from models.vectors import SPARE, Neighbour, UnknownWordError, VectorSpace, Within
from models.vocabulary import Ids
from models.weights import Array

Method = Literal["3CosAdd", "3CosMul"]

EPSILON = 0.000001
"""Added to 3CosMul's divisor."""
CANCELLED = 1e-9
"""A sum of unit vectors shorter than this is nothing but rounding."""


@dataclass(frozen=True, eq=False)
class Solution:
    """What a formula came to.

    Attributes:
        formula: as it was read; `str` of it is its text.
        method: how answers were scored.
        terms: its words as they stand in the space, each once, with their weights.
        target: the weighted sum of their unit vectors, shape (d,), in the space's basis.
        answers: the best words with their scores, best first.
    """

    formula: Formula
    method: Method
    terms: tuple[Term, ...]
    target: Exact
    answers: list[Neighbour]


def solve(
    formula: Formula | str,
    space: VectorSpace,
    k: int = 10,
    method: Method = "3CosAdd",
    *,
    exclude_inputs: bool = True,
    within: Within = None,
) -> Solution:
    """Find the words nearest to what a formula comes to.

    Args:
        formula: read already, or its text.
        space: where the words have vectors.
        k: how many answers, from 1 to 1,000. Default: 10.
        method: see above. Default: 3CosAdd.
        exclude_inputs: whether the formula's own words are left out of the answers, as gensim does it
            (and the literature, mostly without saying so). Default: yes.
        within: the words that may be answers. Default: all.

    Raises:
        FormulaError: it cannot be read, has a word that the space lacks (its `suggestions` say what may have
            been meant), or comes to nothing.
        VectorError: `k` or `within` is out of range.
    """
    check_count(k)
    read = parse(formula) if isinstance(formula, str) else formula
    known = look_up(read, space)
    ids = [space.vocabulary.look_up(term.text) for term in known]
    weights = np.array([term.weight for term in known])
    target: Exact = weights @ space.rows.units(ids)
    left_out = ids if exclude_inputs else []
    if method == "3CosAdd":
        if np.linalg.norm(target) < CANCELLED:
            raise FormulaError(
                known[0].position, "These words cancel each other out, so nothing is left to look for."
            )
        answers = space.best(target, k, "cosine", within, left_out)
    else:
        if not (weights > 0).any():
            taken = [term for term in known if term.weight < 0] or known
            raise FormulaError(
                taken[0].position, "3CosMul needs a word that is added. Add one, or take 3CosAdd."
            )
        answers = _multiplied(space, ids, weights, k, within, left_out)
    return Solution(read, method, known, target, answers)


def look_up(formula: Formula, space: VectorSpace) -> tuple[Term, ...]:
    """The words of a formula as they stand in the space; two spellings of one word become one term.

    Raises:
        FormulaError: the space does not have a word.
    """
    merged: dict[str, Term] = {}
    for term in terms(formula):
        try:
            word = space.vocabulary[space.vocabulary.look_up(term.text)]
        except UnknownWordError as error:
            hint = ""
            parts = term.text.split("-")
            if len(parts) > 1 and all(part in space.vocabulary for part in parts):
                hint = f" For a minus, put blanks around it: {' - '.join(parts)}."
            raise FormulaError(term.position, f"{error}{hint}", error.suggestions) from error
        before = merged.get(word)
        merged[word] = (
            replace(before, weight=before.weight + term.weight) if before else replace(term, text=word)
        )
    return tuple(merged.values())


def _multiplied(
    space: VectorSpace, ids: list[int], weights: Exact, k: int, within: Within, left_out: list[int]
) -> list[Neighbour]:
    chosen = space.select(within)
    units = space.rows.units(ids)

    def logarithm(cosines: Iterable[Array]) -> Array:
        """Of the value for each word, from its cosines with each term's word; -inf where that is 0.

        The value itself may be too small for a number: 0.8 to the power of 1,000 is 10^-97.
        """
        above: Array = np.zeros((), np.float32)
        below = above
        with np.errstate(divide="ignore"):
            for cosine, weight in zip(cosines, weights.tolist(), strict=True):
                if weight == 0:
                    continue
                part = (1 + cosine) / 2
                np.log(np.maximum(part, 0, out=part), out=part)
                part *= abs(weight)
                above, below = (above + part, below) if weight > 0 else (above, below + part)
        return above - np.log(np.exp(below) + np.float32(EPSILON))

    rough = logarithm(space.rows.cosines(vector, chosen) for vector in units)
    places = largest(rough, k + len(left_out) + SPARE)
    candidates: Ids = chosen[places] if isinstance(chosen, np.ndarray) else places
    candidates = candidates[~np.isin(candidates, np.asarray(left_out, np.int64))]
    exact = logarithm(units @ space.rows.units(candidates).T)
    order = np.lexsort((candidates, -exact))[:k]
    return [Neighbour(space.vocabulary[int(candidates[i])], float(np.exp(exact[i]))) for i in order]
