"""The controls of a room: an experiment as widgets, kept in the address.

The experiment in the session is the truth. Widgets are filled from it, what a learner changes goes back
into it through `Experiment`'s own checks, and the address follows.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from pydantic import ValidationError

from app.links import FIELDS, from_query, to_query
from app.rooms import Room, fitted
from app.ui.fields import field_widget
from app.ui.focus import DATA, PRIVATE, may_see, own_data
from app.ui.session import lab
from app.ui.words import plain
from data import DataError, describe, own
from models.experiment import Experiment
from models.layers import KINDS, AnyLayer, Embedding, Layer, Reshape, StackError, first_problem
from models.layers import summary as summarise
from models.presets import PRESETS, TITLES

RUN_GONE = (
    "The run of this address was trained on a learner's own data, which have been deleted. "
    "Its figures are under “My runs”."
)
NO_DATA = "The data that the address names are not here, or no longer. These are Unroll's."

SETTINGS = ("epochs", "batch_size", "learning_rate", "optimizer", "seed", "examples", "validation", "scaling")


class Controls:
    """The controls of one room.

    Args:
        room: gives the experiments to start from.
    """

    def __init__(self, room: Room) -> None:
        """Read the experiment from the session, or from an address that was opened or gone back to.

        What the learner has changed and not seen yet outranks the address: that is older then.
        """
        self._room = room
        is_new = self._key("experiment") not in st.session_state
        if is_new or (self._key("refill") not in st.session_state and self._address_changed()):
            self._read_address()
        self._leave_what_is_gone()

    @property
    def experiment(self) -> Experiment:
        """What the controls say now."""
        experiment: Experiment = st.session_state[self._key("experiment")]
        return experiment

    @property
    def _rearranged(self) -> str:
        """Part of the keys of the layers' widgets, which changes when layers move.

        What a browser sends late for a widget would otherwise reach the layer that stands there now.
        """
        return "." * int(st.session_state.get(self._key("rearranged"), 0))

    @property
    def preset(self) -> str:
        """The preset that the controls started from."""
        return str(st.session_state[self._key("preset")])

    def take_layers(self, layers: tuple[Layer, ...]) -> None:
        """Put other layers into the experiment: in a callback, or before the widgets are drawn."""
        self._rearrange(layers)

    def take_data(self, name: str) -> None:
        """Go over to the learner's own data, or with an empty name back to the preset's: in a callback."""
        self._set_on_data(self.experiment, name)

    def show(self, shortcut: "Shortcut | None" = None) -> Experiment:
        """Draw the widgets; returns the experiment they say.

        Args:
            shortcut: draws other controls of the layers above them.
        """
        if st.session_state.pop(self._key("refill"), False):
            self._forget_widgets()
        for problem in st.session_state.get(self._key("problems"), ()):
            st.warning(plain(problem), icon=":material/link_off:")
        self._show_data()
        self._show_preset()
        if shortcut is not None:
            shortcut(self)
        self._show_layers()
        self._show_settings()
        self._write_address()
        return self.experiment

    # Parts

    def _show_data(self) -> None:
        """Which examples, if the learner has any but Unroll's."""
        offered = [name for name in own_data() if name in self._room.datasets]
        if not offered:
            return
        titles = {"": describe(PRESETS[self.preset].dataset).title}
        titles |= {name: describe(name).title for name in offered}
        key = self._key("widget.data")
        st.session_state.setdefault(key, self._own_dataset)
        st.selectbox(
            "Data",
            list(titles),
            list(titles).index(self._own_dataset) if self._own_dataset in titles else 0,
            format_func=lambda name: titles.get(name, ""),
            key=key,
            on_change=lambda: self.take_data(st.session_state[key]),
        )

    @property
    def _own_dataset(self) -> str:
        """The name of the own data that the experiment is on; empty for Unroll's."""
        dataset = self.experiment.dataset
        return dataset if own.is_own(dataset) else ""

    def _show_preset(self) -> None:
        key = self._key("widget.preset")
        st.session_state.setdefault(key, self.preset)
        st.selectbox(
            "Start from",
            self._room.presets,
            self._room.presets.index(self.preset),
            format_func=lambda name: TITLES[name][0],
            key=key,
            on_change=self._take_preset,
            help="Sets all controls below. Change them as you like afterwards.",
        )
        st.caption(TITLES[self.preset][1])

    def _show_layers(self) -> None:
        st.markdown("##### Layers")
        layers = self.experiment.layers
        shapes, problem = self._shapes()
        for index, layer in enumerate(layers):
            with st.container(border=True, gap="xsmall", key=self._key(f"layer{index}").replace(".", "-")):
                self._show_layer_head(index, layer, shapes, len(layers))
                if problem and problem.index == index:
                    st.markdown(f":red[:material/error: {plain(str(problem).partition(': ')[2])}]")
                self._show_fields(index, layer)
        key = self._key("widget.add")
        st.session_state.setdefault(key, None)  # set, not only left out, or the browser keeps the last choice
        st.selectbox(
            "Add a layer",
            list(KINDS),
            index=None,
            placeholder="Add a layer before the last …",
            label_visibility="collapsed",
            key=key,
            on_change=self._add_layer,
        )

    def _show_layer_head(self, index: int, layer: Layer, shapes: list[str], count: int) -> None:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            shape = f" :small[:gray[→ {shapes[index]}]]" if index < len(shapes) else ""
            st.markdown(f"**{index + 1} {layer.kind}**{shape}", width="stretch", help=layer.about)
            actions: list[tuple[str, str, bool, Callable[[int], None]]] = [
                ("Move up", "arrow_upward", index == 0, lambda i: self._swap(i - 1)),
                ("Move down", "arrow_downward", index == count - 1, self._swap),
                ("Remove", "close", count == 1, self._remove_layer),
            ]
            for label, icon, disabled, action in actions:
                st.button(
                    f":material/{icon}:",
                    key=self._key(f"widget.{label}{index}"),
                    help=f"{label}: {layer.kind}, layer {index + 1}",
                    type="tertiary",
                    disabled=disabled,
                    on_click=action,
                    args=(index,),
                )

    def _show_fields(self, index: int, layer: Layer) -> None:
        names = [name for name in type(layer).model_fields if name != "kind"]
        switches = [name for name in names if type(layer).model_fields[name].annotation is bool]
        others = [name for name in names if name not in switches]
        for start in range(0, len(others), 2):
            for column, name in zip(st.columns(2), others[start : start + 2], strict=False):
                with column:
                    self._show_field(index, layer, name)
        if switches:
            with st.container(horizontal=True):
                for name in switches:
                    self._show_field(index, layer, name)

    def _show_field(self, index: int, layer: Layer, name: str) -> None:
        key = self._key(f"widget.layer{index}.{name}{self._rearranged}")
        value = getattr(layer, name)
        st.session_state.setdefault(key, "x".join(map(str, value)) if name == "target_shape" else value)
        field_widget(type(layer), name, key, on_change=self._change_layer, args=(index, name, key))

    def _show_settings(self) -> None:
        st.markdown("##### Training")
        for start in range(0, len(SETTINGS), 2):
            for column, name in zip(st.columns(2), SETTINGS[start : start + 2], strict=False):
                key = self._key(f"widget.{name}")
                st.session_state.setdefault(key, getattr(self.experiment, name))
                with column:
                    field_widget(Experiment, name, key, on_change=self._change, args=(name, key))

    def _shapes(self) -> tuple[list[str], StackError | None]:
        """Output shape of each layer in words, as far as the stack is legal, and what is wrong then."""
        info = describe(self.experiment.dataset)
        layers, problem = list(self.experiment.layers), None
        try:
            rows = summarise(layers, info.input_shape)
        except StackError as error:
            rows, problem = summarise(layers[: error.index], info.input_shape), error
        return ["×".join(map(str, row.output_shape)) for row in rows], problem

    # Changes: each makes a new experiment and lets the widgets be filled anew from it

    def _take_preset(self) -> None:
        preset = st.session_state[self._key("widget.preset")]
        st.session_state[self._key("preset")] = preset
        self._set_on_data(PRESETS[preset], self._own_dataset)

    def _set_on_data(self, experiment: Experiment, name: str, problems: Sequence[str] = ()) -> None:
        """Take an experiment on own data that the learner may look at; for any other name on the preset's."""
        if name not in own_data() or name not in self._room.datasets:
            problems = [*problems, NO_DATA] if name else problems
            name = PRESETS[self.preset].dataset
        try:
            if name != experiment.dataset:
                experiment = fitted(experiment, lab().dataset(name))
        except DataError as error:
            problems = [*problems, str(error)]
        self._set(experiment, problems)

    # A browser may still send what a widget held that is gone by now: then there is nothing to change.

    def _change(self, name: str, key: str) -> None:
        if key in st.session_state:
            self._try({name: st.session_state[key]})

    def _change_layer(self, index: int, name: str, key: str) -> None:
        if key not in st.session_state or index >= len(self.experiment.layers):
            return
        layer = self.experiment.layers[index]
        if name not in type(layer).model_fields:
            return
        try:
            changed = type(layer)(**(dict(layer) | {name: st.session_state[key]}))
        except ValidationError as error:
            self._complain(f"{layer.kind}: {first_problem(error)}")
        else:
            layers = self.experiment.layers
            self._try({"layers": (*layers[:index], changed, *layers[index + 1 :])})

    def _add_layer(self) -> None:
        kind = st.session_state[self._key("widget.add")]
        if kind in KINDS:
            *body, last = self.experiment.layers
            self._rearrange((*body, self._new_layer(kind), last))

    def _new_layer(self, kind: str) -> Layer:
        info = describe(self.experiment.dataset)
        if kind == Reshape.__name__:
            return Reshape(target_shape=(*info.input_shape, 1))
        if kind == Embedding.__name__:
            return Embedding(vocabulary_size=info.vocabulary_size or 2)
        return KINDS[kind]()  # type: ignore[call-arg]  # all other kinds have defaults

    def _remove_layer(self, index: int) -> None:
        layers = self.experiment.layers
        self._rearrange(layers[:index] + layers[index + 1 :])

    def _swap(self, index: int) -> None:
        layers: list[AnyLayer] = list(self.experiment.layers)
        layers[index : index + 2] = reversed(layers[index : index + 2])
        self._rearrange(tuple(layers))

    def _rearrange(self, layers: tuple[Layer, ...]) -> None:
        counter = self._key("rearranged")
        st.session_state[counter] = st.session_state.get(counter, 0) + 1
        self._try({"layers": layers})

    def _try(self, changes: dict[str, Any]) -> None:
        try:
            self._set(Experiment(**(dict(self.experiment) | changes)))
        except ValidationError as error:
            self._complain(first_problem(error))

    def _set(self, experiment: Experiment, problems: Sequence[str] = ()) -> None:
        st.session_state[self._key("experiment")] = experiment
        st.session_state[self._key("problems")] = list(problems)
        self._refill()

    def _complain(self, problem: str) -> None:
        st.session_state[self._key("problems")] = [f"That was not changed. {problem}"]
        self._refill()

    def _refill(self) -> None:
        """Have the widgets filled anew when drawn; other callbacks of this click still read theirs."""
        st.session_state[self._key("refill")] = True

    def _forget_widgets(self) -> None:
        prefix = self._key("widget.")
        for key in [key for key in st.session_state if str(key).startswith(prefix)]:
            del st.session_state[key]

    # The address

    def _read_address(self) -> None:
        query = dict(st.query_params)
        problems: list[str] = []
        run = lab().run(query["run"]) if "run" in query and "preset" not in query else None
        if run is not None and run.experiment.dataset in self._room.datasets and may_see(run):
            preset, experiment = self._nearest_preset(run.experiment), run.experiment
        else:
            preset, experiment, problems = from_query(query, self._room.presets)
            if run is not None and not may_see(run):
                problems.append(PRIVATE)
        st.session_state[self._key("preset")] = preset
        if name := query.get(DATA, ""):
            self._set_on_data(experiment, name, problems)
        else:
            self._set(experiment, problems)

    def _leave_what_is_gone(self) -> None:
        """Own data may be deleted at any time: what was trained on them, or was to be, cannot be shown."""
        if own.is_deleted(self.experiment.dataset):
            self._set(PRESETS[self.preset], [f"{own.GONE} These are Unroll's."])
        run = lab().run(st.query_params.get("run", "")[:64]) if "run" in st.query_params else None
        if run is not None and own.is_deleted(run.experiment.dataset):
            del st.query_params["run"]
            self._set(self.experiment, [RUN_GONE])

    def _nearest_preset(self, experiment: Experiment) -> str:
        same = [name for name in self._room.presets if PRESETS[name].dataset == experiment.dataset]
        return min(same or self._room.presets, key=lambda name: len(to_query(name, experiment)))

    def _own_parameters(self) -> dict[str, str]:
        return {name: text for name, text in st.query_params.items() if name in ("preset", DATA, *FIELDS)}

    def _address_changed(self) -> bool:
        """Whether somebody followed a link or went back, since the controls last wrote the address."""
        written = st.session_state.get(self._key("addresses"), [])
        now = self._own_parameters()
        return bool(now) and now not in written

    def _write_address(self) -> None:
        wanted = to_query(self.preset, self.experiment)
        if self._own_dataset:
            wanted[DATA] = self._own_dataset
        now = self._own_parameters()
        # A click may end this run while it is being written: the browser may come back with either.
        st.session_state[self._key("addresses")] = [now, wanted]
        if any(now.get(name) != text for name, text in wanted.items()):
            st.query_params.update(wanted)
        for name in now.keys() - wanted.keys():
            del st.query_params[name]
        st.session_state[self._key("addresses")] = [wanted]

    def _key(self, name: str) -> str:
        return f"{self._room.name}.{name}"


Shortcut = Callable[[Controls], None]
"""Draws other controls of the layers above them."""
