"""The neighbour-hop game."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.hops import Game
from models.vectors import UnknownWordError, VectorError, VectorSpace
from tests.models.spaces import random_space


def distance(game: Game, start: str, end: str) -> int | None:
    """The fewest hops, word by word."""
    layer, seen, hops = {start}, {start}, 0
    while layer:
        if end in layer:
            return hops
        layer = {choice.word for word in layer for choice in game.choices(word)} - seen
        seen |= layer
        hops += 1
    return None


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 39), st.integers(0, 39), st.integers(1, 4), st.integers(0, 9))
def test_a_path_is_allowed_and_shortest(start: int, end: int, k: int, seed: int) -> None:
    game = Game(random_space(60, 4, seed), k, first=40)
    fewest = distance(game, f"w{start}", f"w{end}")
    path = game.shortest_path(f"w{start}", f"w{end}", max_hops=40)
    if fewest is None:
        assert path is None
        return
    assert path is not None
    assert (path[0], path[-1], len(path)) == (f"w{start}", f"w{end}", fewest + 1)
    game.check_path(path)
    assert game.shortest_path(f"w{start}", f"w{end}", max_hops=fewest) == path
    assert fewest == 0 or game.shortest_path(f"w{start}", f"w{end}", max_hops=fewest - 1) is None


def test_hops_go_to_neighbours_that_take_part() -> None:
    game = Game(random_space(), 5, first=50)
    choices = [choice.word for choice in game.choices("w3")]
    assert len(choices) == 5
    assert all(int(word[1:]) < 50 for word in choices)
    assert game.is_hop("w3", choices[0].upper())
    other = next(f"w{number}" for number in range(50) if f"w{number}" not in [*choices, "w3"])
    assert not game.is_hop("w3", other)
    with pytest.raises(VectorError, match=f"“{other}” is not among the 5 nearest neighbours of “w3”"):
        game.check_path(["w3", other])


def test_from_king_to_queen_and_from_cat_to_physics() -> None:
    game = Game(VectorSpace.load("glove"))
    assert game.shortest_path("King", "queen") == ["king", "queen"]
    path = game.shortest_path("cat", "physics")
    assert path is not None
    assert 3 < len(path) < 12
    game.check_path(path)


def test_who_does_not_take_part_is_said() -> None:
    game = Game(random_space(), first=50)
    with pytest.raises(VectorError, match="“w60” does not take part: only the first 50 words do"):
        game.shortest_path("w1", "w60")
    with pytest.raises(UnknownWordError, match="“king” is not among"):
        game.choices("king")


@pytest.mark.parametrize(("k", "first"), [(0, 50), (51, 50), (5, 1), (5, 50_001)])
def test_other_rules_are_refused(k: int, first: int) -> None:
    with pytest.raises(VectorError, match=r"1 to 50 neighbours|2 to 50,000 words"):
        Game(random_space(), k, first)
