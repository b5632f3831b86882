"""Maps that a process makes while one looks on: t-SNE, and UMAP where it is installed."""

from __future__ import annotations

import atexit
from functools import lru_cache

import numpy as np
import streamlit as st

from app.once import OneOfServer
from app.runs.maps import Growing, Maps
from app.settings import Settings
from app.ui.projector.look import PCA, TSNE, UMAP, Look
from app.ui.projector.points import Cloud, cloud, cloud_of_map, first_components
from app.ui.session import learner
from models.map_worker import Method, has_umap
from models.vectors import VectorSpace
from models.wire import MakeMap

LEAST, MOST = 5, 100
"""Perplexities."""
TICK = 0.5
"""Seconds between two looks at a growing map."""
PERPLEXITY = "About how many neighbours of each word count: few show small groups, many the whole."
FEW = 5
"""Words that a map needs at least."""

METHODS: dict[str, Method] = {TSNE: "tsne", UMAP: "umap"}
AT_ONCE = "It appears at once when it is done, which may take a minute."
"""Of UMAP, which does not tell how it grows."""


@OneOfServer
def maps() -> Maps:
    """The maps of this server; their processes end with it."""
    made = Maps(Settings().home / "maps.log")
    atexit.register(made.close)
    return made


def kinds() -> tuple[str, ...]:
    """The maps that a process can make here."""
    return (TSNE, UMAP) if has_umap() else (TSNE,)


def choose_perplexity(look: Look, space: VectorSpace) -> float:
    """About how many neighbours count."""
    words = min(look.count, len(space))
    # For few words what can be had is less.
    highest = int(min(MOST, max((words - 1) // 3, 2)))
    if highest <= LEAST:
        return float(max(highest, 1))
    name = "Perplexity" if look.kind == TSNE else "Neighbours that count"
    chosen = st.slider(
        name, LEAST, highest, min(30, highest), 1 if highest < 20 else 5, key="perplexity",
        bind="query-params", help=PERPLEXITY,
    )  # fmt: skip
    return float(min(max(chosen, LEAST), highest))


@lru_cache(maxsize=6)
def wanted_map(space: VectorSpace, count: int, method: Method, perplexity: float, dimensions: int) -> MakeMap:
    """The map to make: of unit vectors, so that distances are those of the cosine."""
    units = space.rows.units(slice(0, count)).astype(np.float32)
    return MakeMap(units, method, perplexity, dimensions=dimensions)


def growing_map(space: VectorSpace, look: Look, perplexity: float) -> tuple[MakeMap, Growing | None]:
    """What is asked for, and how far it is."""
    count = min(look.count, len(space))
    wanted = wanted_map(space, count, METHODS[look.kind], perplexity, look.dimensions)
    return wanted, maps().find(learner(), wanted)


def live_cloud(space: VectorSpace, wanted: MakeMap, growing: Growing | None, words: tuple[int, ...]) -> Cloud:
    """The points of the map as far as it is; before it begins, by the first components."""
    moment = growing.moment if growing else None
    count, dimensions = len(wanted.vectors), wanted.dimensions
    if moment is None or moment.points.shape != (count, dimensions):
        return cloud(space, count, first_components(space, dimensions), words)
    return cloud_of_map(space, count, moment.points, words)


def is_moving(growing: Growing | None) -> bool:
    """Whether there will be news without a click."""
    return growing is not None and growing.state in ("starting", "running")


def live_buttons(wanted: MakeMap, growing: Growing | None) -> None:
    """Play, pause and stop. Not for a fragment: while one is replaced, clicks in it would be lost."""
    state = growing.state if growing else "stopped"
    label, icon, act = "Play", "play_arrow", _play
    grows = wanted.method != METHODS[UMAP]  # else there is nothing at which to pause
    if is_moving(growing) and grows:
        label, icon, act = "Pause", "pause", _pause
    elif state == "paused":
        label, act = "Go on", _resume
    elif state == "finished":
        label = "Play again"
    with st.container(horizontal=True, gap="small"):
        st.button(
            label,
            icon=f":material/{icon}:",
            key="map-play",  # and the same width, or Stop would slip away from under the pointer
            type="primary" if label in ("Play", "Go on") else "secondary",
            disabled=len(wanted.vectors) < FEW or (is_moving(growing) and not grows),
            on_click=act,
            args=(wanted,),
            width=140,
        )
        st.button(
            "Stop",
            icon=":material/stop:",
            key="map-stop",
            disabled=not (is_moving(growing) or state == "paused"),
            on_click=_stop,
            args=(wanted,),
        )


def tell_progress(wanted: MakeMap, growing: Growing | None, name: str) -> None:
    """How far the map is, and what went wrong."""
    st.caption(_where(growing, name, len(wanted.vectors)))
    if growing is not None and growing.message:
        say, icon = (st.error, "error") if growing.state == "failed" else (st.info, "info")
        say(growing.message, icon=f":material/{icon}:")
    elif is_moving(growing) and (problem := maps().problem):
        st.error(problem, icon=":material/error:")


def _where(growing: Growing | None, name: str, words: int) -> str:
    if growing is None:
        how = f". {AT_ONCE}" if name == UMAP else " while you watch."
        return f"Press Play: {name} arranges {words:,} words{how} Until then {PCA} is shown."
    ahead = maps().ahead(growing)
    if ahead is not None:
        before = "1 map is" if ahead == 1 else f"{ahead} maps are"
        return f"In line: {before} made before yours." if ahead else "A process for maps is starting …"
    moment = growing.moment
    if moment is None and growing.is_over:
        return "Stopped."
    if name == UMAP:
        return f"{name} arranges {words:,} words. {AT_ONCE}" if moment is None else "Done."
    if moment is None:
        return "Looking for the neighbours of each word …"
    done = f"step {moment.step:,} of {moment.steps:,}"
    return {"running": f"Moving: {done}", "paused": f"Paused at {done}"}.get(growing.state, f"Still: {done}")


def _play(wanted: MakeMap) -> None:
    maps().start(learner(), wanted)


def _pause(wanted: MakeMap) -> None:
    maps().pause(learner(), wanted)


def _resume(wanted: MakeMap) -> None:
    maps().resume(learner(), wanted)


def _stop(wanted: MakeMap) -> None:
    maps().stop(learner(), wanted)
