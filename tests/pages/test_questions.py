"""The questions of the curves' lab, run without a browser."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app.lab import Lab
from app.runs import references
from app.runs.references import add_references
from app.runs.run import Run
from app.ui.session import lab
from app.ui.shapes.unrolled import unrolled
from models.experiment import Experiment
from models.presets import PRESETS
from models.questions import LENGTH_OPTIONS, MAX_ANSWER, PLACES

ME = "x" * 22
CHARTS = 2


def page() -> None:
    """The part alone, with a way to leave it, as on the page of the curves."""
    import streamlit as st  # noqa: PLC0415  # AppTest runs this function as a script of its own

    from app.ui.session import lab as the_lab  # noqa: PLC0415
    from app.ui.shapes.questions import questions  # noqa: PLC0415

    parts = ("Questions", "Train", "MLP or LSTM?")
    st.session_state.setdefault("part", parts[0])
    if st.segmented_control("Part", parts, required=True, key="part") == parts[0]:
        questions(the_lab().dataset("shapes"))


def opened(app: AppTest | None = None) -> AppTest:
    """The questions, without an exception."""
    if app is None:
        app = AppTest.from_function(page, default_timeout=60)
        app.session_state["learner"] = ME
    app.run()
    assert not app.exception
    return app


def click(app: AppTest, key: str) -> AppTest:
    """Press a button."""
    app.button(f"questions-{key}").click()
    return opened(app)


def said(app: AppTest) -> str:
    """All that the page says in words."""
    elements = (*app.markdown, *app.caption, *app.success, *app.warning, *app.info)
    return "\n".join(str(element.value) for element in elements)


def trained(experiment: Experiment, accuracy: float) -> Run:
    """A finished run of the learner."""
    run = Run(ME, experiment, parameters=1, steps=600, steps_per_epoch=60)
    return replace(run, state="finished", step=600, test_accuracy=accuracy, ended=datetime.now(UTC))


def have(monkeypatch: pytest.MonkeyPatch, *runs: Run) -> None:
    """Let the learner have these runs."""
    monkeypatch.setattr(Lab, "runs", lambda _, owner: [run for run in runs if run.owner == owner])


# A first visit


def test_all_questions_are_there_at_once() -> None:
    app = opened()
    assert [one.value for one in app.markdown if one.value.startswith("#####")] == [
        "##### 1. Is an MLP suited to this task?",
        "##### 2. Why can an LSTM read sequences of any length?",
        "##### 3. Which of h and x are where?",
        "##### 4. From MLP to LSTM: reach 90\u00a0%",
        "##### 5. How far back does each remember?",
    ]
    assert len(app.get("vega_lite_chart")) == CHARTS
    assert "You have no LSTM run yet." in said(app)


def test_without_reference_runs_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(references, "FOLDER", tmp_path / "empty")
    monkeypatch.setattr(references, "add_references", add_references)  # the real one
    app = click(opened(), "suited-show")
    assert "There are no reference runs here" in said(app)
    assert "there is no reference run of it here" in said(app)
    assert "There is no finished MLP run" in said(app)


@pytest.mark.parametrize("name", ["suited", "length", "places", "ninety", "memory"])
def test_our_answer_is_shown_and_hidden(name: str) -> None:
    app = opened()
    assert not app.info
    assert len(click(app, f"{name}-show").info) == 1
    assert not click(app, f"{name}-show").info


# 1


def test_what_is_typed_is_kept_while_another_part_is_open() -> None:
    app = opened()
    app.text_area("questions-suited").set_value("<b>No</b>, *place* matters")
    opened(app)
    assert "<b>" not in said(app)
    app.segmented_control("part").set_value("Train")
    opened(app)
    app.segmented_control("part").set_value("Questions")
    assert opened(app).text_area("questions-suited").value == "<b>No</b>, *place* matters"


def test_a_typed_answer_has_a_limit() -> None:
    app = opened()
    app.text_area("questions-suited").set_value("x" * (MAX_ANSWER + 500))
    assert len(opened(app).text_area("questions-suited").value or "") == MAX_ANSWER


def test_the_measured_answer_prefers_the_learners_own_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, trained(PRESETS["shapes-lstm"], 0.876))
    app = click(opened(), "suited-show")
    mlp, lstm = app.metric
    assert lstm.value == "87.6%"
    (reference,) = [
        run for run in lab().references("shapes") if run.experiment.layers == PRESETS["shapes-mlp"].layers
    ]
    assert mlp.value == f"{reference.test_accuracy:.1%}"
    assert click(app, "duel").session_state["part"] == "MLP or LSTM?"


# 2


@pytest.mark.parametrize(("points", "refused"), [(30, True), (55, False), (80, True), (120, True)])
def test_the_lstm_answers_at_any_length(points: int, refused: bool) -> None:
    app = opened()
    app.slider("questions-points").set_value(points)
    text = said(opened(app))
    assert "**LSTM**: **" in text
    assert ("**MLP**: it refuses." in text) == refused
    assert (f"each of 55 points, and there are {points}" in text) == refused


def test_choosing_why() -> None:
    app = opened()
    assert "Choose an answer first." in said(click(app, "why-check"))
    for option in LENGTH_OPTIONS:
        app.radio("questions-why").set_value(option.text)
        assert option.reply not in said(opened(app))
        click(app, "why-check")
        replies = app.success if option.right else app.warning
        assert option.reply in [reply.value for reply in replies]


# 3


def test_placing_labels() -> None:
    app = opened()
    for number, label in enumerate(PLACES, 1):
        app.selectbox(f"questions-place-{number}").set_value("class" if number == 2 else label)
    click(opened(app), "places-check")
    assert "5 of 6 are right. Look again at 2." in said(app)
    assert app.selectbox("questions-place-1").value == PLACES[0]
    app.selectbox("questions-place-2").set_value(PLACES[1])
    click(opened(app), "places-check")
    assert "All 6 are right." in [one.value for one in app.success]


def test_the_answers_leave_what_was_chosen() -> None:
    app = opened()
    app.selectbox("questions-place-3").set_value("x_1")
    click(opened(app), "places-show")
    assert app.selectbox("questions-place-3").value == "x_1"
    assert all(f"**{number}** {label}" in said(app) for number, label in enumerate(PLACES, 1))


def test_the_picture_has_numbers_or_answers() -> None:
    assert all(f">{number}</text>" in unrolled(False) for number in range(1, 7))
    assert not any(f">{number}</text>" in unrolled(True) for number in range(1, 7))
    assert unrolled(True).count("t−1</tspan>") == 2


# 4


def test_ninety_percent_by_a_run_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, trained(PRESETS["shapes-lstm"], 0.873))
    app = opened()
    assert "Best so far 87.3%, by LSTM 32, seed 0. Try another seed or more epochs." in said(app)
    have(monkeypatch, trained(PRESETS["shapes-lstm"], 0.93))
    click(app, "ninety-check")
    assert "Done: LSTM 32, seed 0 has 93.0% of the test curves right." in [one.value for one in app.success]


def test_anothers_run_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, replace(trained(PRESETS["shapes-lstm"], 0.99), owner="y" * 22))
    assert "You have no LSTM run yet." in said(opened())


def test_open_it_leads_to_the_mlp() -> None:
    app = opened()
    app.query_params["epochs"] = "3"
    click(app, "open")
    assert app.session_state["part"] == "Train"
    assert app.query_params["preset"] in ("shapes-mlp", ["shapes-mlp"])
    assert "epochs" not in app.query_params


# 5


def test_a_gap_is_written_out_for_each_network() -> None:
    app = opened()
    app.slider("questions-index").set_value(7)
    app.slider("questions-zeros").set_value(100)
    text = said(opened(app))
    assert "Test curve 7: " in text
    assert all(f"**{name}**: **" in text for name in ("SimpleRNN", "GRU", "LSTM"))


def test_the_mean_of_all_test_curves() -> None:
    app = opened()
    app.segmented_control("questions-curves").set_value("Mean of all test curves")
    assert said(opened(app)).count("sure of the right class on average") == 3
    assert len(app.get("vega_lite_chart")) == CHARTS


def test_which_remembers_longest_is_measured() -> None:
    app = opened()
    replies = []
    for name in ("SimpleRNN", "GRU", "LSTM"):
        app.radio("questions-longest").set_value(name)
        click(opened(app), "longest-check")
        replies.append(any(one.value.startswith("Measured on all") for one in app.success))
        assert "Measured on all 300 test curves" in said(app)
    assert replies.count(True) == 1
