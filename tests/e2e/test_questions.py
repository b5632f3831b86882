"""The questions of the course: answer, check, and see our answer."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from models.questions import LENGTH_OPTIONS, MLP_SUITED, NINETY, PLACES
from tests.e2e.steps import (
    QUESTIONS,
    TRAIN,
    button,
    drawn,
    expect_redrawn,
    expect_state,
    field,
    metric,
    open_once,
    part,
    picture,
    see,
    settled,
    slider,
    train,
    visit,
)

ANSWER = "No: it has *other* weights for each <b>place</b>."


@pytest.fixture
def page(shared_page: Page) -> Page:
    """The page of the questions, on which each test has a question to itself."""
    open_once(shared_page, QUESTIONS)
    return shared_page


def press(page: Page, name: str) -> None:
    """Press a button of a question."""
    button(page, f"questions-{name}").click()


def place_label(page: Page, number: int, label: str) -> None:
    """Put a label into one of the places of the unrolled picture."""
    page.locator(f".st-key-questions-place-{number} input").press_sequentially(label)
    page.get_by_role("option", name=label, exact=True).click()
    settled(page)


def verdict(page: Page, network: str) -> Locator:
    """What a network says of the curve of question 2."""
    return page.get_by_test_id("stMarkdown").filter(has_text=re.compile(f"^{network}: ")).first


def test_an_answer_is_typed_and_compared_with_ours(page: Page) -> None:
    answer = page.get_by_label("Your answer")
    answer.fill(ANSWER)
    press(page, "suited-show")
    see(page.get_by_text(MLP_SUITED.answer))
    expect(answer).to_have_value(ANSWER)
    for name in ("MLP", "LSTM"):
        expect(metric(page, f"{name}, test accuracy")).to_have_text(re.compile(r"\d+\.\d%"))
    part(page, "Code")
    part(page, "Questions")
    expect(answer).to_have_value(ANSWER)
    see(page.get_by_text(MLP_SUITED.answer))
    press(page, "suited-show")
    expect(page.get_by_text(MLP_SUITED.answer)).to_have_count(0)


def test_an_lstm_reads_80_points_and_an_mlp_refuses(page: Page) -> None:
    points = slider(page, "Points")
    expect(points).to_have_value("80")
    expect(verdict(page, "LSTM")).to_have_text(re.compile(r"square, \d+% sure"))
    expect(verdict(page, "MLP")).to_have_text(re.compile("refuses.*each of 55 points, and there are 80"))
    curve = picture(page, "The curve that both networks read")
    at_80 = drawn(curve)
    points.press("End")
    expect(verdict(page, "MLP")).to_have_text(re.compile("refuses.*each of 55 points, and there are 120"))
    expect_redrawn(curve, at_80)
    expect(verdict(page, "LSTM")).to_have_text(re.compile(r"\d+% sure"))
    for _ in range(120 - 55):
        points.press("ArrowLeft")
    expect(points).to_have_value("55")
    expect(verdict(page, "MLP")).to_have_text(re.compile(r"\d+% sure"))
    see(page.get_by_text("As in training: 55 points."))


def test_why_any_length(page: Page) -> None:
    for option in LENGTH_OPTIONS:
        page.get_by_text(option.text).click()
        settled(page)
        press(page, "why-check")
        see(page.get_by_text(option.reply))


def test_labels_are_placed_in_the_unrolled_picture(page: Page) -> None:
    for number, label in enumerate(PLACES, 1):
        place_label(page, number, "class" if number == 2 else label)
    press(page, "places-check")
    see(page.get_by_text("5 of 6 are right. Look again at 2."))
    place_label(page, 2, PLACES[1])
    press(page, "places-check")
    see(page.get_by_text("All 6 are right."))
    unrolled = page.get_by_alt_text("An LSTM unrolled in time")
    expect(unrolled).not_to_have_attribute("alt", re.compile("Answers"))
    press(page, "places-show")
    expect(unrolled).to_have_attribute("alt", re.compile(r"Answers: 1: h_0, .*6: h_t\."))


def test_how_far_back_each_remembers(page: Page) -> None:
    lines = picture(page, "Probability of the right class")
    at_50 = drawn(lines)
    slider(page, "Zeros between shape and end").press("End")
    expect_redrawn(lines, at_50)
    at_100 = drawn(lines)
    page.get_by_role("radio", name="Mean of all test curves").click()
    expect(page.get_by_text("sure of the right class on average")).to_have_count(3)
    expect_redrawn(lines, at_100)
    page.locator(".st-key-questions-longest").get_by_text("LSTM", exact=True).click()
    settled(page)
    press(page, "longest-check")
    see(page.get_by_text(re.compile(r"Measured on all \d+ test curves")))


def test_ninety_percent_is_checked_against_the_learners_own_run(page: Page) -> None:
    see(page.get_by_text("You have no LSTM run yet."))
    press(page, "ninety-show")
    see(page.get_by_text(NINETY.answer))
    visit(page, TRAIN + "&preset=shapes-lstm&epochs=2")
    train(page)
    expect_state(page, "Finished")
    right = metric(page, "Test accuracy").inner_text()
    part(page, "Questions")
    done = f"Done: LSTM 32, seed 0 has {right} of the test curves right."
    nearly = f"Best so far {right}, by LSTM 32, seed 0."
    see(page.get_by_text(done if float(right.rstrip("%")) >= 90 else nearly))


def test_open_it_leads_to_the_mlp(page: Page) -> None:
    press(page, "open")
    expect(field(page, "layer0.units")).to_have_value("64")
    expect(button(page, "train")).to_be_enabled()
    part(page, "Questions")
