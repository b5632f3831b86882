"""A formula drawn: its words as arrows in the plane that fits them best, the answer, and the gap to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.algebra import Solution
from models.formula import Term
from models.rows import Exact
from models.vectors import VectorSpace


@dataclass(frozen=True, eq=False)
class Step:
    """One arrow of the sum: what a term adds, from where the terms before it ended."""

    term: Term
    start: Exact
    end: Exact


@dataclass(frozen=True, eq=False)
class Figure:
    """Points in a plane, each of shape (2,).

    The plane is the one through the mean of the words, the target and the answer that shows most of their
    variance (their first two principal components). It is a linear picture of the whole space: parallels stay
    parallel, and what is a parallelogram there is one here.

    Attributes:
        words: where the unit vectors of the formula's words end, by word.
        target: the computed point, the weighted sum of those unit vectors.
        answer_word: the first answer.
        answer: where its unit vector ends.
        origin: the zero vector.
        steps: the sum, term by term, from the origin to the target.
        parallelogram: for a - b + c, the words (b, a, c): the arrow from b to a is that from c to the target.
            None for other formulas.
        share: how much of the variance of words, target and answer the plane shows, from 0 to 1.
        gap: Euclidean distance from target to answer in the whole space.
        gap_here: the same as it appears in the plane; never more.
        cosine: between target and answer, -1 to 1; what 3CosAdd goes by, whatever the lengths.
    """

    words: dict[str, Exact]
    target: Exact
    answer_word: str
    answer: Exact
    origin: Exact
    steps: tuple[Step, ...]
    parallelogram: tuple[str, str, str] | None
    share: float
    gap: float
    gap_here: float
    cosine: float


def draw(solution: Solution, space: VectorSpace) -> Figure | None:
    """The figure of a solved formula; None if it has no answer.

    Args:
        solution: of `models.algebra.solve`.
        space: in which it was solved, in the same basis.
    """
    if not solution.answers:
        return None
    best = solution.answers[0].word
    known = [term.text for term in solution.terms]
    units = space.rows.units([space.vocabulary.look_up(word) for word in [*known, best]])
    target = solution.target
    points = np.vstack([units, target])
    mean = points.mean(axis=0)
    decomposed = np.linalg.svd(points - mean, full_matrices=False)
    variances = decomposed.S**2
    plane = decomposed.Vh[:2]
    # The picture is not mirrored from one formula to the next: each axis points where its largest part does.
    plane = (
        plane * np.where(plane[np.arange(len(plane)), np.abs(plane).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
    )

    def place(vector: Exact) -> Exact:
        flat: Exact = (vector - mean) @ plane.T
        return np.pad(flat, (0, 2 - len(flat)))

    ends = [place(np.zeros_like(target))]
    total = np.zeros_like(target)
    for term, vector in zip(solution.terms, units[:-1], strict=True):
        total = total + term.weight * vector
        ends.append(place(total))
    steps = tuple(Step(term, ends[i], ends[i + 1]) for i, term in enumerate(solution.terms))
    answer, spot = units[-1], place(target)
    length = float(np.linalg.norm(target))
    total_variance = float(variances.sum())
    return Figure(
        words={word: place(vector) for word, vector in zip(known, units[:-1], strict=True)},
        target=spot,
        answer_word=best,
        answer=place(answer),
        origin=ends[0],
        steps=steps,
        parallelogram=_parallelogram(solution.terms),
        share=float(variances[:2].sum()) / total_variance if total_variance else 1.0,
        gap=float(np.linalg.norm(target - answer)),
        gap_here=float(np.linalg.norm(spot - place(answer))),
        cosine=float(answer @ target) / length if length else 0.0,
    )


def _parallelogram(terms: tuple[Term, ...]) -> tuple[str, str, str] | None:
    added = [term.text for term in terms if term.weight == 1]
    taken = [term.text for term in terms if term.weight == -1]
    if (len(added), len(taken), len(terms)) != (2, 1, 3):
        return None
    return taken[0], added[0], added[1]
