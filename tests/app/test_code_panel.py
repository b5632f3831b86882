"""What the code panel takes along: the data, where the course's files are not what a run was trained on."""

from dataclasses import replace
from typing import cast

import pytest

import data
from app.lab import Lab
from app.runs.run import Run
from app.ui.code import needs_its_data, remarks
from data.dataset import Dataset, Source
from models.events import LearningRate
from models.presets import PRESETS

HERE = "These curves come from Unroll's own generator."
COURSE = "The course's own files."


class Having:
    """A lab with curves from some source, or none."""

    def __init__(self, source: Source | None) -> None:
        """Only what the panel asks for."""
        self._source = source

    def dataset(self, name: str) -> Dataset:
        if self._source is None:
            raise data.DataError("They cannot be had.")
        return replace(data.load(name), source=self._source)


def trained_on(sentence: str, dataset: str = "shapes") -> Run:
    experiment = PRESETS["shapes-lstm"].model_copy(update={"dataset": dataset})
    return Run("me", experiment, parameters=4_451, steps=600, steps_per_epoch=60, source=sentence)


@pytest.mark.parametrize(
    ("source", "sentence", "expected"),
    [
        (Source("generator", HERE), HERE, True),
        (Source("generator", HERE), "", True),  # not started yet
        (Source("generator", HERE), COURSE, False),  # what it was trained on is no longer here
        (Source("folder", COURSE), COURSE, False),
        (Source("folder", COURSE), HERE, False),
        (None, HERE, False),
    ],
)
def test_substitutes_are_taken_along(source: Source | None, sentence: str, expected: bool) -> None:
    the_lab, run = cast(Lab, Having(source)), trained_on(sentence)
    takes = needs_its_data(the_lab, run)
    assert takes == expected
    said = " ".join(remarks(run, (), takes_data_along=takes))
    assert ("reads the course's own files" in said) == (bool(sentence) and not expected)
    assert sentence in said


def test_own_data_are_taken_along() -> None:
    run = trained_on("my.csv", "own-c-" + "0" * 32)
    assert needs_its_data(cast(Lab, Having(None)), run)
    assert remarks(run, (), takes_data_along=True) == []


def test_each_change_of_the_learning_rate_is_told_even_if_it_was_taken_back() -> None:
    rates = LearningRate(120, 0.01), LearningRate(1_300, 0.001)
    (said,) = remarks(trained_on(""), rates, takes_data_along=False)
    assert "to 0.01 after step 120, to 0.001 after step 1,300. The script keeps to 0.001" in said
    (said,) = remarks(trained_on(""), rates * 4, takes_data_along=False)
    assert ", and 3 times more." in said
