"""What a learner waits for on the page of word algebra, and what GloVe takes of the server's memory."""

import re
import sys
import tempfile
from functools import cache
from pathlib import Path
from statistics import median
from urllib.parse import quote_plus

from playwright.sync_api import Page, expect

from tests.bench.browser import _new_learner, _server_memory, _wait_until_idle, _waited, _within, a_browser
from tests.e2e.serving import serve
from tests.e2e.steps import settled, visit

ANSWERED = 0.2
"""Seconds from the last key to the answers on the screen."""
MEMORY = 120.0
"""MB."""

FORMULAS = (
    ("king - man + woman", "queen"),
    ("paris - france + italy", "rome"),
    ("kitten - cat + dog", "puppy"),
    ("tokyo - japan + germany", "frankfurt"),
    ("actor - man + woman", "actress"),
    ("walking - walk + swim", "swimming"),
    ("einstein - physics + painting", "picasso"),
    ("summer - hot + cold", "winter"),
    ("water + bird - air", "animals"),
)

# From the last key to the first picture in which the answer stands first.
WATCH = """(answer) => {
  const first = () => document.querySelector('[data-testid=stHtml] tbody th')?.textContent.trim();
  window.waited = null;
  document.querySelector('.st-key-formula input').addEventListener('input', () => {
    const start = performance.now();
    const look = () => {
      if (first() === answer) window.waited = performance.now() - start;
      else requestAnimationFrame(look);
    };
    look();
  }, {once: true, capture: true});
}"""


@cache
def waits() -> dict[str, float]:
    """In a new server: seconds to an answer (median), and MB that the page adds to it for three learners."""
    with (
        tempfile.TemporaryDirectory() as folder,
        a_browser() as browser,
        serve(Path(folder)) as url,
        _new_learner(browser, url) as page,
        _new_learner(browser, url) as second,
        _new_learner(browser, url) as third,
    ):
        visit(page, "/sentiment")  # so that the reviews, whose networks can be chosen too, are not counted
        _wait_until_idle("models.worker")
        before = _server_memory(url)
        _open(page)
        seconds = [_type(page, formula, answer) for formula, answer in FORMULAS]
        for other in (second, third):
            _open(other)
        return {"answer": median(seconds), "memory": _server_memory(url) - before}


def _open(page: Page) -> None:
    visit(page, "/algebra")
    page.get_by_role("table").first.wait_for()
    settled(page)


def _type(page: Page, formula: str, answer: str) -> float:
    """Seconds from the last key of a formula to its answer; all keys before are typed and answered first."""
    box = page.get_by_role("textbox", name="Formula")
    box.fill(formula[:-1])
    expect(page).to_have_url(re.compile(re.escape(quote_plus(formula[:-1])) + "$"))
    settled(page)
    page.evaluate(WATCH, answer)
    box.press_sequentially(formula[-1])
    seconds = _waited(page)
    settled(page)
    return seconds


BENCHES = [
    _within("algebra: typed formula to answers (s)", ANSWERED, waits, "answer"),
    _within("algebra: GloVe's memory in the server (MB)", MEMORY, waits, "memory"),
]

if __name__ == "__main__":
    for key, value in waits().items():
        sys.stdout.write(f"{key:<16}{value:8.3f}\n")
