"""The code of a run, and all of the run to take along, as a browser saves them."""

import csv
import io
import json
import re
from pathlib import Path
from zipfile import ZipFile

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.steps import (
    CODE,
    QUICK,
    button,
    expect_state,
    metric,
    open_once,
    part,
    run_id,
    said,
    settled,
    train,
    visit,
)

EXPORT_SECONDS = 90


def saved(page: Page, kind: str, seconds: float = 30) -> tuple[str, Path]:
    """Press the button of a download; returns the file's name and where it is."""
    with page.expect_download(timeout=1000 * seconds) as download:
        button(page, f"download-{kind}").click()
    return download.value.suggested_filename, download.value.path()


def epochs(page: Page) -> list[dict[str, str]]:
    """The figures of each epoch, as saved."""
    _, path = saved(page, "csv")
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_the_script_of_a_reference_run(shared_page: Page) -> None:
    open_once(shared_page, CODE)
    name, path = saved(shared_page, "py")
    assert name == "unroll-lstm-32-seed-0.py"
    script = path.read_text()
    compile(script, name, "exec")
    assert "LSTM(32" in script
    shown = shared_page.get_by_test_id("stCode").inner_text()
    assert [line for line in script.splitlines() if line and line not in shown] == []


def test_the_notebook_of_a_reference_run(shared_page: Page) -> None:
    open_once(shared_page, CODE)
    name, path = saved(shared_page, "ipynb")
    assert name == "unroll-lstm-32-seed-0.ipynb"
    book = nbformat.reads(path.read_text(), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    code = [cell.source for cell in book.cells if cell.cell_type == "code"]
    compile("\n".join(code), name, "exec")
    assert any("LSTM(32" in cell for cell in code)


def test_the_figures_of_a_reference_run(shared_page: Page) -> None:
    open_once(shared_page, CODE)
    rows = epochs(shared_page)
    assert [int(row["epoch"]) for row in rows] == list(range(1, 11))
    right = f"{float(rows[-1]['test_accuracy']):.1%} right"
    expect(shared_page.get_by_role("combobox", name="Network")).to_have_value(re.compile(re.escape(right)))


@pytest.mark.slow
@pytest.mark.timeout(2 * EXPORT_SECONDS)
def test_the_keras_model_of_a_reference_run(shared_page: Page) -> None:
    open_once(shared_page, CODE)
    name, path = saved(shared_page, "keras", EXPORT_SECONDS)
    assert name == "unroll-lstm-32-seed-0.keras"
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {"config.json", "metadata.json", "model.weights.h5"} <= set(archive.namelist())
        config = json.loads(archive.read("config.json"))
    kinds = [layer["class_name"] for layer in config["config"]["layers"]]
    assert [kind for kind in kinds if kind != "InputLayer"] == ["Reshape", "LSTM", "Dense"]
    settled(shared_page)
    expect(said(shared_page)).to_have_count(0)


def test_a_run_of_ones_own(page: Page) -> None:
    visit(page, QUICK + "&epochs=2&seed=5")
    run = train(page)
    expect_state(page, "Finished")
    right = metric(page, "Test accuracy").inner_text()
    part(page, "Code")
    assert run_id(page) == run
    name, path = saved(page, "py")
    assert name == "unroll-dense-64-seed-5.py"
    assert re.search(r"\b5\b", path.read_text())
    rows = epochs(page)
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert f"{float(rows[-1]['test_accuracy']):.1%}" == right
