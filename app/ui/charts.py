"""Charts as pure functions of data. Colours come from the theme, so that each reads well in its mode."""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from app.runs.curve import Curve, thin
from models.weights import Array

POINTS = 250
"""Points of a drawn curve; more cannot be told apart."""

HEIGHTS = 3
"""At which changes of the learning rate are named in turn, so that one does not cover the next."""

GHOST = 0.35
"""Opacity of the run before."""

SERIES = ("training", "test", "validation")
"""What the curves of a run are of."""

DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])
"""Line styles, so that classes and runs differ by more than colour."""


@dataclass(frozen=True)
class Picture:
    """A chart whose specification seldom changes while its data grow: what the browser redraws fastest.

    Attributes:
        spec: Vega-Lite, without data.
        frame: the data.
    """

    spec: dict[str, Any]
    frame: pd.DataFrame


def curves_chart(
    values: Array,
    labels: Sequence[str],
    classes: Sequence[str],
    height: int = 280,
    *,
    bare: bool = False,
    title: str = "height",
) -> Picture:
    """Time series in one frame.

    Args:
        values: (curves, points).
        labels: class of each curve.
        classes: all classes, in the order of their colours.
        height: in pixels.
        bare: without axes and legend, for a picture the size of a stamp.
        title: what the values are.
    """
    count, points = values.shape
    low, high = float(values.min(initial=0)), float(values.max(initial=0))
    is_usual = low >= 0 and 0.5 < high <= 1.1  # curves of the learner's own may have any height
    frame = pd.DataFrame({
        "point": np.tile(np.arange(1, points + 1), count),
        "height": values.ravel(),
        "curve": np.repeat(np.arange(count), points),
        "class": np.repeat(np.array(labels), points),
    })  # fmt: skip
    domain = (0.0, 1.1) if is_usual else (low, high or 1.1)
    spec = _curves_spec(points, count <= 3, tuple(classes), domain, is_usual, height, bare, title)
    return Picture(deepcopy(spec), frame)


@lru_cache(maxsize=64)
def _curves_spec(
    points: int,
    few: bool,
    classes: tuple[str, ...],
    domain: tuple[float, float],
    is_usual: bool,
    height: int,
    bare: bool,
    title: str,
) -> dict[str, Any]:
    key = None if bare else legend()
    ticks = alt.Axis(values=[0, 0.5, 1]) if is_usual else alt.Axis()
    dashes = alt.Scale(domain=list(classes), range=list(DASHES[: len(classes)]))
    chart = (
        alt.Chart(alt.NamedData("curves"), height=height)
        .mark_line(interpolate="linear", strokeWidth=2.5 if few else 1.5, opacity=0.9 if few else 0.45)
        .encode(
            x=alt.X(
                "point:Q",
                title="point",
                scale=alt.Scale(domain=[1, points], nice=False),
                axis=None if bare else alt.Axis(),
            ),
            y=alt.Y(
                "height:Q",
                title=title,
                scale=alt.Scale(domain=list(domain), nice=False),
                axis=None if bare else ticks,
            ),
            color=alt.Color("class:N", scale=alt.Scale(domain=list(classes)), legend=key),
            strokeDash=alt.StrokeDash("class:N", scale=dashes, legend=key),
            detail="curve:N",
            tooltip=["class:N", "point:Q", alt.Tooltip("height:Q", format=".2f")],
        )
    )
    return without_data(chart)


def training_chart(
    metric: str,
    curve: Curve,
    ghost: Curve | None,
    steps: int,
    chance: float | None = None,
    *,
    validates: bool = False,
) -> Picture:
    """Loss or accuracy of a run while it grows.

    Thin: each step's batch, averaged over bins where steps are many; a dot before the first step, which is
    there long before a second point if the network must be compiled. Thick: each epoch, on training and on
    test examples, and on those that were held out, if any. Pale: the run before. Upright: where the learning
    rate was changed.

    Args:
        metric: ``loss`` or ``accuracy``.
        curve: the run.
        ghost: the run before, if there is one.
        steps: of the whole run: the width of the frame does not jump while the curve grows.
        chance: a level to mark as that of guessing.
        validates: whether the run has examples for validation, which are drawn then.
    """
    bin_size = max(1, -(-steps // POINTS))  # the same all along: what is drawn does not change
    series = SERIES[: 3 if validates else 2]
    rows = [*_rows(metric, ghost, "before", bin_size, series), *_rows(metric, curve, "now", bin_size, series)]
    for number, rate in enumerate(curve.rates):
        rows.append((rate.step, np.nan, None, f"rate{number % HEIGHTS}", f"rate {rate.learning_rate:g}"))
    if chance is not None:
        rows += [(at, chance, None, "level", None) for at in (0.0, float(max(steps, 1)))]
    if steps:  # points outside of the frame would squeeze it
        rows = [row for row in rows if row[0] <= steps]
    # The frame is that of training: before it, a loss of digits that are not scaled may be 50 times as high.
    learned = [value for step, value, *_ in rows if step > 0] or [value for _, value, *_ in rows]
    finite = [value for value in learned if np.isfinite(value)]  # a loss may grow beyond all bounds
    top = 1.0 if metric == "accuracy" else _round_up(max(finite, default=0.0))
    frame = pd.DataFrame(rows, columns=["step", "value", "series", "each", "run"])
    return Picture(
        _framed(_training_spec(metric, series), max(steps, 1), top),
        frame.astype({"step": float, "value": float}),
    )


def _framed(spec: dict[str, Any], steps: int, top: float) -> dict[str, Any]:
    """A copy of a chart in layers, whose axes end at these numbers of steps and values."""
    spec = deepcopy(spec)  # Streamlit writes into it, too
    for layer in spec["layer"]:
        for channel, end in (("x", steps), ("y", top)):
            if "scale" in layer["encoding"][channel]:  # and not at a fixed height
                layer["encoding"][channel]["scale"]["domain"] = [0, end]
    return spec


def _lines(names: list[str]) -> tuple[alt.X, alt.Color, alt.StrokeDash]:
    """Place, colour and dashes of the lines of a run, a line for each series."""
    dashes = alt.Scale(domain=names, range=[[1, 0], [6, 3], [2, 2]][: len(names)])
    return (
        alt.X("step:Q", title="step", scale=alt.Scale(domain=[0, 1], nice=False)),  # see `_framed`
        alt.Color("series:N", scale=alt.Scale(domain=names), legend=legend()),
        alt.StrokeDash("series:N", scale=dashes, legend=legend()),
    )


@lru_cache(maxsize=8)
def _training_spec(metric: str, series: tuple[str, ...]) -> dict[str, Any]:
    """Built by Altair and checked against its schema once, which takes it a tenth of a second."""
    names = list(series)
    axis = alt.Axis(format="%") if metric == "accuracy" else alt.Axis()
    title = "accuracy" if metric == "accuracy" else "loss (cross-entropy)"
    y = alt.Y("value:Q", title=title, scale=alt.Scale(domain=[0, 1]), axis=axis)
    x, color, dash = _lines(names)
    # The lines' legend serves the points too. Their shapes are given as such: a scale would put them into it.
    own = alt.Color("series:N", scale=alt.Scale(domain=names), legend=None)
    shapes = dict(zip(names, ("circle", "triangle-up", "diamond"), strict=False))
    shape = alt.Shape("shape:N", scale=None)
    tooltip = ["series:N", "step:Q", alt.Tooltip("value:Q", title=metric, format=".3f")]
    layers: list[alt.Chart] = []
    for run, pale in (("before", GHOST), ("now", 1.0)):
        by_step = alt.Chart().transform_filter(f"datum.run == '{run}' && datum.each == 'step'")
        by_epoch = alt.Chart().transform_filter(f"datum.run == '{run}' && datum.each == 'epoch'")
        layers += [
            by_step.mark_line(strokeWidth=1.2, opacity=0.45 * pale, clip=True).encode(x, y, color),
            by_epoch.mark_line(strokeWidth=2.5, opacity=pale, clip=True).encode(x, y, color, strokeDash=dash),
            by_epoch.transform_calculate(shape=f"({json.dumps(shapes)})[datum.series]")
            .mark_point(filled=True, size=60, opacity=pale)
            .encode(x, y, own, shape=shape, tooltip=tooltip),
        ]
    untrained = alt.Chart().transform_filter("datum.run == 'now' && datum.each == 'step' && datum.step == 0")
    dot = untrained.mark_point(filled=True, size=30, opacity=1, clip=True)
    layers.append(dot.encode(x, y, own, tooltip=tooltip))
    level = alt.Chart().transform_filter("datum.each == 'level'")
    end = level.transform_filter("datum.step > 0")
    for number in range(HEIGHTS):
        changed = alt.Chart().transform_filter(f"datum.each == 'rate{number}'")
        name = changed.mark_text(align="left", dx=4, color="gray")
        layers += [
            changed.mark_rule(color="gray", strokeDash=[4, 3]).encode(
                x, y=alt.value("height"), y2=alt.value(0)
            ),
            name.encode(x, y=alt.value(8 + 14 * number), text="run:N"),
        ]
    layers += [
        level.mark_line(strokeDash=[2, 4], strokeWidth=1.2, color="gray").encode(x, y),
        end.mark_text(text="guessing", align="right", baseline="top", dx=-4, dy=4, color="gray").encode(x, y),
    ]
    room = {"left": 0, "top": 5, "right": 12, "bottom": 20}  # for half of the last points
    return without_data(alt.layer(*layers, data=alt.NamedData("steps")).properties(height=340, padding=room))


def comparison_chart(
    metric: str, curves: Mapping[str, Curve], which: str = "test", height: int = 340
) -> Picture:
    """One line for each of several runs, epoch by epoch.

    Args:
        metric: ``loss`` or ``accuracy``.
        curves: by the name to show.
        which: ``test`` or ``train`` examples.
        height: in pixels.
    """
    rows = [
        {"run": name, "epoch": point.epoch, "value": getattr(point, f"{which}_{metric}")}
        for name, curve in curves.items()
        for point in curve.epochs
    ]
    frame = pd.DataFrame(rows, columns=["run", "epoch", "value"]).astype({"epoch": float, "value": float})
    return Picture(deepcopy(_comparison_spec(metric, which, tuple(curves), height)), frame)


@lru_cache(maxsize=32)
def _comparison_spec(metric: str, which: str, names: tuple[str, ...], height: int) -> dict[str, Any]:
    columns = 1 if max(map(len, names), default=0) > 12 else 0  # long names stand below one another
    scale = alt.Scale(domain=[0, 1]) if metric == "accuracy" else alt.Scale(domainMin=0)
    axis = alt.Axis(format="%") if metric == "accuracy" else alt.Axis()
    chart = (
        alt.Chart(alt.NamedData("runs"), height=height + 19 * len(names) * columns)  # for the legend
        .mark_line(point=alt.OverlayMarkDef(size=45, filled=True), strokeWidth=2.5)
        .encode(
            x=alt.X("epoch:Q", axis=alt.Axis(tickMinStep=1, format="d"), title="epoch"),
            y=alt.Y("value:Q", scale=scale, axis=axis, title=f"{which} {metric}"),
            color=alt.Color("run:N", scale=alt.Scale(domain=list(names)), legend=legend(columns=columns)),
            strokeDash=alt.StrokeDash(
                "run:N",
                scale=alt.Scale(domain=list(names), range=_cycle(len(names))),
                legend=legend(columns=columns),
            ),
            tooltip=["run:N", "epoch:Q", alt.Tooltip("value:Q", title=metric, format=".3f")],
        )
    )
    return without_data(chart)


def race_chart(curves: Mapping[str, Curve], steps: int) -> Picture:
    """Accuracy of several runs by step while they grow.

    Args:
        curves: by the name to show.
        steps: of the longest run.
    """
    bin_size = max(1, -(-steps // (POINTS // 4)))
    parts = [pd.DataFrame({"run": list(curves)[:1], "step": [np.nan], "value": [np.nan], "each": ["step"]})]
    for name, curve in curves.items():
        at, values = thin(curve.accuracies, bin_size)
        parts.append(pd.DataFrame({"run": name, "step": at, "value": values, "each": "step"}))
        points = [(name, point.step, point.test_accuracy, "epoch") for point in curve.epochs]
        parts.append(pd.DataFrame(points, columns=["run", "step", "value", "each"]))
    frame = pd.concat(parts, ignore_index=True).astype({"step": float, "value": float})
    return Picture(deepcopy(_race_spec(tuple(curves), max(steps, 1))), frame)


@lru_cache(maxsize=32)
def _race_spec(names: tuple[str, ...], steps: int) -> dict[str, Any]:
    x = alt.X("step:Q", title="step", scale=alt.Scale(domain=[0, steps], nice=False))
    y = alt.Y("value:Q", title="accuracy", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    color = alt.Color("run:N", scale=alt.Scale(domain=list(names)), legend=legend())
    own = alt.Color("run:N", scale=alt.Scale(domain=list(names)), legend=None)
    dashes = alt.Scale(domain=list(names), range=_cycle(len(names)))
    base = alt.Chart()
    lines = base.transform_filter("datum.each == 'step'").mark_line(strokeWidth=2, clip=True)
    points = base.transform_filter("datum.each == 'epoch'").mark_point(filled=True, size=110)
    layers = [
        lines.encode(x, y, color, strokeDash=alt.StrokeDash("run:N", scale=dashes, legend=legend())),
        points.encode(x, y, own, tooltip=["run:N", "step:Q", alt.Tooltip("value:Q", format=".1%")]),
    ]
    return without_data(alt.layer(*layers, data=alt.NamedData("race")).properties(height=320))


def _rows(
    metric: str, curve: Curve | None, run: str, bin_size: int, series: tuple[str, ...]
) -> Iterator[tuple[float, float, str | None, str, str | None]]:
    """A run's values by step and by epoch: step, value, series, whether of each step or epoch, and run."""
    if curve is None:
        return
    if curve.untrained is not None:
        yield 0.0, getattr(curve.untrained, metric), "training", "step", run
    steps, values = thin(curve.losses if metric == "loss" else curve.accuracies, bin_size)
    for step, value in zip(steps.tolist(), values.tolist(), strict=True):
        yield step, value, "training", "step", run
    for point in curve.epochs:
        for which, name in zip(("train", "test", "validation"), series, strict=False):
            if (value := getattr(point, f"{which}_{metric}")) is not None:
                yield point.step, value, name, "epoch", run


def legend(columns: int = 0) -> alt.Legend:
    """The legend of all charts: above, legible from afar, never pale."""
    return alt.Legend(
        title=None,
        orient="top",
        columns=columns,
        labelLimit=400,
        labelFontSize=13,
        symbolType="stroke",  # a piece of the line, dashes and all
        symbolSize=500,
        symbolStrokeWidth=2.5,
        symbolOpacity=1,
    )


def _round_up(value: float) -> float:
    """To the next of 1, 1.5, 2, 3, 5, 7 times a power of ten, so that the frame seldom changes."""
    if value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if value <= step * power * 1.0001))


def _cycle(count: int) -> list[list[int]]:
    return [list(DASHES[i % len(DASHES)]) for i in range(count)]


def without_data(chart: Any) -> dict[str, Any]:  # noqa: ANN401  # Altair's union of layered charts
    """A chart's specification for a `Picture`: its data come separately."""
    spec: dict[str, Any] = chart.to_dict()
    del spec["data"]
    return spec
