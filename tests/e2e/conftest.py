"""Browser tests: a real server, the system's Chromium, and a watch on what a page must never do."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, Literal
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
from tests.e2e.steps import NOTHING

PATIENCE = 60_000
"""Milliseconds to wait for a state; long, since the machine may be busy."""

PROBE = re.compile(r"/(shapes|mnist|sentiment|projector|algebra|runs)/_stcore/(health|host-config)")
"""On a deep link Streamlit's frontend finds its base path by asking here; the answer 404 is part of it."""

NewPage = Callable[..., Page]
Scheme = Literal["light", "dark"]

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
    """Notes what no page may do: errors, and requests to other hosts.

    Those fail, since the browser finds no other host, and only what fails is looked at: to be told of each of
    the two hundred files of a page would take a tenth of the time in which it opens.
    """

    def __init__(self) -> None:
        """All is well."""
        self.problems: list[str] = []

        self._listeners: dict[str, Callable[[Any], object]] = {
            "requestfailed": self._failed,
            "console": self._console,
            "weberror": lambda error: self.problems.append(f"error on a page: {error.error}"),
            "page": lambda page: page.on("websocket", self._socket),
        }

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of a context."""
        for page in context.pages:
            page.on("websocket", self._socket)
        for event, listener in self._listeners.items():
            context.on(event, listener)  # type: ignore[call-overload]  # one name each, says Playwright

    def leave(self, context: BrowserContext) -> None:
        """Watch it no more."""
        for event, listener in self._listeners.items():
            context.remove_listener(event, listener)
        for page in context.pages:
            page.remove_listener("websocket", self._socket)

    def _failed(self, request: Request) -> None:
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


class Browsers:
    """Those that tests have left, by their options.

    Each keeps its tab: there the next page starts in a third of the time, since its scripts are compiled
    already.
    """

    def __init__(self, browser: Browser) -> None:
        """There is none yet."""
        self._browser = browser
        self._left: dict[str, list[BrowserContext]] = {}

    def take(self, options: dict[str, Any], color_scheme: Scheme = "light") -> BrowserContext:
        """A browser with one empty tab, of somebody who has never been here."""
        left = self._those_like(options)
        context = left.pop() if left else self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        page = context.pages[0] if context.pages else context.new_page()
        page.emulate_media(color_scheme=color_scheme)  # whatever whoever left it had
        return context

    def leave(self, context: BrowserContext, options: dict[str, Any]) -> None:
        """Whoever takes it next is somebody else."""
        _forget(context)
        self._those_like(options).append(context)

    def _those_like(self, options: dict[str, Any]) -> list[BrowserContext]:
        return self._left.setdefault(repr(sorted(options.items())), [])

    def close(self) -> None:
        """Close those that were left."""
        for context in chain(*self._left.values()):
            context.close()


@pytest.fixture(scope="session")
def browsers(browser: Browser) -> Iterator[Browsers]:
    """What all tests take theirs from."""
    browsers = Browsers(browser)
    yield browsers
    browsers.close()


@pytest.fixture
def new_page(
    browser_context_args: dict[str, Any],
    browsers: Browsers,
    watch: Watch,
    request: pytest.FixtureRequest,
) -> Iterator[NewPage]:
    """Open a browser of another learner, watched; runs that its pages show are stopped at the end."""
    taken = []
    failed = request.session.testsfailed

    def make(color_scheme: Scheme = "light", **options: Any) -> Page:  # noqa: ANN401  # whatever Playwright takes
        options = browser_context_args | options
        context = browsers.take(options, color_scheme)
        watch.over(context)
        taken.append((context, options))
        return context.pages[0]

    yield make
    for context, options in taken:
        for page in context.pages:
            _stop(page)
        if request.session.testsfailed > failed:
            context.close()  # who knows in what state it is
            continue
        watch.leave(context)
        browsers.leave(context, options)


def _stop(page: Page) -> None:
    """There is one worker: a test that fails must not leave it busy for the next."""
    stop = page.locator(".st-key-stop button, .st-key-three-stop button").first
    with suppress(Error):  # the run may end by itself just now
        if stop.count() and stop.is_enabled(timeout=1_000):
            stop.click(timeout=5_000)
            expect(stop).to_be_disabled()


def _forget(context: BrowserContext) -> None:
    """Whoever comes next is somebody else: nothing is left of what was visited, but an empty tab."""
    for page in context.pages:
        with suppress(Error):  # it may have nothing open
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
    context.clear_cookies()
    for page in context.pages[1:]:
        page.close()
    for page in context.pages:
        page.goto(NOTHING)
        context.new_cdp_session(page).send("Page.resetNavigationHistory")


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page in the browser of a learner."""
    return new_page()


@pytest.fixture(scope="module")
def shared_tab(browsers: Browsers, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A tab, empty at first, in the browser of one learner for all tests of a file."""
    context = browsers.take(browser_context_args)
    yield context.pages[0]
    browsers.leave(context, browser_context_args)


@pytest.fixture
def shared_page(shared_tab: Page, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on which a test goes on where another of its file has ended.

    After a failure it is empty, and the learner another one.
    """
    failed = request.session.testsfailed
    watch.over(shared_tab.context)
    yield shared_tab
    if request.session.testsfailed > failed:
        _stop(shared_tab)
        _forget(shared_tab.context)
    watch.leave(shared_tab.context)


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[str]:
    """Address of a server that nobody has visited yet."""
    with serve(tmp_path) as url:
        yield url
