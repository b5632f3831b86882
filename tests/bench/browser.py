"""What a learner waits for, in a real browser; the peer of each row is the time or size to stay within."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from urllib.parse import quote

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.bench.measure import Bench, Row
from tests.browser import ARGUMENTS, find_chromium
from tests.e2e.serving import serve, serve_page
from tests.e2e.steps import TRAIN, button, expect_state, settled, train, visit

LABS = 5
"""Of the start page, each with a picture."""

LAPTOP: ViewportSize = {"width": 1440, "height": 900}

REPETITIONS = 5
SLIDES = 21

PATIENCE = 240_000
"""Milliseconds to wait for a state: on a slow computer an epoch of digits takes more than a minute."""
QUIET = 5.0
"""Seconds without work after which a process is said to be idle."""

# From the click to the first picture in which the chart of the loss has a point, that of the untrained
# network; and to the first in which it has a line, so that steps were done.
STOPWATCH = """() => {
  const found = (what) => document.querySelector(`[aria-label^="Chart of loss"] ${what}`);
  const drawn = () => found('.mark-symbol.role-mark path[d^="M"]');
  const trained = () => found('.mark-line path[d*="L"]');
  window.waited = null;
  document.querySelector('.st-key-train button').addEventListener('click', () => {
    const start = performance.now();
    const look = () => {
      if (drawn()) window.waited ??= performance.now() - start;
      if (trained()) window.trained = performance.now() - start;
      else requestAnimationFrame(look);
    };
    look();
  }, {once: true, capture: true});
}"""

# From a key pressed on a slider to the first change in what it moves.
SLIDE_WATCH = """([slider, moved]) => {
  window.waited = null;
  slider.addEventListener('keydown', () => {
    const start = performance.now();
    const observer = new MutationObserver(() => {
      observer.disconnect();
      window.waited ??= performance.now() - start;
    });
    observer.observe(moved, {subtree: true, childList: true, attributes: true, characterData: true});
  }, {once: true, capture: true});
}"""

# From the start of the navigation to the first picture in which the heat map has cells, which stands in the
# answer itself; and to that of the page, which takes its place.
OPENING_WATCH = """
window.waited = window.complete = null;
const shows = (selector) => [...document.querySelectorAll(selector)].some(
  (node) => node.shadowRoot?.querySelector('.strip img')?.naturalWidth
);
const look = () => {
  if (shows('#first-picture .host, .st-key-inside-state *')) window.waited ??= performance.now();
  if (shows('.st-key-inside-state *')) window.complete = performance.now();
  else requestAnimationFrame(look);
};
look();
"""


# The same up to the title of a page.
TITLE_WATCH = """
window.waited = window.complete = null;
const look = () => {
  if (document.querySelector('h1')) window.waited = window.complete = performance.now();
  else requestAnimationFrame(look);
};
look();
"""


@contextmanager
def a_browser() -> Iterator[Browser]:
    """The system's Chromium."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@cache
def waits() -> dict[str, float]:
    """Medians over some repetitions, in a fresh server."""
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser:
        page = browser.new_page(viewport=LAPTOP)  # a learner's browser is there before
        begin = monotonic()
        with serve_page("empty_app.py") as url:
            visit(page, url)
            found = {"empty start": monotonic() - begin}
        page.close()
        page = browser.new_page(viewport=LAPTOP)
        begin = monotonic()
        with serve(Path(folder)) as url:
            visit(page, url)
            expect(page.locator("[data-testid=stHtml] img")).to_have_count(LABS)
            found |= {"start": monotonic() - begin, "memory": _server_memory(url)}
            page.close()
            _wait_until_idle("models.worker")
            presets = ("shapes-lstm", "shapes-mlp", "shapes-gru", "shapes-rnn")
            for preset in presets:
                path = f"{TRAIN}&preset={preset}"
                found[preset] = median(_click(browser, url, path)[0] for _ in range(REPETITIONS))
            found["preset"] = max(found[preset] for preset in presets)
            new = [_click(browser, url, _unknown(40 + n)) for n in range(REPETITIONS)]
            found["new"], found["new, trained"] = map(median, zip(*new, strict=True))
            return found


@cache
def inside_waits() -> dict[str, float]:
    """Medians over some repetitions, in a fresh server, of looking inside an LSTM that was just trained.

    The link is opened by a browser that has been there before: it holds the app's scripts in its cache.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        a_browser() as browser,
        serve(Path(folder)) as url,
        serve_page("empty_app.py") as empty,
        _new_learner(browser, url) as page,
    ):
        visit(page, f"{TRAIN}&preset=shapes-lstm")
        run = train(page)
        expect_state(page, "Finished")
        _wait_until_idle("models.worker")
        link = f"/shapes?part=Look+inside&run={run}"
        for _ in range(2):  # the first visits of all fill the cache
            _open(page.context, link)
            _open(page.context, empty, TITLE_WATCH)
        waited = [
            (*_open(page.context, link), _open(page.context, empty, TITLE_WATCH)[0])
            for _ in range(REPETITIONS)
        ]
        found = dict(zip(("open", "complete", "empty"), map(median, zip(*waited, strict=True)), strict=True))
        states = page.locator(".strip.cells")
        first = []
        for _ in range(REPETITIONS):
            visit(page, link)
            states.locator(".marks").wait_for()
            first.append(_slide(page, "Moment of training", states))
        found["timeline, first"] = median(first)
        title = page.get_by_role("heading", name="by hand")
        numbers = page.locator("[data-testid=stMarkdown]:has(table)")
        for key, name, moved in (
            ("step", "Time step t", states),
            ("step, written", "Time step t", title),
            ("timeline", "Moment of training", states),
            ("timeline, written", "Moment of training", numbers),
        ):
            page.get_by_role("slider", name=name).press("End")
            settled(page)
            found[key] = median(_slide(page, name, moved) for _ in range(SLIDES))
        return found


def _open(context: BrowserContext, link: str, watch: str = OPENING_WATCH) -> tuple[float, float]:
    """Seconds to the first picture, and to that of the page."""
    page = context.new_page()
    page.add_init_script(watch)
    page.goto(link)
    seconds = _waited(page), _waited(page, "complete")
    settled(page)
    page.close()
    return seconds


def _slide(page: Page, name: str, moved: Locator) -> float:
    slider = page.get_by_role("slider", name=name)
    handles = [slider.element_handle(), moved.element_handle()]
    page.evaluate(SLIDE_WATCH, handles)
    slider.press("ArrowLeft")
    seconds = _waited(page)
    settled(page)
    return seconds


def _waited(page: Page, name: str = "waited") -> float:
    """What a stopwatch in the page has measured, in seconds."""
    page.wait_for_function(f"window.{name} !== null")
    return float(page.evaluate(f"window.{name}")) / 1000


@contextmanager
def _new_learner(browser: Browser, url: str) -> Iterator[Page]:
    """A page of somebody who has trained nothing: no earlier run is drawn."""
    with browser.new_context(base_url=url, viewport=LAPTOP) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def _click(browser: Browser, url: str, path: str) -> tuple[float, float]:
    """Seconds from Train to the first point, and to the first line."""
    with _new_learner(browser, url) as page:
        visit(page, path)
        page.locator("[data-testid=stVegaLiteChart] svg").first.wait_for()
        page.evaluate(STOPWATCH)
        button(page, "train").click()
        seconds = _waited(page)
        expect_state(page, "Finished")
        return seconds, float(page.evaluate("window.trained")) / 1000


def _unknown(units: int) -> str:
    """An architecture that is compiled for the first time."""
    layers = f"Reshape(target_shape=55x1); LSTM(units={units}); Dense(units=3, activation=softmax)"
    return f"{TRAIN}&epochs=2&layers={quote(layers)}"


def _server_memory(url: str) -> float:
    """Resident MB of the server process, once it has nothing left to do."""
    command = f"streamlit run app/server.py --server.port {url.rpartition(':')[2]}"
    _wait_until_idle(command)
    return next(float(line.split()[0]) / 1024 for line in _ps("rss=,args=") if command in line)


def _wait_until_idle(name: str) -> None:
    """Until there are processes of this name and they use no CPU time: the presets are compiled.

    Seconds of it are counted in whole numbers, hence so long a time without a change.
    """
    used, since = None, monotonic()
    while monotonic() - since < QUIET:
        now = [line.split()[0] for line in _ps("time=,args=") if name in line]
        if now != used or not now:
            used, since = now, monotonic()
        sleep(0.1)


def _ps(columns: str) -> list[str]:
    done = subprocess.run(("ps", "-A", "-o", columns), capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.splitlines()


def _within(name: str, target: float, measured: Callable[[], dict[str, float]], key: str) -> Bench:
    def measure(name: str) -> Row:
        ours = measured()[key]
        return Row(name, ours, target, target / ours, at_least=1)

    return Bench(name, measure)


def _beside_an_empty_page(
    name: str, measured: Callable[[], dict[str, float]], key: str, empty: str, at_least: float
) -> Bench:
    """On a slow computer Streamlit itself takes most of the time in which a page is to be shown."""

    def measure(name: str) -> Row:
        ours, peer = measured()[key], measured()[empty]
        return Row(name, ours, peer, peer / ours, at_least)

    return Bench(name, measure)


BENCHES = [
    _within("Train to first point, slowest preset (s)", 0.5, waits, "preset"),
    _within("Train to first point, new architecture (s)", 2.5, waits, "new"),
    _within("Train to first steps, new architecture (s)", 2.5, waits, "new, trained"),
    _within("server start to first page (s)", 3.0, waits, "start"),
    _beside_an_empty_page("the same, beside an empty page's (s)", waits, "start", "empty start", 0.5),
    _within("server memory after the first page (MB)", 350.0, waits, "memory"),
    _within("step slider to picture (s)", 0.15, inside_waits, "step"),
    _within("step slider to its step by hand (s)", 0.15, inside_waits, "step, written"),
    _within("timeline slider to picture (s)", 0.15, inside_waits, "timeline"),
    _within("timeline slider to picture, first of a visit (s)", 0.25, inside_waits, "timeline, first"),
    _within("timeline slider to its step by hand (s)", 0.25, inside_waits, "timeline, written"),
    _within("open a finished run by link to its inside (s)", 1.0, inside_waits, "open"),
    _beside_an_empty_page(
        "the same up to its controls, beside an empty page (s)", inside_waits, "complete", "empty", 0.4
    ),
]

if __name__ == "__main__":
    for key, value in {**waits(), **inside_waits()}.items():
        print(f"{key:<16}{value:8.3f}", file=sys.stdout)
