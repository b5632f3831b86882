"""The course's two questions: who are the neighbours of “smith”, and is “apple” a fruit or a company?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app.ui.algebra.bars import Bar, bars_html
from app.ui.parts import open_part
from app.ui.projector.address import select
from models.axes import places, pole_axis
from models.vectors import VectorSpace

SHOWN = 12


@dataclass(frozen=True)
class Find:
    """A question that the vectors answer.

    Attributes:
        word: that it is about.
        question: what to guess.
        guesses: to choose from.
        right: number of the guess that the vectors agree with.
        low, high: what its neighbours may be, and words that surely are.
        other: a word like it, of the high side only, to compare with.
        text: what there is to learn.
    """

    word: str
    question: str
    guesses: tuple[str, ...]
    right: int
    low: tuple[str, tuple[str, ...]]
    high: tuple[str, tuple[str, ...]]
    other: str
    text: str


FINDS = (
    Find(
        "smith",
        "A smith works with metal. Which words are nearest to “smith”?",
        ("Crafts: blacksmith, forge, carpenter", "Surnames: Walker, Anderson, Campbell", "Words that rhyme"),
        1,
        ("a craft", ("blacksmith", "carpenter", "goldsmith", "craftsman", "welder", "forge")),
        ("a surname", ("jones", "williams", "brown", "davis", "wilson", "taylor")),
        "jones",
        "Surnames. In newspapers and Wikipedia “smith” is nearly always somebody's name, and all words are "
        "in lower case. A vector knows a word by its company: who stands where Walker and Anderson stand is "
        "one of them. Who wants the craftsman asks for “blacksmith”.",
    ),
    Find(
        "apple",
        "Is “apple” a fruit or a company?",
        ("A fruit", "A company", "As much the one as the other"),
        1,
        ("a fruit", ("banana", "pear", "orange", "grape", "cherry", "peach")),
        ("a company", ("microsoft", "ibm", "intel", "google", "dell", "sony")),
        "microsoft",
        "A company, in these texts: even “blackberry” is a telephone here. There is one vector for a "
        "spelling, so all meanings are averaged, and the texts decide which one weighs more. The fruit is "
        "not gone: see the cosines. Is that a problem? For a list of synonyms it is. A network that "
        "reads the whole sentence, such as an LSTM, has the words around it to tell which apple is meant.",
    ),
)


def questions(space: VectorSpace) -> None:
    """Both questions."""
    for column, find in zip(st.columns(len(FINDS), gap="large"), FINDS, strict=True):
        with column:
            _find(find, space)


def _find(find: Find, space: VectorSpace) -> None:
    st.subheader(find.question)
    guess = st.radio(
        "Your guess", find.guesses, index=None, key=f"guess-{find.word}", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if guess not in find.guesses:
        st.caption("Guess first: then the vectors answer.")
        return
    if find.guesses.index(guess) == find.right:
        st.success("That is what the vectors say.", icon=":material/check:")
    else:
        st.warning(f"The vectors say: {find.guesses[find.right]}.", icon=":material/lightbulb:")
    found = space.neighbours(find.word, SHOWN)
    sides = _sides(find, space, [neighbour.word for neighbour in found])
    bars = [
        Bar(one.word, one.score, side, side == find.high[0]) for one, side in zip(found, sides, strict=True)
    ]
    st.html(bars_html(bars, f"Nearest to “{find.word}” among {len(space):,} words, by cosine"))
    st.caption(
        f"“{find.low[0]}” or “{find.high[0]}”: to which side each word lies between the means of "
        f"{', '.join(find.low[1][:3])} … and of {', '.join(find.high[1][:3])} …"
    )
    st.markdown(find.text)
    own, other = (_cosine(space, word, find.low[1]) for word in (find.word, find.other))
    st.markdown(
        f"Mean cosine with {', '.join(find.low[1][:3])} …: **{own:.2f}** for “{find.word}”, "
        f"**{other:.2f}** for “{find.other}”."
    )
    st.button(
        f"Look at “{find.word}” on the map", icon=":material/travel_explore:", key=f"look-{find.word}",
        on_click=_open, args=(find.word,),
    )  # fmt: skip


def _sides(find: Find, space: VectorSpace, words: list[str]) -> list[str]:
    """To which side of the middle between both groups each word lies."""
    low, high = ([w for w in group[1] if w in space.vocabulary] for group in (find.low, find.high))
    axis = pole_axis(space, low, high)
    middle = (places(space, [axis], low).mean() + places(space, [axis], high).mean()) / 2
    return [find.high[0] if place > middle else find.low[0] for place in places(space, [axis], words)[:, 0]]


def _cosine(space: VectorSpace, word: str, words: Sequence[str]) -> float:
    """The mean cosine of a word with others."""
    ids = [space.vocabulary.look_up(other) for other in words]
    units = space.rows.units([space.vocabulary.look_up(word), *ids])
    return float((units[1:] @ units[0]).mean())


def _open(word: str) -> None:
    st.query_params.pop("find", None)
    select(word)
    open_part("Map")
