"""The questions of the lab: answer, check, and see our answer."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.links import FIELDS
from app.runs.compare import architecture
from app.runs.run import Run
from app.ui.charts import DASHES, Picture, legend
from app.ui.inside import verdict_line
from app.ui.session import StoreError, lab, learner
from app.ui.words import run_line
from data.dataset import Dataset
from models.drawing import gap
from models.inside import look_inside
from models.layers import GRU, LSTM, Dense, Layer, Recurrent, SimpleRNN
from models.questions import (
    ANY_LENGTH,
    HOW_FAR_BACK,
    LABELS,
    LENGTH_OPTIONS,
    MAX_ANSWER,
    MAX_ZEROS,
    MLP_SUITED,
    NINETY,
    PLACES,
    WHERE_IS_WHAT,
    Attempt,
    Question,
    check_ninety,
    check_places,
    of_length,
    remembered,
    shape_end,
    zeros_after,
)
from models.scaling import fit_scaler
from models.weights import Array, Weights

SHORTEST, LONGEST, AT_FIRST = 30, 120, 80
"""Points of the curves of question 2."""

KINDS: tuple[type[Layer], ...] = (SimpleRNN, GRU, LSTM)
ONE, ALL = "One test curve", "Mean of all test curves"
LATE = 51
"""Zeros from which on a gap counts as long: longer than any in training."""


@dataclass(frozen=True)
class Network:
    """A run with the weights it ended with.

    Attributes:
        run: which.
        step: after which step.
        weights: the weights then.
        scale: what its inputs pass through.
    """

    run: Run
    step: int
    weights: Weights
    scale: Callable[[Array], Array]


def questions(dataset: Dataset) -> None:
    """All questions, one below the other.

    Args:
        dataset: the curves.
    """
    st.markdown(
        "Five questions to try yourself on. Answer first, then look at ours. Your answers last as long as "
        "this page is open; nothing is stored."
    )
    for part in (_mlp_suited, _any_length, _where_is_what, _ninety, _how_far_back):
        part(dataset)


def _said(part: Callable[[Dataset], None]) -> Callable[[Dataset], None]:
    """Have a question say it when the store fails, also when it is drawn alone, as a fragment."""

    @wraps(part)
    def drawn(dataset: Dataset) -> None:
        with st.container(border=True):
            try:
                part(dataset)
            except StoreError as error:
                st.warning(str(error), icon=":material/database_off:")

    return drawn


# 1


@_said
def _mlp_suited(dataset: Dataset) -> None:
    _ask(1, MLP_SUITED)
    key = _recall("suited", "")
    typed = st.text_area(
        "Your answer",
        key=key,
        max_chars=MAX_ANSWER,
        placeholder="Type your answer",
        on_change=_cut,
        args=(key,),
    )
    _keep("suited", typed)
    st.caption("No machine can grade this one: compare your answer with ours.")
    if _show("suited", MLP_SUITED):
        runs = (_latest(dataset, _is_mlp), _latest(dataset, lambda run: _has(run, LSTM)))
        for column, name, run in zip(st.columns(2), ("MLP", "LSTM"), runs, strict=True):
            if run is None:
                column.caption(f"There is no finished {name} run to compare with.")
            else:
                column.metric(f"{name}, test accuracy", f"{run.test_accuracy:.1%}")
                column.caption(run_line(run))
        st.button(
            "See both on one curve: MLP or LSTM?",
            icon=":material/arrow_forward:",
            key="questions-duel",
            on_click=_open_part,
            args=("MLP or LSTM?",),
        )


def _cut(key: str) -> None:
    """The browser's limit is a courtesy; this one holds."""
    st.session_state[key] = st.session_state[key][:MAX_ANSWER]


def _latest(dataset: Dataset, fits: Callable[[Run], bool]) -> Run | None:
    """The learner's latest finished run that fits, else a reference run."""
    runs = [*lab().runs(learner()), *lab().references(dataset.info.name)]
    return next(
        (
            run
            for run in runs
            if run.experiment.dataset == dataset.info.name
            and run.state == "finished"
            and run.test_accuracy is not None
            and fits(run)
        ),
        None,
    )


def _is_mlp(run: Run) -> bool:
    return isinstance(run.experiment.layers[0], Dense) and not _has(run, Recurrent)


def _has(run: Run, kind: type[Layer]) -> bool:
    return any(isinstance(layer, kind) for layer in run.experiment.layers)


# 2


@st.fragment
@_said
def _any_length(dataset: Dataset) -> None:
    _ask(2, ANY_LENGTH)
    classes = dataset.info.classes
    left, right = st.columns([1, 2], gap="large")
    with left:
        points = st.slider("Points", SHORTEST, LONGEST, AT_FIRST, key="questions-points")
        shape = st.segmented_control(
            "Shape", classes, default=classes[0], required=True, key="questions-shape"
        )
    label = classes.index(shape or classes[0])
    x = of_length(dataset.x_test[int(np.argmax(dataset.y_test == label))], points)
    with left:
        for kind in (LSTM, Dense):
            st.markdown(f"**{'LSTM' if kind is LSTM else 'MLP'}**: {_verdict(dataset, kind, x)}")
    with right:
        picture = _curve_picture(x, LONGEST)
        st.vega_lite_chart(
            # Always the same words: a chart is drawn anew when they change.
            picture.frame,
            picture.spec,
            key="questions-curve",
            alt="The curve that both networks read.",
        )
        known = dataset.info.input_shape[0]
        st.caption(
            f"The first {points} points of the curve: its end is cut off."
            if points < known
            else f"As in training: {known} points."
            if points == known
            else f"{points} points: {points - known} zeros were put after the {known}."
        )
    _choose("why", "Why can the LSTM?", [option.text for option in LENGTH_OPTIONS], _why)
    _show("length", ANY_LENGTH)


def _verdict(dataset: Dataset, kind: type[Layer], x: Array) -> str:
    """What a reference network says of a curve, or its refusal."""
    network = _reference(dataset, kind)
    if network is None:
        return "there is no reference run of it here."
    try:
        inside = look_inside(network.run.experiment.layers, network.weights, network.scale(x))
    except ValueError as error:
        return f"it refuses. {error}"
    return verdict_line(inside.probabilities, dataset.info.classes)


def _why(chosen: str) -> tuple[bool, str]:
    option = next(option for option in LENGTH_OPTIONS if option.text == chosen)
    return option.right, option.reply


def _curve_picture(x: Array, longest: int) -> Picture:
    frame = pd.DataFrame({"point": np.arange(1, len(x) + 1, dtype=float), "height": x})
    return Picture(deepcopy(_curve_spec(longest)), frame)


@lru_cache(maxsize=4)
def _curve_spec(longest: int) -> dict[str, Any]:
    """A curve in a frame that does not change with its length."""
    x = alt.X("point:Q", title="point", scale=alt.Scale(domain=[1, longest], nice=False))
    y = alt.Y("height:Q", title="height", scale=alt.Scale(domain=[0, 1.1]), axis=alt.Axis(values=[0, 0.5, 1]))
    base = alt.Chart()
    layers = [
        base.mark_area(opacity=0.2, line=False).encode(x, y),
        base.mark_line(strokeWidth=2.5).encode(x, y),
    ]
    return _spec(alt.layer(*layers, data=alt.NamedData("curve")).properties(height=210))


# 3


@st.fragment
@_said
def _where_is_what(_: Dataset) -> None:
    _ask(3, WHERE_IS_WHAT)
    picture = st.container()
    chosen: list[str | None] = []
    with st.container(horizontal=True):
        for number in range(1, len(PLACES) + 1):
            name = f"place-{number}"
            label = st.selectbox(
                f"Place {number}", LABELS, index=None, placeholder="?", key=_recall(name, None), width=120
            )
            _keep(name, label)
            chosen.append(label)
    if st.button("Check", key="questions-places-check"):
        _keep("places-checked", chosen)
    if chosen == _kept().get("places-checked"):
        _judge(*check_places(chosen))
    shown = _show("places", WHERE_IS_WHAT)
    if shown:
        st.markdown(" · ".join(f"**{number}** {label}" for number, label in enumerate(PLACES, 1)))
    labels = ", ".join(f"{number}: {label}" for number, label in enumerate(PLACES, 1))
    picture.image(unrolled(shown), width=560, alt=_IN_WORDS + (f" Answers: {labels}." if shown else ""))


_IN_WORDS = (
    "An LSTM unrolled in time: cells of step 1, step 2, step t−1 and step t side by side, arrows from each "
    "to the next, an input from below each, and from the last an arrow to Dense. Place 1: into step 1 from "
    "the left. 2: from step 1 to step 2. 3: below step 2. 4: from step t−1 to step t. 5: below step t. "
    "6: from step t to Dense."
)

_CELLS = ((64, "1"), (186, "2"), (308, "t−1"), (430, "t"))
"""Left side of each cell, and its step."""

_SPOTS = ((34, 137), (156, 137), (216, 222), (400, 137), (460, 222), (460, 84))
"""Where the numbered places are."""

_GIVEN = ((94, 222, "x_1"), (338, 222, "x_(t−1)"))


@lru_cache(maxsize=2)
def unrolled(answered: bool) -> str:
    """The unrolled network as SVG. All text stands on filled shapes, so that it reads on any background.

    Args:
        answered: labels in the numbered places instead of numbers.
    """
    paths = ["M4 137H58", "M124 137H180", "M246 137H258", "M290 137H302", "M368 137H424"]  # states
    paths += [f"M{left + 30} 208V172" for left, _ in _CELLS]  # inputs
    paths += ["M460 106V54", "M412 30H368"]  # output
    parts = [f'<path d="{path}" class="arrow"/>' for path in paths]
    parts += [f'<circle cx="{x}" cy="137" r="2.5" fill="#8a95a1"/>' for x in (266, 274, 282)]
    for left, step in _CELLS:
        parts.append(_box(left, 108, 60, 58, "#1f6fc4"))
        parts.append(f'<text x="{left + 30}" y="133">LSTM</text>')
        parts.append(f'<text x="{left + 30}" y="153" class="small">step {step}</text>')
    parts.append(_box(414, 10, 76, 38, "#1f6fc4") + '<text x="452" y="35">Dense</text>')
    parts.append(
        _box(250, 10, 112, 38, "#5b6875") + '<text x="306" y="34" class="small">probabilities</text>'
    )
    parts += [_pill(x, y, label, "#5b6875") for x, y, label in _GIVEN]
    for number, ((x, y), label) in enumerate(zip(_SPOTS, PLACES, strict=True), 1):
        if answered:
            parts.append(_pill(x, y, label, "#b34700"))
        else:
            parts.append(f'<circle cx="{x}" cy="{y}" r="15" fill="#b34700"/>')
            parts.append(f'<text x="{x}" y="{y + 6}">{number}</text>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 244" width="1000" height="488">'
        "<style>text {font: bold 18px sans-serif; fill: #fff; text-anchor: middle} "
        ".small {font-size: 15px; font-weight: normal} tspan {font-size: 14px} "
        ".arrow {fill: none; stroke: #8a95a1; stroke-width: 2.5; marker-end: url(#head)}</style>"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="4" markerHeight="4" '
        'orient="auto"><path d="M0 0L8 4L0 8z" fill="#8a95a1"/></marker></defs>' + "".join(parts) + "</svg>"
    )


def _box(x: int, y: int, width: int, height: int, fill: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{fill}"/>'


def _pill(x: int, y: int, label: str, fill: str) -> str:
    """A label with its index lowered: h_(t−1)."""
    letter, _, index = label.partition("_")
    index = index.strip("()")
    width = 30 + 5 * len(index)
    text = f'<text x="{x}" y="{y + 5}">{letter}<tspan dy="4">{index}</tspan></text>'
    return _box(x - width // 2, y - 15, width, 30, fill) + text


# 4


@_said
def _ninety(dataset: Dataset) -> None:
    _ask(4, NINETY)
    attempts = [
        Attempt(
            f"{architecture(run.experiment)}, seed {run.experiment.seed}",
            run.experiment,
            run.state == "finished",
            run.test_accuracy,
        )
        for run in lab().runs(learner())
        if run.experiment.dataset == dataset.info.name
    ]
    done, sentence = check_ninety(attempts)
    if done:
        st.success(sentence, icon=":material/check:")
    else:  # nothing is wrong before one has tried
        st.markdown(f":material/hourglass_empty: {sentence}")
    with st.container(horizontal=True):
        st.button("Open it", icon=":material/arrow_forward:", key="questions-open", on_click=_open_mlp)
        st.button("Check", key="questions-ninety-check")  # a click draws the page anew, which checks
    _show("ninety", NINETY)


def _open_mlp() -> None:
    for name in FIELDS:  # what an address changes of another preset would be changed of this one too
        st.query_params.pop(name, None)
    st.query_params["preset"] = "shapes-mlp"
    _open_part("Train")


# 5


@st.fragment
@_said
def _how_far_back(dataset: Dataset) -> None:
    _ask(5, HOW_FAR_BACK)
    networks = {kind.__name__: network for kind in KINDS if (network := _reference(dataset, kind))}
    if not networks:
        st.info("There are no reference runs here to measure this on.")
        _show("memory", HOW_FAR_BACK)
        return
    names = {name: f"{name}, {network.run.test_accuracy:.1%} right" for name, network in networks.items()}
    left, right = st.columns([1, 2], gap="large")
    with left:
        mode = st.segmented_control("Curves", (ONE, ALL), default=ONE, required=True, key="questions-curves")
        index = 0
        if mode != ALL:
            index = st.slider("Test curve", 0, len(dataset.x_test) - 1, key="questions-index")
        zeros = st.slider("Zeros between shape and end", 0, MAX_ZEROS, 50, key="questions-zeros")
        if mode == ALL:
            lines = {name: _on_all(network, dataset) for name, network in networks.items()}
            for name, line in lines.items():
                st.markdown(f"**{name}**: {line[zeros]:.0%} sure of the right class on average")
        else:
            lines = _on_one(networks, dataset, index, zeros)
    with right:
        low, high = zeros_after(dataset.x_train)
        picture = _memory_picture({names[name]: line for name, line in lines.items()}, zeros, low, high)
        st.vega_lite_chart(
            picture.frame,
            picture.spec,
            key="questions-memory",
            alt="Probability of the right class by the number of zeros, a line for each network. The gap "
            "that is chosen is written out beside it.",
        )
        st.caption(
            f"A line that stays up has kept the shape; one that falls or swings has lost it to the zeros. In "
            f"training there were only {low} to {high} zeros after a shape, beyond that nothing is promised. "
            "Each line is one reference run; in the legend, how much of the test it gets right."
        )
    _choose(
        "longest",
        "Which of these keeps the shape longest?",
        list(networks),
        lambda chosen: _longest(chosen, networks, dataset),
    )
    _show("memory", HOW_FAR_BACK)


def _on_one(networks: dict[str, Network], dataset: Dataset, index: int, zeros: int) -> dict[str, Array]:
    """What each network says of one curve after this gap; returns the lines of the right class."""
    classes, truth = dataset.info.classes, int(dataset.y_test[index])
    st.caption(f"Test curve {index}: {classes[truth]}")
    lines = {}
    for name, network in networks.items():
        said = _after_zeros(network.run.id, network.step, index, network, dataset)
        st.markdown(f"**{name}**: {verdict_line(said[zeros], classes)}")
        lines[name] = said[:, truth]
    return lines


def _longest(chosen: str, networks: dict[str, Network], dataset: Dataset) -> tuple[bool, str]:
    late = {name: float(_on_all(network, dataset)[LATE:].mean()) for name, network in networks.items()}
    figures = ", ".join(f"{name} {value:.0%}" for name, value in late.items())
    return late[chosen] == max(late.values()), (
        f"Measured on all {len(dataset.x_test)} test curves, mean probability of the right class after "
        f"{LATE} to {MAX_ZEROS} zeros: {figures}. One run of each: another seed may order them otherwise."
    )


@st.cache_data(max_entries=2_000, show_spinner=False)
def _after_zeros(run_id: str, step: int, index: int, _network: Network, _dataset: Dataset) -> Array:
    """What a network says of a test curve after 0, 1, ... zeros: (zeros, classes)."""
    said: Array = _read(_network, _dataset.x_test[[index]])[0]
    return said


def _on_all(network: Network, dataset: Dataset) -> Array:
    """The probability of the right class after 0, 1, ... zeros, mean of all test curves."""
    return _mean_after_zeros(network.run.id, network.step, network, dataset)


@st.cache_data(max_entries=64, show_spinner=False)
def _mean_after_zeros(run_id: str, step: int, _network: Network, _dataset: Dataset) -> Array:
    said = _read(_network, _dataset.x_test)
    right: Array = said[np.arange(len(said)), :, _dataset.y_test]
    mean: Array = right.mean(axis=0)
    return mean


def _read(network: Network, curves: Array) -> Array:
    longer = np.stack([gap(x, MAX_ZEROS) for x in curves])
    ends = [shape_end(x) for x in curves]
    return remembered(network.run.experiment.layers, network.weights, network.scale(longer), ends)


def _memory_picture(lines: dict[str, Array], zeros: int, low: int, high: int) -> Picture:
    """A line for each network, the gap that is looked at, and the gaps of training as a band."""
    gaps = np.arange(MAX_ZEROS + 1)
    count = len(lines)
    frame = pd.DataFrame({
        "zeros": [*np.tile(gaps, count), low],
        "until": [*np.tile(gaps, count), high],
        "value": [*np.concatenate(list(lines.values())), 1.0],
        "network": [*np.repeat(list(lines), len(gaps)), None],
        "each": [*["line"] * (count * len(gaps)), "band"],
        "now": [*np.tile(gaps == zeros, count), False],
    })  # fmt: skip
    return Picture(deepcopy(_memory_spec(tuple(lines))), frame)


@lru_cache(maxsize=16)
def _memory_spec(names: tuple[str, ...]) -> dict[str, Any]:
    x = alt.X(
        "zeros:Q",
        title="zeros between shape and end",
        scale=alt.Scale(domain=[0, MAX_ZEROS], nice=False),
    )
    y = alt.Y(
        "value:Q",
        title="probability of the right class",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, 1]),
    )
    key = legend(columns=1)
    key.symbolType, key.symbolSize, key.rowPadding = "stroke", 300, 2  # lines, though there are points too
    color = alt.Color("network:N", scale=alt.Scale(domain=list(names)), legend=key)
    dashes = alt.Scale(domain=list(names), range=list(DASHES[: len(names)]))
    base = alt.Chart()
    band = base.transform_filter("datum.each == 'band'")
    line = base.transform_filter("datum.each == 'line'")
    now = line.transform_filter("datum.now")
    layers = [
        band.mark_rect(color="gray", opacity=0.15).encode(x=x, x2="until:Q"),
        band.mark_text(text="as in training", align="left", baseline="top", dx=5, dy=5, color="gray").encode(
            x, y
        ),
        line.mark_line(strokeWidth=2.5).encode(
            x, y, color, strokeDash=alt.StrokeDash("network:N", scale=dashes, legend=key)
        ),
        now.mark_rule(color="gray", strokeWidth=1.2).encode(x),
        now.mark_point(filled=True, size=80).encode(
            x, y, color, tooltip=["network:N", "zeros:Q", alt.Tooltip("value:Q", format=".1%")]
        ),
    ]
    return _spec(alt.layer(*layers, data=alt.NamedData("memory")).properties(height=360))


# What they share


def _reference(dataset: Dataset, kind: type[Layer]) -> Network | None:
    """The reference run with a layer of this kind; for Dense the one without a recurrent layer."""
    for run in lab().references(dataset.info.name):
        if not (_is_mlp(run) if kind is Dense else _has(run, kind)):
            continue
        steps = lab().snapshot_steps(run.id)
        weights = lab().weights(run.id, steps[-1]) if steps else None
        if weights is not None:
            return Network(run, steps[-1], weights, fit_scaler(run.experiment.scaling, dataset.x_train))
    return None


def _ask(number: int, question: Question) -> None:
    st.markdown(f"##### {number}. {question.title}")
    st.markdown(question.text)


def _show(name: str, question: Question) -> bool:
    """A button that shows our answer, or hides it; whether it is shown."""
    shown = bool(_kept().get(f"{name}-shown"))
    st.button(
        "Hide our answer" if shown else "Show our answer",
        icon=":material/visibility_off:" if shown else ":material/visibility:",
        key=f"questions-{name}-show",
        on_click=_keep,
        args=(f"{name}-shown", not shown),
    )
    if shown:
        st.info(question.answer)
    return shown


def _choose(name: str, label: str, options: list[str], check: Callable[[str], tuple[bool, str]]) -> None:
    """One of several answers, and a button that checks it; the reply goes when another one is chosen."""
    chosen = st.radio(label, options, index=None, key=_recall(name, None))
    _keep(name, chosen)
    if st.button("Check", key=f"questions-{name}-check"):
        _keep(f"{name}-checked", chosen or "")
    checked = _kept().get(f"{name}-checked")
    if chosen is not None and chosen == checked:
        _judge(*check(chosen))
    elif chosen is None and checked == "":
        st.caption("Choose an answer first.")


def _judge(right: bool, sentence: str) -> None:
    if right:
        st.success(sentence, icon=":material/check:")
    else:
        st.warning(sentence, icon=":material/lightbulb:")


def _open_part(name: str) -> None:
    st.session_state["part"] = name


def _kept() -> dict[str, Any]:
    """Answers of this session. Streamlit forgets widgets that are not drawn, such as in another part."""
    kept: dict[str, Any] = st.session_state.setdefault("questions", {})
    return kept


def _keep(name: str, value: object) -> None:
    _kept()[name] = value


def _recall(name: str, default: object) -> str:
    """The key of a widget, filled with what was answered before."""
    key = f"questions-{name}"
    st.session_state.setdefault(key, _kept().get(name, default))
    return key


def _spec(chart: Any) -> dict[str, Any]:  # noqa: ANN401  # Altair's union of layered charts
    spec: dict[str, Any] = chart.to_dict()
    del spec["data"]
    return spec
