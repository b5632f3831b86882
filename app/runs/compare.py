"""Runs side by side, as tables."""

from collections.abc import Sequence

import pandas as pd

from app.runs.run import Run, architecture
from models.experiment import Experiment
from models.layers import format_layers

RESULTS = ("test accuracy", "training accuracy", "test loss")
"""What one looks for first when runs are compared."""

SETTINGS = [name for name in Experiment.model_fields if name not in ("dataset", "layers")]


def settings(run: Run) -> dict[str, object]:
    """What decides how a run goes, by the names of a table's columns."""
    values = {name.replace("_", " "): getattr(run.experiment, name) for name in SETTINGS}
    # As text, so that a column holds one kind of values, whatever else stands in it.
    values["examples"] = str(run.experiment.examples or "all")
    values["learning rate"] = f"{run.experiment.learning_rate:g}"
    if run.learning_rate and run.learning_rate != run.experiment.learning_rate:
        values["learning rate"] += f", changed to {run.learning_rate:g}"
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
    first = ["network", "seed", "state", "test accuracy", "training accuracy", "seconds", "started"]
    last = ["layers", "run"]  # as wide as all others together
    frame = pd.DataFrame(rows)
    frame = frame[[*first, *(name for name in frame if name not in (*first, *last)), *last]]
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
    shown = pd.DataFrame(
        {name: {row: _shown(row, value) for row, value in column.items()} for name, column in columns.items()}
    )
    fixed = results(runs[0])
    differs = [name for name in shown.index if name not in fixed and shown.loc[name].nunique() > 1]
    return shown.loc[[*RESULTS, *differs, *(name for name in fixed if name not in RESULTS)]]


def _shown(row: str, value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float) and row.endswith("accuracy"):
        return f"{value:.1%}"
    return (
        f"{value:,.4g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )
