"""MLP or LSTM? Two reference runs on the same curve, wherever it stands."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import (
    DUEL,
    choose_from,
    curve_pad,
    drawn,
    expect_redrawn,
    picture,
    said,
    see,
    settled,
    slider,
    stroke,
    visit,
)

SURE = re.compile(r"^\w+, \d+% sure \(\w+ \d+%, \w+ \d+%\)$")
TRIANGLE = ((16, 0.0), (28, 1.05), (40, 0.0))
SWEEP = "Probability of triangle"


def verdicts(page: Page) -> Locator:
    """What both networks say: the MLP on the left, the LSTM on the right."""
    found = page.get_by_test_id("stMarkdown").filter(has_text=SURE)
    expect(found).to_have_count(2)
    return found


def expect_both_to_change(page: Page, before: list[str]) -> list[str]:
    """Wait until both networks say something else; returns what."""
    for network, text in enumerate(before):
        expect(verdicts(page).nth(network)).not_to_have_text(text)
    settled(page)
    return verdicts(page).all_inner_texts()


def test_two_reference_runs_read_a_drawn_curve_while_it_moves(page: Page) -> None:
    visit(page, DUEL)
    for name in ("Dense 64, seed 0", "LSTM 32, seed 0"):
        see(page.locator("strong").filter(has_text=name))
    said_at_first = verdicts(page).all_inner_texts()
    pad = curve_pad(page)
    page.get_by_role("button", name="Clear").click()
    now = expect_both_to_change(page, said_at_first)
    stroke(page, pad, *TRIANGLE)
    now = expect_both_to_change(page, now)
    assert now[1].startswith("triangle")
    for name, key in (("Shift", "ArrowRight"), ("Stretch", "ArrowLeft")):
        for _ in range(4):
            slider(page, name).press(key)
        now = expect_both_to_change(page, now)
    expect(said(page)).to_have_count(0)


def test_the_sweep_shows_every_place(page: Page) -> None:
    """Two lines over all places; another shape of the curve gives other lines."""
    visit(page, DUEL)
    sweep = picture(page, SWEEP)
    before = drawn(sweep)
    expect(sweep.locator(".mark-line path")).to_have_count(2)
    slider(page, "Stretch").press("ArrowRight")
    expect_redrawn(sweep, before)
    page.get_by_role("radio", name="square").click()
    expect(picture(page, "Probability of square").locator(".mark-line path")).to_have_count(2)
    page.wait_for_url(re.compile("[?&]of=square"))
    page.get_by_role("button", name="Clear").click()
    see(page.get_by_text("nowhere to shift this curve"))


def test_other_networks_are_chosen_and_kept_in_the_address(page: Page) -> None:
    visit(page, DUEL)
    chosen = page.locator("strong").filter(has_text="GRU")
    for count, (side, label) in enumerate((("left", "First network"), ("right", "Second network")), 1):
        choose_from(page.get_by_role("combobox", name=label), re.compile("^GRU"))
        expect(chosen).to_have_count(count)
        page.wait_for_url(re.compile(f"[?&]{side}=reference-shapes-gru"))
        settled(page)
    page.reload()
    expect(chosen).to_have_count(2)
    see(verdicts(page).first)
