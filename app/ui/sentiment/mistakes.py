"""Mistakes: which reviews a run gets wrong, how long they are, what is in them; and where two runs differ."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from app.rooms import SENTIMENT
from app.runs.run import Run
from app.ui.errors import confusion_matrix, worst_first
from app.ui.focus import choose_run
from app.ui.mistakes import cell_name, how_many, more_button, said_by, shares_chart
from app.ui.sentiment.verdicts import Verdicts
from app.ui.session import lab
from app.ui.timeline import Moment, timeline
from app.ui.words import percent, plain
from data.text import LENGTH, TextDataset, tokenize
from models.weights import Array

Open = Callable[[str], None]
"""Opens a sentence in the workbench: in a callback."""

SHOWN = 5
"""Sentences that are listed at first, and how many more at each click."""

LENGTHS = ((1, 10), (11, 20), (21, 30), (31, LENGTH))
"""Bins of words."""

AVERAGE, LSTM = "Embedding 32 → GlobalAverage", "Embedding 32 → LSTM"
"""How the architectures begin that are compared at first."""


def mistakes(open_sentence: Open) -> None:
    """Confusion matrix, sentences, lengths and words of one run; and two runs side by side.

    Args:
        open_sentence: opens a sentence in the workbench.
    """
    st.markdown(
        "Which reviews does the network get wrong, and what have they in common? "
        "Click a cell to see the very sentences, and a sentence to take it apart."
    )
    run = choose_run(SENTIMENT, "run", default=LSTM, uploads=True)
    if run is None:
        return
    moment = timeline(run)
    if moment is not None:
        tested = _tested(moment)
        _one_network(tested, open_sentence)
        st.caption(f":material/database: {plain(tested.dataset.source.sentence)}")
    st.divider()
    _two_networks(open_sentence)


def _tested(moment: Moment) -> Verdicts:
    dataset = lab().dataset(moment.run.experiment.dataset)
    if not isinstance(dataset, TextDataset):
        raise TypeError(f"{dataset.info.name} is no text")  # the room has only such
    return Verdicts(dataset, *said_by(moment, dataset))


# One network


def _one_network(tested: Verdicts, open_sentence: Open) -> None:
    kept = _filter(tested)
    classes = tested.dataset.info.classes
    truth, said, confidence = tested.truth[kept], tested.said[kept], tested.confidence[kept]
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        st.metric("Test accuracy at this moment", percent(float(tested.right.mean())))
        cell = None
        if len(kept):
            cell = confusion_matrix(truth, said, classes, key="confusion")
        _say_which(tested, kept)
    with right:
        indices = [int(kept[index]) for index in worst_first(truth, said, confidence, cell)]
        st.markdown(f"##### {cell_name(cell, classes)}: {len(indices):,}")
        _list(tested, indices, "one", open_sentence)
    left, right = st.columns(2, gap="large")
    with left:
        _by_length(tested)
    with right:
        _by_word(tested)
    st.caption(
        "Of all reviews. Thin lines: where the accuracy would lie with 95 % certainty if there were many "
        "more of them. Few reviews say little."
    )


def _filter(tested: Verdicts) -> Array:
    """Indices of the reviews with a word, and of some length, that the learner asks for."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        text = st.text_input("Only reviews with the word", key="mistakes-word", max_chars=60, width=260)
        low, high = st.slider("Only reviews of so many words", 1, LENGTH, (1, LENGTH), key="mistakes-length")
    words = tokenize(text or "")
    _say_unknown(tested, words)
    return np.flatnonzero(tested.have(words) & (tested.words >= low) & (tested.words <= high))


def _say_unknown(tested: Verdicts, words: Sequence[str]) -> None:
    vocabulary = tested.dataset.vocabulary
    for word in [word for word in words if word not in vocabulary.word2id][:3]:
        near = vocabulary.nearest(word)
        hint = f" Known are: {', '.join(near)}." if near else ""
        st.caption(plain(f"“{word[:60]}” is not in the vocabulary, so no review has it.{hint}"))


def _say_which(tested: Verdicts, kept: Array) -> None:
    if not len(kept):
        st.info("There are no such reviews.")
    elif len(kept) < len(tested.said):
        st.caption(f"{len(kept):,} such reviews, {tested.right[kept].mean():.1%} of them right.")
    if len(tested.said) < len(tested.dataset.y_test):
        st.caption(
            f"Of the first {len(tested.said):,} test reviews: all {len(tested.dataset.y_test):,} are read "
            "only at the end of an epoch."
        )


def _list(tested: Verdicts, indices: Sequence[int], key: str, open_sentence: Open) -> None:
    """Sentences, the most confident first, each with a button that opens it."""
    if not indices:
        st.success("None.", icon=":material/check:")
        return
    most = how_many(key, SHOWN)
    classes = tested.dataset.info.classes
    for index in indices[:most]:
        sentence = tested.sentence(index)
        true, said = classes[tested.truth[index]], classes[tested.said[index]]
        with st.container(border=True, gap="xsmall"):
            st.markdown(plain(sentence))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(
                    f"It is **{true}**. The network says {said}, {tested.confidence[index]:.0%} sure.",
                    width="stretch",
                )
                st.button(
                    "Try it",
                    key=f"mistakes-{key}-{index}",
                    help="Open this sentence, to change it and to see what each word does",
                    icon=":material/edit:",
                    type="tertiary",
                    on_click=open_sentence,
                    args=(sentence,),
                )
    more_button(key, len(indices) - most, SHOWN)


# Accuracy by length and by word


def _by_length(tested: Verdicts) -> None:
    st.markdown("##### Are long reviews harder?")
    groups = {
        f"{low} to {high} words": tested.right[(tested.words >= low) & (tested.words <= high)]
        for low, high in LENGTHS
    }
    _shares(groups, "mistakes-lengths")


def _by_word(tested: Verdicts) -> None:
    st.markdown("##### Is a word hard?")
    text = st.text_input("With and without the word", "not", key="mistakes-with", max_chars=60, width=260)
    words = tokenize(text or "")[:1]
    _say_unknown(tested, words)
    if words:
        have = tested.have(words)
        name = words[0] if len(words[0]) <= 16 else f"{words[0][:15]}…"
        _shares({f"with “{name}”": tested.right[have], "without it": tested.right[~have]}, "mistakes-by-word")


def _shares(groups: dict[str, Array], key: str) -> None:
    picture = shares_chart(groups)
    figures = "; ".join(
        f"{name}: {right.mean():.1%} of {len(right):,}" for name, right in groups.items() if len(right)
    )
    st.vega_lite_chart(picture.frame, picture.spec, key=key, alt=f"Accuracy: {figures}.")


# Two networks


def _two_networks(open_sentence: Open) -> None:
    st.subheader("Two networks on the same reviews")
    st.markdown(
        "A network that averages its words' vectors is blind to their order, and yet about as accurate as "
        "one that reads them one by one. But they are right about different reviews."
    )
    left, right = st.columns(2, gap="large")
    with left:
        one = choose_run(SENTIMENT, "one", default=AVERAGE, label="First network", uploads=True)
    with right:
        other = choose_run(SENTIMENT, "other", default=LSTM, label="Second network", uploads=True)
    first, second = _in_the_end(one), _in_the_end(other)
    if first is None or second is None:
        return
    if first.dataset.info.name != second.dataset.info.name:
        st.info("They were tested on different data, so there is nothing to compare.")
        return
    count = min(len(first.said), len(second.said))
    a, b = first.right[:count], second.right[:count]
    groups = {
        "Only the second is right": ~a & b,
        "Only the first is right": a & ~b,
        "Both are wrong": ~a & ~b,
        "Both are right": a & b,
    }
    with st.container(horizontal=True, gap="medium"):
        for name, found in groups.items():
            st.metric(name, f"{int(found.sum()):,}", width=200)
    st.caption(
        f"Of {count:,} test reviews the first gets {a.mean():.1%} right and the second {b.mean():.1%}. "
        f"On {int((a != b).sum()):,} only one of them is right."
    )
    chosen = st.segmented_control(
        "Reviews", list(groups), default=next(iter(groups)), required=True, key="mistakes-group"
    )
    listed: Array = np.flatnonzero(groups.get(chosen or "", groups["Only the second is right"]))
    order = np.argsort(-(first.confidence[listed] + second.confidence[listed]), kind="stable")
    st.caption("What is said below is said by the first network; the surest of both come first.")
    _list(first, [int(index) for index in listed[order]], "two", open_sentence)


def _in_the_end(run: Run | None) -> Verdicts | None:
    """What a run says with the last weights that were kept."""
    steps = lab().snapshot_steps(run.id) if run else []
    weights = lab().weights(run.id, steps[-1]) if run and steps else None
    return None if run is None or weights is None else _tested(Moment(run, steps[-1], weights))
