"""How a page looks, whatever is on it."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.steps import part

BACKGROUND = "element => getComputedStyle(element).backgroundColor"


def expect_no_sideways_scrolling(page: Page) -> None:
    """All fits into the width of the screen."""
    page.wait_for_function("document.scrollingElement.scrollWidth <= window.innerWidth")
    page.wait_for_function(
        "(main => main.scrollWidth <= main.clientWidth)(document.querySelector('[data-testid=stMain]'))"
    )


def expect_drawn(page: Page) -> None:
    """All charts have their marks: until then they may be narrower than in the end."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_function(
        "[...document.querySelectorAll('.stVegaLiteChart')].every(chart => chart.querySelector('.marks'))"
    )


def darkness(page: Page) -> float:
    """How dark the page's background is: 0 for white, 1 for black."""
    colour = page.get_by_test_id("stApp").evaluate(BACKGROUND)
    red, green, blue = (int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    return 1 - (red + green + blue) / (3 * 255)


def expect_fits_by_day_and_night(page: Page) -> None:
    """All is drawn and fits into the width of the screen, as the system is and once it changes its mind.

    It is light at first; whoever looks at one part of a page after the other comes to every second at night.
    """
    was_night = bool(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
    _expect_fits(page, is_night=was_night)
    background = page.get_by_test_id("stApp").evaluate(BACKGROUND)
    page.emulate_media(color_scheme="light" if was_night else "dark")
    expect(page.get_by_test_id("stApp")).not_to_have_css("background-color", background)
    _expect_fits(page, is_night=not was_night)


def expect_parts_fit(page: Page, *names: str) -> None:
    """Go from part to part of a page: each fits by day and night."""
    for name in names:
        part(page, name)
        expect_fits_by_day_and_night(page)


def expect_stroke_of_the_scheme(line: Locator, *, by_night: str, by_day: str) -> None:
    """A line has the colour of the scheme: on a page opened at night, and once it is day."""
    expect(line).to_have_css("stroke", by_night)
    line.page.emulate_media(color_scheme="light")
    expect(line).to_have_css("stroke", by_day)


def _expect_fits(page: Page, *, is_night: bool) -> None:
    assert darkness(page) > 0.8 if is_night else darkness(page) < 0.1
    expect_drawn(page)
    expect_no_sideways_scrolling(page)
