"""The film by which Look inside follows the timeline: each frame is what the page would show."""

from typing import Any

import pytest

from app.ui.session import lab
from app.ui.shapes.first_picture import PART
from tests.pages.test_first_picture import on_the_page
from tests.pages.test_parts import open_part, reference


@pytest.mark.parametrize(
    ("preset", "key", "state"),
    [
        ("shapes-lstm", "inside-state", "cell"),  # coloured anew at each moment
        ("shapes-gru", "inside-state", "reset_gate"),
        ("shapes-mlp", "inside-kernel", ""),
    ],
)
def test_each_frame_is_what_the_page_shows_at_that_moment(preset: str, key: str, state: str) -> None:
    run = reference(preset)

    def look(**address: str) -> Any:  # noqa: ANN401  # JSON
        return on_the_page(open_part(PART, run=run.id, curve="7", state=state, **address), key)

    app = open_part(PART, run=run.id, curve="7", state=state)
    assert on_the_page(app, key)["film"]["frames"] is None  # nobody has asked
    app.session_state[f"{key}.film"] = True  # as the browser's asking does
    frames = on_the_page(app.run(), key)["film"]["frames"]
    assert on_the_page(app.run(), key)["film"]["frames"] is None  # it has them now
    steps = lab().snapshot_steps(run.id)
    assert len(frames) == len(steps) > 10
    for column in (1, len(steps) // 2, len(steps)):
        shown = look(moment=str(steps[column - 1]))
        assert shown["film"]["column"] == column
        now = on_the_page(app, key)["parts"]
        for looks, then, before in zip(frames[column - 1], shown["parts"], now, strict=True):
            assert looks == {name: then[name] for name in looks}
            same = set(before) - set(looks) - {"values"}  # only the server sends those
            assert {name: before[name] for name in same} == {name: then[name] for name in same}


def test_a_film_is_of_one_input_and_one_state() -> None:
    run = reference("shapes-lstm")
    of = {
        on_the_page(open_part(PART, run=run.id, **address), "inside-state")["film"]["subject"]
        for address in ({}, {"moment": "0"}, {"t": "3"}, {"curve": "8"}, {"state": "cell"})
    }
    assert len(of) == 3  # neither the moment nor the time step changes what the frames are of
