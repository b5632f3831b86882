"""The inside of a run, in the very answer to its link: seen before the page can be.

A browser needs a second or two until Streamlit's scripts have started, connected and drawn a page, and shows
nothing until then. So the answer to a link to "Look inside" holds the picture that the page will show, drawn
by the same script from the same numbers, where it will stand. The page takes its place once it is there.
"""

import json
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl

import streamlit as st

from app.lab import Lab
from app.rooms import SHAPES
from app.ui.address import number_in, whole_number
from app.ui.component import source
from app.ui.inside_strips import dense_strips, recurrent_strips, symbol
from app.ui.strips import HTML, Slider, strips_data
from app.ui.timeline import moment_name, nearest
from app.ui.words import run_line, verdict_line
from data import own
from models.inside import Inside, look_inside, state_names

PART = "Look inside"
TITLE = "Which shape is this curve?"
WAIT = "The controls follow as soon as they are loaded."
COLOURS = ("primaryColor", "backgroundColor", "secondaryBackgroundColor", "textColor", "borderColor")
HERE = Path(__file__).parent


def first_picture(lab: Lab, path: str, query: str) -> str:
    """What a browser can show of a link before the page is there, as HTML; nothing for most addresses.

    Args:
        lab: knows the run.
        path: of the page, from the server's root.
        query: what stands in the address after the question mark; may be anything.

    Raises:
        StoreError: the run cannot be read.
        DataError: nor the curves.
    """
    asked = dict(parse_qsl(query)) if len(query) < 4096 else {}
    if not path.endswith(f"/{SHAPES.name}") or asked.get("part") != PART or asked.get("from") == "drawn":
        return ""
    run = lab.run(asked.get("run", "")[:64])
    if run is None or run.experiment.dataset not in SHAPES.datasets or own.is_own(run.experiment.dataset):
        return ""  # what a learner has brought is for the eyes of those who may see it
    steps = lab.snapshot_steps(run.id)
    step = nearest(asked.get("moment", ""), steps) if steps else 0
    weights = lab.weights(run.id, step)
    if weights is None:
        return ""
    dataset = lab.dataset(run.experiment.dataset)
    number = min(whole_number(asked.get("curve", "")) or 0, len(dataset.x_test) - 1)
    try:
        inside = look_inside(
            run.experiment.layers, weights, lab.scaler(run.experiment)(dataset.x_test[number])
        )
    except ValueError:
        return ""
    classes = dataset.info.classes
    data, about = _drawn(inside, asked, classes)
    if not data:
        return ""
    curve = f"Test curve {number}, of class {classes[dataset.y_test[number]]}."
    moment = f"Moment of training: {moment_name(run, step)}."
    said = f"The network says: {verdict_line(inside.probabilities, classes).replace('**', '')}."
    return _html(data, [run_line(run), curve, moment, WAIT], [said, *about])


def _drawn(
    inside: Inside, asked: dict[str, str], classes: tuple[str, ...]
) -> tuple[dict[str, object], list[str]]:
    """What is drawn of it, and what that is called; nothing if there is nothing to draw."""
    if inside.recurrent:
        by_name = {layer.row.name: layer for layer in inside.recurrent}
        layer = by_name.get(asked.get("layer", ""), inside.recurrent[0])
        names = state_names(layer.row.layer)
        state = asked["state"] if asked.get("state") in names else names[0]
        steps = len(layer.inputs)
        marked = number_in(asked.get("t", ""), 1, steps) or steps
        parts = recurrent_strips(inside.x, layer, state, classes)
        return strips_data(parts, marked=marked, slider=Slider("Time step t")), [symbol(state)]
    if inside.dense:
        return strips_data(dense_strips(inside.x, inside.dense.kernel), "point"), []
    return {}, []


def _html(data: dict[str, object], left: list[str], right: list[str]) -> str:
    """The picture as HTML: no text is taken for anything else."""
    css, js = source("strips")
    draw = js.replace("export default function", "const draw = function", 1)
    numbers = json.dumps(data, allow_nan=False).replace("<", "\\u003c")
    shadow = f'<template shadowrootmode="open"><style>{css}</style>{HTML}</template>'
    return f"""
<div id="first-picture" inert>
  <style>{_theme()}{_own("css")}</style>
  <div class="title">{escape(TITLE)}</div>
  <div class="columns">
    <div>{_paragraphs(left)}</div>
    <div>{_paragraphs(right)}<div class="host">{shadow}</div></div>
  </div>
</div>
<script>(() => {{
"use strict"
const data = {numbers}
{draw}
{_own("js")}
}})()</script>
"""


def _paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


@cache
def _own(kind: str) -> str:
    return (HERE / f"first_picture.{kind}").read_text("utf-8")


@cache
def _theme() -> str:
    """The colours of `.streamlit/config.toml`, by the names under which Streamlit gives them to strips."""
    rules = []
    for theme in ("light", "dark"):
        named = {_kebab(name): st.get_option(f"theme.{theme}.{name}") for name in COLOURS}
        named["chart-categorical-colors"] = ",".join(st.get_option(f"theme.{theme}.chartCategoricalColors"))
        colours = "".join(f"--st-{name}:{value};" for name, value in named.items())
        rules.append(f"#first-picture.{theme}{{color-scheme:{theme};{colours}}}")
    return "".join(rules)


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
