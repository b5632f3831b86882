"""The exercise "finish the network": two layers are missing, and training tells whether they are right."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from pydantic import ValidationError

from app.runs.run import Run
from app.ui.charts import training_chart
from app.ui.fields import bounds
from app.ui.live import live
from app.ui.refusals import say_what_fails, what_failed
from app.ui.session import lab, learner
from app.ui.words import percent, plain, state_badge, whose
from data.text import TextDataset
from models.experiment import Experiment
from models.layers import KINDS, LSTM, Dense, Embedding, Layer, LayerSummary, first_problem
from models.presets import PRESETS

OFFERED = (
    "Embedding", "LSTM", "GRU", "SimpleRNN", "GlobalAveragePooling1D", "Flatten", "Dense", "Dropout",
)  # fmt: skip
PLACES = (1, 2)
COURSE = "sst2-lstm-course"
TICK = 0.3

TASK = """\
Two layers of this network are missing. It is to read the {length} word ids of a review and to say whether
it is positive. Fill both places, then train it. **Aim at an Embedding of 32 and an LSTM of 32.** Or try
what else would do, and what would not: the messages say why.\
"""

HINT = """\
The ids are only names of words, so the first place must turn each id into a vector. What comes out is a
sequence of vectors, but Dense at the end wants one vector for the whole review: the second place must
make one of them.\
"""


def exercise() -> None:
    """Two places to fill, the server's checks, and the training."""
    st.subheader("Finish the network")
    dataset = lab().dataset(PRESETS[COURSE].dataset)
    if not isinstance(dataset, TextDataset):
        return
    st.markdown(TASK.format(length=dataset.info.input_shape[0]))
    left, right = st.columns(2, gap="large")
    with left:
        layers = _places(dataset)
        st.code(_code(layers, dataset), language="python")
        with st.expander("A hint"):
            st.markdown(HINT)
    with right:
        experiment, rows = _checked(layers, dataset)
        run = _run()
        _train_button(experiment if rows is not None else None, run)
        if run is not None:
            live(_watch, None if run.is_over else TICK)(run)


# Filling


def _places(dataset: TextDataset) -> list[Layer | None]:
    """The layers that the learner has put into the empty places; None for what cannot be made."""
    layers: list[Layer | None] = []
    for place in PLACES:
        with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
            kind = st.selectbox(
                f"TODO {place}",
                OFFERED,
                index=None,
                placeholder="Which layer?",
                key=f"exercise-kind-{place}",
                width="stretch",
            )
            layers.append(_layer(kind, place, dataset))
    st.toggle(
        "Skip the padding",
        value=True,
        key="exercise-skip",
        help="Gives Embedding the id of the padding, so that later layers skip it. Off, as in the course, it "
        "takes luck: the part “Padding” shows why.",
    )
    if isinstance(layers[0], Embedding) and st.session_state.get("exercise-skip"):
        layers[0] = Embedding(**(dict(layers[0]) | {"pad_id": dataset.vocabulary.pad_id}))
    return layers


def _layer(kind: str | None, place: int, dataset: TextDataset) -> Layer | None:
    """A layer of this kind, with units where it has any; what a browser sends is checked by the model."""
    model = KINDS.get(kind or "")
    if model is None or kind not in OFFERED:
        return None
    values: dict[str, Any] = {}
    if "units" in model.model_fields:
        low, high = bounds(model.model_fields["units"])
        values["units"] = st.number_input(
            "Units", low, high, min(16, high), key=f"exercise-units-{place}-{kind}", width=120
        )
    if model is Embedding:
        values["vocabulary_size"] = len(dataset.vocabulary)
    try:
        return model(**values)
    except ValidationError as error:
        st.caption(plain(first_problem(error)))
        return None


def _code(layers: Sequence[Layer | None], dataset: TextDataset) -> str:
    """The network as in the course's notebook."""
    lines = [
        f"    {_keras(layer)}," if layer else f"    # TODO {place}"
        for place, layer in zip(PLACES, layers, strict=True)
    ]
    head = ["model = keras.Sequential([", f"    keras.Input({dataset.info.input_shape}),"]
    return "\n".join([*head, *lines, f"    {_keras(_last(dataset))},", "])"])


def _keras(layer: Layer) -> str:
    match layer:
        case Embedding(vocabulary_size=words, units=units):
            return f"Embedding({words}, {units})"
        case Dense(units=units, activation=activation):
            return f'Dense({units}, activation="{activation}")'
        case _:
            values = [str(value) for name, value in dict(layer).items() if name in ("units", "rate")]
            return f"{layer.kind}({', '.join(values)})"


def _last(dataset: TextDataset) -> Dense:
    return Dense(units=len(dataset.info.classes), activation="softmax")


# Checking


def _checked(
    layers: Sequence[Layer | None], dataset: TextDataset
) -> tuple[Experiment | None, list[LayerSummary] | None]:
    """The experiment and, if it passes the checks that every experiment passes, the summary of its layers."""
    filled = [layer for layer in layers if layer is not None]
    if len(filled) < len(PLACES):
        missing = len(PLACES) - len(filled)
        st.info(f"{missing} of {len(PLACES)} places {'is' if missing == 1 else 'are'} empty.")
        return None, None
    try:
        experiment = Experiment(**(dict(PRESETS[COURSE]) | {"layers": (*filled, _last(dataset))}))
        rows = lab().check(experiment)
    except ValidationError as error:
        st.error(plain(first_problem(error)), icon=":material/construction:")
        return None, None
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/construction:")
        return None, None
    st.success(
        f"These layers fit together: {sum(row.parameters for row in rows):,} parameters.",
        icon=":material/check:",
    )
    st.table(
        [
            {
                "Layer": row.layer.kind,
                "Gives": " × ".join(map(str, row.output_shape)),
                "Parameters": row.formula,
            }
            for row in rows
        ]
    )
    return experiment, rows


# Training


def _train_button(experiment: Experiment | None, run: Run | None) -> None:
    st.button(
        "Train it",
        type="primary",
        icon=":material/play_arrow:",
        key="exercise-train",
        disabled=experiment is None or (run is not None and not run.is_over),
        on_click=_train,
        args=(experiment,),
    )
    what_failed()


def _train(experiment: Experiment | None) -> None:
    def start() -> None:
        if experiment is not None:
            st.query_params["exercise"] = lab().train(learner(), experiment)[0].id

    say_what_fails(start)


def _run() -> Run | None:
    """The run that the address names, if it can be an answer to this exercise."""
    asked = st.query_params.get("exercise", "")[:64]
    run = lab().run(asked) if asked else None
    if run is None or run.experiment.dataset != PRESETS[COURSE].dataset:
        return None
    return run if len(run.experiment.layers) == len(PLACES) + 1 else None


def _watch(started: Run) -> None:
    run = lab().run(started.id) or started
    names = " and ".join(_keras(layer) for layer in run.experiment.layers[:-1])
    st.markdown(f"{state_badge(run.state)} {plain(names)}")
    if run.owner != learner():
        st.caption(f"This is {whose(run)}.")
    st.progress(run.step / run.steps if run.steps else 0.0)
    st.metric("Test accuracy", percent(run.test_accuracy))
    classes = len(lab().dataset(run.experiment.dataset).info.classes)
    picture = training_chart("accuracy", lab().curve(run.id), None, run.steps, 1 / classes)
    alt = "Chart of accuracy by step; the figure above says how it ended."
    st.vega_lite_chart(picture.frame, picture.spec, key="exercise-accuracy", alt=alt)
    if run.is_over:
        _verdict(run)
        if not started.is_over:
            st.rerun()  # the button waits for it


def _verdict(run: Run) -> None:
    if run.test_accuracy is None:
        st.info(plain(run.message or "It was stopped before the end of the first epoch."))
        return
    result = f"It gets {run.test_accuracy:.1%} of the test reviews right"
    first, second, _ = run.experiment.layers
    if isinstance(first, Embedding) and isinstance(second, LSTM) and first.units == second.units == 32:
        st.success(f"{result}. That is the network that was asked for.", icon=":material/check:")
    elif run.test_accuracy < 0.6:
        st.warning(
            f"{result}, hardly more than guessing. Which place is to blame?", icon=":material/lightbulb:"
        )
    else:
        st.info(
            f"{result}. It learns, though the exercise asks for an Embedding of 32 and an LSTM of 32.",
            icon=":material/lightbulb:",
        )
