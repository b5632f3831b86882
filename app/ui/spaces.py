"""Choosing word vectors: GloVe, or what a network has learned, at any step of its training."""

from functools import lru_cache

import streamlit as st

from app.rooms import SENTIMENT
from app.runs.run import Run
from app.ui.focus import may_see, offered_runs
from app.ui.session import lab
from app.ui.timeline import timeline
from app.ui.words import plain, run_line
from data.text import TextDataset
from models.layers import Embedding, summary
from models.vectors import Basis, VectorError, VectorSpace
from models.vocabulary import Vocabulary
from models.weights import Array, Weights

GLOVE = "glove"

GONE = "There is no such network under this address; it may have been deleted. GloVe is shown."
OTHER_WORDS = (
    "This network was trained on other reviews than those on this computer, so the words of its vectors are "
    "not known here."
)

BASES: dict[str, Basis] = {"As they are": "raw", "Centred": "centred"}
"""How vectors can be seen here, by the words on the page and in the address."""

BASIS_HELP = (
    "**As they are**: the vectors as they were learned. **Centred**: minus the mean of all words' vectors, "
    "which takes away what all words have in common."
)

KEPT = 12
"""Spaces of runs in memory; each takes less than 6 MB."""


def choose_space(key: str, label: str = "Word vectors") -> VectorSpace | None:
    """A list of vectors to choose from, and for a run the moment of its training; both go into the address.

    Args:
        key: name in the address; the moment has the name ``<key>-step``.
        label: of the list.

    Returns:
        The raw space, GloVe at first; None if it cannot be had, which the page then says.

    Raises:
        DataError: the files of the words cannot be used.
    """
    runs = {run.id: run for run in offered_runs(SENTIMENT, uploads=True) if has_vectors(run)}
    asked = st.query_params.get(key, "")[:64]
    if asked not in ("", GLOVE, *runs):
        linked = lab().run(asked)
        if linked is not None and linked.step and has_vectors(linked):
            runs = {linked.id: linked, **runs}
        else:
            st.warning(GONE, icon=":material/link_off:")
    offered = [GLOVE, *runs]
    widget = f"choose-{key}"
    st.session_state[widget] = asked if asked in offered else GLOVE
    name = st.selectbox(
        label,
        offered,
        format_func=lambda name: _line(runs.get(name)),
        key=widget,
        on_change=_choose,
        args=(key, widget),
    )
    run = runs.get(name)
    if run is None:
        with st.spinner("Opening 400,000 words …"):
            return VectorSpace.load(GLOVE)
    moment = timeline(run, f"{key}-step")
    try:
        return None if moment is None else space_of_run(run, moment.step)
    except VectorError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return None


def choose_basis(space: VectorSpace, key: str) -> VectorSpace:
    """A switch between vectors as they are and centred ones; the choice goes into the address."""
    basis = st.segmented_control(
        "Seen", list(BASES), default=next(iter(BASES)), required=True, key=key, bind="query-params",
        help=BASIS_HELP,
    )  # fmt: skip
    return space.seen_as(BASES.get(basis or "", "raw"))


def space_of_run(run: Run, step: int) -> VectorSpace:
    """What a run's embedding was after so many steps: row i is the vector of the word with the id i.

    Args:
        run: whose first layer is an `Embedding`, see `has_vectors`.
        step: one of those after which its weights were kept.

    Raises:
        VectorError: the run has no vectors, or not at this step, or they cannot be used.
        DataError: the words cannot be had.
    """
    dataset = lab().dataset(run.experiment.dataset)
    if not has_vectors(run) or not isinstance(dataset, TextDataset):
        raise VectorError("This network has no vectors of words. Choose one that begins with an Embedding.")
    if lab().knows_other_examples(run):
        raise VectorError(OTHER_WORDS)
    return _space(run.id, step, vocabulary_of(dataset.vocabulary.id2word), run_line(run))


def has_vectors(run: Run) -> bool:
    """Whether a run learns a vector for each word of texts that the learner may look at."""
    is_text = run.experiment.dataset in SENTIMENT.datasets and may_see(run)
    return is_text and isinstance(run.experiment.layers[0], Embedding)


@lru_cache(maxsize=4)
def vocabulary_of(words: tuple[str, ...]) -> Vocabulary:
    """A dataset's words in the order of their ids; sorted once for all runs."""
    return Vocabulary(words)


@lru_cache(maxsize=KEPT)
def _space(run_id: str, step: int, vocabulary: Vocabulary, name: str) -> VectorSpace:
    # Only the id is needed, but with the same vocabulary: it may change while the server runs.
    run = lab().run(run_id)
    weights = lab().weights(run_id, step) if run else None
    if run is None or weights is None:
        raise VectorError("These weights are not kept. Choose another moment.")
    matrix = _embeddings(run, weights)
    if len(matrix) < len(vocabulary):
        raise VectorError(
            f"This network knows {len(matrix):,} of the {len(vocabulary):,} words. Choose another network."
        )
    when = "before training" if step == 0 else f"after {step:,} steps"
    return VectorSpace(f"{name}, {when}", vocabulary, matrix[: len(vocabulary)])


def _embeddings(run: Run, weights: Weights) -> Array:
    first = summary(run.experiment.layers[:1], lab().dataset(run.experiment.dataset).info.input_shape)[0]
    return weights[f"{first.name}/embeddings"]


def _line(run: Run | None) -> str:
    """A choice in one line."""
    return (
        "GloVe: 400,000 words of Wikipedia and newspapers" if run is None else f"Learned by {run_line(run)}"
    )


def _choose(key: str, widget: str) -> None:
    st.query_params[key] = st.session_state[widget]
    # Another run has other steps: its last is shown at first.
    st.query_params.pop(f"{key}-step", None)
