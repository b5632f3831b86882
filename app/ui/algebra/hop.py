"""The hop game: from one word to another, each hop to one of the ten nearest words."""

from functools import lru_cache
from random import choice

import streamlit as st

from app.ui.algebra.bars import Bar, bars_html
from app.ui.words import plain
from models.hops import Game
from models.vectors import VectorError, VectorSpace

START, GOAL, HOPS, HINTS = "from", "to", "hops", "hints"
"""Names in the address; the hops are the words after the first."""

PUZZLES = (
    ("cheese", "beer"), ("cow", "milk"), ("horse", "car"), ("pencil", "book"), ("shoe", "hat"),
    ("guitar", "dance"), ("lion", "king"), ("island", "desert"), ("violin", "jazz"), ("dog", "robots"),
    ("fish", "ship"), ("school", "ocean"), ("bread", "money"), ("good", "bad"), ("funny", "sad"),
)  # fmt: skip
"""Of 3 to 6 hops in GloVe, the last two for vectors learned from reviews."""

MOST = 40
"""Hops of a game."""
LONGEST = 60
"""Characters of a word in the address."""


def hop_game(space: VectorSpace) -> None:
    """Where one is, where one can go, and how few hops it takes."""
    game = Game(space)
    start, goal = _pair(game)
    st.markdown(
        f"Get from **{plain(start)}** to **{plain(goal)}**. Each hop goes to one of the {game.k} nearest "
        f"words among the first {game.size:,}. Nearness is not mutual: the way back may be another."
    )
    _choose_pair(game, start, goal)
    with st.spinner("Looking for the shortest way …"):
        best = _shortest(space, start, goal)
    if best is None:
        st.info(
            "No way of at most 12 hops leads there. Choose other words.", icon=":material/wrong_location:"
        )
        return
    path = [start, *_hops(game, start)]
    _so_far(path, goal, len(best) - 1)
    if path[-1] == goal:
        _finish(path, best)
    elif len(path) > MOST:
        st.info(f"That is {MOST} hops. Take some back, or start again.", icon=":material/flag:")
    else:
        _next_hops(game, path, goal)


@lru_cache(maxsize=256)
def _shortest(space: VectorSpace, start: str, goal: str) -> tuple[str, ...] | None:
    found = Game(space).shortest_path(start, goal)
    return None if found is None else tuple(found)


def _pair(game: Game) -> tuple[str, str]:
    """The words of the address; else the first puzzle that these vectors have."""
    try:
        asked = [st.query_params.get(name, "")[:LONGEST] for name in (START, GOAL)]
        if any(asked):
            start, goal = (game.space.vocabulary[game.number(word)] for word in asked)
            if start != goal:
                return start, goal
            st.warning("Start and goal are the same word. Another game is shown.", icon=":material/link_off:")
    except VectorError as error:
        st.warning(f"{plain(str(error))} Another game is shown.", icon=":material/link_off:")
    return puzzles(game)[0]


def puzzles(game: Game) -> list[tuple[str, str]]:
    """Pairs of words that take part; if there are none, the first and the last word."""
    size, find = game.size, game.space.vocabulary.find
    known = [
        pair for pair in PUZZLES if all((number := find(word)) is not None and number < size for word in pair)
    ]
    return known or [(game.space.vocabulary[0], game.space.vocabulary[size - 1])]


def _choose_pair(game: Game, start: str, goal: str) -> None:
    with st.expander("Other words", icon=":material/edit:"):
        with st.form("hop-words", border=False):
            left, right = st.columns(2, gap="medium")
            first = left.text_input("From", start, max_chars=LONGEST)
            last = right.text_input("To", goal, max_chars=LONGEST)
            if st.form_submit_button("Play these"):
                _play(first.strip(), last.strip())
                st.rerun()
        st.button("Any pair", icon=":material/casino:", key="hop-any", on_click=_any, args=(game,))


def _any(game: Game) -> None:
    _play(*choice(puzzles(game)))  # noqa: S311  # nothing depends on it


def _play(start: str, goal: str) -> None:
    st.query_params.update({START: start, GOAL: goal})
    st.query_params.pop(HOPS, None)


def _hops(game: Game, start: str) -> list[str]:
    """The hops of the address, as far as they are allowed."""
    path = [start]
    for word in st.query_params.get(HOPS, "")[: MOST * LONGEST].split()[:MOST]:
        try:
            if not game.is_hop(path[-1], word):
                break
            path.append(game.space.vocabulary[game.number(word)])
        except VectorError:
            break
    return path[1:]


def _go(path: list[str]) -> None:
    """Be at the end of this path: in a callback."""
    st.query_params.update({START: path[0], HOPS: " ".join(path[1:])})


def _so_far(path: list[str], goal: str, par: int) -> None:
    steps = " → ".join(plain(word) for word in path)
    rest = "" if path[-1] == goal else f" → … → {plain(goal)}"
    hops = len(path) - 1
    st.markdown(f"##### {steps}{rest}")
    st.caption(f"{hops} {'hop' if hops == 1 else 'hops'} so far; par is {par}.")
    if hops:
        with st.container(horizontal=True, gap="xsmall"):
            st.button("Back", icon=":material/undo:", key="hop-back", on_click=_go, args=(path[:-1],))
            st.button(
                "Start again", icon=":material/replay:", key="hop-again", on_click=_go, args=(path[:1],)
            )


def _next_hops(game: Game, path: list[str], goal: str) -> None:
    choices = game.choices(path[-1])
    with st.container(horizontal=True, gap="xsmall"):
        for i, found in enumerate(choices):
            st.button(
                plain(found.word),
                key=f"hop-{i}",
                type="primary" if found.word == goal else "secondary",
                on_click=_go,
                args=([*path, found.word],),
            )
    if st.toggle("Show how near each is to the goal", key=HINTS, bind="query-params"):
        target = game.space.rows.units([game.number(goal)])[0]
        near = game.space.rows.units([game.number(found.word) for found in choices]) @ target
        bars = [
            Bar(found.word, float(value), marked=found.word == goal)
            for found, value in zip(choices, near, strict=True)
        ]
        low = min(0.0, *near.tolist())
        st.html(bars_html(bars, f"Cosine with {goal}", low=low))
        st.caption("The nearest is not always the best hop: the way may lead around a corner.")


def _finish(path: list[str], best: tuple[str, ...]) -> None:
    hops, par = len(path) - 1, len(best) - 1
    if hops == par:
        st.success(f"There in {hops}: no way is shorter.", icon=":material/trophy:")
    else:
        st.success(f"There in {hops} hops; {par} would do.", icon=":material/flag:")
        st.caption(f"A shortest way: {' → '.join(plain(word) for word in best)}")
