"""The padding lesson: what 35 steps of nothing do to a state, and why the course's network needs luck."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.lab import RefusedError, StoreError
from app.rooms import SENTIMENT
from app.runs.run import Run
from app.ui.charts import Picture, comparison_chart, legend, without_data
from app.ui.focus import offered_runs
from app.ui.inside_strips import state_range
from app.ui.session import lab, learner
from app.ui.strips import Cells, strips
from app.ui.timeline import Moment, timeline
from app.ui.words import percent, plain, run_line, state_badge
from data.text import LENGTH, TextDataset
from models.forward import forward
from models.layers import AnyLayer, Embedding, Recurrent
from models.presets import PRESETS
from models.weights import Array, Weights

COURSE = "sst2-lstm-course"
SEEDS = 4
"""As many runs as a learner may have at once."""

FIRST, SECOND = "a great cast and a very funny story", "the story is dull and never funny"
MOST = 500
"""Characters of a typed sentence."""

PAIRS = 100
SHORT = 20
"""Words of the longest review of a pair: from the step after it, both are padding."""

SAME = 0.01
"""Two states that are nearer to one another count as the same: numbers of a state go from -1 to 1."""

NAMES = ("skips the padding", "reads the padding")

WHAT = f"""\
Reviews have some 20 words on average, but each row has {LENGTH} places, and the rest is filled with
`PAD`. The course's network reads all of them: word by word, and then some 35 times the same nothing. Only
the **last** state goes on to the verdict. What is left in it of the words?\
"""

WHY = """\
**Why it is luck.** From the last word on, the input is always the same, and the same cell is applied to
it again and again. Whatever the state was, it is driven to where this input leads. Before training, and
in the first epochs, that is one single place for all reviews: nothing of the words is left, the accuracy
is that of guessing, and there is next to nothing in the state that could tell training what to change.
Then the cell finds a way to drive different reviews to different places, and the accuracy jumps. How soon
that happens, and for how many of the reviews, depends on the seed. Move the slider to the start of
training to see the state before that.

**A network that skips the padding** keeps the state of the last word and has nothing to overcome.\
"""


def padding_lesson() -> None:
    """States over all steps, their distance for different sentences, and the same network from four seeds."""
    st.markdown(WHAT)
    dataset = lab().dataset(PRESETS[COURSE].dataset)
    if not isinstance(dataset, TextDataset):
        return
    left, right = st.columns(2, gap="large")
    with left:
        first = st.text_input("One sentence", FIRST, max_chars=MOST, key="padding-first")
    with right:
        second = st.text_input("Another one", SECOND, max_chars=MOST, key="padding-second")
    rows = np.stack([dataset.vocabulary.encode(text or "").row for text in (first, second)])
    left, right = st.columns(2, gap="large")  # anew, so that on a phone both sentences come first
    moments = {}
    for column, name, masked in zip((left, right), NAMES, (True, False), strict=True):
        with column:
            moment = _choose(name, masked=masked)
            if moment is not None:
                _state(name, moment, dataset, rows[0])
                moments[name] = moment
    if moments:
        _distances(moments, dataset, rows)
    st.markdown(WHY)
    _seeds()
    st.caption(f":material/database: {plain(dataset.source.sentence)}")


# States


def _choose(name: str, *, masked: bool) -> Moment | None:
    """A network that skips the padding, or one that reads it, at a moment of its training."""
    st.markdown(f"##### A network that {name}")
    runs = {run.id: run for run in offered_runs(SENTIMENT) if _reads(run, masked=masked)}
    if not runs:
        st.info("There is none yet. Train one first.", icon=":material/model_training:")
        return None
    key = f"padding-run-{name}"
    if st.session_state.get(key) not in runs:
        first = (run_id for run_id, run in runs.items() if run.owner != learner())
        st.session_state[key] = next(first, next(iter(runs)))
    chosen = runs[st.selectbox("Network", list(runs), format_func=lambda i: run_line(runs[i]), key=key)]
    return timeline(chosen, key=f"padding-{'masked' if masked else 'unmasked'}")


def _reads(run: Run, *, masked: bool) -> bool:
    """Whether a run that is over is on the reviews, and its one recurrent layer gets a mask, or none."""
    first, *rest = run.experiment.layers
    recurrent = [layer for layer in rest if isinstance(layer, Recurrent)]
    return (
        run.is_over
        and run.experiment.dataset == PRESETS[COURSE].dataset
        and isinstance(first, Embedding)
        and (first.pad_id is not None) == masked
        and len(recurrent) == 1
        and not recurrent[0].bidirectional
    )


def _state(name: str, moment: Moment, dataset: TextDataset, row: Array) -> None:
    words = int((row != dataset.vocabulary.pad_id).sum())
    values = hidden(moment.run.experiment.layers, moment.weights, row[np.newaxis])[0]
    alt = f"Heat map of the hidden state of the network that {name}: units by steps, the last word framed."
    cells = Cells(values, *state_range("hidden", values), alt)
    strips([cells], key=f"padding-state-{name}", marked=words)
    st.caption(
        f"Hidden state h_t of the first sentence. Framed is its last word, step {words}: right of it are "
        f"{LENGTH - words} steps of padding."
    )


def hidden(layers: Sequence[AnyLayer], weights: Weights, rows: Array) -> Array:
    """The hidden state of a network's one recurrent layer after each step: (sentences, steps, units)."""
    states: Array = next(
        step.states["hidden"] for step in forward(layers, weights, rows).steps if step.states
    )
    return states


# Distances


def _distances(moments: Mapping[str, Moment], dataset: TextDataset, rows: Array) -> None:
    """How far the states of two sentences are apart: of the typed ones, and of many."""
    left, right = st.columns(2, gap="large")
    ends = [int(end) for end in (rows != dataset.vocabulary.pad_id).sum(axis=1)]
    with left:
        st.markdown("##### Do the two sentences still differ?")
        lines = {
            name: distance(hidden(moment.run.experiment.layers, moment.weights, rows)[:, np.newaxis])[0]
            for name, moment in moments.items()
        }
        _draw(lines, max(ends), "padding-pair", "Distance of the states of the two sentences")
        st.caption("After the last step: " + _after(lines) + ".")
    with right:
        st.markdown(f"##### And {PAIRS} pairs of test reviews?")
        many = {name: _of_pairs(moment.run.id, moment.step, moment) for name, moment in moments.items()}
        means: dict[str, Array] = {name: values.mean(axis=0) for name, values in many.items()}
        _draw(means, SHORT, "padding-pairs", f"Mean distance of the states of {PAIRS} pairs of reviews")
        same = ", ".join(
            f"{int((values[:, -1] < SAME).sum())} of {len(values)} with the one that {name}"
            for name, values in many.items()
        )
        st.caption(
            f"One positive and one negative review of at most {SHORT} words each. Pairs that end in the same "
            f"state (nearer than {SAME:g}), so that no verdict can tell them apart: {same}."
        )


def _after(lines: Mapping[str, Array]) -> str:
    return ", ".join(f"{line[-1]:.3f} in the network that {name}" for name, line in lines.items())


def distance(states: Array) -> Array:
    """Euclidean distance of the states of two sentences: (2, pairs, steps, units) to (pairs, steps)."""
    apart: Array = np.linalg.norm(states[0] - states[1], axis=-1)
    return apart


@st.cache_data(max_entries=64, show_spinner=False)
def _of_pairs(run_id: str, step: int, _moment: Moment) -> Array:  # the moment's names are what it is kept by
    """(pairs, steps) distances of short test reviews, a negative and a positive one in each pair."""
    dataset = lab().dataset(_moment.run.experiment.dataset)
    if not isinstance(dataset, TextDataset):
        raise TypeError(f"{dataset.info.name} is no text")
    short = (dataset.x_test != dataset.vocabulary.pad_id).sum(axis=1) <= SHORT
    kinds = [np.flatnonzero(short & (dataset.y_test == label))[:PAIRS] for label in (0, 1)]
    count = min(map(len, kinds))
    states = [
        hidden(_moment.run.experiment.layers, _moment.weights, dataset.x_test[kind[:count]]) for kind in kinds
    ]
    return distance(np.stack(states))


def _draw(lines: Mapping[str, Array], end: int, key: str, what: str) -> None:
    picture = distance_chart(lines, end)
    st.vega_lite_chart(
        picture.frame, picture.spec, key=key, alt=f"{what}, step by step, a line for each network."
    )


def distance_chart(lines: Mapping[str, Array], end: int) -> Picture:
    """Distances of states over the steps.

    Args:
        lines: (steps,) for each network.
        end: the step of the last word.
    """
    steps = np.arange(1, LENGTH + 1, dtype=float)
    parts = [
        pd.DataFrame({"step": steps, "value": line, "network": name, "each": "step"})
        for name, line in lines.items()
    ]
    band = pd.DataFrame({"step": [end + 0.5], "until": [LENGTH + 0.5], "each": ["band"]})
    return Picture(deepcopy(_distance_spec(tuple(lines))), pd.concat([*parts, band], ignore_index=True))


@lru_cache(maxsize=8)
def _distance_spec(names: tuple[str, ...]) -> dict[str, Any]:
    x = alt.X("step:Q", title="step", scale=alt.Scale(domain=[0.5, LENGTH + 0.5], nice=False))
    y = alt.Y("value:Q", title="distance of the states", scale=alt.Scale(domainMin=0))
    color = alt.Color("network:N", scale=alt.Scale(domain=list(names)), legend=legend())
    dashes = alt.Scale(domain=list(names), range=[[1, 0], [6, 3]][: len(names)])
    band = alt.Chart().transform_filter("datum.each == 'band'")
    base = alt.Chart().transform_filter("datum.each == 'step'")
    layers = [
        band.mark_rect(color="gray", opacity=0.15).encode(x=x, x2="until:Q"),
        band.mark_text(text="only padding", align="left", baseline="top", dx=5, dy=5, color="gray").encode(
            x=x, y=alt.value(0)
        ),
        base.mark_line(strokeWidth=2.5).encode(
            x,
            y,
            color,
            strokeDash=alt.StrokeDash("network:N", scale=dashes, legend=legend()),
            tooltip=["network:N", "step:Q", alt.Tooltip("value:Q", format=".3f")],
        ),
    ]
    return without_data(alt.layer(*layers, data=alt.NamedData("distances")).properties(height=260))


# Seeds


def _seeds() -> None:
    """The course's network from four random starts."""
    st.markdown("##### How much is luck?")
    runs = _started()
    going = any(not run.is_over for run in runs)
    st.button(
        f"Repeat the course's network with {SEEDS} seeds",
        type="primary",
        icon=":material/casino:",
        key="padding-train",
        disabled=going,
        on_click=_train,
    )
    if said := st.session_state.pop("padding.said", None):
        st.warning(said, icon=":material/hourglass_top:")
    if runs:
        st.fragment(_watch, run_every=0.5 if going else None)(runs)


def _train() -> None:
    try:
        runs = lab().train(learner(), *PRESETS[COURSE].with_seeds(range(SEEDS)))
    except (RefusedError, StoreError, ValueError) as error:
        st.session_state["padding.said"] = str(error)
        return
    st.query_params["seeds"] = runs[0].id
    if len(runs) < SEEDS:
        said = f"{len(runs)} of {SEEDS} runs were taken: you have others that are not over yet."
        st.session_state["padding.said"] = said


def _started() -> list[Run]:
    """The runs that the address names, by seed; none if it names no such runs."""
    asked = st.query_params.get("seeds", "")[:64]
    first = lab().run(asked) if asked else None
    if first is None or first.experiment.layers != PRESETS[COURSE].layers:
        return []
    return sorted(lab().group(first), key=lambda run: run.experiment.seed)


def _watch(started: Sequence[Run]) -> None:
    runs = [lab().run(run.id) or run for run in started]
    for run, column in zip(runs, st.columns(len(runs)), strict=True):
        with column, st.container(border=True):
            st.metric(f"Seed {run.experiment.seed}", percent(run.test_accuracy), help="Test accuracy so far")
            st.markdown(state_badge(run.state))
    done = [run.test_accuracy for run in runs if run.state == "finished" and run.test_accuracy is not None]
    if done:
        st.caption(
            f"{len(done)} of {len(runs)} are done: test accuracy from {min(done):.1%} to {max(done):.1%}. "
            "Only the seed differs. Above, in the list of networks that read the padding, they can be looked "
            "at: compare the best with the worst."
        )
    curves = {f"seed {run.experiment.seed}": lab().curve(run.id) for run in runs}
    st.altair_chart(
        comparison_chart("accuracy", curves, height=280),
        key="padding-seeds",
        alt="Test accuracy by epoch, a line for each seed; the figures above say how they ended.",
    )
    if all(run.is_over for run in runs) and any(not run.is_over for run in started):
        st.rerun()  # the button, and the list of networks
