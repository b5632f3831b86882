"""Runs side by side, as tables."""

from collections.abc import Sequence

import pandas as pd

from app.runs.run import Run, architecture
from models.experiment import Experiment
from models.layers import format_layers

SETTINGS = [name for name in Experiment.model_fields if name not in ("dataset", "layers")]


def settings(run: Run) -> dict[str, object]:
    """What decides how a run goes, by the names of a table's columns."""
    values = {name.replace("_", " "): getattr(run.experiment, name) for name in SETTINGS}
    values["examples"] = run.experiment.examples or "all"
    if run.learning_rate and run.learning_rate != run.experiment.learning_rate:
        values["learning rate"] = f"{run.experiment.learning_rate:g}, changed to {run.learning_rate:g}"
    return {"dataset": run.experiment.dataset, "layers": format_layers(run.experiment.layers)} | values


def results(run: Run) -> dict[str, object]:
    """What came of a run."""
    return {
        "state": run.state,
        "parameters": run.parameters,
        "epochs done": run.epoch,
        "steps": run.step,
        "seconds": round(run.seconds, 3),
        "training accuracy": run.train_accuracy,
        "test accuracy": run.test_accuracy,
        "test loss": run.test_loss,
    }


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """A row a run, for looking at and for taking along."""
    rows = [
        {"network": architecture(run.experiment), "started": run.created}
        | results(run)
        | settings(run)
        | {"run": run.id}
        for run in runs
    ]
    first = ["network", "state", "test accuracy", "training accuracy", "seconds", "parameters", "started"]
    frame = pd.DataFrame(rows)
    frame = frame[first + [name for name in frame if name not in first]]
    return frame.rename(columns=str.capitalize)


def label(run: Run, among: Sequence[Run]) -> str:
    """A name that tells a run from the others it is compared with, by what differs."""
    rows = [settings(other) for other in among]
    varied = [
        name
        for name in rows[0]
        if len({str(row[name]) for row in rows}) > 1 and name not in ("layers", "dataset")
    ]
    names = [
        ", ".join([architecture(other.experiment), *(f"{name} {row[name]}" for name in varied)])
        for other, row in zip(among, rows, strict=True)
    ]
    name = names[among.index(run)]
    twins = [other for other, its in zip(among, names, strict=True) if its == name]
    return name if len(twins) == 1 else f"{name} (#{twins.index(run) + 1})"


def differences(runs: Sequence[Run]) -> pd.DataFrame:
    """A column a run, and a row for each setting that differs and each result."""
    columns = {label(run, runs): settings(run) | results(run) for run in runs}
    frame = pd.DataFrame(columns).map(_shown)
    fixed = set(results(runs[0]))
    differs = [name in fixed or frame.loc[name].nunique() > 1 for name in frame.index]
    return frame[differs]


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return (
        f"{value:,.4g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )
