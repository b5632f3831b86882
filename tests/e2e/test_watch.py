"""The watch over pages notices what it is there for; else no test of a page could fail for it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Watch
from tests.e2e.steps import NOTHING


@pytest.fixture
def watched(browser: Browser) -> Iterator[tuple[Page, Watch]]:
    """An empty page, on which no rule of ours forbids anything, and the watch over it."""
    page, watch = browser.new_page(), Watch()
    watch.over(page.context)
    page.goto(NOTHING)
    yield page, watch
    page.close()


@pytest.mark.parametrize(
    "url", ["https://example.com/data", "http://192.0.2.1/data", "http://localhost:9/data"]
)
def test_a_request_to_another_host_fails_and_is_noted(watched: tuple[Page, Watch], url: str) -> None:
    page, watch = watched
    with page.expect_event("requestfailed"):
        page.evaluate("url => { new Image().src = url }", url)
    assert f"request to another host: {url}" in watch.problems


def test_a_socket_to_another_host_is_noted(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    with page.expect_websocket():
        page.evaluate("() => { new WebSocket('wss://example.com/talk') }")
    assert "request to another host: wss://example.com/talk" in watch.problems


def test_an_error_is_noted(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    with page.expect_console_message():
        page.evaluate("console.error('it went wrong')")
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('so did this') }) }")
    assert [problem.partition(" (")[0] for problem in watch.problems] == [
        "console: it went wrong", "error on a page: so did this",
    ]  # fmt: skip
