"""The analogy score: our own set, solved live over the chosen vectors, relation by relation."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import get_args

import pandas as pd
import streamlit as st

from app.ui.algebra.bars import track
from app.ui.algebra.vectors import VECTORS
from app.ui.algebra.within import ALL, CHOICES
from app.ui.live import live
from app.ui.words import percent
from models.algebra import Method
from models.analogies import RELATIONS, Score, count, score
from models.vectors import VectorSpace

WITHIN, GOING = "within", "algebra.score"

TICK = 0.15
"""Seconds between two relations: enough for a click to be heard."""

METHODS: tuple[Method, ...] = get_args(Method)

WHAT = (
    f"**{count():,} analogies in {len(RELATIONS)} relations**, such as *paris : france :: berlin : ?*. Each "
    "is solved by both methods, over all words that may be answers. It is right only if the one expected "
    "word comes first."
)

HOW_TO_READ = (
    "**Right**: the expected word comes first, the other three words being left out. **If not left out**: "
    "the same when all words may be answers. **Repeats the question**: how often the first answer is then "
    "one of the three words of the question."
)


About = tuple[str, str, int | None]
"""Whose vectors, by their name in the address; the title of the space; how many words may be answers."""


@dataclass
class Going:
    """A scoring that is under way, in one session.

    Attributes:
        about: which vectors, and how many words may be answers: what it belongs to.
        rest: gives the next scores.
        scores: so far.
        state: of it.
    """

    about: About
    rest: Iterator[Score]
    scores: list[Score] = field(default_factory=list)
    state: str = "running"

    @property
    def share(self) -> float:
        """How much is done, from 0 to 1."""
        return len(self.scores) / (len(RELATIONS) * len(METHODS))

    def step(self) -> None:
        """Solve one relation more, by all methods."""
        for _ in METHODS:
            found = next(self.rest, None)
            if found is not None:
                self.scores.append(found)
        if self.share >= 1:
            self.state = "finished"


def analogy_score(space: VectorSpace) -> None:
    """Start, watch, pause and stop."""
    st.markdown(WHAT)
    choice = st.segmented_control(
        "Words that may be answers",
        list(CHOICES),
        default=ALL,
        required=True,
        key=WITHIN,
        bind="query-params",
        help="The fewer words there are to choose from, the easier it is. An analogy whose answer is not "
        "among them is not asked.",
    )
    within = CHOICES.get(choice or ALL)
    # Two networks of one kind may share a title, and a space may be opened anew while it is being scored.
    about = (st.query_params.get(VECTORS, "")[:64], space.title, within)
    going: Going | None = st.session_state.get(GOING)
    if going is not None and going.about != about:  # other vectors: what was found is no longer true
        going = st.session_state[GOING] = None
    _buttons(going, space, about)
    if going is not None:
        running = going.state == "running"
        live(_watch, TICK if running else None)(going)


def _buttons(going: Going | None, space: VectorSpace, about: About) -> None:
    state = going.state if going else ""
    with st.container(horizontal=True, gap="small"):
        if state in ("running", "paused"):
            word, icon, then = ("Pause", "pause", "paused") if state == "running" else (
                "Go on", "play_arrow", "running"
            )  # fmt: skip
            st.button(word, icon=f":material/{icon}:", key="score-pause", on_click=_set, args=(then,))
            st.button("Stop", icon=":material/stop:", key="score-stop", on_click=_set, args=("stopped",))
        else:
            st.button(
                "Score these vectors" if going is None else "Score them again",
                type="primary",
                icon=":material/play_arrow:",
                key="score-start",
                on_click=_start,
                args=(space, about),
            )


def _start(space: VectorSpace, about: About) -> None:
    st.session_state[GOING] = Going(about, score(space, METHODS, about[-1]))


def _set(state: str) -> None:
    going = st.session_state.get(GOING)
    if going is not None:
        going.state = state


def _watch(going: Going) -> None:
    """One relation more, and the table; a click is heard between two relations."""
    was_running = going.state == "running"
    if was_running:
        going.step()
    done, all_of_them = len(going.scores) // len(METHODS), len(RELATIONS)
    st.progress(going.share, text=f"{done} of {all_of_them} relations, {going.state}")
    if going.scores:
        st.html(table_html(going.scores))
        st.caption(HOW_TO_READ)
        _totals(going.scores)
    if going.state == "finished":
        st.download_button(
            "Scores as CSV",
            lambda: scores_csv(going.scores),
            "analogies.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    if was_running and going.state != "running":
        st.rerun()  # the buttons above change


def _totals(scores: list[Score]) -> None:
    for column, method in zip(st.columns(len(METHODS)), METHODS, strict=True):
        own = [one for one in scores if one.method == method]
        asked = sum(one.asked for one in own)
        with column, st.container(border=True):
            right, openly, echoed = (
                percent(sum(values) / asked if asked else None)
                for values in (
                    [one.solved for one in own],
                    [one.solved_openly for one in own],
                    [one.echoed for one in own],
                )
            )
            st.metric(f"{method}: right", right)
            st.caption(f"Of {asked:,} asked. If not left out: {openly}. Repeats the question: {echoed}.")
    lacking = sorted({word for one in scores for word in one.missing})
    if lacking:
        st.caption(f"{len(lacking)} words of the analogies are not among these vectors' words.")


_CELL = "border: none; padding: 2px 12px 2px 0; text-align: left; min-width: 5.5em"


def table_html(scores: list[Score]) -> str:
    """A row a relation, a bar a method, and what would be if no word were left out."""
    by_place = {(one.relation, one.method): one for one in scores}
    relations = list(dict.fromkeys(one.relation for one in scores))
    heads = ["Relation", "Asked", *(f"{method}: right" for method in METHODS)]
    heads += [f"{METHODS[0]}: if not left out", f"{METHODS[0]}: repeats the question"]
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(text)}</th>' for text in heads)
    rows = []
    for relation in relations:
        own = [by_place[relation, method] for method in METHODS if (relation, method) in by_place]
        first = own[0]
        cells = [f'<td style="{_CELL}">{first.asked:,}</td>']
        cells += [_accuracy(one) for one in own]
        cells += [
            f'<td style="{_CELL}">{percent(value / first.asked if first.asked else None)}</td>'
            for value in (first.solved_openly, first.echoed)
        ]
        name = f'<th scope="row" style="{_CELL}; font-weight: 400">{escape(relation)}</th>'
        rows.append(f"<tr>{name}{''.join(cells)}</tr>")
    return (
        '<div style="overflow-x: auto" tabindex="0" role="region" aria-label="Scores by relation and method">'
        '<table style="width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _accuracy(one: Score) -> str:
    bar = track(one.accuracy, 0, 1)
    return (
        f'<td style="{_CELL}; min-width: 8em">{percent(one.accuracy)}<div aria-hidden="true">{bar}</div></td>'
    )


def scores_csv(scores: list[Score]) -> bytes:
    """All scores as a table."""
    rows = [
        {
            "relation": one.relation,
            "method": one.method,
            "asked": one.asked,
            "solved": one.solved,
            "solved_if_nothing_is_left_out": one.solved_openly,
            "repeats_the_question": one.echoed,
        }
        for one in scores
    ]
    return pd.DataFrame(rows).to_csv(index=False).encode()
