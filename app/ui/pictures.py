"""Arrays as small pictures: what a page shows at once, without waiting for a chart library to load."""

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.weights import Array

DIVERGING = "134b85 2f78b3 5da2cb 9dcae1 d2e5ef f2f0eb fce0ba fbbf74 e8932f c5690d 994a07"
"""Vega's scheme `blueorange`, as in the charts: blue below 0, orange above, told apart by any kind of eye."""

VIRIDIS = "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725"
"""Vega's scheme of this name, as in the charts, for what has no middle: the lighter, the larger."""


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


@dataclass(frozen=True)
class Tile:
    """A small picture of a gallery.

    Attributes:
        pixels: (height, width) grey or (height, width, 3) colours, 0 to 255.
        alt: what one sees, in words.
        caption: what stands below it.
        marked: whether it is framed.
    """

    pixels: NDArray[np.uint8]
    alt: str
    caption: str = ""
    marked: bool = False


def gallery_html(tiles: Sequence[Tile], side: int) -> str:
    """Small pictures beside and below one another for ``st.html``, each pixel a sharp square.

    Args:
        tiles: the pictures.
        side: width of each on the page, in CSS pixels.
    """
    figures = [
        f'<figure style="margin: 0; width: {side}px">'
        f'<img src="{data_address(tile.pixels)}" alt="{escape(tile.alt)}" '
        f'style="width: {side}px; display: block; image-rendering: pixelated; border-radius: 2px; '
        f'outline: {"3px solid #d55e00" if tile.marked else "1px solid rgba(128, 138, 148, 0.4)"}"/>'
        f'<figcaption style="font-size: 0.8rem; opacity: 0.8; text-align: center">{escape(tile.caption)}'
        "</figcaption></figure>"
        for tile in tiles
    ]
    return f'<div style="display: flex; flex-wrap: wrap; gap: 8px; padding: 3px">{"".join(figures)}</div>'


def ink(image: Array) -> NDArray[np.uint8]:
    """A digit as grey: dark ink on light paper.

    Args:
        image: (height, width) from 0, paper, to 255, ink.
    """
    return (255 - np.clip(image, 0, 255)).astype(np.uint8)
