"""Padding, mistakes, diagram, exercise and own data, without a browser: for any visitor, link and upload."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import data
from app.rooms import SENTIMENT, SHAPES, fitted, room_of
from app.runs import references
from app.runs.run import Run
from app.runs.store import RunStore
from app.ui.mistakes import interval
from app.ui.sentiment.distances import distance, hidden
from app.ui.sentiment.network_svg import diagram_svg, shown_steps
from app.ui.sentiment.verdicts import Verdicts
from app.ui.session import lab
from data import own
from data.dataset import Dataset
from data.examples import example
from data.text import LENGTH, TextDataset
from data.upload import read_curves, read_texts
from models.events import EpochEnd, Finished, Progress, Snapshot
from models.experiment import Experiment
from models.forward import forward, predict
from models.layers import GRU, LSTM, AnyLayer, Dense, Embedding, GlobalAveragePooling1D, summary
from models.presets import PRESETS
from tests.models.strategies import weights_for
from tests.pages.test_pages import ENTRY, LARGE, LEARNER, by_key, messages, open_page

STRANGER = "y" * 22
HOSTILE = (
    "",
    " ",
    "<img src=x onerror=alert(1)>",
    "![x](http://evil.example/x.png) **b** :red[x]",
    LARGE,
    "\x00\u202e😀",
)
NONSENSE = ("<b>x</b>", LARGE)
EVIL = "<script>alert(1)</script> **bold** ![x](http://evil.example/y.png) good"
TEXTS = f"""text,label
{"".join(f'"a good film {i} {EVIL}",**yes**' + chr(10) for i in range(20))}\
{"".join(f"a bad film {i},<no>" + chr(10) for i in range(20))}"""


def open_part(part: str, **parameters: str) -> AppTest:
    """A part as a link opens it."""
    return open_page("sentiment.py", part=part, **parameters)


def said(app: AppTest) -> str:
    """All that a part says in words."""
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.info, *app.success))


def upload(owner: str = LEARNER, content: str = TEXTS) -> TextDataset:
    """Texts that a learner has uploaded."""
    dataset = data.load(own.save(owner, read_texts(content.encode(), "my **films**.csv")))
    assert isinstance(dataset, TextDataset)
    return dataset


def trained(owner: str, experiment: Experiment, dataset: Dataset) -> Run:
    """A finished run of a learner, with chance weights."""
    weights = weights_for(experiment.layers, dataset.info.input_shape, seed=1)
    probabilities = predict(experiment.layers, weights, dataset.x_test)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    accuracy = float((predicted == dataset.y_test).mean())
    run = Run(owner, experiment, parameters=1, steps=1, steps_per_epoch=1)
    store = RunStore(os.environ["UNROLL_DATABASE"])
    store.add(run)
    one = np.ones(1, np.float32)
    events = (
        Progress(1, one, one, 0.1),
        Snapshot(1, weights),
        EpochEnd(1, 1, 0.5, 0.5, 0.5, accuracy, predicted.astype(np.uint8), confidence.astype(np.float32)),
        Finished(0.1, accuracy),
    )
    store.record([(run.id, event) for event in events])
    store.close()
    return run


def trained_on(dataset: Dataset, owner: str = LEARNER, preset: str = "sst2-lstm") -> Run:
    """The same on uploaded data."""
    return trained(owner, fitted(PRESETS[preset], dataset), dataset)


def network(app: AppTest, key: str = "run") -> str:
    """The id of the run that a part looks at."""
    return str(app.selectbox(f"choose-{key}").value)


def experiment(app: AppTest) -> Experiment:
    """What the controls say."""
    value = app.session_state["sentiment.experiment"]
    assert isinstance(value, Experiment)
    return value


# Any visitor


@pytest.mark.parametrize("part", ["Padding", "Mistakes", "Diagram", "Own data"])
def test_who_has_trained_nothing_sees_it_at_once(part: str) -> None:
    app = open_part(part)
    assert len(said(app)) > 100
    assert messages(app) == []


@pytest.mark.parametrize("part", ["Padding", "Mistakes", "Diagram", "Own data"])
def test_without_reference_runs_it_still_opens(
    part: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(references, "FOLDER", tmp_path / "empty")
    assert messages(open_part(part)) == []


@pytest.mark.parametrize("run", NONSENSE, ids=lambda text: text[:9])
@pytest.mark.parametrize("part", ["Mistakes", "Diagram"])
def test_a_run_that_there_is_not(part: str, run: str) -> None:
    assert all(len(message) < 300 for message in messages(open_part(part, run=run)))


@pytest.mark.parametrize("name", ["seeds", "exercise", "one", "other", "data"])
@pytest.mark.parametrize("value", NONSENSE, ids=lambda text: text[:9])
def test_other_parameters_may_be_anything(name: str, value: str) -> None:
    for part in ("Padding", "Mistakes", "Diagram", "Train"):
        assert all(len(message) < 300 for message in messages(open_part(part, **{name: value})))


@pytest.mark.parametrize(
    "part",
    [
        "Padding",
        pytest.param("Mistakes", marks=pytest.mark.course_reviews),
        pytest.param("Diagram", marks=pytest.mark.course_reviews),
    ],
)
def test_where_the_examples_come_from_is_said(part: str) -> None:
    source = data.load("sst2").source.sentence.replace("'", "").split(",")[0]
    assert source in said(open_part(part)).replace("\\", "").replace("'", "")


# Padding


def test_a_mask_keeps_the_last_word_and_padding_moves_the_state() -> None:
    dataset = data.load("sst2")
    assert isinstance(dataset, TextDataset)
    rows = np.stack(
        [dataset.vocabulary.encode(text).row for text in ("a great cast", "dull and never funny")]
    )
    for preset, moves in (("sst2-lstm", False), ("sst2-lstm-course", True)):
        layers = PRESETS[preset].layers
        states = hidden(layers, weights_for(layers, (LENGTH,), 0), rows)
        assert states.shape == (2, LENGTH, 32)
        assert bool(np.abs(np.diff(states[:, 4:], axis=1)).max() > 1e-6) == moves
        apart = distance(states[:, np.newaxis])[0]
        assert apart.shape == (LENGTH,)
        assert apart[2] == pytest.approx(float(np.sqrt(((states[0, 2] - states[1, 2]) ** 2).sum())))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:9])
def test_any_sentence_may_be_typed_into_the_padding_lesson(text: str) -> None:
    app = open_part("Padding")
    app.text_input("padding-first").set_value(text[:500])
    app.text_input("padding-second").set_value(text[:500]).run()
    assert not app.exception
    assert messages(app) == []


@pytest.mark.course_reviews
def test_the_reference_runs_stand_in_their_columns() -> None:
    app = open_part("Padding")
    for name, masked in (("skips the padding", True), ("reads the padding", False)):
        run = lab().run(str(app.selectbox(f"padding-run-{name}").value))
        assert run is not None
        first = run.experiment.layers[0]
        assert isinstance(first, Embedding)
        assert (first.pad_id is not None) == masked


def test_four_seeds_are_started_and_named_by_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_part("Padding")
    app.button("padding-train").click().run()
    assert not app.exception
    runs = lab().runs(LEARNER)
    assert sorted(run.experiment.seed for run in runs) == [0, 1, 2, 3]
    assert len({run.group for run in runs}) == 1
    assert all(run.experiment.layers == PRESETS["sst2-lstm-course"].layers for run in runs)
    assert app.query_params["seeds"] in {run.id for run in runs}
    assert by_key(app, "padding-train").disabled
    for run in runs[::-1]:
        lab().stop(LEARNER, run.id)
    app.run()
    assert not app.exception


# Mistakes


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = interval(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert interval(0, 5)[0] == 0
    assert interval(5, 5)[1] == 1


def test_reviews_are_found_by_their_words() -> None:
    dataset = upload()
    count = len(dataset.x_test)
    tested = Verdicts(dataset, np.zeros(count, int), np.ones(count))
    assert tested.have(["good"]).sum() == 4
    assert tested.have(["good", "bad"]).sum() == 0
    assert tested.have([]).all()
    assert not tested.have(["never-seen"]).any()
    assert set(tested.words[~tested.have(["good"])]) == {4}
    assert all("film" in tested.sentence(i) for i in range(count))


@pytest.mark.course_reviews
def test_the_list_is_filtered_and_opens_a_sentence() -> None:
    app = open_part("Mistakes")
    app.text_input("mistakes-word").set_value("not funny").run()
    buttons = [
        one for one in app.button if str(one.key).startswith("mistakes-one-") and one.label == "Try it"
    ]
    listed = [box.value for box in app.markdown if "funny" in box.value][: len(buttons)]
    assert listed
    assert all(" not " in f" {text} " for text in listed)
    buttons[0].click().run()
    assert not app.exception
    assert app.session_state["part"] == "Try a sentence"
    assert "funny" in app.session_state["sentence"]


@pytest.mark.course_reviews
def test_a_word_that_is_not_known_has_no_reviews() -> None:
    app = open_part("Mistakes")
    app.text_input("mistakes-word").set_value("grreat").run()
    assert "not in the vocabulary" in said(app)
    assert "great" in said(app)
    assert "There are no such reviews." in said(app)


@pytest.mark.course_reviews
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:9])
def test_any_word_may_be_asked_for(text: str) -> None:
    app = open_part("Mistakes")
    app.text_input("mistakes-word").set_value(text[:60])
    app.text_input("mistakes-with").set_value(text[:60]).run()
    assert not app.exception
    assert messages(app) == []


@pytest.mark.course_reviews
def test_more_is_shown_on_demand() -> None:
    app = open_part("Mistakes")

    def listed() -> int:
        return sum(str(button.key).startswith("mistakes-one-") for button in app.button)

    before = listed()
    app.button("mistakes-one-more").click().run()
    assert listed() > before


@pytest.mark.course_reviews
def test_two_networks_differ_on_some_reviews() -> None:
    app = open_part("Mistakes")
    figures = {metric.label: int(metric.value.replace(",", "")) for metric in app.metric[1:]}
    assert sum(figures.values()) == len(data.load("sst2").y_test)
    for group in figures:
        app.segmented_control("mistakes-group").set_value(group).run()
        assert not app.exception


# Diagram


@pytest.mark.parametrize(
    ("words", "reads", "steps"),
    [
        (0, False, [0]),
        (1, False, [0]),
        (2, False, [0, 1]),
        (9, False, [0, 1, 8]),
        (9, True, [0, 1, 8, 54]),
        (55, True, [0, 1, 54]),
        (0, True, [0, 54]),
    ],
)
def test_the_first_and_the_last_steps_are_drawn(words: int, reads: bool, steps: list[int]) -> None:
    assert shown_steps(words, LENGTH, reads_padding=reads) == steps


def _stack(*layers: AnyLayer) -> tuple[AnyLayer, ...]:
    return (Embedding(vocabulary_size=30, units=8, pad_id=6), *layers, Dense(units=2, activation="softmax"))


@pytest.mark.parametrize(
    "layers",
    [
        _stack(LSTM(units=5)),
        _stack(GRU(units=5, return_sequences=True), LSTM(units=3, bidirectional=True)),
        _stack(GlobalAveragePooling1D(), Dense(units=4)),
        _stack(LSTM(units=200)),
    ],
    ids=lambda layers: "-".join(layer.kind for layer in layers),
)
def test_the_drawing_holds_shapes_and_numbers_and_no_markup(layers: tuple[AnyLayer, ...]) -> None:
    vocabulary = upload().vocabulary
    encoded = vocabulary.encode("<b>good</b> & bad \"film\" 'x'")
    rows = summary(layers, (LENGTH,))
    trace = forward(layers, weights_for(layers, (LENGTH,), 0), np.zeros((1, LENGTH), np.int32))
    svg = diagram_svg(rows, trace, encoded, [0, 1, 5], ("yes", "<no>"))
    assert "<b>" not in svg
    assert "<no>" not in svg
    assert "(1, 55, 8)" in svg
    assert f"{float(trace.output[0, 0]):.1%}" in svg


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:9])
def test_any_sentence_is_drawn(text: str) -> None:
    app = open_part("Diagram", sentence=text[:5000] or " ")
    assert messages(app) == []
    assert "alert(1)" not in "".join(
        element.value for element in app.get("html") if hasattr(element, "value")
    )


# The exercise


def fill(app: AppTest, first: str, second: str, units: int = 32) -> AppTest:
    """Fill the places of the exercise."""
    for place, kind in ((1, first), (2, second)):
        app.selectbox(f"exercise-kind-{place}").set_value(kind).run()
        keys = [box.key for box in app.number_input]
        if (key := f"exercise-units-{place}-{kind}") in keys:
            app.number_input(key).set_value(units).run()
    assert not app.exception
    return app


def test_the_exercise_waits_until_both_places_are_filled() -> None:
    app = open_part("Diagram")
    assert by_key(app, "exercise-train").disabled
    assert "2 of 2 places are empty." in said(app)
    app.selectbox("exercise-kind-1").set_value("Embedding").run()
    assert "1 of 2 places is empty." in said(app)


def test_what_was_asked_for_passes_and_is_trained() -> None:
    app = fill(open_part("Diagram"), "Embedding", "LSTM")
    assert "162,722 parameters" in said(app)
    assert "Embedding(4823, 32)" in app.code[0].value
    app.button("exercise-train").click().run()
    assert not app.exception
    (run,) = lab().runs(LEARNER)
    assert run.experiment.layers == _asked(PRESETS["sst2-lstm"].layers[0])
    assert app.query_params["exercise"] == run.id
    lab().stop(LEARNER, run.id)


def _asked(first: AnyLayer) -> tuple[AnyLayer, ...]:
    return first, LSTM(units=32), Dense(units=2, activation="softmax")


@pytest.mark.parametrize(
    ("first", "second"),
    [("LSTM", "Embedding"), ("Embedding", "Dense"), ("Dense", "Dense"), ("Dropout", "LSTM")],
)
def test_what_does_not_fit_is_told_by_the_checks(first: str, second: str) -> None:
    app = fill(open_part("Diagram"), first, second)
    if (first, second) == ("Dense", "Dense"):  # legal, though ids are no numbers to compute with
        assert messages(app) == []
    else:
        assert len(messages(app)) == 1
        assert by_key(app, "exercise-train").disabled


def test_a_finished_exercise_is_judged() -> None:
    dataset = data.load("sst2")
    run = trained(
        LEARNER,
        Experiment(**(dict(PRESETS["sst2-lstm"]) | {"layers": _asked(PRESETS["sst2-lstm"].layers[0])})),
        dataset,
    )
    assert "That is the network that was asked for." in said(open_part("Diagram", exercise=run.id))
    other = trained(STRANGER, PRESETS["sst2-average"], dataset)
    assert "another learner's run" in said(open_part("Diagram", exercise=other.id))


# Uploading


def send(app: AppTest, name: str, content: bytes, what: str = "Texts") -> AppTest:
    """Upload a file on the page."""
    if what != "Texts":
        app.segmented_control("own-kind").set_value(what).run()
    app.file_uploader[0].upload(name, content, "text/csv").run()
    assert not app.exception
    return app


def test_texts_are_uploaded_shown_and_offered_for_training() -> None:
    app = send(open_part("Own data"), "my **films**.csv", TEXTS.encode())
    assert messages(app) == []
    (mine,) = own.of_owner(LEARNER)
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Training rows"] == "32"
    assert figures["Test rows"] == "8"
    app.button("own-train").click().run()
    assert not app.exception
    trains = experiment(app)
    assert trains.dataset == mine.name
    first, last = trains.layers[0], trains.layers[-1]
    assert isinstance(first, Embedding)
    assert isinstance(last, Dense)
    words = data.load(mine.name)
    assert isinstance(words, TextDataset)
    assert (first.vocabulary_size, first.pad_id) == (len(words.vocabulary), words.vocabulary.pad_id)
    assert app.query_params["data"] == mine.name
    assert messages(app) == []
    assert not by_key(app, "train").disabled


@pytest.mark.parametrize("what", ["Texts", "Curves"])
def test_the_example_files_can_be_uploaded(what: str) -> None:
    app = send(open_part("Own data"), "example.csv", example(what), what)
    assert messages(app) == []
    (mine,) = own.of_owner(LEARNER)
    assert len(mine.info.classes) == 2
    assert room_of(mine.name) is (SENTIMENT if what == "Texts" else SHAPES)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"text,label\na,b\n", "1 row of data"),
        (TEXTS.encode() + b",x\n,x\n", "Rows 42 and 43 have no text"),
        (b"\x89PNG\r\n\x00", "This is no CSV file"),
        (TEXTS.replace("<no>", "").encode(), "more have no label"),
        (
            b"text,label\n" + b'a good film,"![x](http://evil.example/z.png)"\n' * 20,
            "All rows have the label",
        ),
    ],
)
def test_a_bad_file_gives_a_sentence_and_is_not_kept(content: bytes, sentence: str) -> None:
    app = send(open_part("Own data"), "x.csv", content)
    (message,) = messages(app)
    assert sentence in message.replace("\\", "")
    assert "![x]" not in message
    assert own.of_owner(LEARNER) == []


def test_bad_curves_give_a_sentence() -> None:
    content = example("Curves").decode().replace("0.500", "half", 3).encode()
    app = send(open_part("Own data"), "x.csv", content, "Curves")
    assert "a point that is missing or no number" in messages(app)[0].replace("\\", "")


def test_a_sixth_file_is_refused() -> None:
    for _ in range(own.MAX_UPLOADS):
        upload()
    app = send(open_part("Own data"), "x.csv", TEXTS.encode())
    assert "the limit" in messages(app)[0]


def test_labels_and_names_cannot_become_markdown() -> None:
    dataset = upload()
    trained_on(dataset)
    for part in ("Own data", "Train", "Mistakes"):
        app = open_part(part, data=dataset.info.name)
        text = said(app) + "".join(str(box.options) for box in app.selectbox)
        assert "**yes**" not in text
        assert "**films**" not in text
        assert "<no>" not in text
        assert "![x](http://" not in text


# Panels on own data


@pytest.mark.parametrize("preset", SENTIMENT.presets)
def test_mistakes_and_diagram_of_a_run_on_own_texts(preset: str) -> None:
    dataset = upload()
    run = trained_on(dataset, preset=preset)
    app = open_part("Mistakes", run=run.id)
    assert network(app) == run.id
    assert messages(app) == []
    assert "Your own file my ∗∗films∗∗" in said(app).replace("\\", "")
    app = open_part("Diagram", run=run.id, sentence="a good film")
    assert network(app) == run.id
    assert messages(app) == []


def test_mistakes_of_a_run_on_own_curves() -> None:
    dataset = data.load(own.save(LEARNER, read_curves(example("Curves"), "c.csv")))
    run = trained_on(dataset, preset="shapes-lstm")
    app = open_page("shapes.py", part="Mistakes", run=run.id)
    assert network(app) == run.id
    assert messages(app) == []
    assert "cannot show" in messages(open_page("shapes.py", part="MLP or LSTM?", left=run.id))[0]


@pytest.mark.parametrize("preset", ["sst2-lstm", "sst2-glove", "sst2-average"])
def test_the_script_of_a_run_on_own_texts_comes_with_the_data(preset: str) -> None:
    run = trained_on(upload(), preset=preset)
    app = open_part("Code", run=run.id)
    assert network(app) == run.id
    assert messages(app) == []
    (code,) = app.code
    assert re.search(r"unroll-own-[0-9a-f]{8}\.npz", code.value)
    assert run.experiment.dataset not in code.value  # whoever has that name has the data
    assert "good film" not in code.value
    compile(code.value, "script", "exec")


def test_own_curves_are_looked_at_from_inside() -> None:
    dataset = data.load(own.save(LEARNER, read_curves(example("Curves"), "c.csv")))
    run = trained_on(dataset, preset="shapes-lstm")
    last = len(dataset.x_test) - 1
    app = open_page("shapes.py", part="Look inside", run=run.id, curve=str(last))
    assert network(app) == run.id
    assert messages(app) == []
    assert app.number_input("curve").value == last
    assert any(name in said(app) for name in dataset.info.classes)


def test_the_vectors_of_own_words_are_offered_to_who_may_see_them() -> None:
    mine, theirs = (trained_on(upload(owner), owner) for owner in (LEARNER, STRANGER))
    for page, key in (("projector.py", "space"), ("algebra.py", "vectors")):
        app = open_page(page, **{key: mine.id})
        assert app.selectbox(f"choose-{key}").value == mine.id
        assert messages(app) == []
        app = open_page(page, **{key: theirs.id})
        assert app.selectbox(f"choose-{key}").value == "glove"
        assert "no such network" in messages(app)[0]


def test_own_curves_are_trained_on_in_the_curves_lab() -> None:
    name = own.save(LEARNER, read_curves(example("Curves"), "c.csv"))
    app = open_page("shapes.py", part="Train", data=name)
    trains = app.session_state["shapes.experiment"]
    assert trains.dataset == name
    assert trains.layers[-1].units == 2
    assert messages(app) == []
    assert "not here" in messages(open_part("Train", data=name))[0]  # curves are no texts


def test_a_preset_keeps_ones_own_data_and_the_list_leads_back() -> None:
    dataset = upload()
    app = open_part("Train", data=dataset.info.name)
    app.selectbox("sentiment.widget.preset").set_value("sst2-average").run()
    assert experiment(app).dataset == dataset.info.name
    assert experiment(app).layers[1] == GlobalAveragePooling1D()
    app.selectbox("sentiment.widget.data").set_value("").run()
    assert experiment(app) == PRESETS["sst2-average"]
    assert "data" not in app.query_params
    app.selectbox("sentiment.widget.data").set_value(dataset.info.name).run()
    assert experiment(app).dataset == dataset.info.name
    assert messages(app) == []


@pytest.mark.course_reviews
def test_a_line_of_the_list_that_has_changed_meanwhile_changes_no_network() -> None:
    """A browser sends the words of a line, and a run that trains has others by now."""
    chosen = lab().references("sst2")[-1].id
    app = AppTest.from_file(ENTRY, default_timeout=60)
    app.session_state["learner"] = LEARNER
    app.session_state["choose-run"] = "Embedding 32 → LSTM 32, seed 1 · 69.6% right · running"
    app.session_state["choose-run-before"] = chosen
    app.run()
    app.query_params["part"] = "Diagram"
    app.switch_page("../pages/sentiment.py").run()
    assert not app.exception
    assert network(app) == chosen


def test_only_what_is_offered_gets_into_the_address() -> None:
    def choose() -> None:
        import streamlit as st  # noqa: PLC0415 - what a test app needs, it imports itself

        from app.ui.focus import _choose  # noqa: PLC0415

        st.session_state["list"] = "a line that is gone"
        _choose("one", "list", ["a"])
        st.session_state["list"] = "a"
        _choose("other", "list", ["a"])

    app = AppTest.from_function(choose).run()
    assert not app.exception
    assert app.query_params == {"other": "a"}


def test_who_has_no_data_is_not_asked_which() -> None:
    upload(STRANGER)
    app = open_part("Train")
    assert "sentiment.widget.data" not in [box.key for box in app.selectbox]


def test_every_page_opens_with_runs_on_own_data_there_and_deleted() -> None:
    dataset = upload()
    run = trained_on(dataset)
    for _ in range(2):
        for page in ("home.py", "runs.py"):
            assert messages(open_page(page)) == []
        assert messages(open_part("Train")) == []  # estimates are taken from finished runs
        own.delete(LEARNER, dataset.info.name)
    assert lab().run(run.id) is not None


# Whose data they are


@pytest.mark.course_reviews
def test_a_stranger_with_a_link_to_the_run_does_not_see_the_data() -> None:
    dataset = upload(STRANGER)
    run = trained_on(dataset, STRANGER)
    for part in ("Mistakes", "Diagram"):
        app = open_part(part, run=run.id)
        assert network(app) != run.id
        assert "another learner's own data" in messages(app)[0]
        assert dataset.info.name not in said(app)
    app = open_part("Train", run=run.id)
    assert experiment(app).dataset == "sst2"
    assert dataset.info.name not in str(app.query_params)
    assert any("another learner" in message.replace("\\", "") for message in messages(app))
    assert [one.name for one in own.of_owner(LEARNER)] == []


def test_a_stranger_who_knows_the_name_sees_them_but_cannot_delete() -> None:
    dataset = upload(STRANGER)
    run = trained_on(dataset, STRANGER)
    app = open_part("Mistakes", run=run.id, data=dataset.info.name)
    assert network(app) == run.id
    assert messages(app) == []
    assert "You have uploaded nothing yet." in said(open_part("Own data", data=dataset.info.name))


# Deleting


@pytest.mark.course_reviews
def test_a_deleted_upload_is_said_by_all_that_needed_it() -> None:
    dataset = upload()
    run = trained_on(dataset)
    app = open_part("Own data")
    app.button("own-delete").click().run()
    assert own.of_owner(LEARNER)
    app.button("own-delete-now").click().run()
    assert not app.exception
    assert own.of_owner(LEARNER) == []
    assert "You have uploaded nothing yet." in said(app)
    for part in ("Mistakes", "Diagram"):
        app = open_part(part, run=run.id)
        assert "have been deleted" in messages(app)[0]
        assert network(app) != run.id
    app = open_part("Train", run=run.id)
    assert any("deleted" in message for message in messages(app))
    assert experiment(app).dataset == "sst2"
    assert "not here" in messages(open_part("Train", data=dataset.info.name))[0]


def test_data_deleted_while_they_are_chosen() -> None:
    dataset = upload()
    app = open_part("Train", data=dataset.info.name)
    own.delete(LEARNER, dataset.info.name)
    app.run()
    assert not app.exception
    assert "deleted" in messages(app)[0]
    assert experiment(app).dataset == "sst2"
    assert "data" not in app.query_params


def test_a_name_that_is_not_quite_right_opens_nothing() -> None:
    name = upload(STRANGER).info.name
    app = open_part("Train", data=name[:-1] + ("0" if name[-1] != "0" else "1"))
    assert experiment(app).dataset == "sst2"
    assert "not here" in messages(app)[0]
