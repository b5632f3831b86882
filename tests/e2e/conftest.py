"""Browser tests: a real server, the system's Chromium, and a watch on what a page must never do."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    WebSocket,
    expect,
)

from tests.browser import ARGUMENTS, find_chromium
from tests.e2e.serving import serve

PATIENCE = 60_000
"""Milliseconds to wait for a state; long, since the machine may be busy."""

PROBE = re.compile(r"/(shapes|mnist|sentiment|projector|algebra|runs)/_stcore/(health|host-config)")
"""On a deep link Streamlit's frontend finds its base path by asking here; the answer 404 is part of it."""

NewContext = Callable[..., BrowserContext]

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the server that most tests share."""
    with serve(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium."""
    return {"executable_path": find_chromium(), "args": list(ARGUMENTS)}


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    """A laptop. Pulsing placeholders would take a tenth of a processor that draws them in software."""
    size = {"width": 1440, "height": 900}
    return {"base_url": base_url, "viewport": size, "reduced_motion": "reduce"}


class Watch:
    """Notes what no page may do: errors, and requests to other hosts."""

    def __init__(self) -> None:
        """All is well."""
        self.problems: list[str] = []

        self._listeners: dict[str, Callable[[Any], object]] = {
            "request": self._request,
            "console": self._console,
            "weberror": lambda error: self.problems.append(f"error on a page: {error.error}"),
            "page": lambda page: page.on("websocket", self._socket),
        }

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of a context."""
        for event, listener in self._listeners.items():
            context.on(event, listener)  # type: ignore[call-overload]  # one name each, says Playwright

    def leave(self, context: BrowserContext) -> None:
        """Watch it no more."""
        for event, listener in self._listeners.items():
            context.remove_listener(event, listener)

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _socket(self, socket: WebSocket) -> None:
        self._address(socket.url)

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.problems.append(f"request to another host: {url}")

    def _console(self, message: ConsoleMessage) -> None:
        path = urlsplit(message.location["url"]).path
        is_probe = PROBE.fullmatch(path) is not None and "404" in message.text
        if message.type == "error" and not is_probe:
            self.problems.append(f"console: {message.text} ({message.location})")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The watch over all pages of a test; the test fails if it has seen anything."""
    watch = Watch()
    yield watch
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture(scope="module")
def left_contexts(browser: Browser) -> Iterator[dict[str, list[BrowserContext]]]:
    """Browsers that a test has left, by their options: for the next one the scripts are in their caches."""
    left: dict[str, list[BrowserContext]] = {}
    yield left
    for context in chain(*left.values()):
        context.close()


@pytest.fixture
def new_context(
    browser: Browser,
    browser_context_args: dict[str, Any],
    left_contexts: dict[str, list[BrowserContext]],
    watch: Watch,
) -> Iterator[NewContext]:
    """Make a browser of another learner, watched; runs that its pages show are stopped at the end."""
    taken = []

    def make(**options: Any) -> BrowserContext:  # noqa: ANN401  # whatever Playwright takes
        options = browser_context_args | options
        left = left_contexts.setdefault(repr(sorted(options.items())), [])
        context = left.pop() if left else browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        taken.append((context, left))
        return context

    yield make
    for context, left in taken:
        for page in context.pages:
            _stop(page)
            _forget(page)
            page.close()
        watch.leave(context)
        context.clear_cookies()  # whoever comes next is somebody else
        left.append(context)


def _stop(page: Page) -> None:
    """There is one worker: a test that fails must not leave it busy for the next."""
    stop = page.locator(".st-key-stop button, .st-key-three-stop button").first
    with suppress(Error):  # the run may end by itself just now
        if stop.count() and stop.is_enabled(timeout=1_000):
            stop.click(timeout=5_000)
            expect(stop).to_be_disabled()


def _forget(page: Page) -> None:
    """Clear what the page has kept in the browser."""
    with suppress(Error):  # it may have nothing open
        page.evaluate("localStorage.clear(); sessionStorage.clear()")


@pytest.fixture
def context(new_context: NewContext) -> BrowserContext:
    """The browser of a learner."""
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page in it."""
    return context.new_page()


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[str]:
    """Address of a server that nobody has visited yet."""
    with serve(tmp_path) as url:
        yield url
