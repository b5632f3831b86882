"""What all tests share: who runs beside whom; browser tests are skipped without a browser, and it is said."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.browser import HOW_TO_GET_IT, find_chromium
from tests.course import NO_COURSE_REVIEWS, course_reviews_at_hand

BROWSER_TESTS = Path(__file__).parent / "e2e"
# Workers would compile presets for half a minute beside each test that opens a lab.
os.environ.setdefault("UNROLL_WARM", "0")
# Tests run side by side on all cores already: threads of one product of matrices, which wait for each other
# in a busy loop, would take half as much of the processor again. NumPy is not yet loaded here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # of plain Keras in processes of its own

gc.disable()  # until all is imported: see `pytest_collection_finish`

NO_CHROMIUM = "there is no Chromium on this computer"


class BrowserTestsInTurn(LoadFileScheduling):  # type: ignore[misc]  # xdist carries no type information
    """A file stays whole, since its tests share a server or a model; browser tests go one after the other.

    Each of them is a browser, a server and a training by itself: two at once make each other wait longer
    than they have patience.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return "browser" if Path(file).parent.name == BROWSER_TESTS.name else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Put the tests in that order, where `--dist loadfile` is asked for."""
    return BrowserTestsInTurn(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def quick_app_tests() -> Iterator[None]:
    """Spare each run of an `AppTest` what takes as long as a small page does.

    Streamlit reads what all installed packages say of their components, for each of them anew, and asks a
    thousand times a second whether the page has been made.
    """
    from streamlit.components.v2 import manifest_scanner  # noqa: PLC0415  # most tests need no Streamlit
    from streamlit.testing.v1 import local_script_runner  # noqa: PLC0415

    too_late = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        if runner._script_thread is not None:
            runner._script_thread.join(timeout)
        if not runner.script_stopped():
            too_late(runner, 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests)
        )
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


def pytest_collection_finish() -> None:
    """Spare Python the search for garbage among what stays: the libraries, Keras among them.

    It would search through half a million objects again and again: Streamlit alone tells a Keras that is
    loaded to clean up after each run of a page.
    """
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser tests, and skip what this computer lacks something for."""
    of_reviews = [item for item in items if item.get_closest_marker("course_reviews")]
    if of_reviews and not course_reviews_at_hand():
        for item in of_reviews:
            item.add_marker(pytest.mark.skip(reason=NO_COURSE_REVIEWS))
    browser_tests = [item for item in items if item.path.is_relative_to(BROWSER_TESTS)]
    chromium = find_chromium()
    for item in browser_tests:
        item.add_marker(pytest.mark.e2e)
        if chromium is None:
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say last of all, after pytest's own summary, that browser tests were skipped and how to run them."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    if count := sum(NO_CHROMIUM in str(report.longrepr) for report in reporter.stats.get("skipped", ())):
        tests = "1 browser test was" if count == 1 else f"{count} browser tests were"
        reporter.write_line(f"{tests} skipped: there is no Chromium here.")
        reporter.write_line(HOW_TO_GET_IT)
