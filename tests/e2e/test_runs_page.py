"""All of my runs: open, compare, delete, take along."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import (
    NOTHING,
    QUICK,
    TRAIN,
    expect_state,
    field,
    run_id,
    runs,
    see,
    settled,
    to_my_runs,
    train,
    visit,
)

TABLE = "[data-testid=stDataFrame] [data-testid=data-grid-canvas]"
HEAD, ROW = 35, 35
"""Heights in the table, which is a picture: its rows can only be clicked by place."""


def tick(page: Page, row: int) -> None:
    """Tick a row, counted from 0."""
    # A transparent node for scrolling lies over the picture, hence `force`.
    page.locator(TABLE).first.click(position={"x": 15, "y": HEAD + ROW * row + ROW / 2}, force=True)
    settled(page)


def train_two(page: Page) -> None:
    """Train an MLP and then an LSTM."""
    for settings in (QUICK + "&epochs=2", TRAIN + "&preset=shapes-lstm&epochs=1&seed=4"):
        visit(page, settings)
        train(page)
        expect_state(page, "Finished")


def to_the_runs(page: Page) -> None:
    """Go to the page of runs; there are some."""
    to_my_runs(page)
    see(page.locator(TABLE).first)


@pytest.fixture
def two_runs(shared_page: Page) -> Page:
    """A learner who has trained an MLP and then an LSTM, on the page of runs."""
    if shared_page.url == NOTHING:
        train_two(shared_page)
    to_the_runs(shared_page)
    return shared_page


def test_compare_open_and_take_along(two_runs: Page) -> None:
    page = two_runs
    opens = page.get_by_role("button", name="Open")
    expect(opens).to_be_disabled()
    tick(page, 0)
    expect(opens).to_be_enabled()
    tick(page, 1)
    expect(opens).to_be_disabled()
    charts = page.locator("[data-testid=stVegaLiteChart] svg.marks")
    expect(charts).to_have_count(2)
    expect(charts.first.locator(".mark-line path")).to_have_count(2)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(2)

    newest, oldest = runs(page)
    assert (newest["network"], oldest["network"]) == ("LSTM 32", "Dense 64")
    assert (newest["epochs done"], oldest["epochs done"]) == ("1", "2")
    assert newest["seed"] == "4"
    assert 0 <= float(newest["test accuracy"]) <= 1
    assert {"state", "layers", "learning rate", "parameters", "seconds"} <= newest.keys()

    tick(page, 1)
    opens.click()
    expect_state(page, "Finished")
    assert run_id(page) == newest["run"]
    expect(field(page, "seed")).to_have_value("4")


def test_delete_asks_first_and_deletes_one_or_all(two_runs: Page) -> None:
    page = two_runs
    doomed = runs(page)[0]["run"]
    tick(page, 0)
    page.get_by_role("button", name="Delete 1").click()
    page.get_by_role("button", name="Keep").click()
    settled(page)
    assert len(runs(page)) == 2
    page.get_by_role("button", name="Delete 1").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("button", name="Delete for good")).to_have_count(0)
    settled(page)
    assert [row["run"] == doomed for row in runs(page)] == [False]
    visit(page, f"{QUICK}&epochs=1&run={doomed}")
    see(page.get_by_test_id("stAlert").filter(has_text="no run under this address"))
    train(page)
    expect_state(page, "Finished")
    to_the_runs(page)
    tick(page, 0)
    tick(page, 1)
    page.get_by_role("button", name="Delete 2").click()
    page.get_by_role("button", name="Delete for good").click()
    see(page.get_by_text("no runs of yours"))
    settled(page)
