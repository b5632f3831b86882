"""The padding lesson: what 35 steps of nothing do to a state, and why the course's network needs luck."""

import numpy as np
import streamlit as st

from app.rooms import SENTIMENT
from app.runs.run import Run
from app.ui.focus import offered_runs
from app.ui.inside_strips import state_range
from app.ui.sentiment.distances import hidden, show_distances
from app.ui.sentiment.seeds import repeat_with_seeds
from app.ui.session import lab, learner
from app.ui.strips import Cells, Lines, strips
from app.ui.timeline import Moment, film, timeline
from app.ui.words import plain, run_line
from data.text import LENGTH, TextDataset
from models.layers import Embedding, Recurrent
from models.presets import PRESETS
from models.weights import Array, Weights

COURSE = "sst2-lstm-course"

FIRST, SECOND = "a great cast and a very funny story", "the story is dull and never funny"
MOST = 500
"""Characters of a typed sentence."""

NAMES = ("skips the padding", "reads the padding")

WHAT = f"""\
Reviews have some 20 words on average, but each row has {LENGTH} places, and the rest is filled with
`PAD`. The course's network reads all of them: word by word, and then some 35 times the same nothing. Only
the **last** state goes on to the verdict. What is left in it of the words?\
"""

WHY = """\
**Why it is luck.** From the last word on, the input is always the same, and the same cell is applied to
it again and again. Whatever the state was, it is driven to where this input leads. Before training, and
in the first epochs, that is one single place for all reviews: nothing of the words is left, the accuracy
is that of guessing, and there is next to nothing in the state that could tell training what to change.
Then the cell finds a way to drive different reviews to different places, and the accuracy jumps. How soon
that happens, and for how many of the reviews, depends on the seed. Move the slider to the start of
training to see the state before that.

**A network that skips the padding** keeps the state of the last word and has nothing to overcome.\
"""


def padding_lesson() -> None:
    """States over all steps, their distance for different sentences, and the same network from four seeds."""
    st.markdown(WHAT)
    dataset = lab().dataset(PRESETS[COURSE].dataset)
    if not isinstance(dataset, TextDataset):
        return
    left, right = st.columns(2, gap="large")
    with left:
        first = st.text_input("One sentence", FIRST, max_chars=MOST, key="padding-first")
    with right:
        second = st.text_input("Another one", SECOND, max_chars=MOST, key="padding-second")
    rows = np.stack([dataset.vocabulary.encode(text or "").row for text in (first, second)])
    left, right = st.columns(2, gap="large")  # anew, so that on a phone both sentences come first
    moments = {}
    for column, name, masked in zip((left, right), NAMES, (True, False), strict=True):
        with column:
            moment = _choose(name, masked=masked)
            if moment is not None:
                _state(name, moment, dataset, rows[0])
                moments[name] = moment
    if moments:
        show_distances(moments, dataset, rows)
    st.markdown(WHY)
    repeat_with_seeds(COURSE)
    st.caption(f":material/database: {plain(dataset.source.sentence)}")


# States


def _choose(name: str, *, masked: bool) -> Moment | None:
    """A network that skips the padding, or one that reads it, at a moment of its training."""
    st.markdown(f"##### A network that {name}")
    runs = {run.id: run for run in offered_runs(SENTIMENT) if _reads(run, masked=masked)}
    if not runs:
        st.info("There is none yet. Train one first.", icon=":material/model_training:")
        return None
    key = f"padding-run-{name}"
    if st.session_state.get(key) not in runs:
        first = (run_id for run_id, run in runs.items() if run.owner != learner())
        st.session_state[key] = next(first, next(iter(runs)))
    chosen = runs[st.selectbox("Network", list(runs), format_func=lambda i: run_line(runs[i]), key=key)]
    return timeline(chosen, key=f"padding-{'masked' if masked else 'unmasked'}")


def _reads(run: Run, *, masked: bool) -> bool:
    """Whether a run that is over is on the reviews, and its one recurrent layer gets a mask, or none."""
    first, *rest = run.experiment.layers
    recurrent = [layer for layer in rest if isinstance(layer, Recurrent)]
    return (
        run.is_over
        and run.experiment.dataset == PRESETS[COURSE].dataset
        and isinstance(first, Embedding)
        and (first.pad_id is not None) == masked
        and len(recurrent) == 1
        and not recurrent[0].bidirectional
    )


def _state(name: str, moment: Moment, dataset: TextDataset, row: Array) -> None:
    words = int((row != dataset.vocabulary.pad_id).sum())
    alt = f"Heat map of the hidden state of the network that {name}: units by steps, the last word framed."

    def at(weights: Weights) -> list[Lines | Cells]:
        values = hidden(moment.run.experiment.layers, weights, row[np.newaxis])[0]
        return [Cells(values, *state_range("hidden", values), alt)]

    key = f"padding-state-{name}"
    strips(at(moment.weights), key=key, marked=words, film=film(moment, "hidden", row, at))
    st.caption(
        f"Hidden state h_t of the first sentence. Framed is its last word, step {words}: right of it are "
        f"{LENGTH - words} steps of padding."
    )
