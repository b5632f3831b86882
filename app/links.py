"""An experiment in the address of a page, and back.

An address names a preset and what differs from it, so that it stays short and can be written by hand:
``?preset=shapes-lstm&epochs=20&seed=3``. What comes in is checked field by field: what cannot be used is
said and left at the preset's value.
"""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from models.experiment import Experiment
from models.layers import first_problem, format_layers, parse_layers
from models.presets import PRESETS

FIELDS = {
    "layers": "layers",
    "epochs": "epochs",
    "batch": "batch_size",
    "rate": "learning_rate",
    "optimizer": "optimizer",
    "seed": "seed",
    "examples": "examples",
    "validation": "validation",
    "scaling": "scaling",
}
"""Name in the address, and field of the experiment."""

EVERYTHING = "all"
"""In the address: use all training examples."""


def to_query(preset: str, experiment: Experiment) -> dict[str, str]:
    """The address's parameters of an experiment that started from a preset."""
    start = PRESETS[preset]
    query = {"preset": preset}
    for name, field in FIELDS.items():
        value = getattr(experiment, field)
        if value != getattr(start, field):
            query[name] = _to_text(field, value)
    return query


def from_query(query: Mapping[str, str], presets: Sequence[str]) -> tuple[str, Experiment, list[str]]:
    """The preset and the experiment that an address asks for.

    Args:
        query: its parameters; unknown ones are left to others.
        presets: those to choose from; the first if the address names none.

    Returns:
        The preset's name, the experiment, and a sentence for each parameter that could not be used.
    """
    problems = []
    default = presets[0]
    preset = query.get("preset", default)
    if preset not in presets:
        problems.append(f"There is no preset “{_shown(preset)}” here; the address was read with {default}.")
        preset = default
    experiment = PRESETS[preset]
    for name, field in FIELDS.items():
        if name not in query:
            continue
        try:
            value = _from_text(field, query[name])
            experiment = Experiment(**(dict(experiment) | {field: value}))
        except ValidationError as error:
            problems.append(
                f"{name}={_shown(query[name])} in the address cannot be used: {first_problem(error)}"
            )
        except ValueError as error:
            problems.append(f"{name} in the address cannot be used: {error}")
    return preset, experiment, problems


def _to_text(field: str, value: object) -> str:
    if field == "layers":
        return format_layers(value)  # type: ignore[arg-type]  # the field's values are layers
    return EVERYTHING if value is None else str(value)


def _from_text(field: str, text: str) -> object:
    if field == "layers":
        return parse_layers(text)
    return None if field == "examples" and text == EVERYTHING else text[:100]


def _shown(text: str) -> str:
    """What a stranger wrote, short enough to repeat."""
    return text if len(text) <= 40 else text[:40] + "…"
