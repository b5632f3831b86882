"""Charts are legal Vega-Lite and their frames are as promised."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.runs.curve import Curve, EpochPoint
from app.ui import charts
from app.ui.charts import POINTS, Picture, comparison_chart, curves_chart, training_chart
from models.events import LearningRate, Untrained
from tests.models.strategies import REPEATABLE

CLASSES = ("square", "triangle", "ellipse")


def a_curve(steps: int, epochs: int = 0, loss: float = 2.0) -> Curve:
    """A curve whose loss falls from `loss` to 0."""
    losses = np.linspace(loss, 0, steps, dtype=np.float32)
    points = tuple(
        EpochPoint(epoch, epoch * steps // max(epochs, 1), loss / 2, 0.5, loss / 3, 0.6)
        for epoch in range(1, epochs + 1)
    )
    return Curve(losses, 1 - losses / loss, points)


CURVES = {
    "empty": Curve.empty(),
    "compiling": replace(Curve.empty(), untrained=Untrained(1.1, 0.3)),
    "one step": a_curve(1),
    "one epoch": a_curve(60, 1),
    "full": a_curve(600, 10),
    "longest": a_curve(60_000, 50),
}


def check(picture: Picture) -> dict[str, Any]:
    """A picture is legal Vega-Lite and legal JSON; returns its specification."""
    check_specification(json.dumps(picture.spec, allow_nan=False))
    assert "data" not in picture.spec
    return picture.spec


@cache
def check_specification(text: str) -> None:
    """A specification is legal; each takes most of a second, and many curves share one."""
    spec = json.loads(text) | {"data": {"name": "any"}}
    (alt.LayerChart if "layer" in spec else alt.Chart).from_dict(spec)


def domains(spec: dict[str, Any], channel: str) -> set[tuple[float, ...]]:
    """The frames that the layers of a chart ask for on an axis."""
    asked = (layer["encoding"][channel].get("scale") for layer in spec["layer"])
    return {tuple(scale["domain"]) for scale in asked if scale}


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
@pytest.mark.parametrize("ghost", [None, *CURVES], ids=str)
@pytest.mark.parametrize("name", CURVES)
def test_training_charts_are_legal(metric: str, name: str, ghost: str | None) -> None:
    picture = training_chart(metric, CURVES[name], CURVES[ghost] if ghost else None, 60_000, 1 / 3)
    check(picture)
    assert len(picture.frame) <= 2 * (POINTS + 1 + 2 * 50) + 2


def test_the_frame_is_that_of_the_whole_run() -> None:
    for curve in CURVES.values():
        spec = check(training_chart("accuracy", curve, None, 60_000, 1 / 3))
        assert domains(spec, "x") == {(0, 60_000)}
        assert domains(spec, "y") == {(0, 1)}


def test_while_a_run_grows_its_specification_stays() -> None:
    """The browser draws a chart anew when its specification changes."""
    specs = [
        training_chart(metric, a_curve(steps, steps // 60), a_curve(600, 10), 600, 1 / 3).spec
        for metric in ("accuracy", "loss")
        for steps in (0, 1, 30, 60, 599, 600)
    ]
    assert all(spec == specs[0] for spec in specs[:6])
    assert all(spec == specs[6] for spec in specs[6:])
    specs[0]["width"] = 7
    assert "width" not in training_chart("accuracy", a_curve(9), None, 600, 1 / 3).spec


def test_a_longer_run_or_a_higher_loss_needs_no_altair(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take a tenth of a second, in which a curve stands still."""
    training_chart("loss", a_curve(9), None, 600)
    monkeypatch.setattr(charts, "alt", None)
    high = Curve(np.array([70], np.float32), np.zeros(1, np.float32))
    spec = training_chart("loss", high, None, 1_200).spec
    assert domains(spec, "x") == {(0, 1_200)}
    assert domains(spec, "y") == {(0, 70)}


def test_changes_of_the_learning_rate_are_marked_and_leave_the_frame() -> None:
    changed = replace(a_curve(60, 1), rates=(LearningRate(20, 0.01), LearningRate(40, 0.001)))
    with_marks, without = (training_chart("loss", curve, None, 60) for curve in (changed, a_curve(60, 1)))
    assert check(with_marks) == check(without)
    marks = with_marks.frame[with_marks.frame["each"].str.startswith("rate")]
    assert marks[["step", "run"]].values.tolist() == [[20.0, "rate 0.01"], [40.0, "rate 0.001"]]


@settings(REPEATABLE)
@given(st.floats(1e-6, 1e6))
def test_all_of_the_loss_is_in_the_frame_and_fills_it(largest: float) -> None:
    curve = Curve(np.array([largest, 0], np.float32), np.zeros(2, np.float32))
    ((low, high),) = domains(training_chart("loss", curve, None, 2).spec, "y")
    assert low == 0
    assert largest <= high * 1.001
    assert high <= 2.5 * largest


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_no_number_leaves_the_frame_legal(bad: float) -> None:
    for losses in ([bad], [1.0, bad], [bad, bad, bad]):
        values = np.array(losses, np.float32)
        curve = Curve(values, np.zeros_like(values), (EpochPoint(1, len(values), bad, 0.3, bad, 0.3),))
        check(training_chart("loss", curve, curve, 10))
        check(comparison_chart("loss", {"a": curve}))


def test_the_curve_of_examples_held_out_is_drawn_where_there_are_some() -> None:
    judged = (replace(one, validation_loss=1.0, validation_accuracy=0.5) for one in CURVES["full"].epochs)
    curve = replace(CURVES["full"], epochs=tuple(judged))
    for validates, series in ((False, {"training", "test"}), (True, {"training", "test", "validation"})):
        picture = training_chart("accuracy", curve, None, 60, validates=validates)
        assert set(picture.frame["series"].dropna()) == series
        check(picture)


def test_a_longer_run_before_is_cut_at_the_frame() -> None:
    picture = training_chart("loss", a_curve(10), a_curve(600, 10), 60)
    assert picture.frame["step"].max() <= 60


def test_what_is_drawn() -> None:
    frame = training_chart("accuracy", a_curve(600, 10), a_curve(60, 1), 600, 1 / 3).frame
    counts = frame.groupby(["run", "each", "series"]).size().to_dict()
    assert counts[("now", "epoch", "training")] == counts[("now", "epoch", "test")] == 10
    assert counts[("before", "epoch", "test")] == 1
    assert counts[("before", "step", "training")] == 20, "both runs are averaged over three steps"
    assert 100 <= counts[("now", "step", "training")] <= POINTS
    assert frame[frame["each"] == "level"]["value"].unique().tolist() == [1 / 3]
    assert "level" not in set(training_chart("loss", a_curve(9), None, 9).frame["each"])


@pytest.mark.parametrize(("metric", "value"), [("loss", 1.1), ("accuracy", 0.3)])
def test_a_run_begins_with_what_the_untrained_network_is_worth(metric: str, value: float) -> None:
    curve = replace(a_curve(9), untrained=Untrained(1.1, 0.3))
    frame = training_chart(metric, curve, None, 9).frame
    steps = frame[(frame["run"] == "now") & (frame["each"] == "step")]
    assert steps["step"].tolist() == list(range(10))
    assert steps["value"].iloc[0] == value


def test_a_wild_start_is_seen_until_there_is_training_and_then_does_not_squeeze_it() -> None:
    wild = Untrained(50.0, 0.1)
    for curve, top in (
        (replace(Curve.empty(), untrained=wild), 50),
        (replace(a_curve(9), untrained=wild), 2),
    ):
        assert domains(training_chart("loss", curve, None, 9).spec, "y") == {(0, top)}


@pytest.mark.parametrize("count", [1, 3, 25])
def test_curves(count: int) -> None:
    values = np.random.default_rng(0).random((count, 55), np.float32)
    picture = curves_chart(values, [CLASSES[i % 3] for i in range(count)], CLASSES)
    spec = picture.spec
    assert spec["encoding"]["x"]["scale"]["domain"] == [1, 55]
    assert spec["encoding"]["y"]["scale"]["domain"][0] == 0
    assert spec["encoding"]["y"]["scale"]["domain"][1] >= 1
    assert spec["encoding"]["color"]["scale"]["domain"] == list(CLASSES)
    rows = picture.frame.to_dict("records")
    assert len(rows) == count * 55
    assert {(row["curve"], row["point"]) for row in rows} == {
        (curve, point) for curve in range(count) for point in range(1, 56)
    }
    assert rows[54]["height"] == pytest.approx(float(values[0, 54]))


def test_a_class_keeps_its_colour_when_it_is_shown_alone() -> None:
    one = curves_chart(np.zeros((1, 55), np.float32), ["ellipse"], CLASSES).spec
    assert one["encoding"]["color"]["scale"]["domain"] == list(CLASSES)


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
@pytest.mark.parametrize("count", [0, 1, 4, 30])
def test_comparisons(metric: str, count: int) -> None:
    curves = {f"run {number}": a_curve(60 * number, number) for number in range(count)}
    picture = comparison_chart(metric, curves)
    spec, rows = check(picture), picture.frame
    assert len(rows) == sum(range(count))
    assert spec["encoding"]["color"]["scale"]["domain"] == list(curves)
    if metric == "accuracy":
        assert spec["encoding"]["y"]["scale"]["domain"] == [0, 1]
        assert set(rows["value"]) <= {0.6}, "the test's accuracy, not that of training"


def test_runs_differ_by_more_than_colour() -> None:
    spec = comparison_chart("loss", {name: a_curve(60, 1) for name in "abcd"}).spec
    dashes = spec["encoding"]["strokeDash"]["scale"]["range"]
    assert len({tuple(dash) for dash in dashes}) == 4
