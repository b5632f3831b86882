"""Axes between words."""

import numpy as np
import pytest

from models.axes import extremes, pair_axis, places, pole_axis
from models.vectors import UnknownWordError, VectorError, VectorSpace
from tests.models.spaces import random_space, random_vectors


@pytest.fixture(scope="module")
def glove() -> VectorSpace:
    return VectorSpace.load("glove")


def test_poles_stand_at_their_ends() -> None:
    space = random_space()
    axis = pole_axis(space, ["w1", "w2"], ["w3"])
    assert np.linalg.norm(axis.direction) == pytest.approx(1)
    units = space.rows.units([1, 2, 3])
    expected = units[2] - units[:2].mean(axis=0)
    assert axis.direction == pytest.approx(expected / np.linalg.norm(expected))
    low, high = places(space, [axis], ["w1", "w3"])[:, 0]
    assert low < high
    turned = pole_axis(space, ["w3"], ["w1", "w2"])
    assert turned.direction == pytest.approx(-axis.direction)
    assert (axis.name, turned.name) == ("w1–w3", "w3–w1")


def test_one_pair_is_its_difference() -> None:
    space = random_space()
    assert pair_axis(space, [("w1", "w2")]).direction == pytest.approx(
        pole_axis(space, ["w1"], ["w2"]).direction
    )
    assert pair_axis(space, [("w1", "w2")]).share == pytest.approx(1)


def test_pairs_give_the_first_component_of_their_differences() -> None:
    """As Bolukbasi et al. define it: of the covariance around each pair's own mean."""
    space = random_space()
    pairs = [("w1", "w2"), ("w3", "w4"), ("w5", "w6")]
    covariance = np.zeros((8, 8))
    for low, high in pairs:
        pair = space.rows.units([int(low[1:]), int(high[1:])])
        centred = pair - pair.mean(axis=0)
        covariance += centred.T @ centred / 2
    values, vectors = np.linalg.eigh(covariance)
    axis = pair_axis(space, pairs)
    assert abs(axis.direction @ vectors[:, -1]) == pytest.approx(1)
    assert axis.share == pytest.approx(values[-1] / values.sum())
    lows, highs = zip(*pairs, strict=True)
    assert (places(space, [axis], highs) - places(space, [axis], lows)).sum() > 0


def test_places_are_cosines_with_each_axis() -> None:
    space = random_space().seen_as("centred")
    axes = [pole_axis(space, ["w1"], ["w2"]), pole_axis(space, ["w3"], ["w4"])]
    found = places(space, axes, np.arange(200))
    assert found.shape == (200, 2)
    assert np.abs(found).max() <= 1
    assert found[:, 1] == pytest.approx(space.rows.cosines(axes[1].direction), abs=1e-6)
    assert places(space, axes, ["w7"])[0] == pytest.approx(found[7])


def test_the_ends_of_an_axis_are_its_extremes() -> None:
    space = random_space()
    axis = pole_axis(space, ["w1"], ["w2"])
    order = np.argsort(places(space, [axis], np.arange(200))[:, 0])
    assert [found.word for found in extremes(space, axis, "low", 3)] == [f"w{i}" for i in order[:3]]
    assert [found.word for found in extremes(space, axis, "high", 3)] == [f"w{i}" for i in order[:-4:-1]]
    some = extremes(space, axis, "high", 10, within=["w5", "w9", "w3"])
    assert {found.word for found in some} == {"w3", "w5", "w9"}


def test_once_taken_out_all_stand_at_zero() -> None:
    space = random_space()
    axis = pair_axis(space, [("w1", "w2"), ("w3", "w4")])
    without = space.take_out(axis.direction, axis.name)
    assert places(without, [axis], np.arange(200)) == pytest.approx(0, abs=1e-12)
    assert without.title == "random, raw, without w1–w2"


def test_gender_of_professions(glove: VectorSpace) -> None:
    pairs = [("man", "woman"), ("he", "she"), ("father", "mother"), ("boy", "girl"), ("king", "queen")]
    axis = pair_axis(glove, pairs)
    nurse, engineer = places(glove, [axis], ["nurse", "engineer"])[:, 0]
    assert engineer < 0.05 < nurse
    assert axis.share > 0.4


def test_what_makes_no_axis_is_said() -> None:
    vectors = random_vectors(4, 3)
    vectors[1] = vectors[0] * 2
    space = VectorSpace("x", ["a", "b", "c", "d"], vectors)
    with pytest.raises(VectorError, match="“a” and “b” are at the same place"):
        pole_axis(space, ["a"], ["b"])
    with pytest.raises(VectorError, match="“a” and “b” are at the same place"):
        pair_axis(space, [("a", "b")])
    with pytest.raises(VectorError, match="a word at each end"):
        pole_axis(space, [], ["b"])
    with pytest.raises(VectorError, match="needs a pair"):
        pair_axis(space, [])
    with pytest.raises(UnknownWordError, match="“e” is not among"):
        pair_axis(space, [("a", "e")])
