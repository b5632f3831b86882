"""What all tests share: browser tests are skipped where there is no browser, and the last lines say so."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests.browser import HOW_TO_GET_IT, find_chromium

BROWSER_TESTS = Path(__file__).parent / "e2e"
# Workers would compile presets for half a minute beside each test that opens a lab.
os.environ.setdefault("UNROLL_WARM", "0")

SKIPPED = pytest.StashKey[int]()


def pytest_collection_finish() -> None:
    """Spare Python the search for garbage among what stays: the libraries, Keras among them.

    It would search through half a million objects again and again: Streamlit alone tells a Keras that is
    loaded to clean up after each run of a page.
    """
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the browser tests, and skip them where there is no Chromium.

    The groups say who runs beside whom with `--dist loadgroup`: a file stays whole, since its tests share a
    server or a model, and the browser tests go one after the other. Each of them is a browser, a server and
    a training by itself; two at once would keep each other waiting longer than they have patience.
    """
    browser_tests = [item for item in items if item.path.is_relative_to(BROWSER_TESTS)]
    chromium = find_chromium()
    for item in items:
        file = item.path.relative_to(BROWSER_TESTS.parent).with_suffix("")
        item.add_marker(pytest.mark.xdist_group("browser" if item in browser_tests else str(file)))
    for item in browser_tests:
        item.add_marker(pytest.mark.e2e)
        if chromium is None:
            item.add_marker(pytest.mark.skip(reason="there is no Chromium on this computer"))
    config.stash[SKIPPED] = len(browser_tests) if chromium is None else 0


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last of all, after pytest's own summary, that browser tests were skipped and how to run them."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and (count := config.stash.get(SKIPPED, 0)):
        tests = "1 browser test was" if count == 1 else f"{count} browser tests were"
        reporter.write_line(f"{tests} skipped: there is no Chromium here.")
        reporter.write_line(HOW_TO_GET_IT)
