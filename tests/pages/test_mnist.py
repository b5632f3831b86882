"""The digits' lab, without a browser: for any visitor, any network, any address and any drawing."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import data
from app.rooms import MNIST
from app.runs import references
from app.runs.run import Run, new_id
from app.runs.store import RunStore
from app.ui.digit_pad import Strokes, check_drawing, put_strokes
from app.ui.mnist.subject import DRAWN, PAD
from app.ui.mnist.three import KERNELS
from app.ui.session import lab
from models.events import EpochEnd, Event, Finished, Progress, Snapshot
from models.experiment import Experiment
from models.layers import LSTM, AnyLayer, Conv2D, Dense, Dropout, Flatten, MaxPool2D, Reshape
from models.presets import PRESETS
from models.recording import read_recording
from models.stacks import CNN
from tests.models.digits import CAREFUL
from tests.models.strategies import weights_for
from tests.pages.test_pages import HUGE, LARGE, LEARNER, by_key, messages, open_page

PARTS = ("The digits", "Train", "Three kernels", "Look inside", "Draw", "Mistakes", "Code")
OF_A_RUN = ("Look inside", "Mistakes", "Code")
STRANGER = "y" * 22
UNDERSCORES = "a__b_____c-_-d__"
"""The id of a run may be like that, by chance."""

NONSENSE = ("nonsense", "<b>x</b>", "\x00", LARGE)

NOTHING: Strokes = ()
BLACK: Strokes = check_drawing([[(i / 40, 0.0), (i / 40, 1.0)] for i in range(41)])
"""Lines so close that no paper is left."""


def open_part(part: str, **parameters: str) -> AppTest:
    """A part as a link opens it."""
    return open_page("mnist.py", part=part, **parameters)


def reference(preset: str) -> Run:
    """The reference run of a preset."""
    runs = [run for dataset in MNIST.datasets for run in lab().references(dataset)]
    return next(run for run in runs if run.id.startswith(f"reference-{preset}-"))


def have(owner: str, experiment: Experiment, events: Sequence[Event], run_id: str = "") -> Run:
    """A run that somebody has trained."""
    run = Run(owner, experiment, parameters=0, steps=0, steps_per_epoch=0, id=run_id or new_id())
    store = RunStore(os.environ["UNROLL_DATABASE"])
    store.add(run)
    store.record([(run.id, event) for event in events])
    store.close()
    return run


def network(app: AppTest) -> str:
    """The id of the run that a part looks at."""
    return str(app.selectbox("choose-run").value)


def content(app: AppTest) -> int:
    """Charts and listings."""
    return len(app.get("vega_lite_chart")) + len(app.code)


def said(app: AppTest) -> str:
    """All that a page says in words."""
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.info))


def experiment(app: AppTest) -> Experiment:
    """What the controls say."""
    value = app.session_state["mnist.experiment"]
    assert isinstance(value, Experiment)
    return value


def test_all_parts_are_known_here() -> None:
    assert by_key(open_page("mnist.py"), "part").options == list(PARTS)


# Who has trained nothing


@pytest.mark.parametrize("part", PARTS)
def test_who_has_trained_nothing_sees_it_at_once(part: str) -> None:
    app = open_part(part)
    assert content(app) > 0 or part in ("Three kernels", "Draw")  # where one says or draws something first
    assert messages(app) == []


@pytest.mark.parametrize("part", PARTS)
def test_without_reference_runs_it_still_opens(
    part: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(references, "FOLDER", tmp_path / "empty")
    app = open_part(part)
    assert len(app.title) == 1
    assert messages(app) == []


def missing(name: str) -> data.Dataset:
    """Stands in for `data.load` where the files are broken."""
    raise data.DataError(f"The {name} file is broken.")


@pytest.mark.parametrize("part", PARTS)
def test_without_the_digits_it_says_so(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "load", missing)
    app = open_part(part)
    assert len(app.title) == 1
    if part in ("Draw", "Code"):  # which need no digits until something is drawn or run
        assert messages(app) == []
    else:
        assert messages(app) == ["The mnist file is broken."]


@pytest.mark.parametrize("preset", MNIST.presets)
@pytest.mark.parametrize("part", OF_A_RUN)
def test_any_reference_run_by_its_link(part: str, preset: str) -> None:
    run = reference(preset)
    app = open_part(part, run=run.id)
    assert network(app) == run.id
    assert content(app) > 0
    assert messages(app) == []


# Runs and moments that there are not


@pytest.mark.parametrize("run", NONSENSE, ids=lambda run: run[:16])
@pytest.mark.parametrize("part", OF_A_RUN)
def test_a_run_that_there_is_not(part: str, run: str) -> None:
    app = open_part(part, run=run)
    assert network(app) == reference("mnist-3x3").id
    assert content(app) > 0
    assert all(len(message) < 300 for message in messages(app))


@pytest.mark.parametrize("part", OF_A_RUN)
def test_a_run_of_another_lab_is_not_shown_here(part: str) -> None:
    curves = lab().references("shapes")[0]
    app = open_part(part, run=curves.id)
    assert network(app) == reference("mnist-3x3").id


def test_training_says_that_a_run_is_of_another_lab() -> None:
    app = open_part("Train", run=lab().references("shapes")[0].id)
    assert messages(app) == ["The run of this address belongs to another lab."]


@pytest.mark.parametrize("part", OF_A_RUN)
def test_a_strangers_run_by_its_link_until_it_is_deleted(part: str) -> None:
    recording = read_recording(references.FOLDER / "mnist-28x28.run")
    run = have(STRANGER, recording.experiment, recording.events, run_id=UNDERSCORES)
    app = open_part(part, run=run.id)
    assert network(app) == run.id
    assert content(app) > 0
    assert messages(app) == []
    lab().delete(STRANGER, run.id)
    app.run()
    assert not app.exception
    assert network(app) != run.id
    assert network(open_part(part, run=run.id)) == reference("mnist-3x3").id


@pytest.mark.parametrize(
    ("moment", "kept"),
    [("0", 0), ("2900", 3000), ("-1", 6000), ("nan", 6000), ("999999999", 6000)],
)
def test_a_moment_that_there_is_not(moment: str, kept: int) -> None:
    app = open_part("Look inside", moment=moment)
    assert app.session_state[f"moment-{network(app)}"] == kept
    assert messages(app) == []


@pytest.mark.parametrize(
    ("number", "shown"),
    [("7", 7), ("9999", 9999), ("10000", 9999), ("-1", 0), ("nan", 0), ("9" * 30, 0), ("²", 0), (LARGE, 0)],
    ids=lambda value: str(value)[:9],
)
def test_a_test_digit_that_there_is_not(number: str, shown: int) -> None:
    app = open_part("Look inside", digit=number)
    assert by_key(app, "digit").value == shown
    assert f"Test digit {shown:,}: a **{data.load('mnist').y_test[shown]}**" in said(app)
    assert messages(app) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"class": "10", "index": "10000"},
        {"class": "3", "index": "999999"},
        {"class": "<b>3</b>", "many": "-1", "index": "-5"},
        {"class": HUGE, "index": LARGE, "many": LARGE},
        {"kernel": "🙂", "kernel_size": "NaN", "cnn": "-1", "cnn.filters": "0"},
    ],
    ids=lambda parameters: next(iter(parameters.values()))[:6],
)
@pytest.mark.parametrize("part", ["The digits", "Train"])
def test_nonsense_in_the_address(part: str, parameters: dict[str, str]) -> None:
    app = open_part(part, **parameters)
    assert content(app) > 0
    assert messages(app) == []


def test_a_class_has_fewer_digits_than_there_are() -> None:
    app = open_part("The digits")
    by_key(app, "index").set_value(59_999).run()
    by_key(app, "class").set_value("5").run()
    assert not app.exception
    fives = int((data.load("mnist").y_train == 5).sum())
    assert by_key(app, "index").value == fives - 1
    assert "a **5**" in said(app)


# Layers


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        ("Conv2D(kernel_size=28); Conv2D(kernel_size=3)", "a kernel of 3×3, but the image has shrunk to 1×1"),
        ("Conv2D(kernel_size=25); MaxPool2D(pool_size=5)", "4×4"),
        ("MaxPool2D(pool_size=2); Conv2D(kernel_size=15)", "at most 14"),
    ],
)
def test_a_kernel_larger_than_the_image_is_explained(layers: str, sentence: str) -> None:
    wanted = f"Reshape(target_shape=28x28x1); {layers}; Flatten(); Dense(units=10, activation=softmax)"
    app = open_part("Train", layers=wanted)
    (message,) = messages(app)
    assert sentence in message
    assert len(message) < 300
    assert by_key(app, "train").disabled
    by_key(app, "cnn.kernel_size").set_value(5).run()
    assert not app.exception


@pytest.mark.parametrize("size", ["29", "0", "-3", "1e9", "nan", "3x3", "9" * 5000])
def test_a_kernel_that_there_is_not_is_refused(size: str) -> None:
    app = open_part("Train", layers=f"Conv2D(kernel_size={size}); Flatten(); Dense(units=10)")
    assert experiment(app) == PRESETS["mnist-3x3"]
    (message,) = messages(app)
    assert "layers in the address cannot be used" in message
    assert len(message) < 400
    assert not by_key(app, "train").disabled


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kernel_size", 1),
        ("kernel_size", 5),
        ("filters", 8),
        ("convolutions", 1),
        ("convolutions", 3),
        ("activation", "tanh"),
        ("pooling", False),
    ],
)
def test_a_cnn_by_a_few_numbers(name: str, value: object) -> None:
    app = open_part("Train")
    by_key(app, f"cnn.{name}").set_value(value).run()
    assert not app.exception
    cnn = CNN(**{name: value})  # type: ignore[arg-type]  # of the type that the field has
    assert experiment(app).layers == cnn.layers((28, 28), 10)
    assert by_key(app, f"cnn.{name}").value == value
    assert "layers" in app.query_params
    assert messages(app) == []


def test_what_is_changed_in_one_go_is_all_taken() -> None:
    """Someone types a number and clicks on the next control at once: both arrive together."""
    app = open_part("Train")
    by_key(app, "cnn.kernel_size").set_value(5)
    by_key(app, "cnn.pooling").set_value(False)
    by_key(app, "mnist.widget.epochs").set_value(1)
    app.run()
    assert not app.exception
    assert experiment(app).epochs == 1
    assert experiment(app).layers == CNN(kernel_size=5, pooling=False).layers((28, 28), 10)


def test_other_layers_change_the_few_numbers() -> None:
    app = open_part("Train", preset="mnist-28x28")
    assert by_key(app, "cnn.kernel_size").value == 28
    assert by_key(app, "cnn.pooling").value is False
    by_key(app, "mnist.widget.preset").set_value("mnist-1x1").run()
    assert by_key(app, "cnn.kernel_size").value == 1
    by_key(app, "mnist.widget.preset").set_value("mnist-mlp").run()
    assert "of another kind" in said(app)
    by_key(app, "cnn.filters").set_value(4).run()
    assert experiment(app).layers == CNN(filters=4).layers((28, 28), 10)
    assert messages(app) == []


@pytest.mark.parametrize(
    ("name", "value"), [("kernel_size", 29), ("kernel_size", 0), ("filters", 10**9), ("convolutions", -1)]
)
def test_a_number_out_of_range_never_arrives(name: str, value: int) -> None:
    """Streamlit puts the default in its place, which is what was there before."""
    app = open_part("Train")
    asked, shown = experiment(app), by_key(app, f"cnn.{name}").value
    by_key(app, f"cnn.{name}").set_value(value).run()
    assert not app.exception
    assert by_key(app, f"cnn.{name}").value == shown > 1
    assert experiment(app) == asked


def test_a_kernel_that_no_longer_fits_is_explained() -> None:
    app = open_part("Train")
    by_key(app, "cnn.kernel_size").set_value(20).run()
    assert not app.exception
    (message,) = messages(app)
    assert "Make the kernel at most 4" in message
    assert by_key(app, "train").disabled
    by_key(app, "cnn.kernel_size").set_value(3).run()
    assert messages(app) == []
    assert not by_key(app, "train").disabled


# Three kernels


def predict(app: AppTest, best: str, worst: str) -> AppTest:
    """Say what one expects."""
    by_key(app, "three-best").set_value(best)
    by_key(app, "three-worst").set_value(worst)
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("kernel", KERNELS)
def test_one_network_cannot_be_best_and_worst(kernel: str) -> None:
    app = predict(open_part("Three kernels"), kernel, kernel)
    (message,) = messages(app)
    assert "cannot be both" in message
    assert by_key(app, "three-train").disabled


def test_the_button_waits_for_a_prediction() -> None:
    app = open_part("Three kernels")
    assert by_key(app, "three-train").disabled
    by_key(app, "three-best").set_value("3×3").run()
    assert by_key(app, "three-train").disabled
    predict(app, "3×3", "1×1")
    assert not by_key(app, "three-train").disabled
    assert messages(app) == []


@pytest.mark.parametrize("run", [*NONSENSE, ""], ids=lambda run: run[:16])
def test_three_runs_that_there_are_not(run: str) -> None:
    app = open_part("Three kernels", three=run)
    assert messages(app) == []
    assert "Why?" not in [element.value for element in app.subheader]


def test_one_run_is_not_three() -> None:
    app = open_part("Three kernels", three=reference("mnist-3x3").id)
    assert content(app) == 0
    assert messages(app) == []


@pytest.mark.parametrize("answer", ["nonsense", "4×4", LARGE], ids=lambda answer: answer[:9])
def test_a_prediction_that_there_is_not(answer: str) -> None:
    app = open_part("Three kernels", **{"three-best": answer, "three-worst": "1×1"})
    assert by_key(app, "three-best").value is None
    assert by_key(app, "three-train").disabled
    assert messages(app) == []


@pytest.mark.parametrize(
    ("best", "worst", "sentence"),
    [
        ("3×3", "1×1", "As you said: 3×3 with 97.0%, then"),
        ("1×1", "3×3", "You expected 1×1 to be best and 3×3 to be worst."),
    ],
)
def test_the_answer_is_what_was_measured(best: str, worst: str, sentence: str) -> None:
    """With the reference runs, as if they had been started together; 1×1 and 28×28 may be as good."""
    runs = []
    for kernel, preset in KERNELS.items():
        recording = read_recording(references.FOLDER / f"{preset}.run")
        accuracy = {"3×3": 0.97, "28×28": 0.9, "1×1": 0.86}[kernel]
        run = Run(LEARNER, recording.experiment, 0, 0, 0, group="together")
        runs.append((run, accuracy))
    store = RunStore(os.environ["UNROLL_DATABASE"])
    for run, accuracy in runs:
        store.add(run)
        store.record([(run.id, event) for event in epoch(accuracy)])
    store.close()
    app = open_part("Three kernels", three=runs[0][0].id, **{"three-best": best, "three-worst": worst})
    answers = [element.value for element in (*app.success, *app.warning)]
    assert len(answers) == 1
    assert sentence in answers[0]
    assert [element.value for element in app.subheader] == ["Why?"]
    assert len(app.get("vega_lite_chart")) == 1 + len(KERNELS)


def epoch(accuracy: float) -> list[Event]:
    """A run of one epoch."""
    said, sure = data.load("mnist").y_test.astype(np.uint8), np.ones(10_000, np.float32)
    few = np.array([0.5, 0.4], np.float32)
    return [
        Progress(2, few, few, 1.0),
        EpochEnd(1, 2, 0.5, accuracy, 0.5, accuracy, said, sure),
        Finished(1.0, accuracy),
    ]


# Drawing


def put(app: AppTest, strokes: Strokes, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Have a drawing on the pad."""
    with monkeypatch.context() as patch:
        patch.setattr(st, "session_state", app.session_state)
        put_strokes(PAD, strokes)
    app.run()
    assert not app.exception
    return app


def to_draw(part: str) -> AppTest:
    """Open a part with a pad."""
    app = open_part(part)
    if part == "Look inside":
        by_key(app, "digit-from").set_value(DRAWN).run()
    return app


@pytest.mark.parametrize("part", ["Draw", "Look inside"])
def test_an_empty_drawing_is_not_read(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = put(to_draw(part), NOTHING, monkeypatch)
    assert content(app) == 0
    assert len(app.info) == 1
    assert messages(app) == []


@pytest.mark.parametrize("part", ["Draw", "Look inside"])
def test_a_full_black_pad_is_not_read(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = put(to_draw(part), BLACK, monkeypatch)
    assert content(app) == 0
    (message,) = messages(app)
    assert "nearly full" in message
    put(app, check_drawing(CAREFUL[7]), monkeypatch)
    assert content(app) > 0
    assert messages(app) == []


@pytest.mark.parametrize("digit", [2, 4, 7])
def test_three_networks_say_what_is_drawn(digit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    app = put(to_draw("Draw"), check_drawing(CAREFUL[digit]), monkeypatch)
    verdicts = [element.value for element in app.markdown if "% sure" in element.value]
    assert len(verdicts) == 3
    assert verdicts[0].startswith(f"**{digit}**")  # the one with 3×3 kernels
    assert len(app.get("vega_lite_chart")) == 3


def test_a_drawing_without_the_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The networks are here, but not what their classes and scaling are taken from."""
    app = open_part("Draw")
    monkeypatch.setattr(data, "load", missing)
    put(app, check_drawing(CAREFUL[7]), monkeypatch)
    assert set(messages(app)) <= {"The mnist file is broken."}


def test_shuffled_pixels_of_a_drawing_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    run = reference("mnist-shuffled")
    app = put(open_part("Draw", readers=run.id), check_drawing(CAREFUL[0]), monkeypatch)
    assert by_key(app, "readers").value == [run.id]
    assert "**0**" in said(app)


@pytest.mark.parametrize("readers", [*NONSENSE, "a,b,c,d", ",,,"], ids=lambda readers: readers[:16])
def test_readers_that_there_are_not(readers: str) -> None:
    app = open_part("Draw", readers=readers)
    assert by_key(app, "readers").value == [reference(preset).id for preset in MNIST.presets[:3]]
    assert messages(app) == []


def test_without_readers_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_part("Draw")
    by_key(app, "readers").set_value([]).run()
    put(app, check_drawing(CAREFUL[7]), monkeypatch)
    assert content(app) == 0
    assert "Choose a network above" in said(app)


# Mistakes and networks of any kind


def test_a_misread_digit_opens_inside() -> None:
    app = open_part("Mistakes")
    first = next(button for button in app.button if button.label == "Look inside")
    first.click().run()
    assert not app.exception
    assert by_key(app, "part").value == "Look inside"
    assert f"open-{by_key(app, 'digit').value}" == first.key
    assert messages(app) == []


OUTPUT = Dense(units=10, activation="softmax")
IMAGE = Reshape(target_shape=(28, 28, 1))
NETWORKS: dict[str, tuple[AnyLayer, ...]] = {
    "padding and strides": (
        IMAGE, Conv2D(filters=2, kernel_size=4, strides=3, padding="same", activation="tanh"),
        Conv2D(filters=2, kernel_size=1), Flatten(), OUTPUT,
    ),
    "one filter": (IMAGE, Conv2D(filters=1, kernel_size=28), Flatten(), OUTPUT),
    "pooling alone": (IMAGE, MaxPool2D(pool_size=28), Flatten(), OUTPUT),
    "large windows": (IMAGE, MaxPool2D(pool_size=9), Dropout(rate=0.5), Flatten(), OUTPUT),
    "rows as steps": (LSTM(units=4), OUTPUT),
    "rows first": (Dense(units=3), Flatten(), OUTPUT),
    "output alone": (Flatten(), OUTPUT),
    "channels weighed": (IMAGE, Conv2D(filters=2, kernel_size=5), Dense(units=3), Flatten(), OUTPUT),
    "two images": (Reshape(target_shape=(14, 14, 4)), Conv2D(filters=3, kernel_size=3), Flatten(), OUTPUT),
}  # fmt: skip


@pytest.mark.parametrize(
    ("part", "name"),
    [*(("Look inside", name) for name in NETWORKS), ("Mistakes", "rows as steps"), ("Code", "rows as steps")],
)
def test_a_network_of_any_kind(part: str, name: str) -> None:
    layers = NETWORKS[name]
    made = Experiment(dataset="mnist", layers=layers, epochs=1)
    weights = weights_for(layers, (28, 28), seed=0)
    first, *rest = epoch(0.1)
    run = have(LEARNER, made, [Snapshot(0, weights), first, Snapshot(2, weights), *rest])
    app = open_part(part, run=run.id, moment="0")
    assert network(app) == run.id
    assert content(app) > 0
    assert messages(app) == []


def test_weights_that_are_no_numbers_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A learning rate of 1 may end so."""
    layers = NETWORKS["padding and strides"]
    weights = {name: np.full_like(array, np.nan) for name, array in weights_for(layers, (28, 28), 0).items()}
    first, *rest = epoch(0.1)
    made = Experiment(dataset="mnist", layers=layers, epochs=1)
    run = have(LEARNER, made, [first, Snapshot(2, weights), *rest])
    for part in OF_A_RUN:
        assert content(open_part(part, run=run.id)) > 0
    app = put(open_part("Draw", readers=run.id), check_drawing(CAREFUL[7]), monkeypatch)
    assert content(app) == 1
