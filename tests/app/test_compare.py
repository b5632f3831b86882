"""Runs side by side."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.runs.compare import differences, label, table
from app.runs.run import Run, architecture
from models.experiment import Experiment
from models.layers import LSTM, AnyLayer, Dense, Dropout, Flatten, Reshape
from models.presets import PRESETS
from tests.models.strategies import REPEATABLE

OUTPUT = Dense(units=3, activation="softmax")


def a_run(preset: str = "shapes-lstm", /, **changes: object) -> Run:
    """A finished run of a preset with some settings changed."""
    experiment = Experiment(**(dict(PRESETS[preset]) | changes))
    run = Run("secret-owner", experiment, parameters=4_451, steps=600, steps_per_epoch=60)
    return replace(run, state="finished", step=600, epoch=10, seconds=1.23456, learning_rate=0.001,
                   test_accuracy=0.9, train_accuracy=0.8, test_loss=0.25)  # fmt: skip


@pytest.mark.parametrize(
    ("layers", "short"),
    [
        ((Reshape(target_shape=(55, 1)), LSTM(units=32), OUTPUT), "LSTM 32"),
        ((Dense(units=64), Dropout(rate=0.5), OUTPUT), "Dense 64 → Dropout 0.5"),
        ((Flatten(), OUTPUT), str(OUTPUT)),
        ((OUTPUT,), str(OUTPUT)),
    ],
)
def test_an_architecture_in_short(layers: tuple[AnyLayer, ...], short: str) -> None:
    assert architecture(Experiment(dataset="shapes", layers=layers)) == short


def test_the_table() -> None:
    runs = [a_run(seed=3), replace(a_run("shapes-mlp", examples=100), learning_rate=0.02)]
    frame = table(runs).rename(columns=str.lower)
    assert frame["run"].tolist() == [run.id for run in runs]
    assert frame["network"].tolist() == ["LSTM 32", "Dense 64"]
    assert frame["examples"].tolist() == ["all", "100"]
    assert [str(rate) for rate in frame["learning rate"]] == ["0.001", "0.001, changed to 0.02"]
    assert frame["seconds"].tolist() == [1.235, 1.235]
    assert frame["test accuracy"].tolist() == [0.9, 0.9]


def test_the_owner_is_in_no_table() -> None:
    """Tables are shown and passed on; who knows the owner's id may change the runs."""
    runs = [a_run(), a_run(seed=1)]
    assert "secret-owner" not in table(runs).to_csv() + differences(runs).to_csv()


def test_runs_are_named_by_what_differs() -> None:
    runs = [a_run(seed=3), a_run(seed=4)]
    assert [label(run, runs) for run in runs] == ["LSTM 32, seed 3", "LSTM 32, seed 4"]
    assert label(runs[0], runs[:1]) == "LSTM 32"


VARIANTS = st.fixed_dictionaries(
    {"seed": st.integers(0, 2), "epochs": st.integers(1, 2)},
    optional={
        "layers": st.sampled_from(
            [
                (Dense(units=8, activation="relu"), OUTPUT),
                (Dense(units=8, activation="tanh"), OUTPUT),
                (Reshape(target_shape=(55, 1)), LSTM(units=8), OUTPUT),
                (Reshape(target_shape=(55, 1)), LSTM(units=8, bidirectional=True), OUTPUT),
            ]
        )
    },
)


@REPEATABLE
@given(st.lists(VARIANTS, min_size=1, max_size=6))
def test_no_two_runs_share_a_name(variants: list[dict[str, object]]) -> None:
    """A chart would take them for one, and a table would lose one."""
    runs = [a_run(**variant) for variant in variants]
    names = [label(run, runs) for run in runs]
    assert len(set(names)) == len(runs)
    assert list(differences(runs).columns) == names


def test_only_settings_that_differ_are_shown() -> None:
    shown = set(differences([a_run(seed=3), a_run(seed=4)]).index)
    assert {"seed", "test accuracy", "seconds", "parameters"} <= shown
    assert not {"epochs", "optimizer", "layers", "dataset"} & shown


def test_values_are_written_for_readers() -> None:
    untrained = replace(a_run(seed=1), test_accuracy=None)
    frame = differences([a_run(), untrained])
    assert list(frame.loc["test accuracy"]) == ["90.0%", "–"]
    assert list(frame.loc["parameters"]) == ["4,451", "4,451"]
