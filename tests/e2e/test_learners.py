"""Two learners at once, each in a browser of their own."""

from playwright.sync_api import Page, expect

from app.learner import COOKIE
from tests.e2e.conftest import NewPage
from tests.e2e.steps import (
    LONG,
    QUICK,
    button,
    expect_state,
    expect_step_beyond,
    field,
    runs,
    said,
    see,
    to_my_runs,
    train,
    visit,
)

SHORT = QUICK + "&epochs=2"


def test_each_learner_sees_only_their_own_runs(page: Page, new_page: NewPage) -> None:
    other = new_page()
    visit(page, SHORT)
    visit(other, SHORT)
    ids = {train(page), train(other)}
    assert len(ids) == 2
    for one in (page, other):
        expect_state(one, "Finished")
        to_my_runs(one)
        see(one.get_by_test_id("stDataFrame"))
    assert ids == {run["run"] for one in (page, other) for run in runs(one)}
    assert runs(page) != runs(other)
    assert len(runs(page)) == len(runs(other)) == 1


def test_a_stranger_has_no_runs(page: Page) -> None:
    visit(page, "/runs")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    see(said(page))


def test_another_learners_run_is_read_only(page: Page, new_page: NewPage) -> None:
    visit(page, LONG)
    train(page)
    expect_step_beyond(page, 0)
    guest = new_page()
    visit(guest, page.url)
    expect_state(guest, "Training")
    expect_step_beyond(guest, 0)
    see(said(guest).filter(has_text="another learner"))
    expect(button(guest, "pause")).to_be_disabled()
    expect(button(guest, "stop")).to_be_disabled()
    expect(guest.get_by_role("spinbutton", name="Learning rate now")).to_have_count(0)
    expect(button(guest, "train")).to_be_enabled()
    button(page, "stop").click()
    expect_state(page, "Stopped")
    expect_state(guest, "Stopped")


def test_the_owner_never_appears_on_a_page_or_in_an_address(page: Page, new_page: NewPage) -> None:
    """Who knows the id may change the learner's runs."""
    visit(page, SHORT)
    train(page)
    expect_state(page, "Finished")
    (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"] == COOKIE]
    assert cookie["httpOnly"]
    owner = cookie["value"]
    guest = new_page()
    visit(guest, page.url)
    for one in (page, guest):
        assert owner not in one.content()
        assert owner not in one.url


def test_a_second_learner_is_told_the_place_in_line(page: Page, new_page: NewPage) -> None:
    visit(page, LONG)
    train(page)
    expect_step_beyond(page, 0)
    other = new_page()
    visit(other, SHORT)
    see(other.get_by_text("1 run is before yours, about"))
    train(other)
    expect_state(other, "Waiting")
    expect(button(other, "pause")).to_be_disabled()
    see(other.get_by_text("next in line"))
    button(page, "stop").click()
    expect_state(page, "Stopped")
    expect_state(other, "Finished")
    assert field(other, "epochs").input_value() == "2"
