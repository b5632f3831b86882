"""Arrays as small pictures."""

import io
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from app.ui.pictures import DIVERGING, colored, data_address, drawing_html


def color(value: float) -> str:
    return bytes(colored(np.array(value), -1, 1)).hex()


def test_the_ends_and_the_middle_have_the_colours_of_the_scheme() -> None:
    blue, *_, orange = DIVERGING.split()
    assert color(-1) == blue
    assert color(1) == orange
    assert color(0) == DIVERGING.split()[5]


@pytest.mark.parametrize(("value", "same"), [(-7, -1), (7, 1), (np.inf, 1), (-np.inf, -1), (np.nan, 0)])
def test_what_lies_outside_has_the_colour_of_the_end(value: float, same: float) -> None:
    assert color(value) == color(same)


def test_a_picture_survives_its_address() -> None:
    pixels = colored(np.linspace(-1, 1, 12).reshape(3, 4), -1, 1)
    head, _, body = data_address(pixels).partition(",")
    assert head == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(b64decode(body)))), pixels)


def test_the_words_for_a_drawing_are_no_html() -> None:
    assert "<b>" not in drawing_html("<svg/>", '"><b>')
