"""What learners do and see, in the words of the pages. All waiting is for states, never for time."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Error, Locator, Page, ViewportSize, expect

LAPTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
ON_A_PHONE: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}

NOTHING = "about:blank"
"""The address of an empty tab."""

TRAIN = "/shapes?part=Train"
QUICK = TRAIN + "&preset=shapes-mlp"
LONG = (
    TRAIN
    + "&epochs=50&batch=5&layers="
    + quote("Reshape(target_shape=55x1); LSTM(units=64); Dense(units=3, activation=softmax)")
)
"""A run that outlasts any test: it is stopped in the end."""

INSIDE = "/shapes?part=Look+inside"
MISTAKES = "/shapes?part=Mistakes"
DUEL = "/shapes?part=MLP+or+LSTM%3F"
CODE = "/shapes?part=Code"
QUESTIONS = "/shapes?part=Questions"

DIGITS = "/mnist?part=The+digits"
DIGITS_TRAIN = "/mnist?part=Train"
DIGITS_THREE = "/mnist?part=Three+kernels"
DIGITS_INSIDE = "/mnist?part=Look+inside"
DIGITS_DRAW = "/mnist?part=Draw"
DIGITS_MISTAKES = "/mnist?part=Mistakes"
DIGITS_CODE = "/mnist?part=Code"

PAD_TOP = 1.1
"""Height at the upper edge of the pad."""

PAD_POINTS = 55

DRAWN = """chart => {
    const marks = chart.querySelector(".marks")
    return marks?.localName === "canvas" ? marks.toDataURL() : marks?.innerHTML
}"""


def see(what: Locator, timeout: float | None = None) -> None:
    """Wait until it is visible.

    As ``expect(what).to_be_visible()``, which while it waits describes the whole page again and again for its
    message: of a lab's page, that takes the browser longer than a change of the page itself.
    """
    what.wait_for(timeout=timeout)


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end, without a crash."""
    see(page.locator("[data-testid=stApp][data-test-script-state=notRunning]"))
    page.locator("#first-picture").wait_for(state="detached")
    expect(page.get_by_test_id("stException")).to_have_count(0)


def visit(page: Page, path: str) -> None:
    """Open an address and wait for the whole page."""
    page.goto(path)
    see(page.get_by_role("heading", level=1))
    settled(page)


def open_once(page: Page, path: str) -> None:
    """Open an address in an empty tab; if a test before has opened it, it still stands there."""
    if page.url == NOTHING:
        visit(page, path)
    settled(page)


@contextmanager
def slowed(page: Page) -> Iterator[None]:
    """A browser that has a quarter of the processor, as on a busy computer."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    try:
        yield
    finally:
        session.detach()


def button(page: Page, key: str) -> Locator:
    """A button by its key; where it has a help text, that brings a second one."""
    return page.locator(f".st-key-{key} button").first


def train(page: Page) -> str:
    """Press Train; returns the id of the run once it is in the address."""
    before = run_id(page)
    button(page, "train").click()
    page.wait_for_url(lambda url: "run=" in url and (not before or before not in url))
    return run_id(page)


def run_id(page: Page) -> str:
    """The run that the address names; empty if none."""
    match = re.search(r"[?&]run=([\w-]+)", page.url)
    return match[1] if match else ""


def expect_state(page: Page, word: str) -> None:
    """Wait until the badge says so, and the figures that came with it are there too."""
    see(page.locator(".stMarkdownBadge").filter(has_text=word).first)
    settled(page)


def metric(page: Page, label: str) -> Locator:
    """The value of a figure."""
    figure = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return figure.get_by_test_id("stMetricValue")


def step(page: Page) -> int:
    """Steps done, as the page shows them."""
    return int(metric(page, "Step").inner_text().split()[0].replace(",", ""))


def expect_step_beyond(page: Page, done: int) -> int:
    """Wait until more steps are done; returns how many."""
    expect(metric(page, "Step")).not_to_have_text(re.compile(rf"^\s*{done:,}\b"))
    assert step(page) > done
    return step(page)


def chart(page: Page, metric_name: str) -> Locator:
    """A live chart."""
    return page.locator(f"[data-testid=stVegaLiteChart][aria-label*='of {metric_name}']")


def picture(page: Page, text: str) -> Locator:
    """A chart or a strip by the beginning of its description."""
    return page.locator(f":is([data-testid=stVegaLiteChart], .strip)[aria-label^='{text}']")


def drawn(picture: Locator) -> str:
    """All that a chart shows, to compare with it later."""
    see(picture.locator(".marks").first)
    return str(picture.evaluate(DRAWN))


def expect_redrawn(picture: Locator, before: str) -> None:
    """Wait until a chart shows something else than before."""
    picture.page.wait_for_function(
        f"([chart, before]) => ![undefined, before].includes(({DRAWN})(chart))",
        arg=[picture.element_handle(), before],
        polling=100,  # milliseconds: to look at all of it for each frame would delay the next
    )


def slider(page: Page, label: str) -> Locator:
    """The handle of a slider."""
    return page.get_by_role("slider", name=label)


def curve_pad(page: Page) -> Locator:
    """The pad on which a curve is drawn."""
    pad = page.get_by_role("application", name="Your curve")
    see(pad)
    return pad


def digit_pad(page: Page) -> Locator:
    """The pad on which a digit is drawn."""
    pad = page.get_by_role("application", name="Your digit")
    see(pad)
    return pad


def on_digit_pad(pad: Locator, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where points, each 0 to 1 from edge to edge of the pad, are on the screen."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw_line(page: Page, pad: Locator, points: Iterable[tuple[float, float]]) -> None:
    """Draw a line of a digit with the mouse."""
    first, *rest = on_digit_pad(pad, points)
    page.mouse.move(*first)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point)
    page.mouse.up()


def touch_line(page: Page, pad: Locator, points: Iterable[tuple[float, float]]) -> None:
    """Draw a line of a digit with a finger."""
    _touch(page, on_digit_pad(pad, points))


def place(pad: Locator, point: int, height: float) -> tuple[float, float]:
    """Where a point, 1 to 55, of some height is on the screen."""
    box = pad.bounding_box()
    assert box is not None
    across = (point - 1) / (PAD_POINTS - 1)
    return box["x"] + across * box["width"], box["y"] + box["height"] * (1 - height / PAD_TOP)


def stroke(page: Page, pad: Locator, *points: tuple[int, float]) -> None:
    """Draw with the mouse, as fast as can be: the browser hears of these points only."""
    page.mouse.move(*place(pad, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*place(pad, *point))
    page.mouse.up()


def swipe(page: Page, pad: Locator, *points: tuple[int, float]) -> None:
    """Draw with a finger."""
    _touch(page, [place(pad, *point) for point in points])


def _touch(page: Page, places: Sequence[tuple[float, float]]) -> None:
    finger = page.context.new_cdp_session(page)
    for kind, (x, y) in zip(["touchStart"] + ["touchMove"] * (len(places) - 1), places, strict=True):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def field(page: Page, name: str) -> Locator:
    """The input of a control of the curves' room: ``epochs``, ``layer1.units``."""
    key = f"shapes-widget-{name.replace('.', '-')}"
    return page.locator(f"[class*='st-key-{key} '] input, [class*='st-key-{key}-'] input")  # after a move


def fill(page: Page, name: str, value: str) -> None:
    """Type a value into a control and confirm it."""
    field(page, name).fill(value)
    field(page, name).press("Enter")


def choose(page: Page, name: str, option: str) -> None:
    """Choose from a list."""
    choose_from(field(page, name), option)


def choose_from(box: Locator, option: str | re.Pattern[str]) -> None:
    """Open a list and choose; a list closes when the page moves under it, and a person opens it again."""
    entry = box.page.get_by_role("option", name=option, exact=isinstance(option, str)).first
    for _ in range(3):
        box.click()
        with suppress(Error):
            entry.wait_for(timeout=5_000)
            break
    entry.click()


def part(page: Page, name: str) -> None:
    """Switch to a part of the page and wait until nothing of the one before is left."""
    page.locator(".st-key-part").get_by_role("radio", name=name, exact=True).click()
    see(page.locator(f".st-key-shown-{re.sub('[^a-zA-Z0-9]', '-', name)}"))
    settled(page)


def to_my_runs(page: Page) -> None:
    """Go to the page of runs by its link."""
    page.get_by_test_id("stTopNavLink").filter(has_text="My runs").click()
    see(page.get_by_role("heading", name="My runs"))
    settled(page)


def said(page: Page) -> Locator:
    """Messages: information, warnings, errors."""
    return page.get_by_test_id("stAlert")


def runs(page: Page) -> list[dict[str, str]]:
    """All of a learner's runs, newest first, from the CSV file that /runs gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name="All as CSV").click()
    table = csv.DictReader(io.StringIO(download.value.path().read_text()))
    return [{name.lower(): value for name, value in row.items()} for row in table]
