"""The figure of a formula as SVG: arrows, the parallelogram, the computed point, the answer and the gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from app.ui.algebra.bars import BLUE, ORANGE
from app.ui.algebra.labels import DOT, SIZE, Label, Point, place_labels
from models.algebra_figure import Figure
from models.rows import Exact

WIDTH, HEIGHT = 500, 330
ACROSS, DOWN = 70, 40
"""Margins, for the labels."""

GREEN = "#0a8f6b"
COMPUTED = "computed"
LONGEST = 24
"""Characters of a name in the figure."""


@dataclass(frozen=True)
class Paper:
    """Colours of the page, which do not reach into a picture by themselves."""

    ink: str = "#1b2430"
    ground: str = "#ffffff"


DARK = Paper("#e8eef5", "#10161d")


def figure_svg(figure: Figure, paper: Paper, *, as_sum: bool) -> str:
    """Draw a figure; both axes have the same scale, so that parallels and lengths are what they are.

    Args:
        figure: of `models.algebra_figure.draw`.
        paper: colours of the page.
        as_sum: whether the words' arrows stand one after the other, from 0 to the computed point, and not
            as the parallelogram, which not every formula has.
    """
    corners = None if as_sum else figure.parallelogram
    drawing = _parallelogram(figure, corners) if corners else _sum(figure)
    lines = [*drawing.lines, (figure.target, figure.answer, "gap")]
    points = [*drawing.points, figure.target, figure.answer]
    place = _scale([*points, *(end for start, end, _ in lines for end in (start, end))])
    drawn = [_line(place(start), place(end), kind) for start, end, kind in lines]
    spots = [place(point) for point in points]
    dots = spots[:-2] if corners else spots[:1]
    drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{BLUE}"/>' for x, y in dots]
    (x, y), (ax, ay) = spots[-2:]
    drawn.append(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT}" fill="{paper.ground}" stroke="{GREEN}" '
        f'stroke-width="3"/><rect x="{ax - 6:.1f}" y="{ay - 6:.1f}" width="12" height="12" fill="{ORANGE}"/>'
    )
    taken = [(place(start), place(end)) for start, end, _ in lines]
    names = [_short(name) for name in (*drawing.names, COMPUTED, figure.answer_word)]
    drawn += [_text(label, paper) for label in place_labels(spots, names, taken, WIDTH, HEIGHT)]
    arrow = "".join(
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0L10 5L0 10z" fill="{color}"/></marker>'
        for name, color in (("blue", BLUE), ("green", GREEN))
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg" '
        f'font-family="sans-serif" font-size="{SIZE}" font-weight="600"><defs>{arrow}</defs>'
        f"{''.join(drawn)}</svg>"
    )


def figure_alt(figure: Figure, *, as_sum: bool) -> str:
    """What the figure shows, in words."""
    near = f"The word nearest in direction is {figure.answer_word}; the gap between them is {figure.gap:.2f}."
    if as_sum or figure.parallelogram is None:
        words = ", ".join(step.term.text for step in figure.steps)
        return f"Arrows of {words} one after the other, from 0 to the computed point. {near}"
    b, a, c = figure.parallelogram
    return (
        f"Parallelogram: the arrow from {b} to {a}, drawn again from {c}, ends at the computed point. {near}"
    )


@dataclass(frozen=True)
class _Drawing:
    """Lines with their kinds, and points with their names."""

    lines: list[tuple[Exact, Exact, str]]
    points: list[Exact]
    names: list[str]


def _sum(figure: Figure) -> _Drawing:
    """Each arrow has its name at its middle; the last ends at the computed point."""
    return _Drawing(
        lines=[(step.start, step.end, "arrow") for step in figure.steps],
        points=[figure.origin, *((step.start + step.end) / 2 for step in figure.steps)],
        names=["0", *(f"{signed(step.term.weight)} {step.term.text}" for step in figure.steps)],
    )


def signed(weight: float) -> str:
    """``+``, ``−`` or ``+ 2 ×``."""
    size = "" if abs(weight) == 1 else f" {abs(weight):g} ×"
    return f"{'−' if weight < 0 else '+'}{size}"


def _parallelogram(figure: Figure, corners: tuple[str, str, str]) -> _Drawing:
    b, a, c = (figure.words[word] for word in corners)
    return _Drawing(
        lines=[
            (b, c, "side"),
            (a, figure.target, "side"),
            (b, a, "arrow"),
            (c, figure.target, "again"),
        ],
        points=[b, a, c],
        names=list(corners),
    )


def _scale(points: Sequence[Exact]) -> Callable[[Exact], Point]:
    """From the plane to the picture: all points fit in, in the middle."""
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    room = np.array([WIDTH - 2 * ACROSS, HEIGHT - 2 * DOWN])
    scale = float(np.min(room / np.maximum(high - low, 1e-6)))
    middle = (low + high) / 2

    def place(point: Exact) -> Point:
        x, y = (point - middle) * scale
        return WIDTH / 2 + float(x), HEIGHT / 2 - float(y)

    return place


_LINES = {
    "arrow": f'stroke="{BLUE}" stroke-width="3" marker-end="url(#blue)"',
    "again": f'stroke="{GREEN}" stroke-width="3" stroke-dasharray="9 4" marker-end="url(#green)"',
    "side": 'stroke="#8a949e" stroke-width="1.5" stroke-dasharray="2 4"',
    "gap": f'stroke="{ORANGE}" stroke-width="2.5" stroke-dasharray="1 5" stroke-linecap="round"',
}


def _line(start: Point, end: Point, kind: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {_LINES[kind]}/>'


def _text(label: Label, paper: Paper) -> str:
    """With a rim in the colour of the page, so that it can be read on a line."""
    return (
        f'<text x="{label.x:.1f}" y="{label.y:.1f}" fill="{paper.ink}" stroke="{paper.ground}" '
        f'stroke-width="4" stroke-linejoin="round" paint-order="stroke">{escape(label.text)}</text>'
    )


def _short(text: str) -> str:
    """What fits, and no character that XML cannot hold."""
    shown = "".join(character if character.isprintable() else "�" for character in text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
