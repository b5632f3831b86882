"""Look inside: a network at one moment of its training, with one input in it, at every time step."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from app.ui.address import choose_one, keep, kept_number
from app.ui.inside_strips import dense_strips, recurrent_strips, symbol
from app.ui.strips import Cells, Lines, Slider, is_moving, strips
from app.ui.timeline import Moment, film
from app.ui.words import plain, verdict_line
from models.inside import DenseInside, Inside, RecurrentInside, look_inside, state_names
from models.layers import Recurrent
from models.scaling import Scaler
from models.step_by_hand import Line, by_hand
from models.weights import Array, Weights

ABOUT = {
    "hidden": "What the network shows of its memory after each step. All that counts is the last column.",
    "cell": "The memory itself. It changes only as far as the gates let it.",
    "input_gate": "How much of the candidate is let into the memory: 1 all, 0 nothing.",
    "forget_gate": "How much of the memory is kept: 1 all, 0 nothing.",
    "output_gate": "How much of the memory is shown as hidden state.",
    "update_gate": "How much of the old state is kept: 1 all, 0 nothing.",
    "reset_gate": "How much of the old state the candidate sees.",
    "candidate": "What would be written if the gates let it.",
}


def inside_panel(moment: Moment, x: Array, classes: Sequence[str], scaler: Scaler) -> None:
    """Everything about one input at one moment.

    Args:
        moment: the run and its weights.
        x: (points,) the input as it is in the dataset.
        classes: names of the classes.
        scaler: of the run's experiment.
    """
    try:
        inside = look_inside(moment.run.experiment.layers, moment.weights, scaler(x))
    except ValueError as error:
        st.warning(f"This network cannot read this input. {error}", icon=":material/block:")
        return
    _verdict(inside, classes)
    if inside.recurrent:
        _recurrent(moment, inside, classes)
    elif inside.dense:
        _dense(moment, inside.dense, x)
    else:
        st.info("There is no recurrent layer, and Dense does not come first: nothing to draw.")


def _verdict(inside: Inside, classes: Sequence[str]) -> None:
    st.markdown(f"The network says: {verdict_line(inside.probabilities, classes)}.")


def _recurrent(moment: Moment, inside: Inside, classes: Sequence[str]) -> None:
    by_name = {layer.row.name: layer for layer in inside.recurrent}
    name = next(iter(by_name))
    if len(by_name) > 1:
        name = choose_one(
            "Layer", {name: name for name in by_name}, "layer", key=f"layer-{'-'.join(by_name)}"
        )
    layer = by_name[name]
    steps = len(layer.inputs)
    key = f"t-{steps}"
    t = kept_number("t", 1, steps, steps, key)
    states = {state: symbol(state) for state in state_names(layer.row.layer)}
    state = choose_one("What to look at", states, "state", key=f"state-{layer.row.layer.kind}")

    def at(weights: Weights) -> list[Lines | Cells]:
        then = look_inside(moment.run.experiment.layers, weights, inside.x)
        (read,) = (layer for layer in then.recurrent if layer.row.name == name)
        return recurrent_strips(then.x, read, state, classes)

    strips(
        recurrent_strips(inside.x, layer, state, classes),
        key="inside-state",
        marked=t,
        slider=Slider("Time step t"),
        on_pick=lambda step: st.session_state.update({key: step}),
        film=film(moment, f"{name} {state}", inside.x, at),
    )
    about = ABOUT[state.removeprefix("forward_").removeprefix("backward_")]
    told = f"**{symbol(state)}.** {about} A click on a column goes to its time step."
    if layer.probabilities is not None:
        said = verdict_line(layer.probabilities[t - 1], classes).replace("**", "")
        told += (
            f"\n\nIf the curve ended after step {t}, the network would say: {said}. "
            "Where the lines part, it makes up its mind."
        )
    st.caption(told)
    rests = not (is_moving("inside-state") or is_moving(moment.slider))
    _by_hand(moment, layer, t, rests=rests)
    if rests:
        keep("t", str(t), str(steps))  # last of all: the picture comes first


def _by_hand(moment: Moment, layer: RecurrentInside, t: int, *, rests: bool) -> None:
    """h_t = LSTM(h_{t-1}, x_t) with the numbers of this step; what is chosen stays if no slider moves."""
    kind = layer.row.layer.kind
    st.markdown(f"##### Time step {t} by hand: h_t = {kind}(h_(t−1), x_t)")
    if isinstance(layer.row.layer, Recurrent) and layer.row.layer.bidirectional:
        st.caption("Written out for layers that read in one direction only.")
        return
    hidden = layer.states["hidden"]
    units = hidden.shape[1]
    liveliest = int(np.abs(np.diff(hidden, axis=0)).sum(axis=0).argmax()) + 1 if len(hidden) > 1 else 1
    key = f"unit-{units}"
    unit = st.number_input(
        "Unit",
        1,
        units,
        value=kept_number("unit", 1, units, liveliest, key),
        key=key,
        width=140,
        help="At first the one that moves most.",
    )
    if rests:
        keep("unit", str(unit), str(liveliest))
    given = f"x_t = {layer.inputs[t - 1, 0]:.3f}; h_(t−1) has {units} numbers.\n\n"
    table = _table(by_hand(layer, moment.weights, t, int(unit)))
    st.markdown(given + table if layer.inputs.shape[1] == 1 else table)


def _table(lines: Sequence[Line]) -> str:
    """One piece of Markdown: a browser is slow at a table that is Markdown cell by cell."""
    rows = [(line.name, line.formula, line.numbers, line.result) for line in lines]
    head = "| | formula | with numbers | value |\n|:--|:--|:--|--:|\n"
    return head + "\n".join(f"| {' | '.join(map(plain, row))} |" for row in rows)


def _dense(moment: Moment, dense: DenseInside, x: Array) -> None:
    """The weights of the hidden units over the positions of the input."""

    def at(weights: Weights) -> list[Lines | Cells]:
        return dense_strips(x, weights[f"{dense.row.name}/kernel"])

    strips(at(moment.weights), key="inside-kernel", column="point", film=film(moment, dense.row.name, x, at))
    st.caption(
        "Each row is one unit: its weight for each point. A unit fires when the curve is high where its "
        "weights are positive. Move the shape, and it meets others: that is why place matters to an MLP."
    )
    alive = int((dense.output > 0).sum())
    st.markdown(f"{alive} of {len(dense.output)} units give more than 0 for this curve.")
