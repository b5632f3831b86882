"""The projector in a browser: clicks, the camera, search, t-SNE, a phone."""

import re
from typing import Literal

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.ui.projector.camera import Camera
from app.ui.projector.colours import INK, LIT, MARK, PAPER
from app.ui.projector.points import Components, cloud
from models.vectors import VectorSpace
from tests.e2e.conftest import NewPage
from tests.e2e.looks import expect_fits_by_day_and_night
from tests.e2e.maps import click, expect_word, hover, middle, nearest, seen, the_map
from tests.e2e.steps import ON_A_PHONE, button, part, said, see, settled, visit

MAP = "/projector"
WORDS = 1_000
FEW = f"{MAP}?many=1%2C000"
"""The least that can be chosen."""
BESIDE = "/projector?part=Side+by+side&word=great"
FINDS = "/projector?part=Two+questions"
TSNE = f"{FEW}&map=t-SNE"

AT_FIRST = Camera()

# The boxes of the words that were written on a canvas since it was last cleared.
LABELS_WATCH = """() => {
  const { fillText, putImageData } = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    window.labels = []
    putImageData.apply(this, given)
  }
  CanvasRenderingContext2D.prototype.fillText = function (word, x, y) {
    const half = this.measureText(word).width / 2
    window.labels?.push([x - half, y - 7, x + half, y + 7])
    fillText.call(this, word, x, y)
  }
}"""
ROOM = 18
"""Pixels around a point in which there is no other: it can be clicked on for sure."""


def lonely(page: Page, camera: Camera = AT_FIRST, *, is_flat: bool = False) -> list[tuple[str, float, float]]:
    """Words that stand alone on the map, and where: pixels from its middle, downwards."""
    components = Components((0, 1) if is_flat else (0, 1, 2))
    shown = cloud(VectorSpace.load("glove"), WORDS, components, ())
    places = seen(page, shown.places, camera)
    inside = np.flatnonzero((np.abs(places) < (150, 200)).all(axis=1))
    found = []
    for point in inside:
        distances = np.linalg.norm(places - places[point], axis=1)
        distances[point] = np.inf
        word = shown.space.vocabulary[int(shown.ids[point])]
        if distances.min() > ROOM and word.isalpha():
            found.append((word, *places[point].tolist()))
    assert len(found) >= 3
    return found


@pytest.mark.parametrize("view", ["3-D", "2-D"])
def test_a_click_on_a_point_selects_it(page: Page, view: str) -> None:
    visit(page, f"{FEW}&view={view}")
    x, y = middle(page)
    for word, right, down in lonely(page, is_flat=view == "2-D")[:3]:
        place = (x + right, y + down)
        expect_word(page, place, word)
        click(page, place, word)
        page.wait_for_url(re.compile(rf"[?&]word={re.escape(word)}(&|$)"))
        best = VectorSpace.load("glove").neighbours(word, 10)[0]
        expect(nearest(page, word)).to_contain_text(best.word)
        expect_word(page, place, word)  # the map has not moved


def drag(page: Page, right: float, down: float) -> None:
    """From the middle of the map."""
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=8)
    page.mouse.up()


def camera_of(page: Page, before: str = "") -> Camera:
    """The camera that stands in the address, once it is another one."""
    page.wait_for_url(lambda url: f"camera={before}" not in url if before else "camera=" in url)
    found = re.search(r"camera=([^&]*)", page.url)
    assert found
    return Camera(*map(float, found[1].split("_")))


def test_the_camera_stays_over_reruns_and_in_the_address(new_page: NewPage) -> None:
    page = new_page()
    visit(page, FEW)
    drag(page, 150, 40)
    turned = camera_of(page)
    assert turned.turn > AT_FIRST.turn
    assert turned.tilt > AT_FIRST.tilt
    word, right, down = lonely(page, turned)[0]
    x, y = middle(page)
    click(page, (x + right, y + down), word)  # a rerun
    settled(page)
    expect_word(page, (x + right, y + down), word)
    page.get_by_role("radio", name="Distance").click()  # another
    see(page.get_by_text(re.compile("by distance")))
    settled(page)
    x, y = middle(page)
    expect_word(page, (x + right, y + down), word)
    other = new_page()  # of another learner
    visit(other, page.url)
    x, y = middle(other)
    expect_word(other, (x + right, y + down), word)


def test_zoom_move_keys_and_the_way_back(page: Page) -> None:
    visit(page, FEW)
    word, right, down = lonely(page)[0]
    x, y = middle(page)
    page.mouse.move(x + right, y + down)
    page.mouse.wheel(0, -200)
    larger = camera_of(page)
    assert larger.zoom > 1.5
    expect_word(page, (x + right, y + down), word)  # what is under the pointer stays there
    settled(page)
    page.keyboard.down("Shift")
    drag(page, 60, -30)
    page.keyboard.up("Shift")
    moved = camera_of(page, "_".join(f"{number:g}" for number in larger.told()))
    assert (moved.turn, moved.tilt, moved.zoom) == (larger.turn, larger.tilt, larger.zoom)
    expect_word(page, (x + right + 60, y + down - 30), word)
    the_map(page).focus()
    page.keyboard.press("ArrowRight")
    turned = camera_of(page, "_".join(f"{number:g}" for number in moved.told()))
    assert turned.turn == moved.turn + 10
    page.get_by_role("button", name="Reset view").click()
    page.wait_for_url(lambda url: "camera=" not in url)
    x, y = middle(page)
    expect_word(page, (x + right, y + down), word)


def test_points_fly_to_their_new_places(new_page: NewPage) -> None:
    page = new_page(reduced_motion="no-preference")
    visit(page, FEW)
    word, right, down = lonely(page)[0]
    x, y = middle(page)
    expect_word(page, (x + right, y + down), word)
    the_map(page).evaluate("map => map.isTheFirst = true")
    page.get_by_role("radio", name="Word axes").click()
    settled(page)
    see(page.get_by_role("textbox", name="y: to"))
    page.get_by_role("radio", name="PCA").click()
    expect(page.get_by_role("textbox", name="y: to")).to_have_count(0)  # it stands above the map
    settled(page)
    x, y = middle(page)
    expect_word(page, (x + right, y + down), word)
    assert the_map(page).evaluate("map => map.isTheFirst")  # it is not built anew


def test_labels_do_not_touch(page: Page) -> None:
    """Wherever one looks from: the browser tells where it writes each of them."""
    visit(page, FEW)
    page.evaluate(LABELS_WATCH)
    for right, down in ((20, 0), (170, 0), (120, 90), (-340, -150)):
        drag(page, right, down)
        settled(page)
        boxes = page.evaluate("window.labels")
        assert len(boxes) > 20
        for i, (a, b, c, d) in enumerate(boxes):
            assert all(a >= g or c <= e or b >= h or d <= f for e, f, g, h in boxes[:i])


def test_search_select_and_isolate(page: Page) -> None:
    visit(page, FEW)
    box = page.get_by_role("textbox", name="Find a word")
    box.press_sequentially("zithe", delay=30)
    page.get_by_role("button", name="zither", exact=True).click()
    expect(nearest(page, "zither")).to_contain_text("erhu")
    see(page.locator(".map[aria-label*='“zither”']"))
    page.get_by_text("Only these").click()
    see(page.locator("[aria-label^='A map of 11 words']"))
    box.fill("gaitar")
    page.get_by_role("button", name="guitar", exact=True).first.click()
    see(nearest(page, "guitar"))
    page.get_by_role("radio", name="Regex").click()
    box.fill("(")
    expect(said(page)).to_contain_text("not a regular expression")
    page.get_by_role("button", name="Deselect").click()
    expect(nearest(page, "guitar")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("word="))


def test_a_view_opened_by_its_address(page: Page) -> None:
    visit(page, MAP)
    for name in ("1,000", "Word axes"):
        page.get_by_role("radio", name=name, exact=True).click()
        settled(page)
    page.get_by_role("textbox", name="y: to").fill("brilliant")
    page.get_by_role("textbox", name="y: to").press("Enter")
    settled(page)
    page.get_by_role("textbox", name="Find a word").fill("queen")
    page.get_by_role("button", name="queen", exact=True).click()
    see(nearest(page, "queen"))
    page.wait_for_url(re.compile("word=queen"))  # which is told of it at the run's end
    other = page.context.new_page()
    visit(other, page.url)
    see(nearest(other, "queen"))
    expect(other.get_by_role("radio", name="Word axes")).to_be_checked()
    expect(other.get_by_role("radio", name="1,000", exact=True)).to_be_checked()
    expect(other.get_by_role("textbox", name="y: to")).to_have_value("brilliant")


def looked_at_again(page: Page) -> tuple[str, bytes]:
    """What a paused map says and shows after two reruns; a search that finds nothing lights nothing."""
    box = page.get_by_role("textbox", name="Find a word")
    nothing = page.get_by_text("No word of 400,000 is like that")
    box.fill("qzqzqzqz")
    see(nothing)
    box.fill("")
    expect(nothing).to_have_count(0)
    settled(page)
    return page.get_by_text(re.compile("Paused at step")).inner_text(), the_map(page).screenshot()


@pytest.mark.timeout(240)
def test_tsne_moves_pauses_and_goes_on(page: Page) -> None:
    visit(page, TSNE)
    page.get_by_role("button", name="Play").click()
    see(page.get_by_text(re.compile(r"Moving: step \d+0 of 1,000")), timeout=90_000)
    before = the_map(page).screenshot()
    first = page.get_by_text(re.compile("Moving: step")).inner_text()
    expect(page.get_by_text(first, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Pause").click()
    paused = page.get_by_text(re.compile("Paused at step"))
    see(paused)
    settled(page)
    assert the_map(page).screenshot() != before
    see(page.get_by_text("Faithfulness of the whole map"))
    seen = [looked_at_again(page), looked_at_again(page)]
    while seen[-1] != seen[-2] and len(seen) < 10:  # the step that was under way is still told and drawn
        seen.append(looked_at_again(page))
    assert [looked_at_again(page) for _ in range(2)] == [seen[-1]] * 2
    where = paused.inner_text()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(where, exact=True)).to_have_count(0)
    button(page, "map-stop").click()
    see(page.get_by_role("button", name="Play"))
    expect(button(page, "map-stop")).to_be_disabled()


def test_files_to_take_along(page: Page) -> None:
    visit(page, f"{FEW}&word=apple")
    page.get_by_text("Save and share").click()
    for label, name in (
        ("Coordinates", "coordinates.csv"),
        ("TSV for TensorBoard", "projector.zip"),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=label, exact=True).click()
        assert download.value.suggested_filename == name
        assert download.value.path().stat().st_size > 1000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_of_what_is_seen(new_page: NewPage, scheme: Literal["light", "dark"]) -> None:
    page = new_page(color_scheme=scheme)
    visit(page, f"{FEW}&word=apple")
    box = the_map(page).bounding_box()
    assert box is not None
    with page.expect_download() as download:
        page.get_by_role("button", name="Save picture").click()
    assert download.value.suggested_filename == "map.png"
    with Image.open(download.value.path()) as image:
        assert image.size == pytest.approx((2 * box["width"], 2 * box["height"]), abs=2)
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    colours = set(map(tuple, np.unique(pixels, axis=0).tolist()))
    assert {PAPER[scheme], MARK[scheme], LIT[scheme], INK[scheme]} <= colours
    assert len(colours) > 100


def test_before_and_after_training(page: Page) -> None:
    visit(page, BESIDE)
    expect(page.locator(".map[data-points]")).to_have_count(2)
    see(page.get_by_text("of 10 neighbours are the same in both"))
    box = page.get_by_role("textbox", name="Word")
    box.fill("bad")
    box.press("Enter")
    page.wait_for_url(re.compile("word=bad"))
    settled(page)
    expect(page.locator(".map[aria-label*='“bad”']")).to_have_count(2)
    x, y = middle(page)
    around = ((x + 31 * i % 200 - 100, y + 17 * i % 200 - 100) for i in range(400))
    place, word = next((place, word) for place in around if (word := hover(page, place)) not in ("", "bad"))
    page.mouse.click(*place)
    expect(box).to_have_value(word)  # it follows the click
    expect(page.locator(f".map[aria-label*='“{word}”']")).to_have_count(2)
    box.fill("")
    box.press("Enter")
    expect(page.locator(".map[aria-label*='“']")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("word="))


def test_a_find_leads_to_the_map(page: Page) -> None:
    visit(page, FINDS)
    page.get_by_text("A company", exact=True).click()
    see(page.get_by_text("That is what the vectors say."))
    page.get_by_role("button", name="Look at “apple” on the map").click()
    expect(nearest(page, "apple")).to_contain_text("blackberry")
    the_map(page)


def test_every_part_fits_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, f"{FEW}&word=great")
    the_map(page)
    expect_fits_by_day_and_night(page)
    part(page, "Side by side")
    the_map(page)
    expect_fits_by_day_and_night(page)
    part(page, "Two questions")
    expect_fits_by_day_and_night(page)
    part(page, "Map")
    page.get_by_role("radio", name="t-SNE").click()
    see(page.get_by_role("button", name="Play"))
    settled(page)
    the_map(page)
    expect_fits_by_day_and_night(page)


def test_a_tap_on_a_phone(new_page: NewPage) -> None:
    """Where the map comes first, and its controls below."""
    page = new_page(**ON_A_PHONE)
    visit(page, FEW)
    map_, controls = the_map(page).bounding_box(), page.get_by_text("First words").bounding_box()
    assert map_
    assert controls
    assert map_["y"] + map_["height"] / 2 < ON_A_PHONE["viewport"]["height"]
    assert map_["y"] + map_["height"] < controls["y"]
    word, right, down = lonely(page)[0]
    the_map(page).scroll_into_view_if_needed()
    x, y = middle(page)
    page.touchscreen.tap(x + right, y + down)
    see(nearest(page, word))


def test_two_fingers_zoom_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, FEW)
    the_map(page).scroll_into_view_if_needed()
    x, y = middle(page)
    devtools = page.context.new_cdp_session(page)
    for apart in (40, 60, 80, 100, 120):
        touches = [{"x": x + side * apart, "y": y, "id": side} for side in (0, 1)]
        kind = "touchStart" if apart == 40 else "touchMove"
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    zoomed = camera_of(page)
    assert zoomed.zoom > 2
    assert (zoomed.turn, zoomed.tilt) == (AT_FIRST.turn, AT_FIRST.tilt)
