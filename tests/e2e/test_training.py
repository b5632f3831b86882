"""Train, watch, pause, go on, stop, come back."""

import re

from playwright.sync_api import ElementHandle, Locator, Page, expect

from tests.e2e.steps import (
    LONG,
    QUICK,
    TRAIN,
    button,
    chart,
    expect_state,
    expect_step_beyond,
    metric,
    part,
    run_id,
    runs,
    see,
    settled,
    step,
    train,
    visit,
)

PERCENT = re.compile(r"\d+(\.\d+)?%")


def node(page: Page, metric_name: str = "loss", inside: str = "") -> ElementHandle:
    """The node of a live chart, or one inside it."""
    found = chart(page, metric_name).locator(inside) if inside else chart(page, metric_name)
    handle = found.element_handle()
    assert handle is not None
    return handle


def same(page: Page, before: ElementHandle, now: ElementHandle) -> bool:
    """Whether two handles are of one node."""
    return bool(page.evaluate("([before, now]) => before === now", [before, now]))


def test_curves_grow_while_it_trains_and_their_chart_stays(page: Page) -> None:
    visit(page, LONG)
    loss = node(page)
    train(page)
    done = expect_step_beyond(page, 0)
    expect(line(page)).to_be_attached()
    drawing = node(page, "accuracy", "svg")  # in a frame that does not change: from 0 to 100%
    for _ in range(3):
        drawn = line(page).get_attribute("d") or ""
        done = expect_step_beyond(page, done)
        expect(line(page)).not_to_have_attribute("d", drawn)
    button(page, "stop").click()
    expect_state(page, "Stopped")
    settled(page)
    assert same(page, loss, node(page))
    assert same(page, drawing, node(page, "accuracy", "svg"))


def line(page: Page) -> Locator:
    """The line of each step's accuracy."""
    return chart(page, "accuracy").locator(".mark-line path").first


def test_a_preset_trains_to_its_end_and_stays_as_a_pale_line(page: Page) -> None:
    visit(page, QUICK)
    loss = node(page)
    train(page)
    expect_state(page, "Finished")
    expect(metric(page, "Epoch")).to_have_text("10 of 10")
    expect(metric(page, "Test accuracy")).to_have_text(PERCENT)
    expect(metric(page, "Training accuracy")).to_have_text(PERCENT)
    assert step(page) == 600
    settled(page)
    assert same(page, loss, node(page))
    expect(button(page, "pause")).to_be_disabled()
    expect(button(page, "stop")).to_be_disabled()
    lines = chart(page, "loss").locator(".mark-line path")
    expect(lines).to_have_count(3)  # each step; each epoch on training and on test examples
    points = chart(page, "loss").locator(".mark-symbol.role-mark path")
    expect(points).to_have_count(21)  # before the first step; each epoch on training and on test examples
    first = run_id(page)
    assert train(page) != first
    expect_state(page, "Finished")
    expect(lines).to_have_count(6)


def test_pause_resume_stop(page: Page) -> None:
    visit(page, LONG)
    train(page)
    expect_step_beyond(page, 0)
    button(page, "pause").click()
    expect_state(page, "Paused")
    paused_at = step(page)
    part(page, "The problem")  # two whole round trips, in which training would go on
    part(page, "Train")
    expect_state(page, "Paused")
    assert step(page) == paused_at
    for name in (
        "Digits",
        "Curves",
    ):  # a paused run would keep the next one waiting: find back to it
        page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
        see(page.locator("[data-testid=stTopNavLink][aria-current=page]").filter(has_text=name))
        settled(page)
    part(page, "Train")
    expect_state(page, "Paused")
    assert step(page) == paused_at
    expect(button(page, "pause")).to_have_text(re.compile("Resume"))
    button(page, "pause").click()  # the same button
    expect_state(page, "Training")
    expect_step_beyond(page, paused_at)
    button(page, "stop").click()
    expect_state(page, "Stopped")
    expect(button(page, "stop")).to_be_disabled()
    expect(button(page, "pause")).to_be_disabled()
    stopped_at = step(page)
    assert 0 < stopped_at < 12_000
    page.reload()
    expect_state(page, "Stopped")
    assert step(page) == stopped_at, "what was learned until the stop was not kept"


def test_a_run_goes_on_beside_other_parts_over_a_reload_and_when_its_page_is_closed(page: Page) -> None:
    visit(page, LONG)
    run = train(page)
    done = expect_step_beyond(page, 0)
    part(page, "The problem")
    page.get_by_role("button", name="Another one").click()
    part(page, "Train")
    assert run_id(page) == run
    done = expect_step_beyond(page, done)
    page.reload()
    expect_state(page, "Training")
    assert run_id(page) == run
    done = expect_step_beyond(page, done)
    link = page.url
    page.close()
    again = page.context.new_page()
    again.goto(link)
    expect_state(again, "Training")
    assert expect_step_beyond(again, done) > done
    button(again, "stop").click()  # it is still one's own
    expect_state(again, "Stopped")


def test_the_learning_rate_changes_in_the_middle(page: Page) -> None:
    visit(page, LONG)
    train(page)
    rate = page.get_by_role("spinbutton", name="Learning rate now")
    expect_step_beyond(page, 0)
    rate.fill("0.02")
    rate.press("Enter")
    table = page.context.new_page()
    visit(table, "/runs")
    while runs(table)[0]["learning rate"] != "0.001, changed to 0.02":
        visit(table, "/runs")  # the worker hears of the change after the steps that it is at
    expect_step_beyond(page, step(page))
    button(page, "stop").click()
    expect_state(page, "Stopped")
    visit(table, "/runs")
    assert runs(table)[0]["learning rate"] == "0.001, changed to 0.02"


def test_a_repetition_draws_a_line_for_each_seed(page: Page) -> None:
    visit(page, QUICK + "&epochs=2")
    button(page, "repeat").click()
    seeds = page.locator("[data-testid=stVegaLiteChart][aria-label*='each seed']")
    for seed in range(4):
        expect(seeds.get_by_text(f"seed {seed}", exact=True)).to_be_attached()
    see(page.get_by_text("4 of 4 are done"))
    expect(seeds.locator(".mark-line path")).to_have_count(4)


def test_train_again_while_a_run_goes_on_or_is_paused_waits_for_its_turn(page: Page) -> None:
    visit(page, LONG)
    first = train(page)
    expect_step_beyond(page, 0)
    for state in ("Training", "Paused"):
        if state == "Paused":
            button(page, "pause").click()
            expect_state(page, "Paused")
        train(page)
        expect_state(page, "Waiting")
        button(page, "stop").click()
        expect_state(page, "Stopped")
        visit(page, f"{TRAIN}&run={first}")
        expect_state(page, state)
    button(page, "stop").click()
    expect_state(page, "Stopped")
