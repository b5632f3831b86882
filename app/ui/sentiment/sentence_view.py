"""What a reading looks like: verdict, words, states, and what would flip it."""

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from app.ui.inside import ABOUT
from app.ui.inside_strips import SYMBOLS, symbol
from app.ui.sentiment.charts import color_range
from app.ui.sentiment.pushes import AWAY, TOWARDS, short, signed
from app.ui.sentiment.reading import Reading
from app.ui.strips import Cells, Lines, Sides, strips
from data.text import Encoded
from models.explain import skips_padding

ORANGE, BLUE = "213, 94, 0", "0, 114, 178"
"""Red, green and blue for towards and away, as in `app.ui.sentiment.charts`."""

FULL = 0.4
"""Change of a probability that is drawn in the strongest colour."""

STRONGEST = 0.75
"""Opacity of the strongest colour: text stays legible on it, on light and on dark."""

QUIET = "font-size: 0.78rem; opacity: 0.85; font-variant-numeric: tabular-nums"


def pinned(sentence: str) -> None:
    """A sentence that stays as it is, as large as the box beside it."""
    st.html(
        '<div style="font-size: 0.875rem; margin: 0.1rem 0 0.3rem">Pinned</div>'
        '<div class="unroll-pinned" style="box-sizing: border-box; height: 2.5rem; padding: 0.5rem 0.75rem; '
        "border: 1px dashed rgba(128, 138, 148, 0.8); border-radius: 0.5rem; font-size: 0.875rem; "
        'overflow: hidden; white-space: nowrap; text-overflow: ellipsis">'
        f"<bdi>{escape(sentence)}</bdi></div>"
    )


def verdict(reading: Reading) -> None:
    """The verdict, and the probability as a bar with its middle marked."""
    share, target = reading.probability, reading.target
    said = float(reading.explanation.probabilities.max())
    color = ORANGE if share >= 0.5 else BLUE
    label = f"The network says {reading.verdict}, {said:.1%} sure. Probability of {target}: {share:.1%}."
    st.html(
        f'<div class="unroll-verdict" aria-label="{escape(label)}" role="img" '
        'style="display: grid; gap: 0.3rem">'
        f'<div><span style="font-size: 1.5rem; font-weight: 700">{escape(reading.verdict)}</span> '
        f'<span style="font-size: 1.1rem">{said:.1%}</span></div>'
        '<div style="position: relative; height: 0.8rem; border-radius: 0.4rem; overflow: hidden; '
        'background: rgba(128, 138, 148, 0.25)">'
        f'<div style="width: {share * 100:.2f}%; height: 100%; background: rgb({color})"></div>'
        '<div style="position: absolute; left: 50%; top: 0; width: 2px; height: 100%; '
        'background: rgba(255, 255, 255, 0.9)"></div></div>'
        f'<div style="display: flex; justify-content: space-between; {QUIET}">'
        f"<span>0</span><span>probability of {escape(target)}</span><span>1</span></div></div>"
    )


def words(reading: Reading) -> None:
    """Each word with what it does, and what the network would say if the sentence ended there."""
    tokens = reading.encoded.tokens
    if not tokens:
        st.caption("No words: this is what the network says before it has read anything.")
        return
    unknown = set(reading.encoded.unknown)
    chips = [
        _chip(token, float(push), float(after), unknown=place in unknown)
        for place, (token, push, after) in enumerate(zip(tokens, reading.push, reading.after, strict=True))
    ]
    st.html(chips_html(chips))


def _chip(token: str, push: float, after: float, *, unknown: bool) -> str:
    color = ORANGE if push > 0 else BLUE
    opacity = STRONGEST * min(abs(push) / FULL, 1)
    mark = f'<span style="{QUIET}">unknown</span>' if unknown else ""
    return (
        '<li style="display: flex; flex-direction: column; align-items: center; min-width: 3rem">'
        f'<span style="padding: 0.15rem 0.5rem; border-radius: 0.35rem; font-weight: 600; '
        f"border: 1px {'dashed' if unknown else 'solid'} rgba(128, 138, 148, {0.9 if unknown else 0.35}); "
        f'background: rgba({color}, {opacity:.2f})"><bdi>{escape(short(token))}</bdi></span>'
        f'<span style="{QUIET}">{signed(push)}</span><span style="{QUIET}">→ {after:.0%}</span>{mark}</li>'
    )


def chips_html(chips: Sequence[str]) -> str:
    """List items beside one another."""
    return (
        '<ul style="display: flex; flex-wrap: wrap; gap: 0.5rem 0.35rem; list-style: none; margin: 0; '
        f'padding: 0">{"".join(chips)}</ul>'
    )


def words_legend(target: str) -> str:
    """What colours and numbers of the words mean, as Markdown; the name must be plain."""
    return (
        f"Orange pushes towards **{target}**, blue away from it. First number: the probability of {target} "
        "minus what it is when this word is left out. After →: what it would be if the sentence ended here."
    )


def about_tokens(encoded: Encoded) -> None:
    """Say what was cut off."""
    if encoded.cut:
        count = len(encoded.tokens)
        st.warning(
            f"A row has {count} places. The last {len(encoded.cut):,} tokens do not fit and are not read.",
            icon=":material/content_cut:",
        )


def states(reading: Reading, name: str, key: str, low: float, high: float) -> None:
    """The probability after each word and, below it, a heat map of a state."""
    tokens = reading.encoded.tokens
    if not tokens:
        return
    alt = f"Probability of {reading.target} if the sentence ended after each word."
    sides = Sides(0.5, TOWARDS, AWAY)
    title = f"{reading.target} so far"
    parts: list[Lines | Cells] = [
        Lines(reading.after[np.newaxis], title, alt, percent=True, height=110, sides=sides)
    ]
    if name in reading.states:
        alt = f"Heat map of {symbol(name)}, units by words."
        parts.append(Cells(reading.state(name), low, high, alt))
    strips(parts, key=f"states-{key}", column="word", labels=[short(token) for token in tokens])
    if not reading.states:
        st.caption("This network has no state: it does not read the words one after another.")
        return
    if name not in reading.states:
        st.caption(f"This network's layer has no {SYMBOLS.get(name, 'such state')}.")
        return
    padding = len(reading.encoded.row) - len(tokens)
    if padding and not skips_padding(reading.run.experiment.layers, reading.dataset.vocabulary.pad_id):
        st.caption(f"This network goes on and reads {padding} × PAD, which is not shown here.")


def range_of(readings: Sequence[Reading], name: str) -> tuple[float, float]:
    """From where to where a state is coloured, the same for several readings."""
    return color_range(name, [one.state(name) for one in readings if name in one.states])


def about_state(name: str) -> str:
    """What a state is, a sentence."""
    return ABOUT[name.removeprefix("forward_").removeprefix("backward_")]


def flipped(reading: Reading) -> None:
    """The fewest words without which the verdict is another, crossed out."""
    found, tokens, classes = reading.flip, reading.encoded.tokens, reading.dataset.info.classes
    if len(tokens) < 2:
        st.caption("A flip needs at least two words: one always stays.")
        return
    if not found.words:
        st.markdown(
            "No words flip it. All sets of words were tried; at least one word always stays."
            if found.proven
            else f"No words were found that flip it. {found.asked:,} sentences were tried, but not all."
        )
        return
    text = " ".join(
        f'<del style="opacity: 0.75; text-decoration: line-through 2px rgb({ORANGE})"><bdi>'
        f"{escape(short(token))}</bdi></del>"
        if place in found.words
        else f"<bdi>{escape(short(token))}</bdi>"
        for place, token in enumerate(tokens)
    )
    best = int(found.probabilities.argmax())
    count = len(found.words)
    sure = "the fewest possible: all smaller sets were tried" if found.proven else "perhaps not the fewest"
    st.html(
        f'<p class="unroll-flip" style="margin: 0">{text}</p>'
        f'<p style="margin: 0.3rem 0 0">Without {count} word{"s" * (count > 1)}: '
        f"<strong>{escape(classes[best])}</strong>, {found.probabilities[best]:.1%}. "
        f'<span style="{QUIET}">This is {sure}. {found.asked:,} sentences were tried.</span></p>'
    )
