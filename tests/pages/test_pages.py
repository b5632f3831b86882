"""Every page, run without a browser: it renders, it never loads Keras, and hostile input changes nothing."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from unittest.mock import MagicMock

import numpy as np
import pytest
from streamlit.errors import StreamlitAPIException
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from app.runs.database import AWAY, StoreError
from app.runs.local import LocalRunner
from app.runs.run import Run
from app.runs.runner import Runner
from app.runs.store import RunStore
from app.ui import steering, training
from app.ui.projector.live import maps
from app.ui.session import lab
from models import events
from models.experiment import Experiment
from models.layers import LSTM
from models.presets import PRESETS, TITLES

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "app" / "streamlit_app.py"
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
LEARNER = "L" * 22
HUGE = "1x" * 5_000_000
"""10 MB, which Streamlit itself turns away."""
LARGE = HUGE[:400_000]
"""As much as Streamlit lets through in an address."""

OPEN_ALL = f"""
import sys
from streamlit.testing.v1 import AppTest
from app.ui.session import lab
app = AppTest.from_file({str(ENTRY)!r}, default_timeout=60)
app.session_state["learner"] = {LEARNER!r}
app.run()
assert not app.exception
for page in {PAGES}:
    app.query_params.clear()
    app.switch_page(f"../pages/{{page}}").run()
    assert not app.exception, page
    for part in app.get_by_key("part").options if page not in ("home.py", "runs.py") else ():
        app.query_params["part"] = part
        app.query_params["word"] = "apple"  # on the map
        app.switch_page(f"../pages/{{page}}").run()
        assert not app.exception, (page, part)
loaded = {{"keras", "tensorflow", "models.tsne", "openTSNE", "sklearn", "umap"}} & sys.modules.keys()
lab().close()
sys.exit(f"loaded: {{loaded}}" if loaded else 0)
"""


def test_the_lab_stays_the_same_whatever_a_browser_asks_for() -> None:
    """Any browser may ask Streamlit to forget its caches, for all visitors."""
    lab_before, maps_before = lab(), maps()
    session = MagicMock()
    session._handle_clear_cache_request = partial(AppSession._handle_clear_cache_request, session)
    AppSession.handle_backmsg(session, BackMsg(clear_cache=True))
    session._session_state.clear.assert_called_once()
    assert lab() is lab_before
    assert maps() is maps_before
    maps().close()
    maps.clear()


def open_page(name: str, **parameters: str) -> AppTest:
    """A page as a link opens it."""
    app = AppTest.from_file(ENTRY, default_timeout=60)
    app.session_state["learner"] = LEARNER  # there is no browser that would bring a cookie
    for parameter, value in parameters.items():
        app.query_params[parameter] = value
    app.switch_page(f"../pages/{name}").run()
    assert not app.exception
    return app


def open_training(**parameters: str) -> AppTest:
    """The part of the curves' page in which one trains."""
    return open_page("shapes.py", part="Train", **parameters)


def experiment(app: AppTest) -> Experiment:
    """What the controls say."""
    value = app.session_state["shapes.experiment"]
    assert isinstance(value, Experiment)
    return value


def messages(app: AppTest) -> list[str]:
    """Warnings and errors."""
    return [element.value for element in (*app.warning, *app.error)]


def by_key(app: AppTest, key: str) -> Element:
    """A widget."""
    element = app.get_by_key(key)
    assert isinstance(element, Element)
    return element


def control(app: AppTest, name: str) -> Element:
    """The widget of a setting."""
    return by_key(app, f"shapes.widget.{name}")


def test_widgets_need_no_message_of_the_run_before() -> None:
    """Where the next run follows at once, what the one before set in a widget is never sent."""
    stack = (
        "Reshape(target_shape=11x5); LSTM(units=7, bidirectional=True); Dense(units=3, activation=softmax)"
    )
    app = open_training(
        preset="shapes-mlp", layers=stack, epochs="7", batch="9", optimizer="sgd", rate="0.25"
    )
    app.run()
    numbers = [one for one in app.number_input if one.label != "Examples"]
    assert {7, 9, 0.25} <= {one.value for one in numbers}
    for one in [*numbers, *app.toggle, *app.text_input]:
        assert one.proto.default == one.value, one.label
    assert {"sgd", "shapes-mlp"} <= {one.value for one in app.selectbox}
    for choice in app.selectbox:
        if choice.value is not None:
            assert choice.options[choice.proto.default] in (choice.value, TITLES.get(choice.value, [""])[0])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_renders(name: str) -> None:
    app = open_page(name)
    assert len(app.title) == 1
    assert messages(app) == []


@pytest.mark.parametrize("part", ["The problem", "Train"])
def test_each_part_of_the_curves(part: str) -> None:
    app = open_page("shapes.py", part=part)
    assert len(app.get("vega_lite_chart")) == 2
    assert messages(app) == []


def test_no_page_loads_what_is_large() -> None:
    """In a process of its own: in this one other tests may have loaded it."""
    result = subprocess.run(
        (sys.executable, "-c", OPEN_ALL), cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert result.returncode == 0, result.stderr


def test_the_start_page_waits_for_no_chart_library() -> None:
    """To import them takes the server a second, which the very first visitor would wait."""
    program = """
import sys
from app.ui.algebra import thumbnail
from app.ui.mnist import thumbnail
from app.ui.projector import thumbnail
from app.ui.sentiment import thumbnail
from app.ui.shapes import thumbnail
sys.exit(", ".join({"altair", "pandas", "plotly"} & sys.modules.keys()) or 0)
"""
    result = subprocess.run(
        (sys.executable, "-c", program), cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert result.returncode == 0, result.stderr


# What learners change


def test_what_is_changed_in_one_go_is_all_taken() -> None:
    """Someone types a number and clicks elsewhere at once: both arrive together."""
    app = open_training()
    control(app, "epochs").set_value(7)
    control(app, "layer1.units").set_value(12)
    control(app, "seed").set_value(3)
    app.run()
    assert not app.exception
    assert (experiment(app).epochs, experiment(app).seed) == (7, 3)
    assert experiment(app).layers[1] == LSTM(units=12)
    assert control(app, "epochs").value == 7
    assert app.query_params["epochs"] == "7"


def test_a_layer_is_added_once() -> None:
    app = open_training()
    control(app, "add").select("Dropout").run()
    control(app, "epochs").set_value(7).run()
    kinds = [layer.kind for layer in experiment(app).layers]
    assert kinds == ["Reshape", "LSTM", "Dropout", "Dense"]


@pytest.mark.parametrize("kind", ["Reshape", "Conv2D", "Embedding", "GlobalAveragePooling1D", "Flatten"])
def test_any_layer_can_be_added_and_its_page_shown(kind: str) -> None:
    app = open_training()
    control(app, "add").select(kind).run()
    assert not app.exception
    assert experiment(app).layers[2].kind == kind
    assert bool(app.error) == by_key(app, "train").disabled


# Hostile input: a browser may send what its widgets do not allow


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 10**9),
        ("epochs", -1),
        ("batch_size", 0),
        ("learning_rate", 5.0),
        ("learning_rate", float("nan")),
        ("seed", 2**31),
        ("examples", 0),
        ("layer1.units", 10**6),
    ],
)
def test_a_number_out_of_range_never_arrives(name: str, value: float) -> None:
    """Streamlit puts the smallest legal number in its place."""
    app = open_training()
    control(app, name).set_value(value)
    app.run()
    assert not app.exception
    now = experiment(app)
    assert Experiment(**now.model_dump()) == now
    assert control(app, name).value != value
    assert len(lab().check(now)) == 3
    assert not by_key(app, "train").disabled


@pytest.mark.parametrize("value", [10**9, 0, -1, float("nan"), HUGE, None])
def test_what_passes_by_the_widgets_is_refused_with_a_sentence(value: object) -> None:
    """Even if Streamlit did not look: the value goes straight to what the widget would call."""
    app = AppTest.from_function(change_epochs, default_timeout=60)
    app.session_state["learner"] = LEARNER
    app.session_state["value"] = value
    app.run()
    assert not app.exception
    assert experiment(app) == PRESETS["shapes-lstm"]
    (message,) = messages(app)
    assert "not changed" in message
    assert len(message) < 200


def change_epochs() -> None:
    """A page on which the epochs are changed to whatever stands in the session."""
    import streamlit as st  # noqa: PLC0415  # this function is run as a script of its own

    from app.rooms import SHAPES  # noqa: PLC0415
    from app.ui.controls import Controls  # noqa: PLC0415

    controls = Controls(SHAPES)
    controls._change("epochs", "value")
    controls.show()
    assert "value" in st.session_state


def test_what_a_widget_sends_that_is_gone_changes_nothing() -> None:
    app = AppTest.from_function(change_gone, default_timeout=60)
    app.session_state["learner"] = LEARNER
    app.session_state["there"] = 0.5
    app.run()
    assert not app.exception
    assert messages(app) == []
    assert experiment(app) == PRESETS["shapes-lstm"]


def change_gone() -> None:
    """A page on which widgets of layers that are not there any more have changed."""
    from app.rooms import SHAPES  # noqa: PLC0415
    from app.ui.controls import Controls  # noqa: PLC0415  # this function is run as a script of its own

    controls = Controls(SHAPES)
    controls._change("epochs", "gone")
    controls._change_layer(0, "target_shape", "gone")
    controls._change_layer(0, "rate", "there")
    controls._change_layer(3, "units", "there")
    controls.show()


@pytest.mark.parametrize(
    "shape", [HUGE[:5_000_000], "55x0", "0x", "", "<b>55</b>", "\x00", "-55x-1", "5.5x10", "1x1x1x55"],
    ids=lambda shape: str(shape)[:9],
)  # fmt: skip
def test_an_illegal_shape_is_refused_with_a_sentence(shape: str) -> None:
    app = open_training()
    control(app, "layer0.target_shape").set_value(shape).run()
    assert not app.exception
    assert experiment(app) == PRESETS["shapes-lstm"]
    (message,) = messages(app)
    assert "not changed" in message
    assert len(message) < 400
    assert control(app, "layer0.target_shape").value == "55x1"
    assert not by_key(app, "train").disabled


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", LARGE),
        ("layers", LARGE),
        ("optimizer", LARGE),
        ("preset", LARGE),
        ("run", LARGE),
        ("epochs", "1e9"),
        ("layers", "__import__('os').system('id')"),
        ("run", "../../etc/passwd"),
        ("preset", "![x](http://evil.example/x.png)"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_addresses_that_cannot_be_used_are_said(name: str, value: str) -> None:
    app = open_training(**{name: value})
    assert experiment(app) == PRESETS["shapes-lstm"]
    (message,) = messages(app)
    assert len(message) < 500
    assert "![x](" not in message
    assert not by_key(app, "train").disabled


def test_the_next_page_begins_with_its_first_part() -> None:
    app = open_page("shapes.py", part="Train")
    for page, first in (("algebra.py", "Algebra"), ("mnist.py", "The digits"), ("shapes.py", "The problem")):
        app.query_params.clear()  # as the browser does
        app.switch_page(f"../pages/{page}").run()
        assert not app.exception
        assert by_key(app, "part").value == first


@pytest.mark.parametrize("key", ["class", "index", "overlaid", "part"])
def test_the_first_part_stands_any_address(key: str) -> None:
    app = open_page("shapes.py", **{key: HUGE})
    assert len(app.get("vega_lite_chart")) == 2


def test_a_part_that_the_page_has_not_is_the_first_one() -> None:
    app = open_page("algebra.py", part="Train")
    assert by_key(app, "part").value == "Algebra"


@pytest.mark.parametrize("name", ["epochs", "layers", "run"])
def test_an_address_of_10_megabytes(name: str) -> None:
    """Streamlit drops all of it, so the page opens as without one."""
    app = open_training(**{name: HUGE})
    assert by_key(app, "part").value == "The problem"
    assert len(app.get("vega_lite_chart")) == 2


def test_10_megabytes_typed_into_a_field() -> None:
    app = open_training()
    control(app, "layer0.target_shape").set_value(HUGE).run()
    (said,) = app.exception
    assert not said.stack_trace
    assert "Error" not in said.message
    assert experiment(app) == PRESETS["shapes-lstm"]


# Training


def test_train_to_the_end() -> None:
    app = open_training(preset="shapes-mlp", epochs="2")
    by_key(app, "train").click().run()
    assert not app.exception
    run_id = str(app.query_params["run"])
    end = monotonic() + 90
    while (run := lab().run(run_id)) is None or not run.is_over:
        assert monotonic() < end
        sleep(0.1)
    app.run()  # ticks come only in a browser
    assert not app.exception
    assert by_key(app, "stop").disabled
    assert (run.state, run.step, run.epoch) == ("finished", 120, 2)
    assert any("Finished" in text.value for text in app.markdown)
    assert f"{run.test_accuracy:.1%}" in [figure.value for figure in app.metric]


def test_a_click_on_train_draws_the_first_point_and_then_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_training(preset="shapes-mlp", epochs="2")
    told: list[str] = []
    for name in ("buttons", "_draw"):
        original = getattr(training, name)

        def note(
            *args: object, name: str = name, original: Callable[..., object] = original, **named: object
        ) -> object:
            told.append(name)
            return original(*args, **named)

        monkeypatch.setattr(training, name, note)
    by_key(app, "train").click().run()
    assert not app.exception
    assert told[:3] == ["_draw", "buttons", "_draw"]
    run = lab().run(str(app.query_params["run"]))
    assert run is not None
    assert run.is_over or not by_key(app, "stop").disabled


def test_a_click_on_train_before_the_curves_are_drawn_draws_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise StreamlitAPIException("there is no fragment of this key")

    app = open_training(preset="shapes-mlp", epochs="2")
    with monkeypatch.context() as patch:
        patch.setattr(MemoryFragmentStorage, "resolve_target", unknown)
        by_key(app, "train").click().run()
    assert not app.exception
    assert lab().run(str(app.query_params["run"])) is not None
    assert not by_key(app, "stop").disabled
    assert steering.STARTED not in app.session_state


def test_too_many_runs_are_refused_with_a_sentence() -> None:
    app = open_training(epochs="50", batch="5")
    for _ in range(2):
        by_key(app, "repeat").click().run()
    assert not app.exception
    assert any("Stop one" in message for message in messages(app))
    by_key(app, "stop").click().run()
    assert not app.exception
    assert by_key(app, "stop").disabled


def test_a_repetition_beyond_the_last_seed_is_refused_with_a_sentence() -> None:
    app = open_training(seed=str(2**31 - 1))
    by_key(app, "repeat").click().run()
    assert not app.exception
    (message,) = messages(app)
    assert "seed" in message
    assert "validation error" not in message


# Whose runs, and which of them


STRANGER = "S" * 22


def keep(owner: str = LEARNER, *happened: events.Event, group: str = "", seed: int = 0) -> Run:
    """A run that is in the database, of which no worker knows."""
    settings = PRESETS["shapes-mlp"].model_copy(update={"seed": seed})
    run = Run(owner, settings, parameters=3_779, steps=600, steps_per_epoch=60, group=group)
    lab()  # which ends what is not over when it begins
    store = RunStore(os.environ["UNROLL_DATABASE"])
    store.add(run)
    store.record([(run.id, event) for event in happened])
    store.close()
    return run


def steps(last: int, seconds: float = 1.0) -> events.Progress:
    """As many steps."""
    return events.Progress(last, np.ones(last, np.float32), np.ones(last, np.float32), seconds)


STARTED = events.Started(3_779, 600, 60, compiling=False, source="The course's curves.")


def captions(app: AppTest) -> str:
    """All small print."""
    return "\n".join(caption.value for caption in app.caption)


@pytest.mark.parametrize("owner", [LEARNER, STRANGER])
def test_a_link_shows_a_run_and_not_what_its_owner_trained_before(owner: str) -> None:
    keep(owner, steps(60), events.Stopped())
    run = keep(owner, steps(60), events.Stopped())
    app = open_training(run=run.id)
    assert ("another learner" in " ".join(info.value for info in app.info)) == (owner == STRANGER)
    assert ("Pale: your run before" in captions(app)) == (owner == LEARNER)


class Commands:
    """What was asked of the runner instead of being done."""

    def __init__(self, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given: list[tuple[str, str]] = []
        monkeypatch.setattr(runner, "pause", lambda run_id: self.given.append(("pause", run_id)))
        monkeypatch.setattr(runner, "resume", lambda run_id: self.given.append(("resume", run_id)))


def test_a_run_that_waits_cannot_be_paused() -> None:
    run = keep()
    app = open_training(run=run.id)
    assert by_key(app, "pause").disabled
    assert not by_key(app, "stop").disabled
    assert by_key(app, "learning-rate-now-").disabled


@pytest.mark.parametrize("state", ["running", "paused"])
def test_of_a_repetition_the_run_in_training_is_paused_whichever_the_address_names(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(LEARNER, STARTED, steps(600), events.Finished(1.0, 0.9), group="g")
    told = [STARTED, steps(60), *([events.Paused()] if state == "paused" else [])]
    trained = keep(LEARNER, *told, group="g", seed=1)
    named = keep(group="g", seed=2)
    commands = Commands(lab()._runner, monkeypatch)
    app = open_training(run=named.id)
    assert any("Waiting" in text.value for text in app.markdown)
    pause = by_key(app, "pause")
    assert not pause.disabled
    assert pause.label == ("Resume" if state == "paused" else "Pause")
    pause.click().run()
    assert not app.exception
    assert commands.given == [("resume" if state == "paused" else "pause", trained.id)]


def test_the_buttons_are_those_of_the_run_once_its_turn_has_come() -> None:
    """Nobody clicks in between: the panel looks again by itself."""
    app = AppTest.from_function(watch_a_run_that_begins, default_timeout=60)
    app.session_state["learner"] = LEARNER
    app.session_state["run"] = keep().id
    app.run()
    assert not app.exception
    assert not by_key(app, "pause").disabled


def watch_a_run_that_begins() -> None:
    """The panel of a run that is waiting when the buttons are drawn, and no longer when the curves are."""
    import streamlit as st  # noqa: PLC0415  # this function is run as a script of its own

    from app.rooms import SHAPES  # noqa: PLC0415
    from app.ui import training  # noqa: PLC0415
    from app.ui.session import lab as the_lab  # noqa: PLC0415
    from models import events as told  # noqa: PLC0415
    from models.presets import PRESETS as KNOWN  # noqa: PLC0415

    run_id = st.session_state["run"]
    st.query_params["run"] = run_id
    draw = training._draw

    def begin(*arguments: object) -> bool:
        if "begun" not in st.session_state:
            st.session_state["begun"] = True
            recorder = the_lab()._recorder
            recorder.record(run_id, told.Started(3_779, 600, 60, compiling=False, source="Curves."))
            assert recorder.flush()
        return draw(*arguments)  # type: ignore[arg-type]

    training._draw = begin  # type: ignore[assignment]
    try:
        training.training_panel(KNOWN["shapes-mlp"], SHAPES)
    finally:
        training._draw = draw


def test_who_would_be_before_oneself_is_said_before_training(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_training()
    assert "before yours" not in captions(app)
    before = [keep(STRANGER, STARTED, steps(60, seconds=4.0)).id]
    monkeypatch.setattr(LocalRunner, "ahead_of_next", lambda *_: before)  # it knows only what it trains
    assert "1 run is before yours, about 36 s" in captions(open_training())
    before.append(keep("T" * 22, STARTED, steps(300, seconds=4.0)).id)
    assert "2 runs are before yours, about 40 s" in captions(open_training())


# All runs of a learner


def open_runs(*doomed: Run) -> AppTest:
    """The page of runs, on which some are about to be deleted."""
    app = open_page("runs.py")
    app.session_state["doomed"] = tuple(run.id for run in doomed)
    app.run()
    assert not app.exception
    return app


def for_good(app: AppTest) -> None:
    """Press the button that deletes."""
    next(button for button in app.button if button.label == "Delete for good").click()
    app.run()
    assert not app.exception
    assert not app.session_state["doomed"]


def test_all_runs_are_listed_however_many_there_are() -> None:
    store = RunStore(os.environ["UNROLL_DATABASE"])
    for _ in range(210):
        store.add(Run(LEARNER, PRESETS["shapes-mlp"], parameters=0, steps=600, steps_per_epoch=60))
    store.close()
    assert len(open_page("runs.py").dataframe[0].value) == 210


def test_what_was_deleted_in_another_tab_does_not_keep_the_others() -> None:
    gone, kept, last = (keep(LEARNER, events.Stopped()) for _ in range(3))
    app = open_runs(gone, last)
    lab().delete(LEARNER, gone.id)
    for_good(app)
    assert messages(app) == []
    assert [run.id for run in lab().runs(LEARNER)] == [kept.id]


def away(*_: object) -> bool:
    """A database that cannot be reached."""
    raise StoreError(AWAY)


def test_a_run_that_cannot_be_deleted_now_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    run = keep(LEARNER, events.Stopped())
    app = open_runs(run)
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "delete", away)
        for_good(app)
    assert messages(app) == [AWAY]
    assert [run.id for run in lab().runs(LEARNER)] == [run.id]
    app.run()
    assert messages(app) == []
