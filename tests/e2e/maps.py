"""What a person does on a map of words, drawn by deck.gl without a graphics card."""

from playwright.sync_api import Locator, Page, expect

WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")

A_CLICK = 200
"""Milliseconds from down to up in which any click is over."""

# How long the button is down, by the time at which the page hears of it.
HELD_WATCH = """() => {
  window.held = null;
  const once = {once: true, capture: true};
  window.addEventListener('pointerdown', () => {
    const start = Date.now();
    window.addEventListener('pointerup', () => window.held = Date.now() - start, once);
  }, once);
}"""


def canvas(page: Page, number: int = 0) -> Locator:
    """Where deck.gl draws."""
    found = page.get_by_test_id("stDeckGlJsonChart").nth(number).locator("canvas").first
    expect(found).to_be_visible()
    return found


def middle(page: Page, number: int = 0) -> tuple[float, float]:
    """Where the origin stands, on the screen."""
    box = canvas(page, number).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def hover(page: Page, place: tuple[float, float]) -> str:
    """What stands at a place; empty if nothing does."""
    page.mouse.move(place[0] - 60, place[1] - 60)
    page.mouse.move(*place)
    page.wait_for_timeout(250)  # deck.gl looks at most once a frame, and says nothing where nothing is
    shown = page.locator(".deck-tooltip").first
    return shown.inner_text() if shown.count() and shown.is_visible() else ""


def wait_for_points(page: Page, place: tuple[float, float], word: str | None = None) -> str:
    """Until a word, or any, stands at a place: the browser fetches the points by themselves; returns it."""
    for _ in range(60):
        found = hover(page, place)
        if found and word in (None, found):
            return found
    raise AssertionError(f"no point of “{word or 'any word'}” appears")


def nearest(page: Page, word: str) -> Locator:
    """The table of a word's neighbours."""
    return page.get_by_role("table").filter(has_text=f"Nearest to “{word}”")


def click(page: Page, place: tuple[float, float], word: str) -> None:
    """Click on a point: if deck.gl can take it for a click, it is selected.

    deck.gl draws the points once more when the button goes down, and takes what follows for a click only if
    the button goes up within 250 ms: in software, on a busy machine, that is not always so. Such a click is
    no click, and repeated.
    """
    for _ in range(20):
        page.evaluate(HELD_WATCH)
        page.mouse.click(*place)
        page.wait_for_function("window.held !== null")
        if page.evaluate("window.held") < A_CLICK:
            expect(nearest(page, word)).to_be_visible()
            return
    raise AssertionError("the machine is too busy for a click")
