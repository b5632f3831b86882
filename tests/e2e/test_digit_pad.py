"""The pad for digits: by mouse, pen, finger and keys; undo and clear; phone and dark; what is refused."""

import json
import os
import re
from collections.abc import Iterator
from itertools import islice, pairwise
from math import dist
from pathlib import Path
from typing import Any, Literal
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from app.ui.digit_pad import MAX_STROKES, Strokes
from tests.e2e.conftest import PATIENCE, NewPage
from tests.e2e.looks import expect_stroke_of_the_scheme
from tests.e2e.serving import serve_page
from tests.e2e.steps import open_once, said, see, settled, visit

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
THREE = (
    (0.3, 0.2), (0.5, 0.12), (0.68, 0.25), (0.62, 0.42), (0.45, 0.48),
    (0.65, 0.55), (0.7, 0.72), (0.5, 0.88), (0.28, 0.78),
)  # fmt: skip

ONE: Strokes = (((0.5, 0.2), (0.5, 0.8)),)
"""What the page's button of that name puts on the pad."""

Point = tuple[float, float]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Address of a server whose only page has a pad."""
    with serve_page("digit_pad_app.py") as url:
        yield url


@pytest.fixture(scope="module")
def browser_context_args(base_url: str) -> dict[str, Any]:
    """A small laptop that asks this server."""
    return {"base_url": base_url, "viewport": {"width": 1100, "height": 850}}


@pytest.fixture
def page(shared_page: Page) -> Page:
    """The page, on which another test may have drawn."""
    open_once(shared_page, "/")
    return shared_page


@pytest.fixture
def pad(page: Page) -> Locator:
    """The pad, with nothing on it; only its cursor may be elsewhere, and what can be undone."""
    before = runs(page, "fragment")
    press(page, "Empty")
    expect(page.get_by_test_id("fragment")).not_to_have_text(str(before))
    expect_strokes(page, 0)
    return page.get_by_role("application", name="Your digit")


# What learners see and do


def opened(page: Page) -> Locator:
    """Open the page; returns the pad."""
    visit(page, "/")
    pad = page.get_by_role("application", name="Your digit")
    see(pad)
    return pad


def python(page: Page) -> Strokes:
    """The drawing that Python holds."""
    sent = json.loads(page.get_by_test_id("strokes").inner_text())
    return tuple(tuple((x, y) for x, y in stroke) for stroke in sent)


def expect_strokes(page: Page, count: int) -> Strokes:
    """Wait until Python holds so many strokes, and the pad shows the same; returns them."""
    page.wait_for_function(
        """count => {
            const held = document.querySelector("[data-testid=strokes]")?.textContent
            return held && JSON.parse(held).length === count
        }""",
        arg=count,
    )
    expect(page.locator(".ink polyline")).to_have_count(count)
    settled(page)
    assert shown(page) == pytest.approx(flat(python(page)), abs=1e-6)
    return python(page)


def flat(strokes: Strokes) -> list[float]:
    return [value for stroke in strokes for point in stroke for value in point]


def shown(page: Page) -> list[float]:
    """The drawing that the pad shows; it begins each line with its first point twice."""
    lines = page.locator(".ink polyline").evaluate_all("all => all.map(one => one.getAttribute('points'))")
    return [float(value) for line in lines for value in re.split("[ ,]", line)[2:]]


def runs(page: Page, of: Literal["fragment", "page"]) -> int:
    """How often the script has run."""
    return int(page.get_by_test_id(of).inner_text())


def place(pad: Locator, point: Point) -> Point:
    """Where a point of the pad is on the screen."""
    box = pad.bounding_box()
    assert box is not None
    return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]


def stroke(page: Page, pad: Locator, *points: Point, steps: int = 1) -> None:
    """Draw with the mouse."""
    page.mouse.move(*place(pad, points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*place(pad, point), steps=steps)
    page.mouse.up()


def swipe(page: Page, pad: Locator, *points: Point) -> None:
    """Draw with a finger."""
    finger = page.context.new_cdp_session(page)
    for kind, point in zip(["touchStart"] + ["touchMove"] * (len(points) - 1), points, strict=True):
        x, y = place(pad, point)
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def press(page: Page, name: str) -> None:
    """Press a button of the pad or of the page."""
    page.get_by_role("button", name=name, exact=True).click()


def type_keys(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def cell(column: int, row: int) -> Point:
    """The middle of a square, counted from 1, as the pad speaks of them."""
    return round((column - 0.5) / 28, 3), round((row - 0.5) / 28, 3)


# Drawing


def test_by_mouse(page: Page, pad: Locator) -> None:
    expect_strokes(page, 0)
    before, pages = runs(page, "fragment"), runs(page, "page")
    stroke(page, pad, *THREE)
    (drawn,) = expect_strokes(page, 1)
    assert runs(page, "fragment") == before + 1  # once, not at each move
    assert runs(page, "page") == pages
    assert flat((drawn,)) == pytest.approx(flat((THREE,)), abs=0.01)


def test_python_hears_of_a_stroke_at_its_end(page: Page, pad: Locator) -> None:
    page.mouse.move(*place(pad, (0.2, 0.2)))
    page.mouse.down()
    page.mouse.move(*place(pad, (0.8, 0.8)))
    expect(page.locator(".ink polyline")).to_have_count(1)
    settled(page)
    assert python(page) == ()
    page.mouse.up()
    expect_strokes(page, 1)


def test_a_click_is_a_dot(page: Page, pad: Locator) -> None:
    stroke(page, pad, (0.5, 0.25))
    ((first, second),) = expect_strokes(page, 1)
    assert first == second == pytest.approx((0.5, 0.25), abs=0.01)


def test_points_are_neither_crowded_nor_long_nor_outside(page: Page, pad: Locator) -> None:
    stroke(page, pad, (0.2, 0.5), (0.4, 0.5), (1.2, 0.6), (1.1, -0.2), steps=60)
    (drawn,) = expect_strokes(page, 1)
    assert 20 < len(drawn) <= 300
    assert all(dist(a, b) > 0.0049 for a, b in pairwise(drawn))
    assert all(0 <= value <= 1 and value == round(value, 3) for point in drawn for value in point)
    assert drawn[-1] == (1, 0)


def test_a_late_answer_does_not_take_away_what_is_being_drawn(page: Page, pad: Locator) -> None:
    stroke(page, pad, (0.2, 0.2), (0.2, 0.8))
    page.mouse.move(*place(pad, (0.6, 0.2)))
    page.mouse.down()
    page.mouse.move(*place(pad, (0.6, 0.8)))
    expect(page.get_by_test_id("strokes")).to_contain_text("[[[")  # the answer to the first is here
    settled(page)
    expect(page.locator(".ink polyline")).to_have_count(2)
    page.mouse.move(*place(pad, (0.8, 0.8)))
    page.mouse.up()
    strokes = expect_strokes(page, 2)
    assert len(strokes[1]) == 3


def test_a_late_answer_does_not_take_away_what_is_on_its_way(page: Page) -> None:
    """The answer to the first stroke is held up until the second has been sent."""
    sockets: list[WebSocketRoute] = []
    held: list[str | bytes] = []
    holding = False

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: held.append(message) if holding else socket.send(message))
        sockets.append(socket)

    page = page.context.new_page()  # once routed, for ever routed
    page.route_web_socket(re.compile("_stcore/stream"), between)
    pad = opened(page)
    holding = True
    stroke(page, pad, (0.2, 0.2), (0.2, 0.8))
    while not any('data-testid="fragment"' in str(message) for message in held):
        page.evaluate("0")  # lets messages come in
    first = len(held)
    stroke(page, pad, (0.6, 0.2), (0.6, 0.8))
    for message in held[:first]:
        sockets[-1].send(message)
    expect(page.get_by_test_id("strokes")).to_contain_text("[[[")
    assert len(python(page)) == 1
    expect(page.locator(".ink polyline")).to_have_count(2)
    for message in islice(held, first, None):  # more may come meanwhile
        sockets[-1].send(message)
    holding = False
    expect_strokes(page, 2)
    page.close()


def test_quick_strokes_never_flicker(page: Page, pad: Locator) -> None:
    """Answers to the first come while Python has not heard of the last."""
    pad.evaluate("""pad => {
        window.removed = 0
        const count = changes => changes.forEach(change => window.removed += change.removedNodes.length)
        new MutationObserver(count).observe(pad.querySelector(".ink"), { childList: true })
    }""")
    for x in (0.1, 0.3, 0.5, 0.7, 0.9):
        stroke(page, pad, (x, 0.2), (x, 0.8))
    expect_strokes(page, 5)
    assert page.evaluate("window.removed") == 0


def test_with_a_pen(page: Page, pad: Locator) -> None:
    pen = page.context.new_cdp_session(page)
    for kind, point in (("mousePressed", THREE[0]), ("mouseMoved", THREE[1]), ("mouseReleased", THREE[1])):
        x, y = place(pad, point)
        pen.send(
            "Input.dispatchMouseEvent",
            {
                "type": kind,
                "x": x,
                "y": y,
                "button": "left",
                "buttons": 1,
                "clickCount": 1,
                "pointerType": "pen",
            },
        )
    (drawn,) = expect_strokes(page, 1)
    assert flat((drawn,)) == pytest.approx(flat((THREE[:2],)), abs=0.01)


def test_by_finger_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**PHONE)
    pad = opened(page)
    page.wait_for_function("document.scrollingElement.scrollWidth <= window.innerWidth")
    box = pad.bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(box["height"], abs=0.5)
    assert box["width"] > 250
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    for name in ("Undo", "Clear"):
        target = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert target is not None
        assert min(target["width"], target["height"]) >= 44
    top = place(pad, (0, 0))
    swipe(page, pad, *THREE)
    (drawn,) = expect_strokes(page, 1)
    assert flat((drawn,)) == pytest.approx(flat((THREE,)), abs=0.02)
    swipe(page, pad, (0.1, 0.1), (0.1, 0.9))
    expect_strokes(page, 2)
    assert place(pad, (0, 0)) == top, "the page scrolled under the finger"
    page.get_by_role("button", name="Undo").tap()
    assert expect_strokes(page, 1) == (drawn,)
    page.get_by_role("button", name="Clear").tap()
    expect_strokes(page, 0)


def test_by_keys(page: Page) -> None:
    pad = opened(page)
    before = runs(page, "fragment")
    pad.focus()
    type_keys(page, "ArrowLeft")
    see(page.locator(".cursor"))
    expect(pad).to_have_css("outline-style", "solid")
    spoken = page.locator(".spoken")
    expect(spoken).to_have_attribute("aria-live", "polite")
    expect(spoken).to_have_text("column 14, row 15, pen up")
    type_keys(page, *["ArrowUp"] * 5, "Space")
    expect(spoken).to_have_text("column 14, row 10, pen down")
    type_keys(page, *["ArrowDown"] * 3, "PageDown", "End", "Home", "PageUp", "ArrowRight")
    expect(spoken).to_have_text("column 15, row 13, pen down")
    settled(page)
    assert python(page) == ()  # the pen is still down
    type_keys(page, "Space")
    expect(spoken).to_have_text("column 15, row 13, pen up")
    corners = [(14, 10), (14, 11), (14, 12), (14, 13), (15, 14), (14, 15), (13, 14), (14, 13), (15, 13)]
    (drawn,) = expect_strokes(page, 1)
    assert flat((drawn,)) == pytest.approx(flat((tuple(cell(*corner) for corner in corners),)))
    assert runs(page, "fragment") == before + 1
    assert runs(page, "page") == 1
    type_keys(page, *["ArrowLeft"] * 40, "Enter", "Enter")
    dot = expect_strokes(page, 2)[1]
    assert dot == (cell(1, 13), cell(1, 13))
    type_keys(page, "Enter", "ArrowUp", "Backspace")  # the stroke in hand
    expect(spoken).to_have_text("2 lines")
    assert expect_strokes(page, 2) == (drawn, dot)
    type_keys(page, "Control+z")
    assert expect_strokes(page, 1) == (drawn,)
    type_keys(page, "Escape")
    expect(spoken).to_have_text("The pad is empty")
    expect_strokes(page, 0)
    type_keys(page, "Backspace")  # Escape may have been a mistake
    assert expect_strokes(page, 1) == (drawn,)
    type_keys(page, "Backspace", "Backspace", "Backspace")
    expect_strokes(page, 0)
    type_keys(page, "Space", "ArrowUp", "Tab")  # leaving lifts the pen
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator(".cursor")).to_be_hidden()
    expect_strokes(page, 1)
    type_keys(page, "Enter")
    expect_strokes(page, 0)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()


# Around the pad


def test_undo_and_clear(page: Page) -> None:
    pad = opened(page)
    group = page.get_by_role("group", name="Your digit")
    see(page.get_by_text("Draw a digit"))
    undo, clear = (group.get_by_role("button", name=name, disabled=True) for name in ("Undo", "Clear"))
    see(undo)
    see(clear)
    stroke(page, pad, *THREE)
    stroke(page, pad, (0.1, 0.1), (0.2, 0.1))
    drawn = expect_strokes(page, 2)
    expect(page.get_by_text("Draw a digit")).to_be_hidden()
    press(page, "Undo")
    assert expect_strokes(page, 1) == drawn[:1]
    stroke(page, pad, (0.1, 0.9), (0.2, 0.9))
    drawn = expect_strokes(page, 2)
    press(page, "Clear")
    expect_strokes(page, 0)
    see(clear)
    press(page, "Undo")
    assert expect_strokes(page, 2) == drawn
    press(page, "Undo")
    press(page, "Undo")
    expect_strokes(page, 0)
    see(undo)
    assert runs(page, "page") == 1


def test_python_puts_and_clears(page: Page, pad: Locator) -> None:
    for _ in range(2):  # the same again is as good as new
        press(page, "One")
        assert expect_strokes(page, 1) == ONE
        stroke(page, pad, (0.3, 0.8), (0.7, 0.8))
        assert expect_strokes(page, 2)[:1] == ONE
        press(page, "Empty")
        expect_strokes(page, 0)


def test_a_reload_begins_anew(page: Page, pad: Locator) -> None:
    stroke(page, pad, *THREE)
    expect_strokes(page, 1)
    pad = opened(page)
    expect_strokes(page, 0)
    stroke(page, pad, (0.1, 0.1), (0.2, 0.1))
    stroke(page, pad, (0.1, 0.2), (0.2, 0.2))
    expect_strokes(page, 2)


def test_a_drawing_is_still_there_when_one_comes_back(page: Page, pad: Locator) -> None:
    stroke(page, pad, *THREE)
    drawn = expect_strokes(page, 1)
    away = page.get_by_text("Away")
    away.click()
    expect(pad).to_have_count(0)
    away.click()
    assert expect_strokes(page, 1) == drawn
    stroke(page, pad, (0.1, 0.2), (0.2, 0.2))
    assert expect_strokes(page, 2)[:1] == drawn


def test_a_full_pad_says_so(page: Page, pad: Locator) -> None:
    press(page, "Nearly full")
    expect_strokes(page, MAX_STROKES - 1)
    note = page.locator(".note")
    stroke(page, pad, (0.3, 0.8), (0.7, 0.8))
    drawn = expect_strokes(page, MAX_STROKES)
    expect(note).to_be_hidden()
    stroke(page, pad, (0.3, 0.9), (0.7, 0.9))
    expect(note).to_have_text("The pad is full. Undo or clear.")
    assert expect_strokes(page, MAX_STROKES) == drawn
    press(page, "Undo")
    expect(note).to_be_hidden()
    expect_strokes(page, MAX_STROKES - 1)


def test_a_stroke_ends_where_the_pad_is_full(page: Page, pad: Locator) -> None:
    stroke(page, pad, (0.1, 0.1), (0.2, 0.1))
    expect_strokes(page, 1)
    pad.evaluate("pad => { pad.closest('.pad').own.strokes = [Array(4990).fill([0.5, 0.5])] }")
    stroke(page, pad, (0.1, 0.5), (0.9, 0.5), steps=40)
    strokes = expect_strokes(page, 2)
    assert len(strokes[1]) == 10
    see(page.locator(".note"))


@pytest.mark.parametrize(
    ("strokes", "sentence"),
    [
        ("Array(1000).fill([[0, 0]])", "at most 64 strokes, not 999"),
        ("[Array(5001).fill([0, 0]), [[0, 0]]]", "5,001 points"),
        ("[[['0.5', 0]], [[0, 0]]]", "not a pair of numbers"),
        ("[[[0, [[[[0]]]]]], [[0, 0]]]", "not a pair of numbers"),
    ],
)
def test_what_cannot_be_a_drawing_is_refused(page: Page, pad: Locator, strokes: str, sentence: str) -> None:
    press(page, "One")
    expect_strokes(page, 1)
    pad.evaluate(f"pad => {{ pad.closest('.pad').own.strokes = {strokes} }}")
    press(page, "Undo")
    expect(said(page)).to_contain_text(sentence)
    assert expect_strokes(page, 1) == ONE
    stroke(page, pad, (0.1, 0.1), (0.2, 0.1))
    expect(said(page)).to_have_count(0)
    assert expect_strokes(page, 2)[:1] == ONE


# Looks


def test_its_colours_are_those_of_the_scheme(new_page: NewPage) -> None:
    page = new_page(color_scheme="dark")
    opened(page)
    expect_stroke_of_the_scheme(page.locator(".ink"), by_night="rgb(232, 238, 245)", by_day="rgb(27, 36, 48)")


def test_the_headers_of_the_app_apply(base_url: str) -> None:
    """Under which all of this works."""
    with urlopen(base_url, timeout=PATIENCE / 1000) as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.skipif("UNROLL_SCREENSHOTS" not in os.environ, reason="UNROLL_SCREENSHOTS names no folder")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["laptop", "phone"])
def test_screenshots(new_page: NewPage, size: str, scheme: str) -> None:
    """Pictures of the pad, for people to look at."""
    folder = Path(os.environ["UNROLL_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    page = new_page(color_scheme=scheme, **(PHONE if size == "phone" else {}))
    pad = opened(page)
    page.screenshot(path=folder / f"digit-pad-empty-{size}-{scheme}.png", animations="disabled")
    stroke(page, pad, *THREE)
    stroke(page, pad, (0.85, 0.15))
    expect_strokes(page, 2)
    page.screenshot(path=folder / f"digit-pad-{size}-{scheme}.png", animations="disabled")
    type_keys(page, "ArrowLeft", "Space", *["ArrowDown"] * 4)
    page.screenshot(path=folder / f"digit-pad-keys-{size}-{scheme}.png", animations="disabled")
