"""Try a sentence: what up to three networks say of it while it is typed, and why."""

from collections.abc import Sequence
from itertools import chain

import streamlit as st

from app.rooms import SENTIMENT
from app.runs.run import Run
from app.ui.focus import may_see, offered_runs, say_there_is_none
from app.ui.inside_strips import symbol
from app.ui.parts import open_part
from app.ui.sentiment import sentence_view as view
from app.ui.sentiment.pushes import short
from app.ui.sentiment.reading import NothingSaidError, Reading, read
from app.ui.sentiment.stories import Story, story_buttons, story_of
from app.ui.sentiment.typed import put_sentence, sentence_box
from app.ui.session import lab
from app.ui.words import plain, run_line
from models.presets import PRESETS

MOST_RUNS = 3
OFFERED_WORDS = 4
"""Unknown words for which known ones are offered."""

PINNED = "pinned"
"""Key of the pinned sentence in the session, and its name in the address."""

MOST_PINNED = 1_000
"""Characters of it: servers take only addresses of some length."""

READERS, BY = "sentence-readers", "by"
"""Key of the chosen networks in the session, and their name in the address."""

Row = list[tuple[str, Reading]]
"""Readings that stand beside one another, each with a key for its charts."""


def try_a_sentence() -> None:
    """The box and all panels: a fragment, which runs again at each pause in typing."""
    st.fragment(_workbench)()


def open_sentence(sentence: str) -> None:
    """Open a sentence here, from another part of the page: in a callback."""
    put_sentence(sentence)
    _pin("")
    open_part("Try a sentence")


def _workbench() -> None:
    pinned = _pinned()
    sentence = _boxes(pinned)
    if story := story_of(pinned):
        st.info(story.question, icon=f":material/{story.icon}:")
    runs = _choose_runs()
    if not runs:
        say_there_is_none(SENTIMENT)
        return
    rows = _read(runs, [pinned, sentence] if pinned else [sentence])
    for row in rows:
        _verdicts(row, named=len(runs) > 1)
    if rows:
        _unknown(rows[0][-1][1])
    for row in rows:
        _why(row, named=len(rows) > 1)


# What is read


def _choose_runs() -> list[Run]:
    """Up to three runs; the choice goes into the address."""
    offered = {run.id: run for run in offered_runs(SENTIMENT, uploads=True)}
    for run_id in st.query_params.get(BY, "")[:200].split(","):
        if run_id and run_id not in offered:
            linked = lab().run(run_id)
            fits = linked and linked.step and linked.experiment.dataset in SENTIMENT.datasets
            if linked and fits and may_see(linked):
                offered[linked.id] = linked
    if READERS not in st.session_state:
        asked = [run_id for run_id in st.query_params.get(BY, "")[:200].split(",") if run_id in offered]
        st.session_state[READERS] = (asked or list(offered)[:1])[:MOST_RUNS]
    kept = [run_id for run_id in st.session_state[READERS] if run_id in offered]
    kept = kept or list(offered)[:1]  # there is always one, if there is any
    if kept != st.session_state[READERS]:
        st.session_state[READERS] = kept
    chosen = st.multiselect(
        "Networks that read it",
        list(offered),
        max_selections=MOST_RUNS,
        format_func=lambda run_id: run_line(offered[run_id]),
        key=READERS,
        placeholder="Choose up to three networks",
    )
    by = ",".join(chosen)
    if st.query_params.get(BY) != by:
        st.query_params[BY] = by
    return [offered[run_id] for run_id in chosen][:MOST_RUNS]


def _pinned() -> str:
    if PINNED not in st.session_state:
        st.session_state[PINNED] = st.query_params.get(PINNED, "")[:MOST_PINNED]
    pinned: str = st.session_state[PINNED]
    if pinned and st.query_params.get(PINNED) != pinned:
        st.query_params[PINNED] = pinned
    elif not pinned and PINNED in st.query_params:
        del st.query_params[PINNED]
    return pinned


def _pin(sentence: str) -> None:
    st.session_state[PINNED] = sentence[:MOST_PINNED]


def _tell(story: Story) -> None:
    """Show a story: its sentences, and the networks that it is about if they are here."""
    _pin(story.pinned)
    wanted = [PRESETS[name] for name in story.presets]
    references = {run.experiment: run.id for run in lab().references(SENTIMENT.datasets[0])}
    found = [references[experiment] for experiment in wanted if experiment in references]
    if found:
        st.session_state[READERS] = found


def _boxes(pinned: str) -> str:
    """The box, beside it the pinned sentence if there is one, and below them what can be done."""
    if pinned:
        left, right = st.columns(2, gap="medium")
        with left:
            view.pinned(pinned)
        with right:
            sentence = sentence_box()
    else:
        sentence = sentence_box()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if pinned:
            st.button("Unpin", icon=":material/keep_off:", key="unpin", on_click=_pin, args=("",))
        else:
            st.button(
                "Pin it and edit a copy",
                icon=":material/keep:",
                key="pin",
                disabled=not sentence.strip(),
                on_click=_pin,
                args=(sentence,),
            )
        st.markdown("or try", width="content")
        story_buttons(_tell)
    return sentence


def _read(runs: Sequence[Run], sentences: Sequence[str]) -> list[Row]:
    """All networks in one row, or for two sentences a row a network; those that cannot read say why."""
    rows: list[Row] = []
    for place, run in enumerate(runs):
        try:
            row = [(f"{place}-{number}", read(run, text)) for number, text in enumerate(sentences)]
        except NothingSaidError as error:
            st.warning(f"{plain(run_line(run))}: {plain(str(error))}", icon=":material/block:")
            continue
        rows.append(row)
    return rows if len(sentences) > 1 else [list(chain.from_iterable(rows))] if rows else []


# What is shown


def _verdicts(row: Row, *, named: bool) -> None:
    """First of all, for that is what one waits for."""
    for column, (_, reading) in zip(st.columns(len(row), gap="medium"), row, strict=True):
        with column, st.container(border=True, gap="xsmall"):
            if named:
                st.caption(plain(run_line(reading.run)))
            view.verdict(reading)


def _unknown(reading: Reading) -> None:
    """Known words for those that are not, a click away; and what was cut off."""
    encoded, vocabulary = reading.encoded, reading.dataset.vocabulary
    view.about_tokens(encoded)
    unknown = list(dict.fromkeys(encoded.tokens[place] for place in encoded.unknown))
    for number, word in enumerate(unknown[:OFFERED_WORDS]):
        near = vocabulary.nearest(word)
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            shown = plain(short(word))
            st.markdown(
                f":material/help: **{shown}** is not in the vocabulary, so it is read as OOV."
                + (" Did you mean" if near else ""),
                width="content",
            )
            for other in near:
                st.button(
                    plain(other),
                    key=f"near-{number}-{other}",
                    on_click=_replace,
                    args=(encoded.tokens, word, other),
                )
    if len(unknown) > OFFERED_WORDS:
        st.caption(f"{len(unknown) - OFFERED_WORDS} more words are unknown.")


def _replace(tokens: Sequence[str], word: str, other: str) -> None:
    put_sentence(" ".join(other if token == word else token for token in tokens))


def _why(row: Row, *, named: bool) -> None:
    """Words, flips and states of a row, each kind beside the same kind."""
    readings = [reading for _, reading in row]
    st.markdown(f"##### Why? {plain(run_line(readings[0].run))}" if named else "##### Why?")
    targets = list(dict.fromkeys(reading.target for reading in readings))
    for column, reading in zip(st.columns(len(row), gap="medium"), readings, strict=True):
        with column:
            view.words(reading)
            if len(targets) > 1:  # of more than two classes each sentence has its own
                st.caption(view.words_legend(plain(reading.target)))
    if len(targets) == 1:
        st.caption(view.words_legend(plain(targets[0])))
    st.markdown("###### Leave words out until the verdict flips")
    for column, reading in zip(st.columns(len(row), gap="medium"), readings, strict=True):
        with column:
            view.flipped(reading)
    _states(row)


def _states(row: Row) -> None:
    """The states over the words; one choice for all of a row."""
    readings = [reading for _, reading in row]
    st.markdown("###### Its memory, word by word")
    names = list(dict.fromkeys(name for reading in readings for name in reading.states))
    name = ""
    if names:
        first = row[0][0]
        key = f"state-{first}-{'-'.join(names)}"
        name = st.segmented_control(
            "What to look at", names, default=names[0], required=True, format_func=symbol, key=key
        ) or names[0]  # fmt: skip
        st.caption(view.about_state(name))
    low, high = view.range_of(readings, name)
    for column, (key, reading) in zip(st.columns(len(row), gap="medium"), row, strict=True):
        with column:
            view.states(reading, name, key, low, high)
