"""The pad: by mouse, finger and keys; presets and sliders; phone and dark; what a browser may not send."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.request import urlopen

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from app.ui.curve_pad import preset_curve
from models.drawing import LENGTH, MAX_STRETCH, MIN_STRETCH, Heights, shift, stretch
from tests.e2e.conftest import PATIENCE, NewPage
from tests.e2e.looks import expect_stroke_of_the_scheme
from tests.e2e.serving import serve_page
from tests.e2e.steps import ON_A_PHONE, curve_pad, open_once, place, said, see, settled, stroke, swipe, visit


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Address of a server whose only page has a pad."""
    with serve_page("pad_app.py") as url:
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
    """The pad, with a square as at first; only its cursor may be elsewhere."""
    before = runs(page, "fragment")
    press(page, "Square")
    expect(page.get_by_test_id("fragment")).not_to_have_text(str(before))
    expect_sliders(page, 0, 1)
    expect_curve(page, preset_curve("square"))
    return curve_pad(page)


# What learners see and do


def opened(page: Page) -> Locator:
    """Open the page; returns the pad."""
    visit(page, "/")
    return curve_pad(page)


def expect_curve(page: Page, values: Heights) -> None:
    """Wait until Python holds this curve, then until the pad shows it."""
    expect(page.get_by_test_id("heights")).to_have_text(" ".join(f"{height:.3f}" for height in values))
    expect(page.locator(".line")).to_have_attribute("points", re.compile(rf"^0,.* {LENGTH - 1},"))
    page.wait_for_function(
        """([line, wanted]) => {
            const points = line.getAttribute("points").split(" ").map(point => Number(point.split(",")[1]))
            return points.length === wanted.length && points.every((y, x) => Math.abs(y - wanted[x]) < 0.001)
        }""",
        arg=[page.locator(".line").element_handle(), values.tolist()],
    )
    settled(page)


def python(page: Page) -> Heights:
    """The curve that Python holds."""
    return np.array(page.get_by_test_id("heights").inner_text().split(), np.float32)


def runs(page: Page, of: Literal["fragment", "page"]) -> int:
    """How often the script has run."""
    return int(page.get_by_test_id(of).inner_text())


def press(page: Page, name: str) -> None:
    """Press one of the buttons above the pad."""
    page.get_by_role("button", name=name).click()


def slide(page: Page, name: str, steps: int) -> None:
    """Move a slider by so many steps, to the right or, if negative, to the left."""
    for _ in range(abs(steps)):
        page.get_by_role("slider", name=name).press("ArrowRight" if steps > 0 else "ArrowLeft")


def expect_sliders(page: Page, shifted: int, stretched: float) -> None:
    """Wait until both sliders stand there."""
    expect(page.get_by_role("slider", name="Shift")).to_have_value(str(shifted))
    expect(page.get_by_role("slider", name="Stretch")).to_have_value(f"{stretched:g}")


def ramp(first: int, last: int, low: float, high: float) -> Heights:
    """A straight line between two points, 1 to 55, and zeros beside it."""
    values = np.zeros(LENGTH, np.float32)
    values[first - 1 : last] = np.linspace(low, high, last - first + 1)
    return values


NOTHING = np.zeros(LENGTH, np.float32)


# Drawing


def test_a_fast_stroke_of_the_mouse_leaves_no_point_out(page: Page, pad: Locator) -> None:
    press(page, "Clear")
    expect_curve(page, NOTHING)
    before, pages = runs(page, "fragment"), runs(page, "page")
    stroke(page, pad, (11, 0.1), (31, 0.9))
    expect(page.get_by_test_id("fragment")).to_have_text(str(before + 1))  # once, not at each move
    settled(page)
    assert runs(page, "page") == pages
    assert python(page) == pytest.approx(ramp(11, 31, 0.1, 0.9), abs=0.02)
    expect_curve(page, python(page))


def test_backwards_and_beyond_the_edges(page: Page, pad: Locator) -> None:
    press(page, "Clear")
    expect_curve(page, NOTHING)
    stroke(page, pad, (55, 1.05), (1, 1.05))
    expect_curve(page, np.ones(LENGTH, np.float32))
    stroke(page, pad, (55, -0.03), (20, -0.3), (20, -0.1), (-2, -0.1))
    expect_curve(page, NOTHING)


def test_python_hears_of_a_stroke_at_its_end(page: Page, pad: Locator) -> None:
    page.mouse.move(*place(pad, 10, 0.5))
    page.mouse.down()
    page.mouse.move(*place(pad, 20, 0.5))
    expect(page.locator(".readout")).to_have_text("point 20, height 0.5")
    see(page.locator(".readout"))
    settled(page)
    assert python(page) == pytest.approx(preset_curve("square"))
    page.mouse.up()
    expect(page.get_by_test_id("heights")).to_contain_text("0.5")
    expect(page.locator(".readout")).to_be_hidden()


def test_by_finger_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    pad = opened(page)
    page.wait_for_function("document.scrollingElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Clear").tap()
    expect_curve(page, NOTHING)
    top = place(pad, 1, 0)
    swipe(page, pad, (11, 0.1), (15, 0.26), (31, 0.9))
    expect(page.get_by_test_id("heights")).to_contain_text(re.compile(r"0\.[89]"))
    assert python(page) == pytest.approx(ramp(11, 31, 0.1, 0.9), abs=0.02)
    assert place(pad, 1, 0) == top, "the page scrolled under the finger"
    page.get_by_role("button", name="Triangle").tap()
    expect_curve(page, preset_curve("triangle"))


def test_by_keys(page: Page, pad: Locator) -> None:
    press(page, "Clear")
    expect_curve(page, NOTHING)
    page.keyboard.press("Tab")
    expect(pad).to_be_focused()
    see(page.locator(".cursor"))
    expect(page.locator(".pad")).to_have_css("outline-style", "solid")
    for key in ("Home", *["ArrowRight"] * 12, "ArrowLeft"):
        page.keyboard.press(key)
    spoken = page.locator(".spoken")
    expect(spoken).to_have_text("point 12, height 0")
    for _ in range(10):  # Python answers the first while the last are typed
        page.keyboard.press("ArrowUp")
    expect(spoken).to_have_text("point 12, height 0.5")
    page.keyboard.press("ArrowDown")
    expect(spoken).to_have_text("point 12, height 0.45")
    wanted = NOTHING.copy()
    wanted[11] = 0.45
    expect_curve(page, wanted)
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "ArrowRight", "PageUp", "End", "ArrowUp"):
        page.keyboard.press(key)
    expect(spoken).to_have_text("point 55, height 0.05")
    wanted[11:14] = 0.45
    wanted[14] = 1
    wanted[54] = 0.05
    expect_curve(page, wanted)
    page.keyboard.press("Delete")
    wanted[54] = 0
    expect_curve(page, wanted)
    page.keyboard.press("Tab")
    expect(pad).not_to_be_focused()
    expect(page.locator(".cursor")).to_be_hidden()


# Around the pad


def test_presets(page: Page, pad: Locator) -> None:
    press(page, "Clear")
    expect_curve(page, NOTHING)
    for shape in ("square", "triangle", "ellipse"):
        press(page, shape.capitalize())
        expect_curve(page, preset_curve(shape))


def test_the_same_again_after_a_preset(page: Page) -> None:
    """What is sent is the same as before; yet it is new."""
    pad = opened(page)
    for _ in range(2):
        press(page, "Clear")
        expect_curve(page, NOTHING)
        pad.press("PageUp")
        dot = NOTHING.copy()
        dot[LENGTH // 2] = 1
        expect_curve(page, dot)


def test_shift_and_stretch_and_back(page: Page, pad: Locator) -> None:
    press(page, "Ellipse")
    curve = preset_curve("ellipse")
    expect_curve(page, curve)
    slide(page, "Shift", -4)
    expect_curve(page, shift(curve, -4))
    slide(page, "Stretch", 5)
    expect_curve(page, shift(stretch(curve, 1.5), -4))
    slide(page, "Shift", 4)
    slide(page, "Stretch", -5)
    expect_curve(page, curve)
    for key, factor in (("End", MAX_STRETCH), ("Home", MIN_STRETCH)):
        page.get_by_role("slider", name="Stretch").press(key)
        expect_curve(page, stretch(curve, factor))


def test_a_preset_and_a_stroke_start_the_sliders_anew(page: Page, pad: Locator) -> None:
    slide(page, "Shift", 7)
    slide(page, "Stretch", -2)
    expect_curve(page, shift(stretch(preset_curve("square"), 0.8), 7))
    press(page, "Triangle")
    expect_curve(page, preset_curve("triangle"))
    expect_sliders(page, 0, 1)
    slide(page, "Shift", -10)
    moved = shift(preset_curve("triangle"), -10)
    expect_curve(page, moved)
    stroke(page, pad, (50, 1.05), (54, 1.05))
    moved[49:54] = 1  # drawn on what the pad showed
    expect_curve(page, moved)
    expect_sliders(page, 0, 1)


def test_a_drawing_is_still_there_when_one_comes_back(page: Page) -> None:
    pad = opened(page)
    press(page, "Clear")
    expect_curve(page, NOTHING)
    stroke(page, pad, (20, 1.05), (30, 1.05))
    drawn = NOTHING.copy()
    drawn[19:30] = 1
    expect_curve(page, drawn)
    slide(page, "Shift", 3)
    expect_curve(page, shift(drawn, 3))
    away = page.get_by_text("Away")
    away.click()
    expect(pad).to_have_count(0)
    away.click()
    expect_curve(page, shift(drawn, 3))
    expect_sliders(page, 3, 1)
    pad.press("PageUp")  # in the middle, where the height is 1 already
    expect_sliders(page, 0, 1)
    expect_curve(page, shift(drawn, 3))


@pytest.mark.parametrize(
    ("heights", "sentence"),
    [
        ("Array(10000).fill(0.5)", "1 to 200 points, not 10,000"),
        ("Array(55).fill('<b>')", "is not a number"),
        ("Array(55).fill(Infinity)", "is not a number"),  # JSON has none: null is sent
        ("Array(54).fill(0.5)", "55 points, not 54"),
    ],
)
def test_what_cannot_be_a_curve_is_refused(page: Page, pad: Locator, heights: str, sentence: str) -> None:
    press(page, "Ellipse")
    expect_curve(page, preset_curve("ellipse"))
    pad.evaluate(f"pad => {{ Object.assign(pad.own, {{heights: {heights}, busy: true}}); pad.onkeyup() }}")
    expect(said(page)).to_contain_text(sentence)
    expect_curve(page, preset_curve("ellipse"))
    press(page, "Clear")
    expect(said(page)).to_have_count(0)
    expect_curve(page, NOTHING)


# Looks


def test_its_colours_are_those_of_the_scheme(new_page: NewPage) -> None:
    page = new_page(color_scheme="dark")
    opened(page)
    expect_stroke_of_the_scheme(
        page.locator(".line"), by_night="rgb(43, 123, 201)", by_day="rgb(11, 92, 173)"
    )


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
    page = new_page(color_scheme=scheme, **(ON_A_PHONE if size == "phone" else {}))
    pad = opened(page)
    stroke(page, pad, (10, 0), (20, 0.9), (34, 0.5), (50, 0))
    expect(page.get_by_test_id("heights")).to_contain_text("0.9")
    settled(page)
    page.screenshot(path=folder / f"pad-{size}-{scheme}.png", animations="disabled")
    before = runs(page, "fragment")
    pad.press("ArrowUp")
    expect(page.get_by_test_id("fragment")).to_have_text(str(before + 1))
    settled(page)
    page.screenshot(path=folder / f"pad-keys-{size}-{scheme}.png", animations="disabled")
