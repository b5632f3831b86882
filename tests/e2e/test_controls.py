"""The controls: layers, settings, presets, and the address that names them all."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.steps import (
    QUICK,
    TRAIN,
    button,
    choose,
    choose_from,
    expect_state,
    field,
    fill,
    part,
    said,
    see,
    settled,
    step,
    train,
    visit,
)


def expect_address(page: Page, **parameters: str) -> None:
    """Wait until the address holds these parameters."""
    page.wait_for_url(lambda url: parameters.items() <= query(url).items())
    settled(page)


def query(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def expect_layers(page: Page, *kinds: str) -> None:
    """Wait until the address holds these layers."""
    page.wait_for_url(lambda url: re.findall(r"(\w+)\(", query(url).get("layers", "")) == list(kinds))
    settled(page)


def control(page: Page, action: str, layer: int) -> None:
    """Press a button of a layer: ``Move-up``, ``Move-down``, ``Remove``."""
    button(page, f"shapes-widget-{action}{layer}").click()


def test_add_move_change_and_remove_a_layer(page: Page) -> None:
    visit(page, QUICK + "&epochs=1")
    choose(page, "add", "Dropout")
    expect_layers(page, "Dense", "Dropout", "Dense")
    control(page, "Move-up", 1)
    expect_layers(page, "Dropout", "Dense", "Dense")
    fill(page, "layer1.units", "20")
    page.wait_for_url(re.compile(r"units(=|%3D)20\b"))
    settled(page)
    expect(field(page, "layer1.units")).to_have_value("20")
    see(page.get_by_test_id("stTable").get_by_text("Dense(units=20"))
    train(page)
    expect_state(page, "Finished")
    control(page, "Remove", 0)
    expect_layers(page, "Dense", "Dense")


def test_an_illegal_order_is_explained_and_cannot_be_trained(page: Page) -> None:
    visit(page, TRAIN)
    expect(button(page, "train")).to_be_enabled()
    control(page, "Move-down", 0)
    expect_layers(page, "LSTM", "Reshape", "Dense")
    expect(said(page).filter(has_text="LSTM needs a sequence")).to_contain_text("Reshape(55, 1)")
    expect(button(page, "train")).to_be_disabled()
    expect(button(page, "repeat")).to_be_disabled()
    control(page, "Move-up", 1)
    expect(button(page, "train")).to_be_enabled()
    expect(said(page)).to_have_count(0)


def test_the_address_follows_and_is_all_that_another_browser_needs(page: Page, new_page: NewPage) -> None:
    visit(page, TRAIN)
    fill(page, "epochs", "7")
    expect_address(page, epochs="7")
    fill(page, "seed", "3")
    expect_address(page, epochs="7", seed="3")
    fill(page, "learning_rate", "0.005")
    expect_address(page, epochs="7", seed="3", rate="0.005")
    choose(page, "optimizer", "rmsprop")
    expect_address(page, optimizer="rmsprop")
    fill(page, "layer1.units", "12")
    expect_address(page, optimizer="rmsprop", layers="Reshape(target_shape=55x1); LSTM(units=12); "
                   "Dense(units=3, activation=softmax)")  # fmt: skip

    other = new_page()
    visit(other, page.url)
    for name in ("epochs", "seed", "learning_rate", "optimizer", "layer1.units", "batch_size"):
        expect(field(other, name)).to_have_value(field(page, name).input_value())
    assert query(other.url) == query(page.url)
    fill(page, "epochs", "10")
    page.wait_for_url(lambda url: "epochs" not in query(url))  # the preset's value need not be said


def test_back_undoes_a_change(page: Page) -> None:
    visit(page, TRAIN)
    fill(page, "epochs", "7")
    expect_address(page, epochs="7")
    fill(page, "seed", "3")
    expect_address(page, epochs="7", seed="3")
    page.go_back()
    expect(field(page, "seed")).to_have_value("0")
    expect(field(page, "epochs")).to_have_value("7")
    page.go_back()
    expect(field(page, "epochs")).to_have_value("10")
    page.go_forward()
    expect(field(page, "epochs")).to_have_value("7")


def test_back_leads_to_the_part_before_and_it_is_marked(page: Page) -> None:
    visit(page, "/shapes?part=nonsense")
    first = page.get_by_role("radio", name="The problem")
    expect(first).to_be_checked()
    part(page, "Train")
    page.wait_for_url(re.compile("preset="))
    settled(page)
    for completed in (
        "part=Train&preset=",  # over what the part has written: it does so again
        "shapes[?]index=0$",  # to the part before
    ):
        page.go_back()
        page.wait_for_url(re.compile(completed))
        settled(page)
    expect(first).to_be_checked()


def test_another_preset_sets_everything(page: Page) -> None:
    visit(page, TRAIN + "&epochs=7&seed=3")
    expect(field(page, "epochs")).to_have_value("7")
    choose_from(field(page, "preset"), re.compile("^MLP"))
    expect_address(page, preset="shapes-mlp")
    settled(page)
    expect(field(page, "epochs")).to_have_value("10")
    expect(field(page, "seed")).to_have_value("0")
    expect(page.get_by_test_id("stTable")).to_contain_text("Dense(units=64)")
    assert not {"epochs", "seed", "layers"} & query(page.url).keys()


def test_a_number_out_of_range_changes_nothing_and_a_run_fills_the_controls(page: Page) -> None:
    """A link that names only the run shows the settings that it was trained with."""
    visit(page, QUICK + "&epochs=2")
    fill(page, "epochs", "999")
    fill(page, "seed", "5")
    expect_address(page, seed="5", epochs="2")
    run = train(page)
    expect_state(page, "Finished")
    assert step(page) == 120
    visit(page, f"{TRAIN}&run={run}")
    expect(field(page, "epochs")).to_have_value("2")
    expect(field(page, "seed")).to_have_value("5")
    expect(page.get_by_test_id("stTable")).to_contain_text("Dense(units=64)")
