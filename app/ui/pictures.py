"""Arrays as small pictures: what a page shows at once, without waiting for a chart library to load."""

import io
from base64 import b64encode
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.weights import Array

DIVERGING = "134b85 2f78b3 5da2cb 9dcae1 d2e5ef f2f0eb fce0ba fbbf74 e8932f c5690d 994a07"
"""Vega's scheme `blueorange`, as in the charts: blue below 0, orange above, told apart by any kind of eye."""


def colored(values: Array, low: float, high: float, scheme: str = DIVERGING) -> NDArray[np.uint8]:
    """Numbers as colours, linear between the colours of a scheme.

    Args:
        values: of any shape; what is not a number is drawn in the middle colour.
        low: value of the scheme's first colour; what is smaller has it too.
        high: value of the scheme's last colour; larger than `low`.
        scheme: at least two colours as hexadecimal red, green and blue, with blanks between.

    Returns:
        (..., 3) red, green and blue, 0 to 255.
    """
    stops = np.array([list(bytes.fromhex(color)) for color in scheme.split()], np.float64)
    share = (np.asarray(values, np.float64) - low) / (high - low)
    place = np.nan_to_num(np.clip(share, 0, 1), nan=0.5) * (len(stops) - 1)
    ticks = np.arange(len(stops))
    return np.stack([np.interp(place, ticks, channel) for channel in stops.T], -1).round().astype(np.uint8)


def data_address(pixels: NDArray[np.uint8]) -> str:
    """A picture as an address that holds it whole: PNG in base 64.

    Args:
        pixels: (height, width) grey or (height, width, 3) colours, 0 to 255.
    """
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return f"data:image/png;base64,{b64encode(stream.getvalue()).decode()}"


def drawing_html(svg: str, alt: str) -> str:
    """A drawing for ``st.html``, as wide as its place.

    Streamlit takes SVG elements out of HTML, so it comes as the source of an image. The theme's colours do
    not reach into an image: use colours that can be seen on light and on dark.

    Args:
        svg: the drawing, with a ``viewBox``.
        alt: what one sees, in words.
    """
    address = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return f'<img src="{address}" alt="{escape(alt)}" style="width: 100%; display: block"/>'
