"""Word algebra in a browser: type, see answers, mend, play; on a phone and in the dark too."""

import re
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Locator, Page, expect

from models.hops import Game
from models.vectors import VectorSpace
from tests.e2e.conftest import NewPage
from tests.e2e.looks import expect_fits_by_day_and_night, expect_parts_fit
from tests.e2e.steps import ON_A_PHONE, button, choose_from, part, see, settled, slowed, visit

ALGEBRA = "/algebra"
SCORE = f"{ALGEBRA}?part=Analogy+score&within=The+first+10%2C000"


def box(page: Page) -> Locator:
    """Where the formula is typed."""
    return page.get_by_role("textbox", name="Formula")


def answers(page: Page, method: str = "3CosAdd") -> Locator:
    """The ranked words of a method."""
    return page.get_by_role("table", name=re.compile(f"^{method}")).get_by_role("rowheader")


def expect_first(page: Page, word: str) -> None:
    expect(answers(page).first).to_have_text(word)


def test_a_formula_is_answered_while_it_is_typed(page: Page) -> None:
    visit(page, ALGEBRA)
    expect_first(page, "animals")
    expect(answers(page, "3CosMul")).to_have_count(10)
    figure = page.get_by_alt_text(re.compile("^Parallelogram: the arrow from air to water"))
    see(figure)
    with slowed(page):  # no letter may be lost on a busy computer either
        box(page).fill("")
        box(page).press_sequentially("king - man + woman", delay=60)  # milliseconds: a very fast typist
        expect_first(page, "queen")
    expect(page).to_have_url(re.compile(r"formula=king\+-\+man"))
    see(page.get_by_alt_text(re.compile("the arrow from man to king")))
    see(page.get_by_alt_text("50 numbers of queen, as colours"))
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("king - man + woman")


def test_an_error_points_at_its_character(page: Page) -> None:
    visit(page, ALGEBRA)
    box(page).fill("king - (man + woman")
    caret = page.locator("pre")
    expect(caret).to_have_text("king - (man + woman\n" + " " * 19 + "^")
    see(page.get_by_text("A ) is missing here"))
    see(page.get_by_text("Still shown: water + bird - air"))
    box(page).fill("king - womman + queen")
    expect(caret).to_have_text("king - womman + queen\n       ^")
    page.get_by_role("button", name="woman", exact=True).click()
    expect(box(page)).to_have_value("king - woman + queen")
    expect(caret).to_have_count(0)


def test_a_word_is_finished_with_a_click_and_by_keyboard_alone(page: Page) -> None:
    visit(page, ALGEBRA)
    box(page).fill("water + eleph")
    page.get_by_role("button", name="elephant", exact=True).click()
    expect(box(page)).to_have_value("water + elephant")
    expect(page).to_have_url(re.compile("elephant"))
    settled(page)
    box(page).focus()
    box(page).fill("king + que")
    first = button(page, "word-0")
    expect(first).to_have_text(re.compile("^que"))
    word = first.inner_text()
    page.keyboard.press("Tab")
    for _ in range(6):
        if first.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(f"king + {word}")


def test_the_switch_shows_what_is_left_out(page: Page) -> None:
    visit(page, ALGEBRA)
    page.get_by_role("button", name="king - man + woman").click()
    expect_first(page, "queen")
    see(page.get_by_text("the first answer would be king, a word of the formula"))
    page.get_by_text("Leave out the formula's words").click()
    expect(answers(page).first).to_have_text(re.compile("^king"))
    settled(page)
    page.reload()
    expect(answers(page).first).to_have_text(re.compile("^king"))
    expect(box(page)).to_have_value("king - man + woman")


def test_answers_from_the_most_frequent_words(page: Page) -> None:
    visit(page, ALGEBRA)
    multiplied = answers(page, "3CosMul")
    expect(multiplied.first).to_have_text("lichen")
    choose_from(page.get_by_role("combobox", name="Answers from"), "The first 10,000 words")
    expect(multiplied.first).to_have_text("tree")
    expect(page).to_have_url(re.compile(r"answers=The\+first\+10"))
    settled(page)
    page.reload()
    expect(multiplied.first).to_have_text("tree")
    part(page, "Odd one out")
    part(page, "Algebra")
    expect(multiplied.first).to_have_text("tree")


def test_the_sum_step_by_step_on_a_laptop(page: Page) -> None:
    visit(page, ALGEBRA)
    page.get_by_role("radio", name="Step by step").click()
    see(page.get_by_alt_text(re.compile("^Arrows of water, bird, air one after the other")))
    expect(page).to_have_url(re.compile(r"figure=Step"))
    settled(page)
    expect_fits_by_day_and_night(page)


def test_a_formula_stays_while_one_looks_elsewhere(page: Page) -> None:
    visit(page, f"{ALGEBRA}?formula={quote_plus('paris - france + italy')}")
    expect_first(page, "rome")
    part(page, "Odd one out")
    see(page.get_by_text("The odd one is cereal"))
    part(page, "Algebra")
    expect_first(page, "rome")


def test_a_hostile_formula_is_only_text(page: Page) -> None:
    visit(page, f"{ALGEBRA}?formula={quote_plus('<img src=http://example.org/x onerror=alert(1)>')}")
    expect(page.locator("pre")).to_contain_text("<img src=http")
    visit(page, f"{ALGEBRA}?formula={'(' * 10_000}")
    see(page.get_by_text("A formula has at most 500 characters"))


@pytest.mark.course_reviews
def test_the_vectors_that_a_network_has_learned(page: Page) -> None:
    visit(page, f"{ALGEBRA}?formula={quote_plus('great - good + bad')}")
    choose_from(page.get_by_role("combobox", name="Word vectors"), re.compile("^Learned by"))
    see(page.get_by_text("4,823 words"))
    expect(answers(page)).to_have_count(10)
    moment = page.get_by_role("slider", name="Moment of training")
    before = answers(page).all_inner_texts()
    moment.press("Home")
    see(page.get_by_text("before training:"))
    expect(page).to_have_url(re.compile("vectors-step=0"))
    assert answers(page).all_inner_texts() != before


def test_analogies_are_scored_live(page: Page) -> None:
    visit(page, SCORE)
    button(page, "score-start").click()
    button(page, "score-pause").click()
    see(page.get_by_role("button", name="Go on"))
    button(page, "score-pause").click()
    see(page.get_by_text("13 of 13 relations, finished"), timeout=100_000)
    rows = page.get_by_role("region", name="Scores by relation and method").get_by_role("row")
    expect(rows).to_have_count(14)
    expect(rows.filter(has_text="man and woman")).to_have_text(re.compile(r"\d+\.\d%"))
    expect(button(page, "score-start")).to_be_enabled()


def test_an_axis_is_taken_out(page: Page) -> None:
    visit(page, f"{ALGEBRA}?part=Bias+lab")
    bars = page.get_by_role("table", name=re.compile("man, he … woman, she"))
    expect(bars).to_have_count(1)
    page.get_by_text("Take the axis out of all vectors").click()
    expect(bars).to_have_count(2)
    see(page.get_by_role("table", name="Nearest to nurse, afterwards"))
    expect(bars.last.get_by_role("row").first).to_have_text(re.compile(r"0\.000"))


def test_a_hop_game_to_the_end(page: Page) -> None:
    best = Game(VectorSpace.load("glove")).shortest_path("cow", "milk")
    assert best is not None
    visit(page, f"{ALGEBRA}?part=Hop+game&from=cow&to=milk")
    for word in best[1:]:
        page.get_by_role("button", name=word, exact=True).click()
        expect(page.get_by_role("heading", level=5)).to_contain_text(word)
    see(page.get_by_text(f"There in {len(best) - 1}: no way is shorter."))
    settled(page)
    page.reload()
    see(page.get_by_text("no way is shorter."))
    button(page, "hop-again").click()
    see(page.get_by_text("0 hops so far"))


def test_every_part_fits_on_a_phone(new_page: NewPage) -> None:
    page = new_page(**ON_A_PHONE)
    visit(page, ALGEBRA)
    expect_fits_by_day_and_night(page)
    box(page).fill("king - (man + womman")
    see(page.locator("pre"))
    settled(page)
    expect_fits_by_day_and_night(page)
    expect_parts_fit(page, "Analogy score", "Bias lab")
    page.get_by_text("Take the axis out of all vectors").click()
    see(page.get_by_role("table", name="Nearest to nurse, afterwards"))
    settled(page)
    expect_fits_by_day_and_night(page)
    expect_parts_fit(page, "Odd one out", "Hop game")
    page.get_by_text("Show how near each is to the goal").click()
    expect(page).to_have_url(re.compile("hints=true"))
    settled(page)
    expect_fits_by_day_and_night(page)
