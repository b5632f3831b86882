"""The data: the digits themselves, and what is left of them when their pixels are shuffled."""

import numpy as np
import streamlit as st

from app.ui.address import choose_number
from app.ui.mnist.charts import PAPER_AND_INK, counts_chart, pixel_chart
from app.ui.pictures import Tile, gallery_html, ink
from data.dataset import Dataset
from data.mnist_shuffled import SEED, shuffle
from models.weights import Array

SHOWN = 20
ANY = "any"


def the_digits(dataset: Dataset) -> None:
    """One digit pixel by pixel, the same shuffled, and many of one class."""
    train, test = len(dataset.y_train), len(dataset.y_test)
    st.markdown(
        f"{train:,} handwritten digits to learn from, {test:,} others to be tested on. To a network each is "
        "28 × 28 numbers, from 0 for paper to 255 for ink."
    )
    left, right = st.columns([1.5, 1], gap="large")
    with left, st.container(border=True):
        one_digit(dataset)
    with right, st.container(border=True):
        many_digits(dataset)
    about_the_data(dataset)


def one_digit(dataset: Dataset) -> None:
    """A digit of a chosen class and index, beside itself with shuffled pixels."""
    st.markdown("##### One at a time")
    classes = dataset.info.classes
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = st.selectbox("Class", (ANY, *classes), key="class", bind="query-params", width=120)
        members = (
            np.arange(len(dataset.y_train))
            if choice == ANY
            else np.flatnonzero(dataset.y_train == classes.index(choice))
        )
        index = choose_number("Index", len(members) - 1, key="index")
    number = int(members[index])
    image, label = dataset.x_train[number], classes[dataset.y_train[number]]
    original, shuffled = st.columns(2, gap="medium")
    with original:
        digit_chart(image, "digit", f"Training digit {number}, a {label}, pixel by pixel.")
        st.caption(f"Training digit {number:,}: a **{label}**. Point at a pixel to read its value.")
    with shuffled:
        digit_chart(shuffle(image[None])[0], "digit-shuffled", f"The same {label} with its pixels shuffled.")
        st.caption(
            f"The same pixels in another order, the same order for every digit (seed {SEED}). "
            "Nothing is lost, but no stroke is left to see."
        )


def digit_chart(image: Array, key: str, alt: str, side: int = 280) -> None:
    """A digit, dark ink on light paper, with the values under the pointer."""
    picture = pixel_chart(image, 0, 255, PAPER_AND_INK, side, name="ink")
    st.vega_lite_chart(picture.frame, picture.spec, key=key, alt=alt, width="content")


def many_digits(dataset: Dataset) -> None:
    """Several digits of one class."""
    st.markdown(f"##### {SHOWN} of one class")
    classes = dataset.info.classes
    choice = st.segmented_control(
        "Class of these digits", classes, default=classes[0], required=True, key="many",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    rows = np.flatnonzero(dataset.y_train == classes.index(choice or classes[0]))[:SHOWN]
    tiles = [Tile(ink(dataset.x_train[row]), f"Training digit {row}, a {choice}.") for row in rows]
    st.html(gallery_html(tiles, 64))
    st.caption(
        "Everyone writes differently: slant, width, place of the strokes. What stays are strokes, corners "
        "and loops, wherever they stand. That is what kernels can look for."
    )


def about_the_data(dataset: Dataset) -> None:
    """How many there are, and where they come from."""
    count = len(dataset.info.classes)
    st.altair_chart(
        counts_chart(
            dataset.info.classes,
            np.bincount(dataset.y_train, minlength=count),
            np.bincount(dataset.y_test, minlength=count),
        ),
        key="counts",
        alt="Digits of each class, for training and for testing: about as many of each.",
    )
    st.caption(f":material/database: {dataset.source.sentence}")
