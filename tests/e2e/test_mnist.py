"""The digits' lab: draw, predict, train three kernels, look inside, find the mistakes; on a phone too."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.looks import expect_drawn, expect_fits_by_day_and_night
from tests.e2e.steps import (
    DIGITS,
    DIGITS_DRAW,
    DIGITS_INSIDE,
    DIGITS_MISTAKES,
    DIGITS_THREE,
    ON_A_PHONE,
    button,
    choose_from,
    digit_pad,
    draw_line,
    drawn,
    expect_redrawn,
    metric,
    part,
    picture,
    said,
    see,
    settled,
    slider,
    touch_line,
    visit,
)
from tests.models.digits import CAREFUL

DrawLine = Callable[[Page, Locator, Iterable[tuple[float, float]]], None]

HANDS: dict[str, tuple[DrawLine, dict[str, Any]]] = {
    "mouse": (draw_line, {}),
    "finger": (touch_line, ON_A_PHONE),
}
KERNELS = ("3×3", "1×1", "28×28")

UNTIL_TRAINED = 200_000
"""Milliseconds; a server that has just started compiles first."""

CELL = re.compile(r"truth: (\d); said: (\d); count: (\d+)")

# Draw


def verdicts(page: Page) -> Locator:
    """What each network says of a drawing."""
    return page.get_by_test_id("stMarkdown").filter(has_text=re.compile(r"^\d, \d+% sure$"))


@pytest.mark.parametrize("hand", HANDS)
def test_three_networks_read_a_digit_line_by_line(new_page: NewPage, hand: str) -> None:
    draw, screen = HANDS[hand]
    page = new_page(**screen)
    visit(page, DIGITS_DRAW)
    pad = digit_pad(page)
    nothing = page.get_by_text("Nothing drawn yet.")
    see(nothing)
    expect(verdicts(page)).to_have_count(0)
    first, second = CAREFUL[4]
    draw(page, pad, first)
    expect(verdicts(page)).to_have_count(3)
    expect(nothing).to_have_count(0)
    charts = page.locator("[data-testid=stVegaLiteChart][aria-label^='Probability of each digit']")
    expect(charts).to_have_count(3)
    before = [drawn(chart) for chart in charts.all()]
    pixels = page.get_by_alt_text("The drawing as the networks get it.")
    seen = pixels.get_attribute("src") or ""
    draw(page, pad, second)
    for chart, marks in zip(charts.all(), before, strict=True):
        expect_redrawn(chart, marks)
    expect(pixels).not_to_have_attribute("src", seen)
    expect(verdicts(page).first).to_have_text(re.compile("^4, "))
    page.get_by_role("button", name="Clear", exact=True).click()
    see(nothing)
    expect(verdicts(page)).to_have_count(0)
    expect(said(page)).to_have_count(1)  # that nothing is drawn


def test_a_drawn_digit_is_looked_at_from_inside(page: Page) -> None:
    visit(page, DIGITS_INSIDE)
    page.get_by_role("radio", name="My own digit").click()
    pad = digit_pad(page)
    for line in CAREFUL[3]:
        draw_line(page, pad, line)
    see(page.get_by_text("The network says: 3"))
    first_map = page.get_by_alt_text("feature map 0", exact=True)
    of_a_three = first_map.get_attribute("src") or ""
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("The network says: 3")).not_to_be_visible()
    settled(page)
    for line in CAREFUL[7]:
        draw_line(page, pad, line)
    see(page.get_by_text("The network says: 7"))
    expect(first_map).not_to_have_attribute("src", of_a_three)


# Three kernels


@pytest.mark.timeout(300)
def test_three_kernels_from_the_prediction_to_the_answer(page: Page) -> None:
    visit(page, DIGITS_THREE)
    start = button(page, "three-train")
    expect(start).to_be_disabled()
    for question, kernel in (("Most digits right", "3×3"), ("Fewest digits right", "1×1")):
        page.get_by_role("radiogroup", name=question).get_by_role("radio", name=kernel, exact=True).click()
    expect(start).to_be_enabled()
    expect(page.get_by_role("radio", name="Quick: 6,000 digits")).to_be_checked()
    start.click()
    page.wait_for_url(re.compile("three="))
    expect(button(page, "three-stop")).to_be_enabled()
    expect(start).to_be_disabled()
    why = page.get_by_role("heading", name="Why?")
    see(why, timeout=UNTIL_TRAINED)
    accuracies = metric(page, "Test accuracy")
    expect(accuracies).to_have_text([re.compile(r"\d+\.\d%")] * 3)
    small, pixel, whole = (float(text.rstrip("%")) for text in accuracies.all_inner_texts())
    expect(said(page)).to_contain_text(f"3×3 with {small}%")
    assert small > max(pixel, whole)
    as_expected = pixel < whole
    expect(said(page)).to_contain_text("As you said" if as_expected else "You expected 3×3 to be best")
    for kernel in KERNELS:
        frame = picture(page, f"A test digit, with a frame as large as a {kernel} kernel")
        see(frame.locator("svg.marks, canvas.marks"))
    lines = picture(page, "Training accuracy by step").locator(".mark-line path")
    assert lines.count() >= 3
    page.reload()
    see(why)
    expect(said(page)).to_contain_text(f"3×3 with {small}%")
    expect(start).to_be_enabled()


# Mistakes


def test_a_click_on_a_cell_lists_its_digits_and_one_opens_inside(page: Page) -> None:
    visit(page, DIGITS_MISTAKES)
    matrix = picture(page, "Confusion matrix of 10000 test examples")
    see(matrix.locator("svg.marks"))
    cells = matrix.locator("[aria-roledescription='rect mark']")
    expect(cells).to_have_count(100)
    labels = cells.evaluate_all("cells => cells.map(cell => cell.getAttribute('aria-label'))")
    found = [match.groups() for label in labels if (match := CELL.search(label))]
    truth, taken_for, count = max((f for f in found if f[0] != f[1]), key=lambda cell: int(cell[2]))
    cells.nth([cell[:2] for cell in found].index((truth, taken_for))).click()
    see(page.get_by_role("heading", name=f"{truth}, taken for {taken_for}: {count}"))
    settled(page)
    stamp = page.get_by_alt_text(re.compile(rf"^Test digit \d+, a {truth}\.$")).first
    number = re.findall(r"\d+", stamp.get_attribute("alt") or "")[0]
    button(page, f"open-{number}").click()
    see(picture(page, f"Test digit {number}, a {truth}."))
    see(page.get_by_text(f"The network says: {taken_for}"))
    page.wait_for_url(re.compile(rf"[?&]digit={number}\b"))


# Look inside


def choose_network(page: Page, kernel: str) -> None:
    """Choose the reference run with a kernel of this size."""
    layer = page.get_by_role("radio", name=f"1 Convolution {kernel}")
    choose_from(page.get_by_role("combobox", name="Network"), re.compile(re.escape(f"({kernel})")))
    see(layer)
    page.wait_for_url(re.compile("[?&]run="))
    settled(page)
    expect_drawn(page)


def expect_moments_to_move(page: Page, shown: list[Locator]) -> None:
    """Move the timeline: each moment has its own pictures."""
    moment = slider(page, "Moment of training")
    moments = {"Home": "before training", "End": "step 6,000, epoch 2", "ArrowLeft": "step 3,000, epoch 1"}
    for key, words in moments.items():
        before = [image.get_attribute("src") or "" for image in shown]
        moment.press(key)
        expect(moment).to_have_attribute("aria-valuetext", words)
        for image, source in zip(shown, before, strict=True):
            expect(image).not_to_have_attribute("src", source)
        settled(page)


def test_the_timeline_moves_the_kernels_and_the_maps(page: Page) -> None:
    """Kernels of one pixel are bars."""
    visit(page, DIGITS_INSIDE)
    first_kernel = page.get_by_alt_text(re.compile("^kernel 0, "))
    expect_moments_to_move(page, [first_kernel, page.get_by_alt_text("feature map 0", exact=True)])
    choose_network(page, "28×28")
    expect_moments_to_move(page, [first_kernel])
    choose_network(page, "1×1")
    bars = picture(page, "The weights as signed bars.")
    before = drawn(bars)
    slider(page, "Moment of training").press("Home")
    expect_redrawn(bars, before)


def test_a_number_of_each_layer_is_taken_apart(page: Page) -> None:
    visit(page, DIGITS_INSIDE)
    row, column = (page.get_by_role("spinbutton", name=name, exact=True) for name in ("Row", "Column"))
    for place in ((5, 7), (20, 3)):
        pictures = [picture(page, text) for text in ("The digit, with a frame", "Feature map")]
        before = [drawn(one) for one in pictures]
        picture(page, "Feature map").locator(
            f"path[aria-label$='row: {place[0]}; column: {place[1]}']"
        ).click()
        expect(row).to_have_value(str(place[0]))
        expect(column).to_have_value(str(place[1]))
        for one, marks in zip(pictures, before, strict=True):
            expect_redrawn(one, marks)
        settled(page)
    frame = picture(page, "The digit, with a frame")
    marks = drawn(frame)
    row.fill("0")
    row.press("Enter")
    expect_redrawn(frame, marks)
    see(page.get_by_text("It depends on the 3×3 pixels in the frame"))

    # The layers after the first: the window of a pooling, and a slice for each input map.
    page.get_by_role("radio", name="2 Pooling 2×2").click()
    see(picture(page, "The window, with a frame"))
    page.get_by_role("radio", name="3 Convolution 3×3").click()
    see(page.get_by_alt_text(re.compile("^slice 31, ")))
    patch = picture(page, "Patch: what the kernel lies on")
    slider(page, "Input map that is written out below").press("Home")
    slider(page, "Input map that is written out below").press("ArrowRight")
    expect(patch).to_have_attribute("aria-label", re.compile("input map 1"))
    see(page.get_by_text(re.compile("^Sum over all 32 input maps")))


# Looks


def test_every_part_fits_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, DIGITS)
    expect_fits_by_day_and_night(page)
    for name in ("Train", "Three kernels", "Look inside", "Draw", "Mistakes", "Code"):
        part(page, name)
        if name == "Draw":
            touch_line(page, digit_pad(page), CAREFUL[7][0])
            expect(verdicts(page)).to_have_count(3)
        expect_fits_by_day_and_night(page)
