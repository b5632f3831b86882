"""Reference runs: whole, honest, in every store once, and nobody's."""

from pathlib import Path

import numpy as np
import pytest

import data
from app.learner import is_learner
from app.runs import references
from app.runs.store import RunStore
from models.events import EpochEnd
from models.experiment import check
from models.forward import predict
from models.presets import PRESETS
from models.recording import read_recording
from models.scaling import fit_scaler
from tests.course import NO_COURSE_REVIEWS, course_reviews_at_hand


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    store = RunStore(f"sqlite:///{tmp_path / 'runs.db'}")
    references.add_references(store)
    return store


def test_every_preset_has_one_that_is_finished(store: RunStore) -> None:
    runs = store.of_owner(references.OWNER)
    assert {run.experiment for run in runs} == {PRESETS[name] for name in references.PRESETS}
    assert {run.state for run in runs} == {"finished"}
    for run in runs:
        rows = check(run.experiment, data.describe(run.experiment.dataset))
        assert run.parameters == sum(row.parameters for row in rows)
        steps = store.snapshot_steps(run.id)
        assert (steps[0], steps[-1]) == (0, run.steps)


def test_they_are_added_once(store: RunStore) -> None:
    before = store.of_owner(references.OWNER)
    references.add_references(store)
    assert store.of_owner(references.OWNER) == before


def test_those_of_another_version_go(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "FOLDER", tmp_path / "empty")
    references.add_references(store)
    assert store.of_owner(references.OWNER) == []


def test_no_browser_can_own_them() -> None:
    assert not is_learner(references.OWNER)


@pytest.mark.parametrize("preset", references.PRESETS)
def test_the_figures_are_those_of_the_weights(preset: str, store: RunStore) -> None:
    recording = read_recording(references.FOLDER / f"{preset}.run")
    dataset = data.load(recording.experiment.dataset)
    if dataset.source.kind == "generator":
        pytest.skip("the runs were tested on the course's curves, which are not at hand")
    if dataset.info.name == "sst2" and not course_reviews_at_hand():
        pytest.skip(NO_COURSE_REVIEWS)
    run = next(run for run in store.of_owner(references.OWNER) if run.experiment == recording.experiment)
    last = [event for event in recording.events if isinstance(event, EpochEnd)][-1]
    weights = store.snapshot(run.id, run.steps)
    assert weights is not None
    some = slice(300)
    scaler = fit_scaler(recording.experiment.scaling, dataset.x_train)
    said = predict(recording.experiment.layers, weights, scaler(dataset.x_test[some]))
    assert (last.predicted == dataset.y_test).mean() == pytest.approx(last.test_accuracy, abs=1e-6)
    assert (said.argmax(1) == last.predicted[some]).mean() > 0.99
    np.testing.assert_allclose(said.max(1), last.confidence[some], atol=1e-3)
