"""Maps that a process makes while one looks on: t-SNE, and UMAP where it is installed."""

from __future__ import annotations

import atexit
from functools import lru_cache

import numpy as np
import streamlit as st

from app.runs.maps import BusyError, Growing, Maps
from app.ui.projector.look import PCA, TSNE, UMAP, Look
from app.ui.projector.points import Cloud, Components, cloud, cloud_of_map
from app.ui.session import learner
from models.map_worker import Job, Method, has_umap
from models.vectors import VectorSpace

LEAST, MOST = 5, 100
"""Perplexities."""
TICK = 0.5
"""Seconds between two looks at a growing map."""
PERPLEXITY = "About how many neighbours of each word count: few show small groups, many the whole."
FEW = 5
"""Words that a map needs at least."""

METHODS: dict[str, Method] = {TSNE: "tsne", UMAP: "umap"}
ICON = ":material/play_arrow:"


@st.cache_resource(show_spinner=False)
def maps() -> Maps:
    """The maps of this server; their processes end with it."""
    made = Maps()
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
def job_of(space: VectorSpace, count: int, method: Method, perplexity: float) -> Job:
    """The map to make: of unit vectors, so that distances are those of the cosine."""
    units = space.rows.units(slice(0, count)).astype(np.float32)
    return Job(units, method, perplexity)


@lru_cache(maxsize=12)
def key_of(job: Job) -> str:
    """The key of a job, reckoned once."""
    return job.key


def growing_map(space: VectorSpace, look: Look, perplexity: float) -> tuple[Job, Growing | None]:
    """What is asked for, and how far it is."""
    job = job_of(space, min(look.count, len(space)), METHODS[look.kind], perplexity)
    return job, maps().find(learner(), key_of(job))


def live_cloud(space: VectorSpace, job: Job, growing: Growing | None, words: tuple[int, ...]) -> Cloud:
    """The points of the map as far as it is; before it begins, by the first two components."""
    moment = growing.moment if growing else None
    count = len(job.vectors)
    if moment is None or moment.points.shape != (count, 2):
        return cloud(space, count, Components((0, min(1, space.size - 1))), words)
    return cloud_of_map(space, count, moment.points, words)


def live_controls(job: Job, growing: Growing | None, name: str) -> None:
    """Play, pause, and how far it is."""
    state = growing.state if growing else "stopped"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if state in ("starting", "running"):
            st.button("Pause", icon=":material/pause:", key="map-pause", on_click=_pause, args=(job,))
        elif state == "paused":
            st.button("Go on", icon=ICON, key="map-resume", on_click=_resume, args=(job,), type="primary")
        else:
            label = "Play again" if state == "finished" else "Play"
            st.button(
                label, icon=ICON, key="map-play", on_click=_play, args=(job,),
                type="secondary" if state == "finished" else "primary", disabled=len(job.vectors) < FEW,
            )  # fmt: skip
        if state in ("starting", "running", "paused"):
            st.button("Stop", icon=":material/stop:", key="map-stop", on_click=_stop, args=(job,))
        st.caption(_where(growing, name, len(job.vectors)), width="content")
    if growing is not None and growing.problem:
        st.error(growing.problem, icon=":material/error:")
    if refused := st.session_state.pop("map-refused", ""):
        st.warning(refused, icon=":material/hourglass_top:")


def _where(growing: Growing | None, name: str, words: int) -> str:
    if growing is None:
        return f"Press Play: {name} arranges {words:,} words while you watch. Until then {PCA} is shown."
    moment = growing.moment
    if growing.state == "starting" or moment is None:
        return "Looking for the neighbours of each word …"
    done = f"step {moment.step:,} of {moment.steps:,}"
    return {"running": f"Moving: {done}", "paused": f"Paused at {done}"}.get(growing.state, f"Still: {done}")


def _play(job: Job) -> None:
    try:
        maps().start(learner(), job)
    except BusyError as error:
        st.session_state["map-refused"] = str(error)


def _pause(job: Job) -> None:
    maps().pause(learner(), key_of(job))


def _resume(job: Job) -> None:
    maps().resume(learner(), key_of(job))


def _stop(job: Job) -> None:
    maps().stop(learner(), key_of(job))
