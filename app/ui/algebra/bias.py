"""The bias lab: words along an axis of words, and what is left when the axis is taken out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import streamlit as st

from app.ui.algebra.bars import Bar, bars_html
from app.ui.algebra.odd import split_words
from app.ui.words import plain
from models.axes import Axis, pair_axis, places, pole_axis
from models.vectors import UnknownWordError, VectorError, VectorSpace

LOW, HIGH, WORDS, OUT = "low", "high", "along", "out"
CHECK_LOW, CHECK_HIGH, NEAR = "check-low", "check-high", "near"

LIMIT = 0.5
"""Cosine at the end of the longest bar: hardly a word is further out."""

FREQUENT = 10_000
"""The first so many words say what is usual."""


@dataclass(frozen=True)
class Preset:
    """An axis to begin with.

    Attributes:
        low, high: words at its ends; as many at each make pairs.
        check_low, check_high: other words that mean the same difference.
        words: what is placed along it.
    """

    low: str
    high: str
    check_low: str
    check_high: str
    words: str


JOBS = (
    "nurse receptionist librarian hairdresser dancer singer teacher doctor chef mechanic soldier carpenter "
    "lawyer scientist programmer engineer philosopher president captain"
)

PRESETS = {
    "man – woman": Preset(
        "man he his father son boy male brother",
        "woman she her mother daughter girl female sister",
        "john paul david michael james",
        "mary anna lisa susan linda",
        JOBS,
    ),
    "poor – rich": Preset(
        "poor poverty cheap", "rich wealth expensive", "beggar slum", "millionaire mansion",
        "tennis golf boxing football opera hip-hop wine beer yacht bicycle potato caviar lawyer maid",
    ),
    "old – young": Preset(
        "old elderly senior", "young youthful junior", "grandfather pensioner", "teenager student",
        "tradition wisdom experience illness pension music internet energy talent skateboard knitting chess",
    ),
    "small – big": Preset(
        "small tiny little", "big huge large", "village mouse", "city elephant",
        "ant dog horse whale car truck ship house tower coin mountain hill ocean lake",
    ),
}  # fmt: skip
FIRST = next(iter(PRESETS.values()))

ABOUT = """\
**What it shows.** In the texts that the vectors were learned from, some jobs stand where words for women
stand, others where words for men do. A bar is a cosine with one direction out of many, and no word is
exactly at 0: compare it with what is usual.

**What it does not show.** Nothing about people, and nothing about what is right. An axis is as good as the
words that make it: take others, and bars change. A job can also lean to one side for reasons of language:
“nurse” is also a verb, “captain” is also a rank.

**Taking the axis out does not take the bias out.** All bars become 0, as they must. But other words that mean
the same difference still tell the jobs apart in part, and words that stood together still stand together:
take it out and compare. That is what Gonen and Goldberg (2019) found: “Lipstick on a Pig”.\
"""


def bias_lab(space: VectorSpace) -> None:
    """Make an axis, see words along it, take it out."""
    st.markdown(
        "Words at two ends make an axis. Where do other words stand between them? If both ends have as many "
        "words, they count as pairs: first with first, second with second."
    )
    with st.container(horizontal=True, gap="xsmall"):
        for name, preset in PRESETS.items():
            st.button(name, key=f"axis-{name}", on_click=_put, args=(preset,))
    left, right = st.columns(2, gap="medium")
    low = left.text_input("Left end", FIRST.low, key=LOW, bind="query-params", persist_state="session")
    high = right.text_input("Right end", FIRST.high, key=HIGH, bind="query-params", persist_state="session")
    along = st.text_input(
        "Words along it", FIRST.words, key=WORDS, bind="query-params", persist_state="session"
    )
    try:
        ends = known_ends(space, split_words(low or ""), split_words(high or ""))
        axis = make_axis(space, ends)
    except VectorError as error:
        st.warning(plain(str(error)), icon=":material/swap_horiz:")
        return
    _left_out(ends)
    words, unknown = known_words(space, split_words(along or ""))
    if unknown:
        st.caption(f":material/spellcheck: Not among these vectors: {plain(', '.join(unknown))}.")
    if not words:
        st.info("Type some words to place along the axis.", icon=":material/edit:")
        return
    without = _out_switch(space, axis)
    if without is None:
        _bars(space, axis, words, _caption(ends))
    else:
        _before_and_after((space, without), (axis, axis), words, _caption(ends))
    st.caption(_usual(space, axis))
    if without is not None:
        _check(space, without, words)
        _neighbours(space, without, words)
    st.markdown(ABOUT)


@dataclass(frozen=True)
class Ends:
    """What an axis is made of.

    Attributes:
        low, high: the words at its ends, all of them known.
        are_pairs: whether they belong together, first with first, second with second.
        unknown: words that were typed and that the space does not have.
        widowed: known words that are left out, since the other word of their pair is unknown.
    """

    low: list[str]
    high: list[str]
    are_pairs: bool
    unknown: list[str]
    widowed: list[str]


def make_axis(space: VectorSpace, ends: Ends) -> Axis:
    """From pairs, or from the means of the ends."""
    if ends.are_pairs:
        return pair_axis(space, list(zip(ends.low, ends.high, strict=True)))
    return pole_axis(space, ends.low, ends.high)


def known_ends(space: VectorSpace, low: Sequence[str], high: Sequence[str]) -> Ends:
    """Both ends without the words that the space does not have; of pairs, both words go.

    They are pairs if as many words were typed at both ends.

    Raises:
        UnknownWordError: of one end, no word would be left.
    """
    are_pairs = bool(low) and len(low) == len(high)
    unknown = known_words(space, [*low, *high])[1]
    if are_pairs:
        pairs = list(zip(low, high, strict=True))
        kept = [pair for pair in pairs if not set(pair) & set(unknown)]
        left = [[pair[side] for pair in kept] for side in (0, 1)]
        widowed = [word for pair in pairs if pair not in kept for word in pair if word not in unknown]
    else:
        left = [known_words(space, words)[0] for words in (low, high)]
        widowed = []
    for words, rest in zip((low, high), left, strict=True):
        if words and not rest:
            space.vocabulary.look_up(next((word for word in words if word in unknown), unknown[0]))
    return Ends(left[0], left[1], are_pairs, unknown, widowed)


def known_words(space: VectorSpace, words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Those that the space has, each once, and the others."""
    known: dict[str, None] = {}
    unknown = []
    for word in words:
        try:
            known[space.vocabulary[space.vocabulary.look_up(word)]] = None
        except UnknownWordError:
            unknown.append(word)
    return list(known), unknown


def axis_bars(space: VectorSpace, axis: Axis, words: Sequence[str]) -> list[Bar]:
    """Words from the left end to the right."""
    found = places(space, [axis], words)[:, 0]
    order = np.argsort(found, kind="stable")
    values = np.where(np.abs(found) < 1e-6, 0.0, found)  # rounding leaves a trace of what was taken out
    return [Bar(words[i], float(values[i]), marked=bool(values[i] > 0)) for i in order]


@lru_cache(maxsize=4)
def _without(space: VectorSpace, direction: tuple[float, ...], name: str) -> VectorSpace:
    """Kept, since its neighbours need the lengths of all words anew: 0.2 s."""
    return space.take_out(np.array(direction), name)


def _out_switch(space: VectorSpace, axis: Axis) -> VectorSpace | None:
    """The space without the axis, if that is wanted."""
    if not st.toggle(
        "Take the axis out of all vectors",
        key=OUT,
        bind="query-params",
        help="Each vector loses its part along the axis, and nothing else (Bolukbasi and others, 2016).",
    ):
        return None
    return _without(space, tuple(axis.direction.tolist()), axis.name)


def _usual(space: VectorSpace, axis: Axis) -> str:
    ids = np.arange(min(FREQUENT, len(space)), dtype=np.int64)
    low, high = np.quantile(places(space, [axis], ids)[:, 0], [0.25, 0.75])
    text = (
        f"Of the first {len(ids):,} words, half stand between {low:+.2f} and {high:+.2f}: a bar that ends "
        "there says nothing."
    )
    if axis.share < 1:
        text += f" The pairs agree on this one direction to {axis.share:.0%}."
    return text.replace("-", "−")


def _bars(space: VectorSpace, axis: Axis, words: Sequence[str], caption: str) -> None:
    st.html(bars_html(axis_bars(space, axis, words), caption, low=-LIMIT, high=LIMIT))


def _before_and_after(
    spaces: tuple[VectorSpace, VectorSpace], axes: Sequence[Axis], words: Sequence[str], caption: str
) -> None:
    for column, space, axis, name in zip(
        st.columns(2, gap="medium"), spaces, axes, ("before", "afterwards"), strict=True
    ):
        with column:
            _bars(space, axis, words, f"{caption}, {name}")


def _check(space: VectorSpace, without: VectorSpace, words: Sequence[str]) -> None:
    """The same difference in other words, before and after."""
    st.markdown("##### The same difference, in other words")
    left, right = st.columns(2, gap="medium")
    low = left.text_input("Other words for the left end", FIRST.check_low, key=CHECK_LOW, bind="query-params")
    high = right.text_input(
        "Other words for the right end", FIRST.check_high, key=CHECK_HIGH, bind="query-params"
    )
    try:
        ends = known_ends(space, split_words(low or ""), split_words(high or ""))
        axes = [make_axis(one, ends) for one in (space, without)]
    except VectorError as error:
        st.warning(plain(str(error)), icon=":material/swap_horiz:")
        return
    _left_out(ends)
    _before_and_after((space, without), axes, words, _caption(ends))


def _neighbours(space: VectorSpace, without: VectorSpace, words: Sequence[str]) -> None:
    st.markdown("##### A word's neighbours")
    word = st.selectbox("Word", words, key=NEAR, width=240, format_func=plain)
    for column, one, name in zip(
        st.columns(2, gap="medium"), (space, without), ("before", "afterwards"), strict=True
    ):
        bars = [Bar(found.word, found.score) for found in one.neighbours(word, 8)]
        column.html(
            bars_html(bars, f"Nearest to {word}, {name}", low=min([0.0, *(b.value or 0 for b in bars)]))
        )


def _left_out(ends: Ends) -> None:
    """Which words at the ends do not count, and why."""
    if ends.unknown:
        text = f"Not among these vectors, so left out of the ends: {plain(', '.join(ends.unknown))}."
        if ends.widowed:
            text += f" Left out too, as the other half of a pair: {plain(', '.join(ends.widowed))}."
        st.caption(f":material/spellcheck: {text}")


def _caption(ends: Ends) -> str:
    low, high = (", ".join(words[:2]) for words in (ends.low, ends.high))
    return f"← {low} … {high} →"


def _put(preset: Preset) -> None:
    st.session_state[LOW], st.session_state[HIGH] = preset.low, preset.high
    st.session_state[CHECK_LOW], st.session_state[CHECK_HIGH] = preset.check_low, preset.check_high
    st.session_state[WORDS] = preset.words
