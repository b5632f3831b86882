"""The picture in the answer to a link: the same as on the page, and nothing where there is none to be had."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from app.runs.run import Run
from app.ui.session import lab
from app.ui.shapes.first_picture import PART, TITLE, first_picture
from data import own
from models.presets import PRESETS
from tests.pages.test_pages import LARGE
from tests.pages.test_parts import open_part, reference, strangers_run

LSTM = {"curve": "7", "moment": "240", "t": "20", "state": "cell"}


def picture(path: str = "/shapes", **parameters: str) -> str:
    return first_picture(lab(), path, urlencode({"part": PART, **parameters}))


def numbers(html: str) -> Any:  # noqa: ANN401  # JSON
    """What the script draws."""
    found = re.search(r"^const data = (.*)$", html, re.MULTILINE)
    assert found is not None
    return json.loads(found[1])


def on_the_page(app: AppTest, key: str) -> Any:  # noqa: ANN401  # JSON
    """What strips of a page draw."""
    one = next(one for one in app.get("bidi_component") if f"-{key}-" in f"-{one.proto.id}-")
    return json.loads(one.proto.json)


@pytest.mark.parametrize(
    ("preset", "key", "address"),
    [
        ("shapes-lstm", "inside-state", {}),
        ("shapes-lstm", "inside-state", LSTM),
        ("shapes-gru", "inside-state", {"state": "update_gate"}),
        ("shapes-rnn", "inside-state", {"moment": "0", "t": "999", "curve": "-1", "state": "<b>"}),
        ("shapes-mlp", "inside-kernel", {"curve": "299"}),
        ("shapes-mlp", "inside-kernel", {"curve": "300"}),
    ],
)
def test_it_is_what_the_page_draws(preset: str, key: str, address: dict[str, str]) -> None:
    run = reference(preset)
    html = picture(run=run.id, **address)
    app = open_part(PART, run=run.id, **address)
    theirs = on_the_page(app, key)
    assert {**theirs, **numbers(html)} == theirs
    assert app.title[0].value in html
    said = next(text.value for text in app.markdown if "The network says" in text.value)
    assert said.replace("**", "") in html


def test_anybody_may_see_a_finished_run_by_its_link() -> None:
    assert TITLE in picture(run=strangers_run().id)


@pytest.mark.parametrize(
    "changed",
    [
        {"part": "Train"},
        {"from": "drawn"},
        {"run": ""},
        {"run": "nonsense"},
        {"run": LARGE},
        {"path": "/mnist"},
        {"path": "/"},
    ],
    ids=str,
)
def test_other_addresses_have_none(changed: dict[str, str]) -> None:
    run = reference("shapes-lstm").id
    assert picture(run=run)
    assert picture(**{"run": run, **changed}) == ""


@pytest.mark.parametrize(
    "query", ["", "=", "&" * 1_000, "a=b&" * 1_000, "%", "%ff=%00", "\x00", "run", LARGE]
)
def test_nonsense_has_none(query: str) -> None:
    assert first_picture(lab(), "/shapes", query) == ""


@pytest.mark.parametrize("name", ["curve", "moment", "t", "state", "layer", "unit", "other"])
def test_nothing_of_the_address_is_repeated(name: str) -> None:
    address = {"run": reference("shapes-lstm").id, name: "</script><script>alert(1)</script>"}
    assert "alert" not in picture(**address)


def test_a_run_on_own_data_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    run = strangers_run()
    assert picture(run=run.id)
    monkeypatch.setattr(own, "is_own", lambda _: True)
    assert picture(run=run.id) == ""


def test_a_run_without_weights_has_none() -> None:
    run = Run("y" * 22, PRESETS["shapes-lstm"], parameters=0, steps=0, steps_per_epoch=0)
    lab()._store.add(run)
    assert picture(run=run.id) == ""
