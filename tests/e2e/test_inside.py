"""Look inside, mistakes and the duel: what a visitor who has trained nothing can do."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Position, expect

from app.ui.focus import GONE
from tests.e2e.steps import (
    INSIDE,
    LAPTOP,
    MISTAKES,
    choose_from,
    drawn,
    expect_redrawn,
    part,
    picture,
    said,
    see,
    settled,
    slider,
    visit,
)

PICTURES = ("The input", "Heat map of h_t", "Probabilities of the classes")


# Counts the frames without a heat map after the first one with it.
GAP_WATCH = """
window.gap = 0;
let seen = false;
const look = () => {
  const hosts = document.querySelectorAll("#first-picture .host, .st-key-inside-state *");
  const shown = [...hosts].some((host) => host.shadowRoot?.querySelector(".strip img"));
  if (seen && !shown) window.gap += 1;
  seen ||= shown;
  requestAnimationFrame(look);
};
look();
"""


def test_the_step_moves_by_slider_click_and_keys_and_the_heat_map_reads_out_its_numbers(
    page: Page,
) -> None:
    visit(page, INSIDE)
    see(page.get_by_role("heading", name=re.compile("Time step 55 by hand")))
    slider(page, "Time step t").press("ArrowLeft")
    see(page.get_by_text("If the curve ended after step 54"))
    see(page.get_by_role("heading", name=re.compile("Time step 54 by hand")))
    see(page.get_by_role("cell", name="hidden state"))
    states = picture(page, "Heat map of h_t")
    cells = states.locator(".marks")
    box = cells.bounding_box()
    assert box is not None
    at: Position = {"x": box["width"] * 19.5 / 55, "y": box["height"] * 2.5 / 32}
    cells.hover(position=at)
    expect(states).to_contain_text(re.compile(r"time step 20, unit 3: −?0\.\d{3}"))
    cells.click(position=at)
    see(page.get_by_role("heading", name=re.compile("Time step 20 by hand")))
    expect(slider(page, "Time step t")).to_have_attribute("aria-valuetext", "20")
    states.press("ArrowRight")
    states.press("ArrowDown")
    expect(states).to_contain_text("time step 21, unit 4:")
    states.press("Enter")
    see(page.get_by_role("heading", name=re.compile("Time step 21 by hand")))


def test_a_first_visit_shows_every_state_and_draws_on_and_not_anew(page: Page) -> None:
    """A chart that is built anew flickers, and takes a while."""
    visit(page, INSIDE)
    for text in PICTURES:
        see(picture(page, text).locator(".marks").first)
    for name, changed in (("Time step t", PICTURES), ("Moment of training", PICTURES[1:])):
        before = {text: drawn(picture(page, text)) for text in PICTURES}
        marks = [picture(page, text).locator(".marks").first.element_handle() for text in PICTURES]
        for _ in range(3):
            slider(page, name).press("ArrowLeft")
        for text in changed:
            expect_redrawn(picture(page, text), before[text])
        settled(page)
        assert all(mark.evaluate("mark => mark.isConnected") for mark in marks)
    for name in ("c_t · cell", "i · input", "f · forget", "o · output", "g · candidate"):
        page.get_by_role("radio", name=name).click()
        see(picture(page, f"Heat map of {name}"))
        settled(page)


def test_the_timeline_goes_back_to_before_training_and_is_in_the_address(page: Page) -> None:
    visit(page, INSIDE)
    moment = slider(page, "Moment of training")
    expect(moment).to_have_attribute("aria-valuetext", "step 600, epoch 10")
    verdict = page.get_by_text("The network says:")
    trained = verdict.inner_text()
    moment.press("Home")
    expect(moment).to_have_attribute("aria-valuetext", "before training")
    expect(verdict).not_to_have_text(trained)
    page.wait_for_url(re.compile("moment=0"))
    settled(page)
    page.reload()
    settled(page)
    expect(moment).to_have_attribute("aria-valuetext", "before training")
    accuracy = picture(page, "Accuracy at each moment of the slider")
    expect(accuracy).to_contain_text("training batches–")  # nothing is known yet
    accuracy.locator(".marks").click()
    expect(moment).to_have_attribute("aria-valuetext", re.compile("^step .*, epoch 1$"))
    expect(accuracy).to_contain_text(re.compile(r"training batches\d+%"))
    page.wait_for_url(re.compile(r"moment=[1-9]"))


def test_a_slider_moves_at_once_and_pictures_follow_it_before_it_is_let_go(page: Page) -> None:
    visit(page, INSIDE)
    states = picture(page, "Heat map of h_t")
    see(states.locator(".marks"))
    moment = slider(page, "Moment of training")
    box = moment.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 1, middle)
    page.mouse.down()
    seen = {drawn(states)}
    for share in (0.75, 0.5, 0.25):
        before = drawn(states)
        page.mouse.move(box["x"] + box["width"] * share, middle, steps=10)
        expect_redrawn(states, before)
        seen.add(drawn(states))
    assert len(seen) == 4
    page.mouse.move(box["x"], middle)
    expect(moment).to_have_attribute("aria-valuetext", "before training")
    page.mouse.up()
    page.wait_for_url(re.compile("moment=0"))  # the last place has been told, whatever was left out before
    settled(page)
    expect(moment).to_have_attribute("aria-valuetext", "before training")
    page.go_back()  # over the whole way at once
    page.wait_for_url(re.compile("moment=600"))
    expect(moment).to_have_attribute("aria-valuetext", re.compile("^step 600"))
    step = slider(page, "Time step t")
    for _ in range(30):
        step.press("ArrowLeft")
    expect(step).to_have_attribute("aria-valuetext", "25")
    see(page.get_by_role("heading", name=re.compile("Time step 25 by hand")))
    settled(page)
    expect(step).to_have_attribute("aria-valuetext", "25")


def test_the_timeline_plays_is_paused_and_ends_and_one_back_undoes_it(page: Page) -> None:
    visit(page, INSIDE + "&moment=0")
    states = picture(page, "Heat map of h_t")
    see(states.locator(".marks"))
    settled(page)
    moment = slider(page, "Moment of training")
    before = drawn(states)
    page.get_by_role("button", name="Play").click()
    expect(moment).to_have_attribute("aria-valuetext", re.compile("^step [1-9]"))
    expect_redrawn(states, before)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_url(re.compile("moment=[1-9]"))  # not before it rests
    settled(page)
    rests = moment.get_attribute("aria-valuetext")
    see(page.get_by_role("button", name="Play"))
    expect(moment).to_have_attribute("aria-valuetext", str(rests))
    moment.press("End")
    page.wait_for_url(re.compile("moment=600"))
    moment.press("Home")
    page.wait_for_url(re.compile("moment=0"))
    settled(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_url(re.compile("moment=600"))  # to its end
    see(page.get_by_role("button", name="Play"))
    settled(page)
    expect(moment).to_have_attribute("aria-valuetext", re.compile("^step 600"))
    page.go_back()
    page.wait_for_url(re.compile("moment=0"))
    expect(moment).to_have_attribute("aria-valuetext", "before training")
    page.go_back()
    page.wait_for_url(re.compile("moment=600"))
    expect(moment).to_have_attribute("aria-valuetext", re.compile("^step 600"))
    settled(page)
    verdict = page.get_by_text("The network says:")
    trained = verdict.inner_text()
    page.get_by_role("button", name="Play").click()  # from the end: from the beginning
    expect(verdict).not_to_have_text(trained)  # so the server has heard of it
    part(page, "Mistakes")  # away while it plays
    page.wait_for_url(re.compile(r"moment=(?!600)\d+.*part=Mistakes"))  # somewhere before the end
    settled(page)
    see(page.get_by_role("button", name="Play"))
    expect(moment).not_to_have_attribute("aria-valuetext", re.compile("^step 600"))


MOVE = """(strips, [slider, column]) => {
    slider.value = column;
    slider.dispatchEvent(new Event("input"));
    return strips.map((strip) => strip.innerHTML);
}"""


def test_with_its_film_the_picture_follows_the_timeline_before_the_server_answers(page: Page) -> None:
    visit(page, INSIDE + "&state=cell")
    states = picture(page, "Heat map of c_t")
    see(states.locator(".marks"))
    moment = slider(page, "Moment of training")
    moment.focus()  # the film is asked for when somebody is about to move the slider
    strip = states.element_handle()
    page.wait_for_function("strip => strip.parentElement.film.frames?.length > 30", arg=strip)
    settled(page)
    strips = page.locator(".strips:has(.cells) > .strip")
    seen = [strips.evaluate_all("strips => strips.map(strip => strip.innerHTML)")]
    for column in (1, 20, 2):
        seen.append(strips.evaluate_all(MOVE, [moment.element_handle(), column]))  # no time for an answer
        page.wait_for_function("strip => !strip.parentElement.film.column", arg=strip)
        settled(page)
        assert strips.evaluate_all("strips => strips.map(strip => strip.innerHTML)") == seen[-1]
    assert len({str(looks) for looks in seen}) == 4
    states.locator(".marks").hover()
    expect(states).to_contain_text(re.compile(r"unit \d+: −?\d\.\d{3}"))  # the server sends all numbers


def test_on_a_laptop_the_heat_map_is_seen_at_once_beside_the_timeline(page: Page) -> None:
    visit(page, INSIDE)
    cells = picture(page, "Heat map of h_t").locator(".marks")
    see(cells)
    settled(page)
    states, moment = cells.bounding_box(), slider(page, "Moment of training").bounding_box()
    assert states is not None
    assert moment is not None
    assert moment["x"] + moment["width"] < states["x"]
    assert states["y"] + states["height"] < LAPTOP["height"] + 32  # all units but perhaps the last three
    assert moment["y"] + moment["height"] < LAPTOP["height"]


def test_a_click_on_a_cell_lists_its_curves_and_one_opens_inside(page: Page) -> None:
    visit(page, MISTAKES)
    matrix = picture(page, "Confusion matrix")
    cell = matrix.locator("path[aria-label*='said: ellipse'][aria-label*='truth: ellipse']").first
    cell.click()
    see(page.get_by_role("heading", name=re.compile("^ellipse, right")))
    settled(page)
    page.wait_for_url(re.compile("truth=ellipse&said=ellipse"))
    first = page.locator("[class*='st-key-open-']").first
    key = re.search(r"st-key-open-(\d+)", first.get_attribute("class") or "")
    assert key is not None
    first.get_by_role("button", name="Look inside").click()
    see(picture(page, "Heat map of h_t"))
    page.wait_for_url(re.compile(rf"[?&]curve={key[1]}(&|$)"))
    see(page.get_by_text(f"Test curve {key[1]}, of class ellipse."))
    settled(page)
    page.go_back()  # one click is one step back, however many names it has put into the address
    see(page.get_by_role("heading", name=re.compile("^ellipse, right")))


def test_more_curves_of_a_cell_are_shown_and_a_link_opens_the_cell(page: Page) -> None:
    visit(page, f"{MISTAKES}&truth=ellipse&said=ellipse")
    see(page.get_by_role("heading", name=re.compile("^ellipse, right")))
    curves = page.locator("[class*='st-key-open-']")
    expect(curves).to_have_count(12)
    page.get_by_role("button", name=re.compile("^Show more")).click()
    expect(curves).to_have_count(24)


def test_what_is_looked_at_is_in_the_address(page: Page) -> None:
    visit(page, INSIDE)
    slider(page, "Time step t").press("ArrowLeft")
    page.wait_for_url(re.compile("[?&]t=54"))
    page.get_by_role("radio", name="c_t · cell").click()
    page.wait_for_url(re.compile("state=cell"))
    settled(page)
    page.reload()
    see(picture(page, "Heat map of c_t"))
    expect(slider(page, "Time step t")).to_have_attribute("aria-valuetext", "54")


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("moment=-1&curve=99999&t=56&unit=0&state=%3Cb%3E&from=x", []),
        ("moment=1e99&run=nonsense", [GONE]),
        ("moment=nan&run=%3Cb%3Ex", [GONE]),
    ],
)
def test_hostile_addresses_are_said_and_do_no_harm(page: Page, query: str, messages: list[str]) -> None:
    visit(page, f"{INSIDE}&{query}")
    see(picture(page, "Heat map of h_t"))
    expect(said(page)).to_have_count(len(messages))
    for message in messages:
        expect(said(page)).to_contain_text(message)


def test_a_link_to_a_run_shows_its_inside_before_the_page_is_there(
    page: Page, browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    visit(page, MISTAKES)
    choose_from(page.get_by_role("combobox", name="Network"), re.compile("^GRU"))
    page.wait_for_url(re.compile("run="))
    settled(page)
    run = re.search("run=([^&]+)", page.url)
    assert run is not None
    link = f"{INSIDE}&run={run[1]}&moment=246&t=20"
    with browser.new_context(**browser_context_args) as context:
        waiting = context.new_page()
        waiting.route_web_socket(re.compile("_stcore/stream"), lambda socket: None)  # its page never comes
        waiting.goto(link)
        first_picture = waiting.locator("#first-picture")
        seen = first_picture.get_by_label("Heat map of h_t").locator(".marks")
        see(seen)
        see(first_picture.get_by_text("The network says:"))
        expect(first_picture).to_have_attribute("inert", "")  # who listens waits for the page
        first = seen.bounding_box()
        page_itself = context.new_page()
        page_itself.add_init_script(GAP_WATCH)
        visit(page_itself, link)
        see(picture(page_itself, "Heat map of h_t").locator(".marks"))
        assert page_itself.evaluate("window.gap") == 0  # from the first picture on, there is always one
    visit(page, link)
    cells = picture(page, "Heat map of h_t").locator(".marks")
    see(cells)
    assert page.locator("#first-picture").count() == 0
    see(slider(page, "Time step t"))
    settled(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    then = cells.bounding_box()
    assert first is not None
    assert then is not None
    assert first == pytest.approx(then, abs=2)  # nothing moves when the page takes its place
