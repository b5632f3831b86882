"""What a learner waits for, in a real browser; the peer of each row is the time or size to stay within."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from statistics import median
from time import monotonic, sleep
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.measure import Bench, Row
from tests.browser import find_chromium
from tests.e2e.serving import serve
from tests.e2e.steps import TRAIN, button, expect_state, visit

REPETITIONS = 5

# From the click to the first picture in which the chart of the loss has a line.
STOPWATCH = """() => {
  const drawn = () => document.querySelector('[aria-label^="Chart of loss"] .mark-line path[d^="M"]');
  window.waited = null;
  document.querySelector('.st-key-train button').addEventListener('click', () => {
    const start = performance.now();
    const look = () => {
      if (drawn()) window.waited = performance.now() - start;
      else requestAnimationFrame(look);
    };
    look();
  }, {once: true, capture: true});
}"""


@contextmanager
def a_browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


@cache
def waits() -> dict[str, float]:
    """Medians over some repetitions, in a fresh server."""
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser:
        begin = monotonic()
        with serve(Path(folder)) as url:
            with _new_learner(browser, url) as page:
                visit(page, "/")
                page.locator("[data-testid=stHtml] img").first.wait_for()
            found = {"start": monotonic() - begin, "memory": _server_memory(url)}
            _wait_until_idle("models.worker")
            presets = ("shapes-lstm", "shapes-mlp", "shapes-gru", "shapes-rnn")
            for preset in presets:
                path = f"{TRAIN}&preset={preset}"
                found[preset] = median(_click(browser, url, path) for _ in range(REPETITIONS))
            found["preset"] = max(found[preset] for preset in presets)
            found["new"] = median(_click(browser, url, _unknown(40 + n)) for n in range(REPETITIONS))
            return found


@contextmanager
def _new_learner(browser: Browser, url: str) -> Iterator[Page]:
    """A page of somebody who has trained nothing: no earlier run is drawn."""
    with browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}) as context:
        context.set_default_timeout(60_000)
        yield context.new_page()


def _click(browser: Browser, url: str, path: str) -> float:
    with _new_learner(browser, url) as page:
        visit(page, path)
        page.locator("[data-testid=stVegaLiteChart] svg").first.wait_for()
        page.evaluate(STOPWATCH)
        button(page, "train").click()
        page.wait_for_function("window.waited !== null")
        expect_state(page, "Finished")
        return float(page.evaluate("window.waited")) / 1000


def _unknown(units: int) -> str:
    """An architecture that is compiled for the first time."""
    layers = f"Reshape(target_shape=55x1); LSTM(units={units}); Dense(units=3, activation=softmax)"
    return f"{TRAIN}&epochs=2&layers={quote(layers)}"


def _server_memory(url: str) -> float:
    """Resident MB of the server process."""
    port = url.rpartition(":")[2]
    return next(
        float(line.split()[0]) / 1024
        for line in _ps("rss=,args=")
        if "streamlit run app/server.py" in line and port in line
    )


def _wait_until_idle(name: str) -> None:
    """Until processes of this name have used no CPU time for two seconds: the presets are compiled."""
    used, since = None, monotonic()
    while monotonic() - since < 2:
        now = [line.split()[0] for line in _ps("time=,args=") if name in line]
        if now != used:
            used, since = now, monotonic()
        sleep(0.1)


def _ps(columns: str) -> list[str]:
    done = subprocess.run(("ps", "-A", "-o", columns), capture_output=True, text=True, check=True)  # noqa: S607
    return done.stdout.splitlines()


def _within(key: str, target: float) -> Bench:
    names = {
        "preset": "Train to first point, slowest preset (s)",
        "new": "Train to first point, new architecture (s)",
        "start": "server start to first page (s)",
        "memory": "server memory after the first page (MB)",
    }

    def measure(name: str) -> Row:
        ours = waits()[key]
        return Row(name, ours, target, target / ours, at_least=1)

    return Bench(names[key], measure)


BENCHES = [_within("preset", 0.5), _within("new", 2.5), _within("start", 3.0), _within("memory", 350.0)]

if __name__ == "__main__":
    for key, value in waits().items():
        print(f"{key:<16}{value:8.3f}", file=sys.stdout)
