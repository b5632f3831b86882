"""Every page on a laptop and a phone, light and dark; and pages opened cold by a link."""

import os
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.looks import (
    darkness,
    expect_drawn,
    expect_fits_by_day_and_night,
    expect_no_sideways_scrolling,
    expect_parts_fit,
)
from tests.e2e.steps import (
    CODE,
    DUEL,
    INSIDE,
    LAPTOP,
    MISTAKES,
    ON_A_PHONE,
    PHONE,
    QUESTIONS,
    QUICK,
    TRAIN,
    button,
    chart,
    expect_state,
    fill,
    see,
    settled,
    train,
    visit,
)

PAGES = {
    "home": "/",
    "problem": "/shapes",
    "train": TRAIN,
    "inside": INSIDE,
    "mistakes": MISTAKES,
    "duel": DUEL,
    "code": CODE,
    "questions": QUESTIONS,
    "runs": "/runs",
}
SIZES = {"laptop": LAPTOP, "phone": PHONE}
SCHEMES = ("light", "dark")
NAVIGATION = ["Start", "Curves", "Digits", "Sentiment", "Projector", "Word algebra", "My runs"]


@pytest.mark.parametrize("path", ["/shapes", "/mnist", "/sentiment", "/projector", "/algebra", "/runs"])
def test_the_first_visit_to_a_server_may_be_any_page(fresh_server: str, page: Page, path: str) -> None:
    visit(page, f"{fresh_server}{path}")
    links = page.get_by_test_id("stTopNavLink")
    expect(links).to_have_text(NAVIGATION)
    expect(page.locator("[data-testid=stTopNavLink][aria-current=page]")).to_have_count(1)
    links.filter(has_text="Start").click()
    see(page.get_by_role("button", name="Train an LSTM"))
    settled(page)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_opened_by_a_link(page: Page, path: str) -> None:
    visit(page, path)
    expect(page.get_by_test_id("stTopNavLink")).to_have_text(NAVIGATION)
    expect_drawn(page)
    expect_no_sideways_scrolling(page)
    assert darkness(page) < 0.1


def test_from_the_start_to_a_trained_network(page: Page) -> None:
    visit(page, "/")
    page.get_by_role("button", name="Train an LSTM").click()
    fill(page, "epochs", "1")
    page.wait_for_url(re.compile("epochs=1"))
    settled(page)
    train(page)
    expect_state(page, "Finished")
    page.get_by_test_id("stTopNavLink").filter(has_text="Start").click()
    page.get_by_test_id("stPageLink").filter(has_text="LSTM 32").click()
    expect_state(page, "Finished")


def test_every_page_fits_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    for path in ("/", "/runs", "/shapes"):
        visit(page, path)
        expect_fits_by_day_and_night(page)
    expect_parts_fit(page, "Train", "Look inside", "Mistakes", "MLP or LSTM?", "Code", "Questions")


def test_the_menu_of_a_phone_makes_way_for_the_page(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, "/")
    page.get_by_test_id("stExpandSidebarButton").tap()
    digits = page.get_by_test_id("stSidebarNavLink").filter(has_text="Digits")
    digits.tap()
    page.wait_for_url(re.compile("/mnist"))
    settled(page)
    expect(digits).not_to_be_in_viewport()
    see(page.get_by_role("heading", level=1))


def test_training_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, QUICK + "&epochs=2")
    expect(button(page, "train")).to_be_in_viewport()
    button(page, "train").tap()
    expect_state(page, "Finished")
    chart(page, "accuracy").scroll_into_view_if_needed()
    expect(chart(page, "accuracy")).to_be_in_viewport()
    expect_no_sideways_scrolling(page)


def test_headers_of_the_real_server(base_url: str) -> None:
    """What `tests/app/test_headers.py` tells of the middleware holds with Streamlit inside."""
    with urlopen(f"{base_url}/shapes") as page:
        assert page.status == 200
        assert "HttpOnly" in page.headers["Set-Cookie"]
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    with urlopen(f"{base_url}/_stcore/health") as health:
        assert health.headers["Set-Cookie"] is None or "unroll" not in health.headers["Set-Cookie"]
        assert health.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.skipif("UNROLL_SCREENSHOTS" not in os.environ, reason="UNROLL_SCREENSHOTS names no folder")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_screenshots(new_page: NewPage, size: str, scheme: str) -> None:
    """Pictures of all pages, before and after training, for people to look at."""
    folder = Path(os.environ["UNROLL_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    page = new_page(viewport=SIZES[size], color_scheme=scheme, is_mobile=size == "phone")

    def shoot(name: str) -> None:
        settled(page)
        expect_drawn(page)
        # A page scrolls inside its frame: the screen is made as high as all of it.
        height = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        page.set_viewport_size({"width": SIZES[size]["width"], "height": height})
        page.screenshot(path=folder / f"{name}-{size}-{scheme}.png", animations="disabled")
        page.set_viewport_size(SIZES[size])

    for name, path in PAGES.items():
        visit(page, path)
        shoot(f"{name}-before")
    for seed in (0, 1):
        visit(page, f"{TRAIN}&seed={seed}")
        train(page)
        expect_state(page, "Finished")
    shoot("train-done")
    for name, path in PAGES.items():
        visit(page, path)
        shoot(f"{name}-after")
