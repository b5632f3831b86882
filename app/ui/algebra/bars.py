"""Words with numbers as bars: tables in HTML, which are there at once and can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BLUE, ORANGE = "#2f7fc1", "#c9650b"
"""Seen on light and on dark, and told apart by any kind of eye."""

_CELL = "border: none; padding: 1px 8px 1px 0; vertical-align: middle"
_LINE = "rgba(128, 138, 148, 0.55)"


@dataclass(frozen=True)
class Bar:
    """A row: a word and its number.

    Attributes:
        word: any text.
        value: None if there is none, which shows as a dash.
        note: what stands small behind the word.
        marked: whether it has the other colour.
    """

    word: str
    value: float | None
    note: str = ""
    marked: bool = False


def bars_html(
    bars: Sequence[Bar], caption: str, *, low: float = 0, high: float = 1, form: str = ".3f"
) -> str:
    """A table of words with bars for ``st.html``.

    Args:
        bars: the rows, in their order.
        caption: what the table says, read aloud before it and shown above it.
        low: value at the left edge; if it is negative, bars start from the line at 0.
        high: value at the right edge.
        form: of the numbers.
    """
    rows = "".join(_row(bar, low, high, form) for bar in bars)
    return (
        '<table style="width: 100%; max-width: 44rem; border-collapse: collapse; border: none; '
        'line-height: 1.5">'
        '<caption style="text-align: left; font-weight: 600; padding-bottom: 4px">'
        f"{escape(caption)}</caption><tbody>{rows}</tbody></table>"
    )


def _row(bar: Bar, low: float, high: float, form: str) -> str:
    note = f' <span style="font-size: 0.75rem; opacity: 0.75">{escape(bar.note)}</span>' if bar.note else ""
    number = "–" if bar.value is None else f"{bar.value:{form}}".replace("-", "−")
    return (
        '<tr style="border: none">'
        f'<th scope="row" style="{_CELL}; font-weight: 400; text-align: left; width: 36%; '
        f'overflow-wrap: anywhere">{escape(bar.word)}{note}</th>'
        f'<td style="{_CELL}" aria-hidden="true">{track(bar.value, low, high, marked=bar.marked)}</td>'
        f'<td style="{_CELL}; text-align: right; width: 3.6em; font-variant-numeric: tabular-nums">'
        f"{number}</td></tr>"
    )


def track(value: float | None, low: float, high: float, *, marked: bool = False) -> str:
    """One bar on its track, from the place of 0 (or of `low`, if that is above 0)."""
    zero = _place(max(0.0, low), low, high)
    end = zero if value is None else _place(value, low, high)
    left, width = min(zero, end), abs(end - zero)
    axis = (
        f'<div style="position: absolute; left: {zero:.2f}%; top: -2px; bottom: -2px; width: 1px; '
        f'background: {_LINE}"></div>'
        if low < 0
        else ""
    )
    return (
        '<div style="position: relative; height: 0.8rem; border-radius: 2px; '
        'background: rgba(128, 138, 148, 0.16)">'
        f'<div style="position: absolute; left: {left:.2f}%; width: {width:.2f}%; top: 0; bottom: 0; '
        f'border-radius: 2px; background: {ORANGE if marked else BLUE}"></div>{axis}</div>'
    )


def _place(value: float, low: float, high: float) -> float:
    """Percent of the width."""
    return 100 * min(max((value - low) / (high - low), 0.0), 1.0)
