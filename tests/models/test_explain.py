"""Explanations of networks whose answers are known, and the laws that hold for any network."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.explain import Ids, explain, flip, skips_padding, without, words_in
from models.forward import predict, softmax
from models.layers import (
    GRU,
    LSTM,
    AnyLayer,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    Reshape,
    SimpleRNN,
    summary,
)
from models.weights import Array, Weights
from tests.models.strategies import REPEATABLE, SEEDS, inputs_for, legal_stacks, weights_for

PAD = 2
LENGTH = 8
MEANING = {0: -2.0, 1: 1.0, PAD: 0.5, 3: -0.75, 4: 3.0, 5: 0.0}
"""Hand-made: what each word says, from bad to good. The padding says something too, where it is read."""

OUTPUT = Dense(units=2, activation="softmax")


def row(*ids: int, length: int = LENGTH) -> Ids:
    return np.array([*ids, *[PAD] * (length - len(ids))], np.int32)


def words(pad_id: int | None) -> Embedding:
    return Embedding(vocabulary_size=len(MEANING), units=1, pad_id=pad_id)


VERDICT = {"dense/kernel": np.array([[-0.5, 0.5]], np.float32), "dense/bias": np.zeros(2, np.float32)}
VECTORS = {"embeddings": np.array(list(MEANING.values()), np.float32)[:, None]}


def average(pad_id: int | None = PAD) -> tuple[list[AnyLayer], Weights]:
    """Says "good" with the probability σ(mean meaning)."""
    weights = {"embedding/embeddings": VECTORS["embeddings"]} | VERDICT
    return [words(pad_id), GlobalAveragePooling1D(), OUTPUT], weights


def forgetful(pad_id: int | None = PAD) -> tuple[list[AnyLayer], Weights]:
    """An LSTM whose gates are open, but for the forget gate: its state is that of the last word alone.

    Says "good" with the probability σ(tanh(tanh(meaning of the last word))).
    """
    far = 50.0
    weights = {
        "embedding/embeddings": VECTORS["embeddings"],
        "lstm/kernel": np.array([[0, 0, 1, 0]], np.float32),
        "lstm/recurrent_kernel": np.zeros((1, 4), np.float32),
        "lstm/bias": np.array([far, -far, 0, far], np.float32),
    } | VERDICT
    return [words(pad_id), LSTM(units=1), OUTPUT], weights


def good(meaning: float) -> list[float]:
    """Probabilities of bad and good."""
    e = 1 / (1 + np.exp(-meaning))
    return [1 - e, e]


def said_by_forgetful(word: int) -> list[float]:
    return good(float(np.tanh(np.tanh(MEANING[word]))))


# Hand-built networks


def test_an_average_after_each_word_is_the_average_so_far() -> None:
    explanation = explain(*average(), row(4, 0, 0, 5), PAD)
    expected = [good(0), good(3), good(0.5), good(-1 / 3), good(-0.25)]
    np.testing.assert_allclose(explanation.after, expected, atol=1e-6)
    np.testing.assert_allclose(explanation.probabilities, expected[-1], atol=1e-6)
    assert explanation.verdict == 0


def test_importance_is_what_the_word_adds() -> None:
    explanation = explain(*average(), row(4, 0, 0, 5), PAD)
    bad = good(-0.25)[0]
    left = [good(-4 / 3)[0], good(1 / 3)[0], good(1 / 3)[0], good(-1 / 3)[0]]
    np.testing.assert_allclose(explanation.importance, bad - np.array(left), atol=1e-6)
    assert explanation.importance[0] < 0 < explanation.importance[1]


def test_padding_that_is_not_skipped_is_read_in_place_of_a_word() -> None:
    explanation = explain(*average(None), row(4, 0), PAD)
    expected = [good(0.5), good((3 + 7 * 0.5) / 8), good((3 - 2 + 6 * 0.5) / 8)]
    np.testing.assert_allclose(explanation.after, expected, atol=1e-6)
    left = [good((-2 + 7 * 0.5) / 8)[1], good((3 + 7 * 0.5) / 8)[1]]
    np.testing.assert_allclose(explanation.importance, expected[-1][1] - np.array(left), atol=1e-6)


def test_of_a_forgetful_network_only_the_last_word_matters() -> None:
    explanation = explain(*forgetful(), row(4, 0, 3, 1), PAD)
    expected = [said_by_forgetful(word) for word in (4, 0, 3, 1)]
    np.testing.assert_allclose(explanation.after[1:], expected, atol=1e-6)
    np.testing.assert_allclose(explanation.importance[:3], 0, atol=1e-6)
    left = said_by_forgetful(3)[1]  # without the last word, the one before it is the last
    assert explanation.importance[3] == pytest.approx(said_by_forgetful(1)[1] - left, abs=1e-6)


def test_a_forgetful_network_that_reads_padding_says_always_the_same() -> None:
    explanation = explain(*forgetful(None), row(4, 0, 3), PAD)
    np.testing.assert_allclose(explanation.after, [said_by_forgetful(PAD)] * 4, atol=1e-6)
    assert not explanation.importance.any()


@pytest.mark.parametrize(
    ("sentence", "deleted"),
    [
        ((4, 0, 3), (0,)),  # 3 - 2 - 0.75 is good; without the 3 it is bad
        ((4, 4, 0, 3), (0, 1)),
        ((4, 4, 4, 0, 1, 3), (0, 1, 2)),  # 7.25: without two of the 3s it is still 1.25
        ((0, 3, 1), (0,)),  # -1.75: without -2 it is 0.25
        ((1, 1, 1), ()),
        ((4,), ()),
        ((), ()),
    ],
)
def test_the_smallest_flip_of_an_average(sentence: Sequence[int], deleted: tuple[int, ...]) -> None:
    found = flip(*average(), row(*sentence), PAD)
    assert found.words == deleted
    assert found.proven
    rest = [MEANING[word] for i, word in enumerate(sentence) if i not in deleted]
    np.testing.assert_allclose(found.probabilities, good(float(np.mean(rest or [0]))), atol=1e-6)


@pytest.mark.parametrize(
    ("sentence", "deleted"),
    [((4, 0, 3, 1), (3,)), ((4, 0, 3), (1, 2)), ((0, 1, 1, 4, 1), (1, 2, 3, 4)), ((0, 0), ())],
)
def test_the_smallest_flip_of_a_forgetful_network(sentence: Sequence[int], deleted: tuple[int, ...]) -> None:
    found = flip(*forgetful(), row(*sentence), PAD)
    assert found.words == deleted
    assert found.proven


def test_beyond_the_budget_the_search_is_greedy_and_says_what_is_proven() -> None:
    sentence = row(4, 4, 4, 0, 1, 3)
    for budget, proven in ((0, False), (7, False), (22, True)):  # 1 + 6 of one word, 15 of two
        found = flip(*average(), sentence, PAD, budget=budget)
        assert found.words == (0, 1, 2)
        assert found.proven is proven
        assert found.asked <= budget + 1 + len(sentence) ** 2
    found = flip(*average(), row(1, 1, 1, 4), PAD, budget=2)
    assert found.words == ()
    assert not found.proven


# Sentences without words


def test_words_that_go_make_room_for_those_behind_them() -> None:
    rows = without(row(4, 0, 3, 1), PAD, [(), (0,), (3,), (2, 1), (0, 1, 2, 3)])
    assert rows.tolist() == [row(*ids).tolist() for ids in ((4, 0, 3, 1), (0, 3, 1), (4, 0, 3), (4, 1), ())]
    assert without(row(4), PAD, []).shape == (0, LENGTH)


def test_padding_between_words_is_a_word() -> None:
    assert words_in(row(4, PAD, 1), PAD) == 3
    assert words_in(row(), PAD) == 0
    assert words_in(row(*[1] * LENGTH), PAD) == LENGTH


@given(st.lists(st.sampled_from([0, 1, 3, 4, 5]), max_size=LENGTH), st.data())
def test_the_other_words_stay_in_order(sentence: list[int], data: st.DataObject) -> None:
    deleted = data.draw(st.sets(st.sampled_from(range(len(sentence)))) if sentence else st.just(set()))
    (rest,) = without(row(*sentence), PAD, [deleted])
    assert rest.tolist() == row(*(word for i, word in enumerate(sentence) if i not in deleted)).tolist()


# Any network


def any_network(seed: int, pad_id: int | None) -> tuple[list[AnyLayer], Weights]:
    random = np.random.default_rng(seed)
    middle: list[list[AnyLayer]] = [
        [LSTM(units=3)],
        [GRU(units=3, bidirectional=True), Dropout(rate=0.3)],
        [SimpleRNN(units=2, return_sequences=True, bidirectional=True), LSTM(units=2)],
        [GlobalAveragePooling1D(), Dense(units=3)],
        [Flatten()],
    ]
    classes = Dense(units=int(random.integers(2, 4)), activation="softmax")
    layers: list[AnyLayer] = [
        Embedding(vocabulary_size=6, units=3, pad_id=pad_id),
        *middle[int(random.integers(len(middle)))],
        classes,
    ]
    weights = weights_for(layers, (LENGTH,), seed)
    return layers, {name: 2 * array for name, array in weights.items()}


sentences = st.lists(st.sampled_from([0, 1, 3, 4, 5]), min_size=1, max_size=6)
pads = st.sampled_from([PAD, None])


@REPEATABLE
@given(SEEDS, pads, sentences)
def test_explanations_are_what_the_network_says_of_other_sentences(
    seed: int, pad_id: int | None, sentence: list[int]
) -> None:
    layers, weights = any_network(seed, pad_id)

    def says(ids: Sequence[int]) -> Array:
        answer: Array = predict(layers, weights, row(*ids)[None])[0]
        return answer

    explanation = explain(layers, weights, row(*sentence), PAD)
    whole = says(sentence)
    assert explanation.verdict == whole.argmax()
    for i in range(len(sentence) + 1):
        np.testing.assert_allclose(explanation.after[i], says(sentence[:i]), atol=1e-5)
    for i, importance in enumerate(explanation.importance):
        left = says(sentence[:i] + sentence[i + 1 :])[explanation.verdict]
        assert importance == pytest.approx(whole[explanation.verdict] - left, abs=1e-5)


@REPEATABLE
@given(SEEDS, pads, sentences, st.sampled_from([0, 10, 1000]))
def test_a_flip_flips_is_minimal_and_is_proven_only_if_it_is_smallest(
    seed: int, pad_id: int | None, sentence: list[int], budget: int
) -> None:
    layers, weights = any_network(seed, pad_id)
    found = flip(layers, weights, row(*sentence), PAD, budget)
    verdict = int(predict(layers, weights, row(*sentence)[None])[0].argmax())

    def flips(deleted: Sequence[int]) -> bool:
        rest = [word for i, word in enumerate(sentence) if i not in deleted]
        said = predict(layers, weights, row(*rest)[None])[0]
        return bool(np.delete(said, verdict).max() > said[verdict] + 1e-6)

    places = range(len(sentence))
    all_smaller = [c for size in range(1, len(found.words)) for c in combinations(places, size)]
    everything = [c for size in range(1, len(sentence)) for c in combinations(places, size)]
    if found.words:
        assert found.probabilities.argmax() != verdict
        rest = [word for i, word in enumerate(sentence) if i not in found.words]
        np.testing.assert_allclose(
            found.probabilities, predict(layers, weights, row(*rest)[None])[0], atol=1e-5
        )
        assert not any(flips(part) for part in combinations(found.words, len(found.words) - 1) if part)
        if found.proven:
            assert not any(map(flips, all_smaller))
    elif found.proven:
        assert not any(map(flips, everything))
    if budget == 1000:
        assert found.proven


@REPEATABLE
@given(legal_stacks("words"), SEEDS)
def test_padding_may_be_cut_off_where_it_is_skipped(
    stack: tuple[list[AnyLayer], tuple[int, ...]], seed: int
) -> None:
    layers, shape = stack
    first = layers[0]
    assert isinstance(first, Embedding)
    if first.pad_id is None or not skips_padding(layers, first.pad_id):
        return
    weights = weights_for(layers, shape, seed)
    x = inputs_for(layers, shape, seed)
    for ids in x:
        cut = max(words_in(ids, first.pad_id), 1)
        whole = predict(layers, weights, ids[None])
        np.testing.assert_allclose(predict(layers, weights, ids[None, :cut]), whole, atol=1e-5)


@pytest.mark.parametrize(
    ("layers", "skips"),
    [
        ([words(PAD), LSTM(units=2)], True),
        (
            [
                words(PAD),
                Dense(units=2),
                Dropout(),
                GRU(units=2, return_sequences=True),
                LSTM(units=2),
                OUTPUT,
            ],
            True,
        ),
        ([words(PAD), GlobalAveragePooling1D(), OUTPUT], True),
        ([words(PAD), GlobalAveragePooling1D(), Reshape(target_shape=(1, 1)), LSTM(units=2)], True),
        ([words(None), LSTM(units=2)], False),
        ([words(3), LSTM(units=2)], False),
        ([words(PAD), Flatten(), OUTPUT], False),
        ([words(PAD), Reshape(target_shape=(LENGTH, 1)), LSTM(units=2)], False),
        ([words(PAD), LSTM(units=2, return_sequences=True)], False),
        ([Dense(units=2)], False),
    ],
)
def test_which_networks_skip_padding(layers: list[AnyLayer], skips: bool) -> None:
    assert skips_padding(layers, PAD) is skips


def test_the_hand_made_output_is_the_logistic_function() -> None:
    np.testing.assert_allclose(softmax(np.array([-0.5, 0.5])), good(1), atol=1e-7)
    assert len(summary(average()[0], (LENGTH,))) == 3
