"""The projector in a browser: until 10,000 points are seen, a click is answered; and what GloVe costs."""

import json
import tempfile
from functools import cache
from pathlib import Path
from statistics import median
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from app.runs.references import OWNER
from app.runs.store import RunStore
from app.ui.projector.camera import Camera
from app.ui.projector.points import Components, cloud
from models.presets import PRESETS
from models.vectors import VectorSpace
from tests.bench.browser import PATIENCE, _new_learner, _server_memory, _wait_until_idle, _waited, _within
from tests.browser import ARGUMENTS, find_chromium
from tests.e2e.maps import click, hover, middle, seen
from tests.e2e.serving import serve
from tests.e2e.steps import said, settled, visit

MAP = f"/projector?many={quote('10,000')}"
REPETITIONS = 5
GLOVE = 120.0
"""MB that the projector may add to the server, for all learners."""

# From the start of the navigation to the first picture of many points.
OPENING_WATCH = """
window.waited = null;
const { putImageData } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.putImageData = function (image, ...given) {
  putImageData.call(this, image, ...given);
  if (window.waited !== null) return;
  const pixels = new Uint32Array(image.data.buffer);
  let drawn = 0;
  for (const pixel of pixels) if (pixel !== pixels[0]) drawn++;
  if (drawn > 10000) window.waited = performance.now();
}
"""

# From the last time that the pointer was lifted to the table of the neighbours of another word.
CLICK_WATCH = """() => {
  window.waited = null;
  const said = () => [...document.querySelectorAll('caption')].map(caption => caption.innerText).join();
  const before = said();
  let start;
  window.addEventListener('pointerup', () => start = performance.now(), {capture: true});
  const observer = new MutationObserver(() => {
    if (!said() || said() === before) return;
    observer.disconnect();
    window.waited = performance.now() - start;
  });
  observer.observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


@cache
def waits() -> dict[str, float]:
    """Medians over some repetitions in a server that has been visited before, as has the browser."""
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, serve(Path(folder)) as url:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        with _new_learner(browser, url) as page:
            visit(page, "/")  # the reference runs are there
            visit(page, f"{MAP}&space={_learned(Path(folder))}")  # so that only GloVe is counted later
            expect(said(page), "needs the course's reviews (UNROLL_DATA)").to_have_count(0)
            _wait_until_idle("models.worker")
            before = _server_memory(url)
            _open(page.context)
            found = {"open": median(_open(page.context) for _ in range(REPETITIONS))}
            page.add_init_script(OPENING_WATCH)
            visit(page, MAP)
            _waited(page)
            settled(page)
            found["click"] = median(_click(page, place) for place in _targets(page))
            with _new_learner(browser, url) as second, _new_learner(browser, url) as third:
                for other in (second, third):  # GloVe is there once, however many learners look at it
                    visit(other, MAP)
                found["glove"] = _server_memory(url) - before
        browser.close()
        return found


def _learned(folder: Path) -> str:
    """A reference run with word vectors of its own, in the store of the server there."""
    store = RunStore(f"sqlite:///{folder / 'unroll.db'}")
    wanted = PRESETS["sst2-lstm"]
    run = next(run for run in store.of_owner(OWNER) if run.experiment == wanted)
    store.close()
    return run.id


def _open(context: BrowserContext) -> float:
    page = context.new_page()
    page.add_init_script(OPENING_WATCH)
    page.goto(MAP)
    seconds = _waited(page)
    settled(page)
    page.close()
    return seconds


def _targets(page: Page) -> list[tuple[float, float]]:
    """Where points stand that are far from the middle, so that nothing is before them."""
    shown = cloud(VectorSpace.load("glove"), 10_000, Components(), ())
    places = seen(page, shown.places, Camera()).tolist()
    inside = [(x, y) for x, y in places if abs(x) < 300 and abs(y) < 190]  # on the screen
    outer = sorted(inside, key=lambda place: -(place[0] ** 2 + place[1] ** 2))[: REPETITIONS * 3]
    across, down = middle(page)
    return [(across + x, down + y) for x, y in outer[::3]]


def _click(page: Page, place: tuple[float, float]) -> float:
    word = hover(page, place)  # one sees the word before one clicks on it
    page.evaluate(CLICK_WATCH)
    click(page, place, word)
    seconds = _waited(page)
    settled(page)
    return seconds


BENCHES = [
    _within("projector: 10,000 points first shown (s)", 2.5, waits, "open"),
    _within("projector: click on a point to its neighbours (s)", 0.4, waits, "click"),
    _within("projector: GloVe in the server (MB)", GLOVE, waits, "glove"),
]

if __name__ == "__main__":
    print(json.dumps(waits()))
