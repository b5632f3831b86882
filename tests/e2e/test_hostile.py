"""Addresses that nobody would write in good faith: a sentence, no traceback, and the page works."""

import socket
from urllib.parse import quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.steps import QUICK, TRAIN, button, expect_state, said, see, train, visit

NO_NUMBER = "9" * 5_000
HOSTILE: dict[str, tuple[dict[str, str], int]] = {
    "numbers": (
        {
            "epochs": "1e9",
            "batch": "-1",
            "rate": "nan",
            "seed": str(2**31),
            "examples": "0",
            "run": "' OR 1=1 --",
        },
        6,
    ),
    "texts": (
        {
            "optimizer": "\u202eadam",
            "scaling": "\x00",
            "layers": "__import__('os').system('id')",
            "run": "../../etc/passwd",
        },
        4,
    ),
    "long": ({"epochs": NO_NUMBER, "seed": NO_NUMBER, "layers": "A" * 10_000, "run": "A" * 10_000}, 4),
    "layers": ({"layers": "Dense(units=__import__('os'))", "preset": "nothing"}, 2),
    "too many layers": ({"layers": "Dense(units=3);" * 100}, 1),
}
"""Parameters, and how many of them cannot be used: each is answered with a sentence."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_address_is_answered_with_sentences(page: Page, name: str) -> None:
    parameters, bad = HOSTILE[name]
    visit(page, f"{TRAIN}&{urlencode(parameters)}")
    expect(said(page)).to_have_count(bad)
    for text in said(page).all_inner_texts():
        assert 10 < len(text) < 400
        assert "Traceback" not in text
        assert "pydantic" not in text
    see(button(page, "train"))


def test_bytes_that_are_no_text(page: Page) -> None:
    visit(page, f"{TRAIN}&preset=%00&optimizer=%ff%fe&seed=3&seed=%zz")
    see(said(page).first)


def test_after_a_hostile_address_one_can_train(page: Page) -> None:
    visit(page, QUICK + "&epochs=1e9&run=" + quote("../../etc/passwd", safe=""))
    expect(button(page, "train")).to_be_enabled()
    train(page)
    expect_state(page, "Finished")


MARKUP = [
    "<img src=/evil.png onerror=alert(1)>",
    "![x](http://evil.example/x.png)",
    "[x](http://evil.example) www.evil.example evil@evil.example",
]


@pytest.mark.parametrize("turn", range(len(MARKUP)))
def test_markup_in_an_address_is_text(page: Page, turn: int) -> None:
    names = ["preset", "layers", "epochs", "scaling", "run"]
    parameters = {name: MARKUP[(turn + index) % len(MARKUP)] for index, name in enumerate(names)}
    visit(page, f"{TRAIN}&{urlencode(parameters)}")
    expect(said(page)).to_have_count(len(names))
    expect(page.locator("[src*=evil], [href*=evil]")).to_have_count(0)


@pytest.mark.parametrize(
    "parameters", ["class=%3Cb%3E&index=-5&overlaid=x&part=nothing", "index=99999999999999999999"]
)
def test_unknown_values_for_the_first_part_are_ignored(page: Page, parameters: str) -> None:
    visit(page, f"/shapes?{parameters}")
    expect(page.locator("[data-testid=stVegaLiteChart] svg.marks")).to_have_count(2)


def test_an_unknown_page_is_no_crash(new_page: NewPage, base_url: str) -> None:
    answer = new_page().request.get(f"{base_url}/../../etc/passwd")
    assert b"root:" not in answer.body()


@pytest.mark.parametrize(("name", "answer"), [("localhost", b" 101 "), ("elsewhere.example", b" 403 ")])
def test_the_server_listens_only_to_its_own_names(base_url: str, name: str, answer: bytes) -> None:
    """The name of a page elsewhere can be made to point to this computer."""
    port = urlsplit(base_url).port
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        request = (
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {name}:{port}\r\nOrigin: http://{name}:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        connection.sendall(request.encode())
        assert answer in connection.recv(64)
