"""The projector in a browser, with WebGL drawn in software: clicks, the camera, search, t-SNE, a phone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from app.ui.projector.camera import Camera
from app.ui.projector.points import Components, cloud
from models.vectors import VectorSpace
from tests.e2e.conftest import NewPage
from tests.e2e.looks import expect_fits_by_day_and_night
from tests.e2e.maps import WEBGL, canvas, click, hover, middle, nearest, wait_for_points
from tests.e2e.steps import ON_A_PHONE, button, part, said, settled, slider, visit

MAP = "/projector"
WORDS = 1_000
FEW = f"{MAP}?many=1%2C000"
"""The least that can be chosen: without a graphics card, each word takes its time."""
BESIDE = "/projector?part=Side+by+side&word=great"
FINDS = "/projector?part=Two+questions"
TSNE = f"{FEW}&map=t-SNE"

AT_FIRST = Camera()
ROOM = 18
"""Pixels around a point in which there is no other: it can be clicked on for sure."""


@pytest.fixture(scope="module")
def browser(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """The same browser as elsewhere, which can draw in three dimensions without a graphics card."""
    arguments = [*browser_type_launch_args["args"], *WEBGL]
    browser = browser_type.launch(**(browser_type_launch_args | {"args": arguments}))
    yield browser
    browser.close()


def lonely(*, is_flat: bool = False, camera: Camera = AT_FIRST) -> list[tuple[str, float, float]]:
    """Words that stand alone on the screen at first, and where: pixels from the middle, downwards."""
    components = Components((0, 1) if is_flat else (0, 1, 2))
    shown = cloud(VectorSpace.load("glove"), WORDS, components, ())
    seen = camera.screen(shown.places)[:, :2]
    inside = np.flatnonzero((np.abs(seen) < (230, 200)).all(axis=1))
    found = []
    for point in inside:
        distances = np.linalg.norm(seen - seen[point], axis=1)
        distances[point] = np.inf
        word = shown.space.vocabulary[int(shown.ids[point])]
        if distances.min() > ROOM and word.isalpha():
            x, y = seen[point]
            found.append((word, float(x), float(-y)))
    assert len(found) >= 3
    return found


@pytest.mark.parametrize("view", ["3-D", "2-D"])
def test_a_click_on_a_point_selects_it(page: Page, view: str) -> None:
    visit(page, f"{FEW}&view={view}")
    x, y = middle(page)
    for word, right, down in lonely(is_flat=view == "2-D")[:3]:
        place = (x + right, y + down)
        wait_for_points(page, place, word)
        click(page, place, word)
        page.wait_for_url(re.compile(rf"[?&]word={re.escape(word)}(&|$)"))
        best = VectorSpace.load("glove").neighbours(word, 10)[0]
        expect(nearest(page, word)).to_contain_text(best.word)
        wait_for_points(page, place, word)  # the map has not moved


def find_point(page: Page) -> tuple[tuple[float, float], str]:
    """Some point on the screen, wherever the camera is."""
    x, y = middle(page)
    for i in range(80):
        place = (x - 150 + 37 * i % 300, y - 100 + 53 * i % 200)
        if word := hover(page, place):
            return place, word
    raise AssertionError("there is no point on the screen")


def test_the_camera_stays_over_reruns(page: Page) -> None:
    visit(page, FEW)
    word, right, down = lonely()[0]
    x, y = middle(page)
    before = (x + right, y + down)
    wait_for_points(page, before, word)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y + 40, steps=8)
    page.mouse.up()
    assert hover(page, before) != word
    place, found = find_point(page)
    click(page, place, found)  # a rerun
    settled(page)
    wait_for_points(page, place, found)
    page.get_by_role("radio", name="Distance").click()  # another
    expect(page.get_by_text(re.compile("by distance"))).to_be_visible()
    settled(page)
    x2, y2 = middle(page)
    wait_for_points(page, (place[0] + x2 - x, place[1] + y2 - y), found)


@contextmanager
def new_points(page: Page) -> Iterator[None]:
    """Wait until the browser has fetched a map; the server does not keep one that was replaced meanwhile."""
    with page.expect_response(re.compile(r"/media/.*\.json")):
        yield


def test_search_select_and_isolate(page: Page) -> None:
    visit(page, FEW)
    box = page.get_by_role("textbox", name="Find a word")
    box.press_sequentially("zithe", delay=30)
    page.get_by_role("button", name="zither", exact=True).click()
    expect(nearest(page, "zither")).to_contain_text("erhu")
    expect(page.locator("[data-testid=stDeckGlJsonChart][aria-label*='“zither”']")).to_be_visible()
    page.get_by_text("Only these").click()
    expect(page.locator("[aria-label^='A map of 11 words']")).to_be_visible()
    box.fill("gaitar")
    page.get_by_role("button", name="guitar", exact=True).first.click()
    expect(nearest(page, "guitar")).to_be_visible()
    page.get_by_role("radio", name="Regex").click()
    box.fill("(")
    expect(said(page)).to_contain_text("not a regular expression")
    page.get_by_role("button", name="Deselect").click()
    expect(nearest(page, "guitar")).to_have_count(0)
    assert "word=" not in page.url


def test_a_view_opened_by_its_address(page: Page) -> None:
    with new_points(page):
        visit(page, MAP)
    for name in ("1,000", "Word axes"):
        with new_points(page):
            page.get_by_role("radio", name=name, exact=True).click()
            settled(page)
    page.get_by_role("textbox", name="y: to").fill("brilliant")
    page.get_by_role("textbox", name="y: to").press("Enter")
    settled(page)
    page.get_by_role("textbox", name="Find a word").fill("queen")
    page.get_by_role("button", name="queen", exact=True).click()
    expect(nearest(page, "queen")).to_be_visible()
    other = page.context.new_page()
    visit(other, page.url)
    expect(nearest(other, "queen")).to_be_visible()
    expect(other.get_by_role("radio", name="Word axes")).to_be_checked()
    expect(other.get_by_role("radio", name="1,000", exact=True)).to_be_checked()
    expect(other.get_by_role("textbox", name="y: to")).to_have_value("brilliant")


def test_a_camera_opened_by_its_address(page: Page) -> None:
    """As set by the sliders; what is turned with the pointer is not in the address."""
    visit(page, f"{FEW}&turn=120&tilt=-35&zoom=2")
    word, right, down = lonely(camera=Camera(120, -35, Camera.zoom + 1))[0]
    x, y = middle(page)
    wait_for_points(page, (x + right, y + down), word)
    page.get_by_role("button", name="Vectors and view").click()
    tilt = slider(page, "Tilt")
    expect(tilt).to_have_value("-35")
    tilt.press("ArrowRight")
    page.wait_for_url(re.compile("tilt=-30"))


def looked_at_again(page: Page) -> tuple[str, bytes]:
    """What a paused map says and shows after two reruns; a search that finds nothing lights nothing."""
    box = page.get_by_role("textbox", name="Find a word")
    nothing = page.get_by_text("No word of 400,000 is like that")
    box.fill("qzqzqzqz")
    expect(nothing).to_be_visible()
    box.fill("")
    expect(nothing).to_have_count(0)
    settled(page)
    return page.get_by_text(re.compile("Paused at step")).inner_text(), canvas(page).screenshot()


@pytest.mark.timeout(240)
def test_tsne_moves_pauses_and_goes_on(page: Page) -> None:
    visit(page, TSNE)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text(re.compile(r"Moving: step \d+0 of 1,000"))).to_be_visible(timeout=90_000)
    before = canvas(page).screenshot()
    first = page.get_by_text(re.compile("Moving: step")).inner_text()
    expect(page.get_by_text(first, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Pause").click()
    paused = page.get_by_text(re.compile("Paused at step"))
    expect(paused).to_be_visible()
    settled(page)
    assert canvas(page).screenshot() != before
    expect(page.get_by_text("Faithfulness of the whole map")).to_be_visible()
    seen = [looked_at_again(page), looked_at_again(page)]
    while seen[-1] != seen[-2] and len(seen) < 10:  # the step that was under way is still told and drawn
        seen.append(looked_at_again(page))
    assert [looked_at_again(page) for _ in range(2)] == [seen[-1]] * 2
    where = paused.inner_text()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(where, exact=True)).to_have_count(0)
    button(page, "map-stop").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(button(page, "map-stop")).to_be_disabled()


def test_files_to_take_along(page: Page) -> None:
    visit(page, f"{FEW}&word=apple")
    page.get_by_text("Save and share").click()
    for label, name in (
        ("Picture", "map.png"),
        ("Coordinates", "coordinates.csv"),
        ("TSV for TensorBoard", "projector.zip"),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=label, exact=True).click()
        assert download.value.suggested_filename == name
        assert download.value.path().stat().st_size > 1000


def test_before_and_after_training(page: Page) -> None:
    visit(page, BESIDE)
    expect(page.get_by_test_id("stDeckGlJsonChart")).to_have_count(2)
    expect(page.get_by_text("of 10 neighbours are the same in both")).to_be_visible()
    box = page.get_by_role("textbox", name="Word")
    box.fill("bad")
    box.press("Enter")
    page.wait_for_url(re.compile("word=bad"))
    settled(page)
    expect(page.locator("[data-testid=stDeckGlJsonChart][aria-label*='“bad”']")).to_have_count(2)
    place, _ = find_point(page)
    for _ in range(20):  # on a busy machine not every click is one, see `click`
        page.mouse.click(*place)
        with suppress(AssertionError):
            expect(box).not_to_have_value("bad", timeout=3_000)  # it follows the click
            break
    word = box.input_value()
    expect(page.locator(f"[data-testid=stDeckGlJsonChart][aria-label*='“{word}”']")).to_have_count(2)
    box.fill("")
    box.press("Enter")
    expect(page.locator("[data-testid=stDeckGlJsonChart][aria-label*='“']")).to_have_count(0)
    assert "word=" not in page.url


def test_a_find_leads_to_the_map(page: Page) -> None:
    visit(page, FINDS)
    page.get_by_text("A company", exact=True).click()
    expect(page.get_by_text("That is what the vectors say.")).to_be_visible()
    page.get_by_role("button", name="Look at “apple” on the map").click()
    expect(nearest(page, "apple")).to_contain_text("blackberry")
    canvas(page)


def test_every_part_fits_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, f"{FEW}&word=great")
    canvas(page)
    expect_fits_by_day_and_night(page)
    part(page, "Side by side")
    canvas(page)
    expect_fits_by_day_and_night(page)
    part(page, "Two questions")
    expect_fits_by_day_and_night(page)
    part(page, "Map")
    page.get_by_role("radio", name="t-SNE").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    settled(page)
    canvas(page)
    expect_fits_by_day_and_night(page)


def test_a_tap_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, FEW)
    word, right, down = next(one for one in lonely() if abs(one[1]) < 150)
    canvas(page).scroll_into_view_if_needed()
    x, y = middle(page)
    for _ in range(20):  # a finger shows no tooltip by which one could see that the points are there
        page.touchscreen.tap(x + right, y + down)
        with suppress(AssertionError):
            expect(nearest(page, word)).to_be_visible(timeout=3_000)
            return
    raise AssertionError(f"no point of “{word}” can be tapped")
