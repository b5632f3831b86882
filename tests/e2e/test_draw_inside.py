"""A curve drawn in "Look inside": the network reads it at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.steps import (
    INSIDE,
    ON_A_PHONE,
    curve_pad,
    drawn,
    expect_redrawn,
    part,
    picture,
    said,
    see,
    settled,
    slider,
    stroke,
    swipe,
    visit,
)

Draw = Callable[..., None]
HANDS: dict[str, tuple[Draw, dict[str, Any]]] = {
    "mouse": (stroke, {}),
    "finger": (swipe, ON_A_PHONE),
}
TRIANGLE = ((15, 0.0), (28, 1.05), (41, 0.0))
STATES = "Heat map of h_t"


def verdict(page: Page) -> Locator:
    """What the network says of the whole curve."""
    return page.get_by_text("The network says:")


def to_draw(page: Page) -> Locator:
    """Open the pad, with nothing drawn."""
    visit(page, INSIDE)
    page.get_by_role("radio", name="My own curve").click()
    pad = curve_pad(page)
    settled(page)
    before = drawn(picture(page, STATES))
    page.get_by_role("button", name="Clear").click()
    expect_redrawn(picture(page, STATES), before)
    settled(page)
    return pad


@pytest.mark.parametrize("hand", HANDS)
def test_what_is_drawn_is_read_at_once(new_page: NewPage, hand: str) -> None:
    draw, screen = HANDS[hand]
    page = new_page(**screen)
    pad = to_draw(page)
    before = {text: drawn(picture(page, text)) for text in ("The input", STATES, "Probabilities")}
    nothing = verdict(page).inner_text()
    pad.scroll_into_view_if_needed()
    draw(page, pad, *TRIANGLE)
    for text, marks in before.items():
        expect_redrawn(picture(page, text), marks)
    expect(verdict(page)).not_to_have_text(nothing)
    expect(verdict(page)).to_have_text(re.compile(r"triangle, \d+% sure \(square \d+%, ellipse \d+%\)"))
    expect(said(page)).to_have_count(0)


def test_the_numbers_of_a_step_are_those_of_what_is_drawn(page: Page) -> None:
    pad = to_draw(page)
    see(page.get_by_text("x_t = 0.000"))
    stroke(page, pad, (50, 0.5), (55, 0.5))
    see(page.get_by_text(re.compile(r"x_t = 0\.(49|5)")))
    for step in (54, 53, 52, 51, 50):
        slider(page, "Time step t").press("ArrowLeft")
        see(page.get_by_text(f"If the curve ended after step {step}"))
        see(page.get_by_text(re.compile(r"x_t = 0\.(49|5)")))
    slider(page, "Time step t").press("ArrowLeft")
    see(page.get_by_text("x_t = 0.000"))


def test_a_drawing_stays_while_other_parts_are_open(page: Page) -> None:
    pad = to_draw(page)
    nothing = verdict(page).inner_text()
    stroke(page, pad, *TRIANGLE)
    expect(verdict(page)).not_to_have_text(nothing)
    settled(page)
    drawing = page.locator(".line").get_attribute("points")
    for name in ("Mistakes", "Look inside"):
        part(page, name)
    page.get_by_role("radio", name="My own curve").click()
    curve_pad(page)
    expect(page.locator(".line")).to_have_attribute("points", drawing or "")


def test_what_is_no_curve_is_said_and_not_read(page: Page) -> None:
    pad = to_draw(page)
    before = verdict(page).inner_text()
    for heights, sentence in (
        ("Array(10000).fill(0.5)", "1 to 200 points, not 10,000"),
        ("Array(55).fill(NaN)", "is not a number"),  # JSON has none: null is sent
    ):
        pad.evaluate(
            f"pad => {{ Object.assign(pad.own, {{heights: {heights}, busy: true}}); pad.onkeyup() }}"
        )
        expect(said(page)).to_contain_text(sentence)
        settled(page)
        expect(verdict(page)).to_have_text(before)
