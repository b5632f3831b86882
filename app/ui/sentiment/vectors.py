"""From ids to vectors: the embedding matrix at any moment of training, and a sentence's rows of it."""

from functools import lru_cache
from html import escape

import numpy as np
import streamlit as st

from app.rooms import SENTIMENT
from app.runs.run import Run
from app.ui.focus import choose_run
from app.ui.pictures import DIVERGING, VIRIDIS, colored, data_address, drawing_html
from app.ui.sentiment.pushes import short, signed
from app.ui.sentiment.sentence_view import QUIET, about_tokens
from app.ui.sentiment.typed import sentence_box
from app.ui.session import lab
from app.ui.timeline import Moment, timeline
from app.ui.words import plain
from data.text import PAD, Encoded, TextDataset, Vocabulary, tokenize
from models.layers import Embedding, summary
from models.weights import Array

STRIPS = 8
"""The matrix is drawn in so many strips below one another."""

NEAR = 5
"""Words listed beside a word."""


def ids_to_vectors() -> None:
    """All of the part."""
    st.markdown(
        "An id is a name, not a quantity. Fed to a network as it is, 1001 would be nearly the same as 1002 "
        "and very different from 10, whatever the words mean. So an **embedding** keeps a row of numbers for "
        "each word, and training moves the rows to where they help."
    )
    run = choose_run(SENTIMENT, "run", uploads=True)
    if run is None:
        return
    dataset = lab().dataset(run.experiment.dataset)
    layer = run.experiment.layers[0]
    if not isinstance(dataset, TextDataset) or not isinstance(layer, Embedding):
        st.info("This network does not begin with an Embedding: it computes with the ids themselves.")
        return
    moment = timeline(run)
    if moment is None:
        return
    matrix = moment.weights[f"{_name(run)}/embeddings"]
    limit = _limit(run.id, lab().snapshot_steps(run.id)[-1], _name(run))
    encoded = dataset.vocabulary.encode(sentence_box(), dataset.info.input_shape[0])
    about_tokens(encoded)
    _shapes(dataset, matrix)
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        _rows(encoded, matrix, limit)
    with right:
        _matrix(encoded, dataset.vocabulary, matrix, limit)
        st.html(scale_html(-limit, limit, "the same at all moments"))
    _neighbours(dataset.vocabulary, matrix, moment)


def _name(run: Run) -> str:
    """Of the embedding among the weights."""
    return summary(run.experiment.layers[:1], (1,))[0].name


@lru_cache(maxsize=16)
def _limit(run_id: str, step: int, name: str) -> float:
    """Up to where numbers are coloured: nearly all of the last moment's, so that moments can be compared."""
    weights = lab().weights(run_id, step)
    if weights is None:
        return 1.0
    return float(np.percentile(np.abs(np.nan_to_num(weights[f"{name}/embeddings"])), 99)) or 1.0


def _shapes(dataset: TextDataset, matrix: Array) -> None:
    length, (words, size) = dataset.info.input_shape[0], matrix.shape
    st.markdown(
        f"**(1, {length})** ids → Embedding, a matrix of **{words:,} × {size}** → **(1, {length}, {size})**: "
        f"the row of word *i* stands where its id stood. That is all the layer does, and it has "
        f"{words:,} · {size} = {words * size:,} parameters."
    )


def _rows(encoded: Encoded, matrix: Array, limit: float) -> None:
    """The rows of the sentence, one below the other, as the next layer gets them."""
    st.markdown("##### The rows of this sentence")
    shown = [(token, word_id) for token, word_id in zip(encoded.tokens, encoded.ids, strict=True)]
    padding = len(encoded.row) - len(encoded.ids)
    lines = [_line(token, word_id, matrix, limit) for token, word_id in shown]
    if padding:
        lines.append(_line(f"{PAD} ×{padding}", int(encoded.row[-1]), matrix, limit))
    st.html(
        '<div role="table" style="display: grid; grid-template-columns: max-content max-content 1fr; '
        f'gap: 0.15rem 0.6rem; align-items: center">{"".join(lines)}</div>'
    )


def _line(token: str, word_id: int, matrix: Array, limit: float) -> str:
    pixels = colored(matrix[word_id][np.newaxis], -limit, limit)
    alt = f"Row {word_id} of the matrix, {matrix.shape[1]} numbers."
    return (
        f'<div role="row" style="display: contents"><bdi role="cell">{escape(short(token))}</bdi>'
        f'<span role="cell" style="{QUIET}; text-align: right">{word_id}</span>'
        f'<img role="cell" src="{data_address(pixels)}" alt="{alt}" style="width: 100%; height: 1.1rem; '
        'image-rendering: pixelated; border-radius: 2px"/></div>'
    )


def _matrix(encoded: Encoded, vocabulary: Vocabulary, matrix: Array, limit: float) -> None:
    """All words as columns of pixels, in strips; those of the sentence are marked."""
    st.markdown("##### The whole matrix")
    words, size = matrix.shape
    across = -(-words // STRIPS)
    gap, head = 6, 9
    pictures, marks = [], []
    for strip in range(STRIPS):
        part = matrix[strip * across : (strip + 1) * across]
        top = strip * (size + head + gap) + head
        address = data_address(colored(part.T, -limit, limit))
        pictures.append(
            f'<image href="{address}" x="0" y="{top}" width="{len(part)}" height="{size}" '
            'preserveAspectRatio="none" style="image-rendering: pixelated"/>'
        )
    for word_id in sorted({*encoded.ids, vocabulary.pad_id}):
        strip, x = divmod(word_id, across)
        top = strip * (size + head + gap) + head
        color = "#808a94" if word_id == vocabulary.pad_id else "#d55e00"
        marks.append(
            f'<path d="M{x - 4},{top - 8}h9l-4.5,7z" fill="{color}"/>'
            f'<rect x="{x - 1}" y="{top - 1}" width="3" height="{size + 2}" fill="none" stroke="{color}"/>'
        )
    height = STRIPS * (size + head + gap)
    svg = (
        f'<svg viewBox="-4 0 {across + 8} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"{''.join(pictures)}{''.join(marks)}</svg>"
    )
    rows = len(set(encoded.ids))
    st.html(
        drawing_html(svg, f"The embedding matrix, {words} words of {size} numbers; {rows} words are marked.")
    )
    st.caption(
        f"Each word is a column of {size} pixels, ids from left to right, {across} in a strip. Orange marks: "
        f"the {rows} different words of this sentence. Grey: {PAD}."
    )


def nearest(matrix: Array, word_id: int, count: int) -> list[tuple[int, float]]:
    """The words whose rows point most in the direction of a word's.

    Args:
        matrix: (words, size).
        word_id: the word; it is not among the answers.
        count: of answers.

    Returns:
        Ids and cosines, -1 to 1, the largest first.
    """
    rows = np.nan_to_num(np.asarray(matrix, np.float64))
    lengths = np.linalg.norm(rows, axis=1)
    cosines = rows @ rows[word_id] / np.maximum(lengths * lengths[word_id], 1e-12)
    order = np.argsort(-cosines, kind="stable")
    return [(int(i), float(cosines[i])) for i in order if i != word_id][:count]


def _neighbours(vocabulary: Vocabulary, matrix: Array, moment: Moment) -> None:
    """What stands beside a word by its id, and what by its vector."""
    st.markdown("##### Does the order of the ids still matter?")
    typed = st.text_input("A word", "great", key="vector-word", live="150ms", max_chars=60, width=240)
    word = next(iter(tokenize(typed or "")), "")
    if word not in vocabulary.word2id:
        st.caption(f"“{plain(short(word))}” is not in the vocabulary." if word else "Type a word.")
        return
    word_id = vocabulary.word2id[word]
    everyone = dict(nearest(matrix, word_id, len(matrix)))
    beside = [i for i in range(word_id - 2, word_id + 4) if 0 <= i < len(vocabulary) and i != word_id][:NEAR]
    columns = {
        f"Next to it by id ({word_id})": beside,
        "Nearest by vector": list(everyone)[:NEAR],
    }
    for column, (title, ids) in zip(st.columns(2, gap="large"), columns.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.table([
                {"word": plain(vocabulary.id2word[i]), "id": str(i), "cosine": signed(everyone[i])}
                for i in ids
            ])  # fmt: skip
    when = "before training, so by chance" if moment.step == 0 else f"after step {moment.step:,}"
    st.caption(
        f"The cosine of two vectors is 1 where they point the same way, 0 where they have nothing in common. "
        f"This is {when}. This network learns only what helps to tell praise from blame: words that pull the "
        "same way come together, whatever else they mean."
    )


def scale_html(low: float, high: float, remark: str = "") -> str:
    """What colours mean, for `st.html`: a bar from the lowest to the highest value.

    Args:
        low: below 0 for colours that diverge from 0.
        high: the last colour's value.
        remark: what else is to be known.
    """
    scheme = DIVERGING if low < 0 else VIRIDIS
    pixels = data_address(colored(np.linspace(low, high, 200)[np.newaxis], low, high, scheme))
    first = f"−{-low:.2g}" if low < 0 else f"{low:.2g}"
    return (
        f'<div style="display: flex; gap: 0.5rem; align-items: center; {QUIET}"><span>{first}</span>'
        f'<img src="{pixels}" alt="" style="width: 9rem; height: 0.7rem; border-radius: 2px"/>'
        f"<span>{high:.2g}{escape(', ' + remark if remark else '')}</span></div>"
    )
