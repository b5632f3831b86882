"""The digits' lab: training beside plain Keras, looking inside, and what a learner waits for.

As a command, ``python -m tests.bench.mnist PRESET SEED...``, it trains one epoch of a preset as a warm worker
does: the network is compiled beforehand.
"""

import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import mean, median
from time import monotonic, perf_counter, sleep
from timeit import repeat

import numpy as np
from playwright.sync_api import Browser, Page, expect

import data
from models.convolution import look_through
from models.events import Finished
from models.layers import summary
from models.presets import PRESETS
from tests.bench import measure
from tests.bench.browser import _click, _new_learner, _ps, _server_memory, _waited, _within, a_browser
from tests.bench.measure import Bench, Row, tell
from tests.e2e.serving import serve
from tests.e2e.steps import (
    DIGITS,
    DIGITS_DRAW,
    DIGITS_INSIDE,
    DIGITS_MISTAKES,
    DIGITS_THREE,
    DIGITS_TRAIN,
    digit_pad,
    draw_line,
    picture,
    settled,
    visit,
)
from tests.models.digits import DIGITS as DRAWINGS

FASTER = {"mnist-3x3": 1.5, "mnist-1x1": 1.8, "mnist-28x28": 4.0}
"""How many times as fast as plain Keras each has to be."""

REPETITIONS = 2
"""Processes of each side, taking turns: a busy spell of the machine meets both."""

SEEDS = range(3)
POINT = 0.01
"""Of accuracy: so much worse than Keras may be chance."""

FORWARD = 0.01
"""Seconds; there is no peer to compare with."""

CLICKS = 3

PARTS = (DIGITS, DIGITS_TRAIN, DIGITS_THREE, DIGITS_INSIDE, DIGITS_MISTAKES)

# From the end of a line to the first change in what the networks say.
STROKE_WATCH = """() => {
  window.waited = null;
  const charts = document.querySelectorAll('[aria-label^="Probability of each digit"] svg.marks');
  window.addEventListener('pointerup', () => {
    const start = performance.now();
    const observer = new MutationObserver(() => {
      observer.disconnect();
      window.waited ??= performance.now() - start;
    });
    charts.forEach(chart => observer.observe(chart, {subtree: true, childList: true, attributes: true}));
  }, {once: true, capture: true});
}"""


# Training


def speed(preset: str) -> Callable[[str], Row]:
    def row(name: str) -> Row:
        ours, peer = [], []
        for _ in range(REPETITIONS):
            peer += measure.train("peers", f"{preset}-once", [0]).seconds
            ours += measure.train("mnist", preset, [0]).seconds
        return Row(name, median(ours), median(peer), median(peer) / median(ours), FASTER[preset])

    return row


def accuracy(preset: str) -> Callable[[str], Row]:
    def row(name: str) -> Row:
        ours, peer = (mean(measure.train(side, preset, SEEDS).accuracies) for side in ("ours", "peers"))
        return Row(name, ours, peer, ours / peer, at_least=1 - POINT / peer)

    return row


# Looking inside


def forward(name: str) -> Row:
    """All feature maps of a digit; the slowest of the three networks."""
    digit = data.load("mnist").x_test[0]
    random = np.random.default_rng(0)
    slowest = 0.0
    for layers in (PRESETS[preset].layers for preset in FASTER):
        weights = {
            f"{row.name}/{weight}": random.normal(0, 0.1, shape).astype(np.float32)
            for row in summary(layers, digit.shape)
            for weight, shape in row.weights.items()
        }
        times = repeat(lambda: look_through(layers, weights, digit), number=1, repeat=100)  # noqa: B023  # called at once
        slowest = max(slowest, median(times))
    return Row(name, slowest, FORWARD, FORWARD / slowest, at_least=1)


# What a learner waits for


@cache
def waits() -> dict[str, float]:
    """Medians over some repetitions, and memory once all parts were open and all three networks trained."""
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser, serve(Path(folder)) as url:
        with _new_learner(browser, url) as page:
            for part in PARTS:
                visit(page, part)
        _wait_until_idle(url)
        found = {"stroke": median(_strokes(browser, url))}
        clicks = [_click(browser, url, f"{DIGITS_TRAIN}&preset=mnist-3x3&epochs=1")[0] for _ in range(CLICKS)]
        found["click"] = median(clicks)
        for preset in ("mnist-1x1", "mnist-28x28"):
            _click(browser, url, f"{DIGITS_TRAIN}&preset={preset}&epochs=1")
        found["worker"] = max(memory for memory, _ in _workers(url))
        found["server"] = _server_memory(url)
        return found


def _strokes(browser: Browser, url: str) -> list[float]:
    """For all lines of drawn digits but the first: that one makes the charts, the others change them."""
    seconds = []
    with _new_learner(browser, url) as page:
        visit(page, DIGITS_DRAW)
        pad = digit_pad(page)
        for first, *rest in (drawing for _, drawing in DRAWINGS if len(drawing) > 1):
            draw_line(page, pad, first)
            expect_three_charts(page)
            for line in rest:
                page.evaluate(STROKE_WATCH)
                draw_line(page, pad, line)
                seconds.append(_waited(page))
                settled(page)
            page.get_by_role("button", name="Clear", exact=True).click()
            expect(page.get_by_text("Nothing drawn yet.")).to_be_visible()
    return seconds


def expect_three_charts(page: Page) -> None:
    """Wait until each network has said something."""
    expect(picture(page, "Probability of each digit").locator("svg.marks")).to_have_count(3)
    settled(page)


def _workers(url: str) -> list[tuple[float, str]]:
    """Resident MB of the server's workers, and the CPU time that each has used."""
    port = url.rpartition(":")[2]
    server = next(
        line.split()[0]
        for line in _ps("pid=,args=")
        if "streamlit run app/server.py" in line and port in line
    )
    rows = [line.split(maxsplit=3) for line in _ps("ppid=,rss=,time=,args=")]
    return [
        (float(memory) / 1024, time)
        for parent, memory, time, command in rows
        if parent == server and "models.worker" in command
    ]


def _wait_until_idle(url: str) -> None:
    """Until the server's workers have used no CPU time for two seconds: the presets are compiled."""
    used, since = None, monotonic()
    while monotonic() - since < 2:
        now = [time for _, time in _workers(url)]
        if now != used:
            used, since = now, monotonic()
        sleep(0.1)


BENCHES = [
    *(Bench(f"{preset}, one epoch, warm (s)", speed(preset)) for preset in FASTER),
    Bench("digits: all feature maps, target / ours (s)", forward),
    _within("digits: Train to first point, 60,000 images (s)", 1.5, waits, "click"),
    _within("digits: end of a line to three predictions (s)", 0.15, waits, "stroke"),
    _within("digits: worker memory (MB)", 1200.0, waits, "worker"),
    _within("digits: server memory (MB)", 400.0, waits, "server"),
    Bench("mnist-3x3, test accuracy, mean of 3 seeds", accuracy("mnist-3x3"), is_accuracy=True),
    Bench("mnist-1x1, test accuracy, mean of 3 seeds", accuracy("mnist-1x1"), is_accuracy=True),
]

if __name__ == "__main__":
    # Only here: TensorFlow is to stay out of the process that measures everything else.
    from models.program import Programs
    from models.train import train

    PROGRAMS = Programs()

    def one_epoch(preset: str, seed: int) -> tuple[float, float]:
        """Seconds and test accuracy, with all snapshots and with the test examples predicted at the end."""
        experiment = PRESETS[preset].model_copy(update={"seed": seed, "epochs": 1})
        dataset = data.load(experiment.dataset)
        PROGRAMS.get(experiment, dataset.x_train, dataset.y_train)
        begin = perf_counter()
        *_, last = train(experiment, dataset, PROGRAMS)
        seconds = perf_counter() - begin
        assert isinstance(last, Finished)
        return seconds, last.test_accuracy

    tell(one_epoch(sys.argv[1], int(seed)) for seed in sys.argv[2:])
