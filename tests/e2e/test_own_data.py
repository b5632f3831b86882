"""A learner's own file in the browser: uploaded, trained on, looked into, shared, deleted."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

import pytest
from playwright.sync_api import Page, expect

from data.text import LENGTH
from models.presets import TITLES
from tests.e2e.conftest import NewPage
from tests.e2e.looks import expect_fits_by_day_and_night
from tests.e2e.steps import (
    LAPTOP,
    PHONE,
    choose_from,
    expect_state,
    field,
    metric,
    part,
    run_id,
    said,
    see,
    settled,
    to_my_runs,
    train,
    visit,
)

OWN = "/sentiment?part=Own+data"
OWN_QUICK = OWN + "&preset=sst2-average"
"""The same with a network that trains faster than an LSTM."""
MARKUP = "<b id=evil>bold</b> <img src=x onerror=alert(1)> **stars** [link](http://evil.example)"
UNTIL_TRAINED = 100_000
"""Milliseconds; a server that has just started compiles first."""

SHOWN = "< b id = evil > bold"
"""How the beginning of this text stands in its tokens."""


def table(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def texts() -> bytes:
    """Easy texts, and one that stands there with both labels, so that there are always mistakes."""
    easy = [
        (f"a {word} film number {i}", label)
        for word, label in (("good", "yes"), ("bad", "no"))
        for i in range(40)
    ]
    return table([("text", "label"), *easy, *[(MARKUP, label) for label in ("yes", "no") for _ in range(20)]])


def curves() -> bytes:
    """Flat lines of two heights."""
    rows = [
        (name, *[value + i / 100] * LENGTH) for name, value in (("low", 0), ("high", 1)) for i in range(20)
    ]
    return table([("class", *range(LENGTH)), *rows])


def upload(page: Page, content: bytes, name: str = "films.csv", kind: str = "Texts") -> None:
    """Choose a file on the page."""
    if kind != "Texts":
        page.get_by_role("radio", name=kind).click()
        see(page.get_by_text(f"{LENGTH} columns of numbers"))
        settled(page)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def uploaded(page: Page, content: bytes, name: str = "films.csv", kind: str = "Texts") -> None:
    """The same with a file that is taken."""
    upload(page, content, name, kind)
    see(page.locator(".st-key-own-training"))
    settled(page)


def train_on_it(page: Page) -> str:
    """From the upload to the end of a training; returns the run."""
    page.locator(".st-key-own-train button").click()
    expect(page).to_have_url(re.compile("data=own-t-[0-9a-f]{32}"))
    expect(page).to_have_url(re.compile("preset=sst2-average"))
    expect(page.locator(".st-key-train button").first).to_be_enabled()
    settled(page)
    run = train(page)
    until_finished(page)
    return run


def until_finished(page: Page) -> None:
    """Wait for the end of a training."""
    badge = page.locator(".stMarkdownBadge").filter(has_text="Finished")
    see(badge.first, timeout=UNTIL_TRAINED)
    settled(page)


def test_bad_files_are_explained_and_a_good_one_is_taken_afterwards(page: Page) -> None:
    visit(page, OWN)
    for content, sentence in (
        (b"text,label\n" + b"fine,yes\n" * 12 + b",no\nx,\n", "Row 14 has no text."),
        (b"text,label\n" + b"fine,yes\n" * 12 + b"x,no,more\n", "Row 14 has more or fewer cells"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is no CSV file."),
        (b"text,label\n" + b'a,"<img src=x onerror=alert(1)>"\n' * 12, "“<img src=x onerror=alert(1)>”"),
    ):
        upload(page, content)
        see(said(page).filter(has_text=sentence))
        settled(page)
        expect(page.get_by_test_id("stMain").locator("img")).to_have_count(0)
    upload(page, b"text,label\n" + b"a good film,yes\n" * 400_000)
    see(page.get_by_role("alert").filter(has_text="must be 5"))
    expect(page.locator(".st-key-own-training")).to_have_count(0)
    uploaded(page, texts())
    expect(said(page)).to_have_count(0)


def test_curves_are_trained_on_in_their_own_lab(page: Page) -> None:
    visit(page, OWN)
    uploaded(page, curves(), "lines.csv", "Curves")
    with page.expect_popup() as tab:
        page.get_by_role("link", name="Train on these curves").click()
    page = tab.value
    expect(page).to_have_url(re.compile("/shapes.*data=own-c-"))
    settled(page)
    expect(page.locator("[class*=st-key-shapes-widget-data] input")).to_have_value("lines.csv")
    choose_from(field(page, "preset"), TITLES["shapes-mlp"][0])
    page.wait_for_url(re.compile("[?&]preset=shapes-mlp"))
    settled(page)
    expect(page.locator("[class*=st-key-shapes-widget-data] input")).to_have_value("lines.csv")
    train(page)
    until_finished(page)
    part(page, "Mistakes")
    see(metric(page, "Test accuracy at this moment"))
    see(page.get_by_test_id("stVegaLiteChart").first)


@pytest.mark.course_reviews
def test_texts_from_the_file_to_the_mistakes_to_others_and_to_their_end(
    page: Page, new_page: NewPage
) -> None:
    visit(page, OWN_QUICK)
    uploaded(page, texts())
    expect(metric(page, "Training rows")).to_have_text("96")
    expect(metric(page, "Test rows")).to_have_text("24")
    run = train_on_it(page)
    expect(page).to_have_url(re.compile("data=own-t-[0-9a-f]{32}"))
    name = re.search(r"data=(own-t-[0-9a-f]{32})", page.url)
    assert name is not None
    part(page, "Mistakes")
    see(page.get_by_text(SHOWN).first)
    expect(page.locator("#evil")).to_have_count(0)
    expect(page.locator("[data-testid=stMain] a[href*=evil]")).to_have_count(0)
    see(page.get_by_text("Your own file films.csv").first)
    part(page, "Diagram")
    see(page.locator(".st-key-diagram img"))
    expect_others_to_see_the_data_only_by_their_name(new_page(), run, name[1])
    part(page, "Own data")
    page.get_by_role("button", name="Delete …").click()
    page.get_by_role("button", name="Delete for good").click()
    see(page.get_by_text("You have uploaded nothing yet."))
    visit(page, f"/sentiment?part=Mistakes&run={run}")
    see(said(page).filter(has_text="have been deleted"))
    for name_of_part in ("Diagram", "Train"):
        part(page, name_of_part)
        see(said(page).filter(has_text="have been deleted"))
    to_my_runs(page)


def expect_others_to_see_the_data_only_by_their_name(other: Page, run: str, name: str) -> None:
    """To whom the run is shown, the data are not: their name is the key to them."""
    visit(other, f"/sentiment?part=Train&run={run}")
    see(said(other).filter(has_text="another learner's own data"))
    expect_state(other, "Finished")
    assert "own-t" not in other.url
    assert name not in other.content()
    part(other, "Mistakes")
    see(said(other).filter(has_text="another learner's own data"))
    expect(other.get_by_text(SHOWN)).to_have_count(0)
    part(other, "Own data")
    see(other.get_by_text("You have uploaded nothing yet."))
    visit(other, f"/sentiment?part=Mistakes&run={run}&data={name}")
    see(other.get_by_text(SHOWN).first)
    assert run_id(other) == run


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_uploads_fit_on_the_screen(new_page: NewPage, size: object) -> None:
    page = new_page(viewport=size)
    visit(page, OWN)
    uploaded(page, texts(), "a very long name of a file with reviews, " * 3 + ".csv")
    expect_fits_by_day_and_night(page)
