"""Each part of the curves' lab, without a browser: for any visitor, with any run, at any address."""

import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

import data
from app.lab import Lab
from app.runs import references
from app.runs.run import Run
from app.runs.store import RunStore
from app.ui import address
from app.ui.focus import GONE, UNFINISHED
from app.ui.session import lab
from data import shapes
from data.dataset import GENERATED, Source
from models.events import Stopped
from models.recording import read_recording
from tests.pages.test_pages import LARGE, LEARNER, by_key, messages, open_page

PARTS = ("The problem", "Train", "Look inside", "Mistakes", "MLP or LSTM?", "Code", "Questions")
OF_A_RUN = ("Look inside", "Mistakes", "Code")
REFERENCES = ("shapes-lstm", "shapes-mlp", "shapes-gru", "shapes-rnn")
STRANGER = "y" * 22
NONSENSE = ("nonsense", "", "<b>x</b>", "../../etc/passwd", "' OR 1=1 --", "\x00", "reference-", LARGE)


def open_part(part: str, **parameters: str) -> AppTest:
    """A part as a link opens it."""
    return open_page("shapes.py", part=part, **parameters)


def reference(preset: str) -> Run:
    """The reference run of a preset."""
    return next(run for run in lab().references("shapes") if run.id.startswith(f"reference-{preset}-"))


def strangers_run() -> Run:
    """A finished run of another learner."""
    recording = read_recording(references.FOLDER / "shapes-mlp.run")
    run = Run(STRANGER, recording.experiment, parameters=0, steps=0, steps_per_epoch=0)
    store = RunStore(os.environ["UNROLL_DATABASE"])
    store.add(run)
    store.record([(run.id, event) for event in recording.events])
    store.close()
    return run


def network(app: AppTest, side: str = "run") -> str:
    """The id of the run that a part looks at."""
    return str(app.selectbox(f"choose-{side}").value)


def content(app: AppTest) -> int:
    """Charts, strips and listings."""
    return len(app.get("vega_lite_chart")) + len(app.get("bidi_component")) + len(app.code)


def test_mistakes_on_other_curves_than_those_a_run_was_tested_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the course's files, reference runs read generated curves: what was said of others is no use."""
    x, y = shapes.generate(300, seed=9)
    ours = Source("generator", f"These curves come from {GENERATED}.")
    here = replace(data.load("shapes"), x_test=x, y_test=y, source=ours)
    monkeypatch.setattr(Lab, "dataset", staticmethod(lambda _: here))
    app = open_part("Mistakes", run=reference("shapes-lstm").id)
    (accuracy,) = (figure.value for figure in app.metric if figure.label.startswith("Test accuracy"))
    assert float(accuracy.removesuffix("%")) > 85
    assert any("has learned from other examples" in caption.value for caption in app.caption)


def test_all_parts_are_known_here() -> None:
    assert by_key(open_page("shapes.py"), "part").options == list(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_who_has_trained_nothing_sees_it_at_once(part: str) -> None:
    app = open_part(part)
    assert content(app) > 0
    assert messages(app) == []


@pytest.mark.parametrize("part", PARTS)
def test_without_reference_runs_it_still_opens(
    part: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(references, "FOLDER", tmp_path / "empty")
    app = open_part(part)
    assert len(app.title) == 1
    assert messages(app) == []


@pytest.mark.parametrize("preset", REFERENCES)
@pytest.mark.parametrize("part", OF_A_RUN)
def test_any_reference_run_by_its_link(part: str, preset: str) -> None:
    run = reference(preset)
    app = open_part(part, run=run.id)
    assert network(app) == run.id
    assert content(app) > 0
    assert messages(app) == []


@pytest.mark.parametrize("part", OF_A_RUN)
def test_a_strangers_run_by_its_link_until_it_is_deleted(part: str) -> None:
    run = strangers_run()
    app = open_part(part, run=run.id)
    assert network(app) == run.id
    assert content(app) > 0
    assert messages(app) == []
    lab().delete(STRANGER, run.id)
    app.run()
    assert not app.exception
    assert network(app) != run.id
    again = open_part(part, run=run.id)
    assert network(again) == reference("shapes-lstm").id
    assert messages(again) == [GONE]
    assert content(again) > 0


@pytest.mark.parametrize("run", NONSENSE, ids=lambda run: run[:16])
@pytest.mark.parametrize("part", OF_A_RUN)
def test_a_run_that_there_is_not(part: str, run: str) -> None:
    app = open_part(part, run=run)
    assert network(app) == reference("shapes-lstm").id
    assert content(app) > 0
    assert messages(app) == ([GONE] if run else [])


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("run", NONSENSE, ids=lambda run: run[:16])
def test_a_duel_with_a_run_that_there_is_not(run: str, side: str) -> None:
    app = open_part("MLP or LSTM?", **{side: run})
    assert network(app, "left") == reference("shapes-mlp").id
    assert network(app, "right") == reference("shapes-lstm").id
    assert len(app.get("vega_lite_chart")) == 1
    assert messages(app) == ([GONE] if run else [])


def test_a_duel_is_between_runs_that_have_finished() -> None:
    whole = read_recording(references.FOLDER / "shapes-mlp.run")
    run = Run(LEARNER, whole.experiment, parameters=0, steps=0, steps_per_epoch=0)
    store = RunStore(os.environ["UNROLL_DATABASE"])
    store.add(run)
    store.record([(run.id, event) for event in (*whole.events[:-1], Stopped("Stopped."))])
    store.close()
    try:
        assert network(open_part("Look inside", run=run.id)) == run.id
        app = open_part("MLP or LSTM?", left=run.id)
        assert network(app, "left") == reference("shapes-mlp").id
        assert messages(app) == [UNFINISHED]
        assert not any("stopped" in line for line in app.selectbox("choose-left").options)
    finally:
        lab().delete(LEARNER, run.id)


@pytest.mark.parametrize(
    ("address", "key", "shown"),
    [
        ({"t": "20"}, "t-55", 20),
        ({"t": "56"}, "t-55", 55),
        ({"t": "0"}, "t-55", 55),
        ({"t": LARGE}, "t-55", 55),
        ({"state": "cell"}, "state-LSTM", "cell"),
        ({"state": "<b>"}, "state-LSTM", "hidden"),
        ({"unit": "7"}, "unit-32", 7),
        ({"from": "drawn"}, "curve-from", "drawn"),
        ({"from": "nowhere"}, "curve-from", "test"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_looked_at_stands_in_the_address(address: dict[str, str], key: str, shown: object) -> None:
    app = open_part("Look inside", **address)
    assert app.session_state[key] == shown
    assert messages(app) == []


def go_back(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a browser asks for it that has gone back or forth to the address."""
    with monkeypatch.context() as patch:
        patch.setattr(address, "get_script_run_ctx", lambda: SimpleNamespace(is_history_navigation=True))
        app.run()


@pytest.mark.parametrize(
    ("name", "back", "key", "shown"),
    [
        ("moment", "246", "moment", 246),
        ("t", "20", "t-55", 20),
        ("state", "cell", "state-LSTM", "cell"),
        ("unit", "7", "unit-32", 7),
        ("curve", "5", "curve", 5),
        ("from", "drawn", "curve-from", "drawn"),
    ],
)
def test_back_shows_what_the_address_says(
    name: str, back: str, key: str, shown: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_part("Look inside")
    key = f"{key}-{network(app)}" if key == "moment" else key
    app.query_params[name] = back
    go_back(app, monkeypatch)
    assert app.session_state[key] == shown
    assert app.query_params[name] == back


def test_an_address_that_is_late_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_part("Look inside")
    key = f"moment-{network(app)}"
    for step in (246, 300):
        app.session_state[key] = step  # as a choice on the slider does
        app.run()
        assert app.query_params["moment"] == str(step)
    for late in ("600", "246"):
        # What a browser sends that has not been told yet.
        app.query_params["moment"] = late
        app.run()
        assert app.session_state[key] == 300
        assert app.query_params["moment"] == "300"
    app.query_params["moment"] = "246"
    go_back(app, monkeypatch)
    assert app.session_state[key] == 246


@pytest.mark.parametrize("unit", ["0", "33", "nan", LARGE], ids=lambda unit: unit[:9])
def test_a_unit_that_there_is_not(unit: str) -> None:
    at_first = open_part("Look inside").session_state["unit-32"]
    assert open_part("Look inside", unit=unit).session_state["unit-32"] == at_first


@pytest.mark.parametrize(("asked", "shown"), [("square", "square"), ("circle", "triangle")])
def test_how_sure_of_what_stands_in_the_address(asked: str, shown: str) -> None:
    assert open_part("MLP or LSTM?", of=asked).session_state["sure-of"] == shown


@pytest.mark.parametrize(
    ("truth", "said", "heading"),
    [
        ("ellipse", "ellipse", "ellipse, right"),
        ("ellipse", "circle", "All mistakes"),
        (LARGE, "ellipse", "All mistakes"),
    ],
    ids=lambda value: value[:9],
)
def test_a_cell_stands_in_the_address(truth: str, said: str, heading: str) -> None:
    app = open_part("Mistakes", truth=truth, said=said)
    assert any(text.value.startswith(f"##### {heading}: ") for text in app.markdown)
    assert messages(app) == []


def test_a_duel_with_a_strangers_run() -> None:
    run = strangers_run()
    app = open_part("MLP or LSTM?", right=run.id)
    assert network(app, "right") == run.id
    assert messages(app) == []


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        ("0", 0),
        ("-1", 600),
        ("nan", 600),
        ("1e99", 600),
        ("999999999", 600),
        ("²", 600),
        (LARGE, 600),
        ("", 600),
    ],
    ids=lambda value: str(value)[:9],
)
@pytest.mark.parametrize("part", ["Look inside", "Mistakes"])
def test_a_moment_that_there_is_not(part: str, moment: str, kept: int) -> None:
    app = open_part(part, moment=moment)
    assert app.session_state[f"moment-{network(app)}"] == kept
    assert messages(app) == []


@pytest.mark.parametrize(
    ("curve", "shown"),
    [("7", 7), ("299", 299), ("300", 299), ("-1", 0), ("nan", 0), ("9" * 30, 0), ("²", 0), (LARGE, 0)],
    ids=lambda value: str(value)[:9],
)
def test_a_test_curve_that_there_is_not(curve: str, shown: int) -> None:
    app = open_part("Look inside", curve=curve)
    assert by_key(app, "curve").value == shown
    assert messages(app) == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ([float("nan")] * 55, "finite number"),
        ([0.5] * 10_000, "not 10,000"),
        ([10**400] * 54, "not 54"),
        ([None] * 55, "is not a number"),
        ("0" * 55, "list of numbers"),
        (None, "list of numbers"),
    ],
    ids=["NaN", "10,000 points", "54 points", "null", "text", "nothing"],
)
def test_a_drawn_curve_that_is_none_gives_a_sentence(sent: object, sentence: str) -> None:
    app = AppTest.from_function(draw, default_timeout=60)
    app.session_state["learner"] = STRANGER
    app.session_state["sent"] = sent
    app.run()
    assert not app.exception
    (message,) = messages(app)
    assert message.startswith("That was not drawn.")
    assert sentence in message
    assert len(app.get("bidi_component")) == 3  # the pad, the timeline, the network's inside
    assert app.get_by_key("inside-state")
    app.button("own-curve-clear").click().run()
    assert not app.exception
    assert messages(app) == []


def draw() -> None:
    """A pad to which a browser sends a curve, once, and the inside of a network that reads it."""
    import streamlit as st  # noqa: PLC0415  # this function is run as a script of its own

    from app.ui import curve_pad  # noqa: PLC0415
    from app.ui.inside import inside_panel  # noqa: PLC0415
    from app.ui.session import lab as the_lab  # noqa: PLC0415
    from app.ui.timeline import timeline  # noqa: PLC0415

    classes = ("square", "triangle", "ellipse")
    start = curve_pad.preset_curve(classes[0])
    if "own-curve.drawn" not in st.session_state:
        curve_pad.put_curve("own-curve", start)
        st.session_state["browser"] = {"curve": {"heights": st.session_state["sent"], "stroke": 1}}
        curve_pad._receive("browser", lambda values: curve_pad.put_curve("own-curve", values))
        st.session_state["own-curve-pad.problem"] = st.session_state["browser.problem"]
    x = curve_pad.draw_a_curve("own-curve", start)
    assert (x == start).all() or not x.any()  # cleared
    run = next(run for run in the_lab().references("shapes") if "-shapes-lstm-" in run.id)
    moment = timeline(run)
    assert moment is not None
    inside_panel(moment, x, classes, the_lab().scaler(run.experiment))
