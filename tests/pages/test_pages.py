"""Every page, run without a browser: it renders, it never loads Keras, and hostile input changes nothing."""

import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from app.ui.session import lab
from models.experiment import Experiment
from models.layers import LSTM
from models.presets import PRESETS

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
sys.exit(", ".join({"altair", "pandas", "plotly", "pydeck"} & sys.modules.keys()) or 0)
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


@pytest.mark.parametrize("name", ["epochs", "layers", "run"])
def test_an_address_of_10_megabytes(name: str) -> None:
    app = open_training(**{name: HUGE})
    assert len(app.title) == 1


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
