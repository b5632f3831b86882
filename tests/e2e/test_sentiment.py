"""The sentiment lab in a browser: typing, pinning, stories; whatever is typed stays text."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.looks import expect_fits_by_day_and_night, expect_no_sideways_scrolling, expect_parts_fit
from tests.e2e.steps import (
    ON_A_PHONE,
    button,
    drawn,
    expect_redrawn,
    expect_state,
    part,
    picture,
    see,
    settled,
    train,
    visit,
)

BENCH = "/sentiment"
PARTS = ("Try a sentence", "Words to ids", "Ids to vectors", "Train", "Code")
MARKUP = (
    "<img src=/evil.png onerror=alert(1)> <b>b</b> **bold** [x](http://evil.example) www.evil.example $x$"
)
BAD = "wasted on a dull story"
QUICK = "/sentiment?part=Train&preset=sst2-average&epochs=1"


def box(page: Page) -> Locator:
    """Where one types."""
    return page.get_by_label("Your sentence")


def verdicts(page: Page) -> Locator:
    """What networks say, in words."""
    return page.locator(".unroll-verdict")


def verdict(page: Page, number: int = 0) -> str:
    """What a network says now."""
    return verdicts(page).nth(number).get_attribute("aria-label") or ""


def expect_other_verdict(page: Page, before: str, number: int = 0) -> str:
    """Wait until a network says something else; returns it."""
    expect(verdicts(page).nth(number)).not_to_have_attribute("aria-label", before)
    return verdict(page, number)


@pytest.mark.course_reviews
def test_a_sentence_is_read_while_it_is_typed(page: Page) -> None:
    visit(page, BENCH)
    first = verdict(page)
    box(page).fill("a wonderful film")  # neither Enter nor a click elsewhere
    good = expect_other_verdict(page, first)
    assert "says positive" in good
    states = drawn(picture(page, "Heat map of h_t"))
    box(page).press_sequentially(f" {BAD}")
    expect_other_verdict(page, good)
    expect(verdicts(page).first).to_have_attribute("aria-label", re.compile("says negative"))
    expect_redrawn(picture(page, "Heat map of h_t"), states)
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value(f"a wonderful film {BAD}")
    settled(page)
    page.wait_for_url(re.compile(r"sentence=a\+wonderful\+film\+wasted\+on\+a\+dull\+story"))


@pytest.mark.course_reviews
def test_a_link_gives_the_same_again(page: Page, new_page: NewPage) -> None:
    visit(page, BENCH)
    button(page, "story-2").click()
    expect(verdicts(page)).to_have_count(4)
    settled(page)
    page.wait_for_url(re.compile("pinned=.*sentence=|sentence=.*pinned="))
    said = [verdict(page, number) for number in range(4)]
    assert said[2] == said[3]  # the average does not care about the order
    other = new_page()
    visit(other, page.url)
    expect(verdicts(other)).to_have_count(4)
    assert [verdict(other, number) for number in range(4)] == said


@pytest.mark.course_reviews
def test_typing_leaves_no_trail_behind(page: Page) -> None:
    """One step back leads to where one came from, not to a shorter sentence."""
    visit(page, "/shapes")
    page.get_by_test_id("stTopNavLink").filter(has_text="Sentiment").click()
    expect(verdicts(page)).to_have_count(1)
    settled(page)
    entries = page.evaluate("history.length")
    for text in ("great", "great fun", "dull"):
        before = verdict(page)
        box(page).fill(text)
        expect_other_verdict(page, before)
        settled(page)
    assert page.evaluate("history.length") == entries


@pytest.mark.course_reviews
def test_pin_edit_and_flip(page: Page) -> None:
    visit(page, f"{BENCH}?sentence=a+great+film")
    button(page, "pin").click()
    expect(verdicts(page)).to_have_count(2)
    expect(page.locator(".unroll-pinned")).to_have_text("a great film")
    settled(page)
    pinned, before = verdict(page), verdict(page, 1)
    assert pinned == before
    box(page).fill(f"a great cast , {BAD}")
    expect_other_verdict(page, before, 1)
    assert verdict(page) == pinned
    settled(page)
    gone = page.locator(".unroll-flip").last.locator("del")
    see(gone.first)
    words = box(page).input_value().split()
    for word in gone.all_inner_texts():
        words.remove(word)
    before = verdict(page, 1)
    box(page).fill(" ".join(words))
    said = expect_other_verdict(page, before, 1)
    assert ("says positive" in said) != ("says positive" in before)
    button(page, "unpin").click()
    expect(verdicts(page)).to_have_count(1)
    expect(box(page)).to_have_value(" ".join(words))


@pytest.mark.course_reviews
def test_stories(page: Page) -> None:
    visit(page, BENCH)
    pinned = page.locator(".unroll-pinned")
    before = ""
    for number in range(5):
        button(page, f"story-{number}").click()
        see(pinned)
        expect(pinned).not_to_have_text(before)
        settled(page)
        before = pinned.inner_text()
        assert verdicts(page).count() in (2, 4)
        assert verdict(page, 0) != verdict(page, 1)
        expect(page.get_by_test_id("stAlert")).to_have_count(1)


@pytest.mark.course_reviews
def test_an_unknown_word_is_mended_by_a_click_and_the_sentence_pinned_by_keys(page: Page) -> None:
    visit(page, f"{BENCH}?sentence=a+gorgeus+film")
    before = verdict(page)
    page.get_by_role("button", name="gorgeous", exact=True).click()
    expect(box(page)).to_have_value("a gorgeous film")
    expect_other_verdict(page, before)
    settled(page)
    box(page).focus()
    page.keyboard.press("Tab")
    expect(button(page, "pin")).to_be_focused()
    page.keyboard.press("Enter")
    expect(verdicts(page)).to_have_count(2)


@pytest.mark.course_reviews
def test_markup_is_text(page: Page) -> None:
    visit(page, BENCH)
    before = verdict(page)
    box(page).fill(MARKUP)
    expect_other_verdict(page, before)
    button(page, "pin").click()
    expect(page.locator(".unroll-pinned")).to_have_text(MARKUP)
    for name in PARTS[:3]:
        part(page, name)
        expect(page.locator("[src*='evil.png'], [href*=evil]")).to_have_count(0)
    page.reload()
    settled(page)
    expect(page.locator("[src*='evil.png'], [href*=evil]")).to_have_count(0)


@pytest.mark.course_reviews
def test_100_000_characters(page: Page) -> None:
    visit(page, BENCH)
    for text in ("great film " * 9_091, "\u202e😀 סרט נהדר " * 5_000):
        first = verdict(page)
        box(page).fill(BAD)
        before = expect_other_verdict(page, first)
        settled(page)
        for _ in range(2):  # twice the same: the address is mended all the same
            box(page).fill(text)
            see(page.get_by_test_id("stAlert").filter(has_text="first 5,000 characters"))
            settled(page)
            page.wait_for_function(
                "document.querySelector('[data-testid=stTextInputField]').value.length <= 10000"
            )
        expect_other_verdict(page, before)
        page.wait_for_url(lambda url: len(url) < 65_000)
        expect_no_sideways_scrolling(page)
        page.reload()
        expect(verdicts(page)).to_have_count(1)
        settled(page)


@pytest.mark.course_reviews
def test_words_become_ids_and_ids_vectors_that_move_in_training(page: Page) -> None:
    visit(page, f"{BENCH}?part=Words+to+ids")
    page.get_by_label("Its ids").fill("7 8 9")
    see(page.get_by_test_id("stAlert").filter(has_text="Right."))
    page.get_by_label("Word → id").fill("the")
    see(page.get_by_role("listitem").filter(has_text=re.compile(r"^the\s*51$")))
    settled(page)
    button(page, "next-word").click()
    see(page.get_by_text(re.compile("10th|11 words are known|is known already|is new")).first)
    part(page, "Ids to vectors")
    matrix = page.get_by_role("img", name=re.compile("^The embedding matrix"))
    after = matrix.get_attribute("src")
    page.get_by_role("slider", name="Moment of training").press("Home")
    expect(matrix).not_to_have_attribute("src", after or "")
    see(page.get_by_text("before training, so by chance"))
    part(page, "Words to ids")
    button(page, "try-review").click()
    expect(verdicts(page)).to_have_count(1)


def test_train_and_ask_the_own_network(page: Page) -> None:
    visit(page, QUICK)
    train(page)
    expect_state(page, "Finished")
    part(page, "Try a sentence")
    expect(page.get_by_test_id("stMultiSelect")).to_contain_text("GlobalAveragePooling1D, seed 0")
    expect(verdicts(page)).to_have_count(1)
    see(page.get_by_text("This network has no state"))


@pytest.mark.course_reviews
def test_every_part_fits_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, BENCH)
    expect_parts_fit(page, *PARTS)
    part(page, PARTS[0])
    button(page, "pin").click()
    expect(verdicts(page)).to_have_count(2)
    settled(page)
    expect_fits_by_day_and_night(page)
