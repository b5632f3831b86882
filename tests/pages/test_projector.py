"""The projector, without a browser: any address, any word, any file, any click, any pattern."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any, BinaryIO

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import data
from app.runs.maps import Maps
from app.ui.projector import camera, files, live, word_map
from app.ui.projector.colours import MARK, Colours, by_frequency, plainly, positive_shares
from app.ui.projector.live import maps
from app.ui.projector.points import (
    Components,
    WordAxes,
    cloud,
    cloud_of_map,
    kept_neighbours,
    neighbours_of,
    only,
)
from app.ui.projector.word_map import Lit, Stage, points_json
from app.ui.session import lab
from data.text import TextDataset
from models.faithfulness import compare, true_neighbours
from models.topk import Metric
from models.vector_files import read_vectors
from models.vectors import Basis, VectorError, VectorSpace
from models.wire import MakeMap
from tests.course import course_reviews_at_hand
from tests.models.spaces import random_space
from tests.pages.test_pages import LARGE, LEARNER, ROOT, by_key, messages, open_page

PARTS = ("Map", "Side by side", "Two questions")
NONSENSE = ("nonsense", "<b>x</b>", "\x00", "@@=alert(1)", "🙂", LARGE[:20_000])
ENDLESS = ("(a+)+$", "(.*)*x", "((((a{9}){9}){9}){9}){9}", "(", "[", "a**", r"\1", "(?=a)")
NAMES = (
    "space", "space-from", "many", "map", "view", "colour", "basis", "camera", "pc-x", "pc-z",
    "find", "by", "k", "metric", "only", "perplexity", "axis-x-from", "one", "two", "beside-view",
    "guess-apple",
)  # fmt: skip


def open_part(part: str = "Map", **parameters: str) -> AppTest:
    """A part as a link opens it."""
    return open_page("projector.py", part=part, **parameters)


def drawn(app: AppTest, number: int = 0) -> Any:  # noqa: ANN401  # JSON
    """What the browser is told to draw on a map."""
    return json.loads(app.get("bidi_component")[number].proto.json)


def lit(app: AppTest) -> list[list[int]]:
    """The points that stand out: found, near, selected."""
    return [group["points"] for group in drawn(app)["groups"]]


def said(app: AppTest) -> str:
    """All that a page says in words."""
    elements = (*app.markdown, *app.caption, *app.info, *app.success)
    return "\n".join(element.value for element in elements).replace("\\", "")


def tables(app: AppTest) -> str:
    """Neighbours and legends."""
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def test_all_parts_are_known_here() -> None:
    assert by_key(open_part(), "part").options == list(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_each_part(part: str) -> None:
    app = open_part(part)
    assert messages(app) == []
    timelines = 2 if course_reviews_at_hand() else 0  # of networks that know the words
    maps_and_timelines = {"Map": 1, "Side by side": 2 + timelines, "Two questions": 0}[part]
    assert len(app.get("bidi_component")) == maps_and_timelines


# What an address asks for


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: value[:9])
@pytest.mark.parametrize("part", PARTS)
def test_nonsense_in_the_address(part: str, value: str) -> None:
    app = open_part(part, **dict.fromkeys(NAMES, value))
    assert all(len(message) < 400 for message in messages(app))
    assert by_key(app, "part").value == part


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: value[:9])
def test_a_word_that_there_is_not(value: str) -> None:
    app = open_part(word=value, also=value)
    if value != "nonsense":  # which is a word
        (message,) = messages(app)
        assert "is not among the 400,000 words" in message.replace("\\", "")
        assert len(message) < 400
    assert len(app.get("bidi_component")) == 1


def test_a_view_by_its_address() -> None:
    app = open_part(
        word="apple", many="1,000", map="Word axes", view="2-D", colour="Sentiment in reviews",
        basis="Centred", **{"axis-x-from": "bad worse", "axis-x-to": "good"},
    )  # fmt: skip
    assert messages(app) == []
    assert drawn(app)["extra"]["dimensions"] == 2
    assert "Nearest to “apple”, by cosine" in tables(app)
    assert "centred; sought among all 400,000 words" in said(app)
    assert "in negative reviews" in tables(app)
    assert (
        len(drawn(app)["extra"]["words"])
        == 1
        + 10
        - sum(  # apple and its neighbours, but for the frequent ones
            word in VectorSpace.load("glove").vocabulary.array[:1000].tolist()
            for word in (
                "apple",
                *(n.word for n in VectorSpace.load("glove").seen_as("centred").neighbours("apple")),
            )
        )
    )


def test_upper_case_is_forgiven() -> None:
    app = open_part(word="Apple")
    assert messages(app) == []
    assert "Nearest to “apple”" in tables(app)


def test_a_misspelt_word_is_put_right() -> None:
    app = open_part(word="gaitar")
    assert "guitar" in messages(app)[0]
    by_key(app, "instead-0").click().run()
    assert app.query_params["word"] == "guitar"
    assert messages(app) == []


def test_many_words_in_the_address() -> None:
    app = AppTest.from_file(ROOT / "app" / "streamlit_app.py", default_timeout=60)
    app.session_state["learner"] = LEARNER
    app.query_params["also"] = [f"word{number}" for number in range(300)] + ["zither", "x" * 300]
    app.switch_page("../pages/projector.py").run()
    assert not app.exception
    assert drawn(app)["extra"]["words"] == ["zither"]


# The selected word


def test_the_neighbours_are_those_of_the_original_space() -> None:
    app = open_part(word="smith")
    for neighbour in VectorSpace.load("glove").neighbours("smith", 10):
        assert f">{neighbour.word}<" in tables(app)
        assert f">{neighbour.score:.3f}<" in tables(app)
    assert "all 50 numbers of GloVe, as they are; sought among all 400,000 words" in said(app)
    by_key(app, "metric").set_value("euclidean").run()
    by_key(app, "k").set_value(25).run()
    nearest = VectorSpace.load("glove").neighbours("smith", 25, "euclidean")[-1]
    assert f">{nearest.word}<" in tables(app)
    assert "by distance" in tables(app)


def test_hop_isolate_and_deselect() -> None:
    app = open_part(word="apple")
    by_key(app, "go-0").click().run()
    assert app.query_params["word"] == "blackberry"
    assert app.query_params["also"] == "blackberry"
    by_key(app, "only").set_value(True).run()
    assert not app.exception
    assert "A map of 11 words" in drawn(app)["alt"]
    by_key(app, "only").set_value(False).run()
    by_key(app, "deselect").click().run()
    assert "word" not in app.query_params
    assert lit(app) == [[], [], []]
    assert drawn(app)["named"] is None
    assert messages(app) == []


SENT: tuple[object, ...] = (
    None, "x", 7, {}, [], {"numbers": None}, {"numbers": ["x"] * 5}, {"numbers": [1.0, 2.0]}, {"change": "x"},
    {"numbers": [float("nan")] * 5}, {"numbers": [0, 0, float("inf"), 0, 0]}, {"numbers": {"turn": 1}},
    {"numbers": [10**400, 0, 1, 0, 0]}, "\ud800",
)  # fmt: skip
"""What a browser may send in place of a word or of a camera."""


def a_stage(taken: Callable[[str], None]) -> Stage:
    return Stage("here", "light", "A map", 400, taken)


@pytest.mark.parametrize("sent", SENT, ids=range(len(SENT)))
def test_a_click_or_a_turn_that_is_none(sent: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes from a browser may be anything."""
    query: dict[str, object] = {}
    taken: list[str] = []
    state: dict[str, Any] = {"here": {"picked": sent if sent != "x" else "", "camera": sent}}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(st, "query_params", query)
    word_map._clicked(a_stage(taken.append))
    word_map._turned(a_stage(taken.append))
    assert taken == []
    assert query == {}
    assert state["here.change"] is None


def test_a_click_selects(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr(st, "session_state", {"here": {"picked": "@@x"}})
    word_map._clicked(a_stage(taken.append))
    assert taken == ["@@x"]


def test_a_turn_stands_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    query: dict[str, str] = {}
    monkeypatch.setattr(st, "query_params", query)
    assert camera.asked_camera() == camera.Camera()
    sent = {"numbers": [-90.004, 20, 2, 900, -0.5], "change": 7}
    state: dict[str, Any] = {"here": {"camera": sent}}
    monkeypatch.setattr(st, "session_state", state)
    word_map._turned(a_stage(print))
    assert state["here.change"] == 7
    assert query == {"camera": "270_20_2_500_-0.5"}
    assert camera.asked_camera() == camera.Camera(270, 20, 2, 500, -0.5)
    state["here"] = {"camera": {"numbers": camera.Camera().told(), "change": 8}}
    word_map._turned(a_stage(print))
    assert state["here.change"] == 8
    assert query == {}  # the first view needs no address


@pytest.mark.parametrize(
    "text", ["1_2_3", "nan_0_1_0_0", "_".join("9" * 30 for _ in range(5)), "x", "1e999_0_1_0_0"]
)
def test_an_address_that_holds_no_camera(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "query_params", {"camera": text})
    assert camera.asked_camera() == camera.Camera()


# Search


@pytest.mark.parametrize(
    ("how", "pattern", "count"),
    [("exact", "apple", 1), ("prefix", "appl", None), ("substring", "pple", None), ("regex", "^ap+le$", 1)],
)
def test_search(how: str, pattern: str, count: int | None) -> None:
    app = open_part()
    by_key(app, "by").set_value(how).run()
    by_key(app, "find").set_value(pattern).run()
    assert messages(app) == []
    assert "Click on one to select it" in said(app)
    if count:
        assert f"{count} word of 400,000" in said(app)
    words = drawn(app)["extra"]["words"]
    assert count or all(pattern in word for word in words)
    assert lit(app)[0]
    by_key(app, "hit-0").click().run()
    assert messages(app) == []
    assert "Nearest to “" in tables(app)


@pytest.mark.parametrize("pattern", ENDLESS)
def test_patterns_that_would_run_for_ever_or_are_none(pattern: str) -> None:
    app = open_part()
    by_key(app, "by").set_value("regex").run()
    begin = monotonic()
    by_key(app, "find").set_value(pattern).run()
    assert monotonic() - begin < 20  # a second for the search; the rest is for a busy machine
    assert not app.exception
    assert len(app.get("bidi_component")) == 1


def test_a_search_that_took_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.word_search.SECONDS", -1.0)
    app = open_part()
    by_key(app, "by").set_value("regex").run()
    by_key(app, "find").set_value("x.y").run()
    assert "took too long" in messages(app)[0]
    monkeypatch.setattr("models.word_search.SECONDS", 60.0)
    app.run()  # later there is more time: what was found until then is not kept
    assert messages(app) == []
    assert "Click on one to select it" in said(app)


def test_nothing_is_found() -> None:
    app = open_part(find="gaitar")
    assert "No word of 400,000 is like that" in said(app)
    by_key(app, "meant-0").click().run()
    assert "Nearest to “" in tables(app)


# Files


def upload(vectors: bytes, labels: bytes | None = None) -> AppTest:
    app = open_part()
    by_key(app, "space-from").set_value("My own file").run()
    app.file_uploader[0].set_value(("own.txt", vectors, "text/plain"))
    if labels is not None:
        app.file_uploader[1].set_value(("labels.tsv", labels, "text/plain"))
    app.run()
    assert not app.exception
    return app


def text_of(words: int = 40, size: int = 5) -> bytes:
    random = np.random.default_rng(0).normal(size=(words, size))
    rows = (f"w{i} " + " ".join(f"{number:.3f}" for number in row) for i, row in enumerate(random))
    return "\n".join(rows).encode()


@pytest.mark.parametrize(
    ("vectors", "labels"),
    [
        (text_of(), None),
        (b"40 5\n" + text_of(), None),
        (b"1\t2\t3\n4\t5\t7\n1\t0\t1", b"word\tcount\none\t1\ntwo\t2\nthree\t3"),
        (b"a 1\nb 2\nc 4", None),
        (b"a 1 2\nb 2 1", None),
        (b"@@=x 1 2 1\n<b> 2 1 0\n@@#y 3 3 3\n**x** 1 1 0", None),
    ],
    ids=["glove", "word2vec", "projector", "one number", "two words", "words of other languages"],
)
def test_an_own_file(vectors: bytes, labels: bytes | None) -> None:
    app = upload(vectors, labels)
    assert messages(app) == []
    assert len(app.get("bidi_component")) == 1
    word = next(iter(app.session_state["projector.own.space"].vocabulary))
    address_of = app.query_params
    address_of["word"] = word
    for kind in ("t-SNE", "Word axes", "PCA"):
        by_key(app, "map").set_value(kind).run()
        assert not app.exception


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"10000000000 300\na 1 2", "the header speaks of"),
        (b"a 1 2\nb 1", "Line 2"),
        (b"a 1 nan\nb 1 2", "NaN"),
        (b"a 1 2\na 3 4", "already"),
        (b"a 0 0\nb 1 2", "all zeros"),
        (b"\x00\x01\x02" * 99, "binary"),
        (b"\xff\xfe\xfd a", "UTF-8"),
        (b"a 1e999 2\nb 1 2", "too large"),
        (b"", "empty"),
        (b"<script>alert(1)</script> x y", "not a number"),
        (b"a " + b"9" * 40_000, "longer"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_hostile_file(content: bytes, sentence: str) -> None:
    app = upload(content)
    (message,) = messages(app)
    assert sentence in message.replace("\\", "")
    assert len(message) < 400
    assert len(app.get("bidi_component")) == 0


def test_each_side_has_its_own_file(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    from_file = VectorSpace.from_file

    def counted(name: str, vectors: BinaryIO, labels: BinaryIO | None) -> VectorSpace:
        read.append(name)
        return from_file(name, vectors, labels)

    monkeypatch.setattr(VectorSpace, "from_file", counted)
    app = open_part("Side by side")
    for side in ("one", "two"):
        by_key(app, f"{side}-from").set_value("My own file").run()
    by_key(app, "one-vectors").set_value(("left.txt", text_of(40), "text/plain")).run()
    assert "left.txt: 40 of 40 words" in said(app)
    assert "Choose yours above" in said(app)  # the other side has none
    by_key(app, "two-vectors").set_value(("right.txt", text_of(30), "text/plain")).run()
    assert "left.txt: 40 of 40 words" in said(app)
    assert "right.txt: 30 of 30 words" in said(app)
    app.run()
    assert read == ["left.txt", "right.txt"]
    by_key(app, "one-vectors").set_value(None).run()
    assert "left.txt" not in said(app)
    assert "right.txt" in said(app)


def test_an_own_file_stays_while_one_is_elsewhere() -> None:
    app = upload(text_of())
    by_key(app, "part").set_value("Two questions").run()
    by_key(app, "part").set_value("Map").run()
    by_key(app, "space-from").set_value("My own file").run()
    assert "Still shown: own.txt." in said(app)
    assert len(app.get("bidi_component")) == 1


def test_an_own_file_is_not_in_a_link() -> None:
    app = open_part(**{"space-from": "My own file"})
    assert "stays with whoever chose it" in said(app)
    assert messages(app) == []


# Vectors of runs, and reviews


def reference() -> str:
    return next(run.id for run in lab().references("sst2"))


@pytest.mark.course_reviews
@pytest.mark.parametrize("step", ["0", "999999999", "-1", "nan"])
def test_a_runs_vectors_at_any_step(step: str) -> None:
    app = open_part(space=reference(), word="great", **{"space-step": step})
    assert messages(app) == []
    assert "sought among all 4,823 words" in said(app)


@pytest.mark.course_reviews
def test_before_and_after_training() -> None:
    app = open_part("Side by side", word="great")
    assert messages(app) == []
    assert "of 10 neighbours are the same" in said(app)
    assert "before training" in said(app)


def test_the_box_beside_the_maps_follows_the_address() -> None:
    app = open_part("Side by side", word="great")
    by_key(app, "beside-word").set_value("bad").run()
    assert app.query_params["word"] == "bad"
    app.query_params["word"] = "good"  # as by a click on a map
    app.run()
    assert by_key(app, "beside-word").value == "good"
    by_key(app, "beside-word").set_value(" ").run()
    assert "word" not in app.query_params
    assert by_key(app, "beside-word").value == ""
    assert "10 nearest words" not in tables(app)
    assert messages(app) == []


def test_without_the_reviews_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> data.Dataset:
        raise data.DataError(f"The {name} file is broken.")

    monkeypatch.setattr(data, "load", missing)
    app = open_part(colour="Sentiment in reviews")
    assert "The sst2 file is broken" in said(app)
    assert len(app.get("bidi_component")) == 1


def test_without_glove_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> VectorSpace:
        raise data.DataError("The word vectors are missing.")

    monkeypatch.setattr(VectorSpace, "load", missing)
    for part in ("Map", "Two questions"):
        assert messages(open_part(part)) == ["The word vectors are missing."]


def test_shares_of_positive_reviews() -> None:
    reviews = data.load("sst2")
    assert isinstance(reviews, TextDataset)
    shares = positive_shares(reviews)
    assert shares["bad"] < 0.25
    assert shares["moving"] > 0.7
    assert all(0 <= share <= 1 for share in shares.values())


# Axes


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [("", "woman", "word at each end"), ("man", "man", "same place"), ("gaitar", "woman", "guitar")],
)
def test_axes_that_there_are_not(low: str, high: str, sentence: str) -> None:
    app = open_part(map="Word axes")
    by_key(app, "axis-x-from").set_value(low).run()
    by_key(app, "axis-x-to").set_value(high).run()
    (message,) = messages(app)
    assert sentence in message.replace("\\", "")


def test_other_components() -> None:
    app = open_part()
    by_key(app, "pc-x").set_value("50").run()
    by_key(app, "pc-y").set_value("50").run()
    assert messages(app) == []
    assert "of the variance of all 400,000 words" in said(app)


# Colours and bases


def test_to_select_a_word_leaves_the_points_as_they_are() -> None:
    app = open_part(many="1,000")
    points, legend = drawn(app)["address"], tables(app)
    assert "from word 1,000 of the list on" in legend
    app.query_params["word"] = "apple"
    app.run()
    assert drawn(app)["extra"]["words"]  # neighbours that are not among the first words
    assert drawn(app)["address"] == points  # the file that the browser has fetched already
    by_key(app, "only").set_value(True).run()
    assert "from word 1,000 of the list on" in tables(app)


def test_colours_by_similarity() -> None:
    app = open_part(colour="Similarity to the word", many="1,000")
    assert "Select a word" in said(app)
    points = drawn(app)["address"]
    app.query_params["word"] = "apple"
    app.run()
    assert "with “apple”" in tables(app)
    assert "Select a word" not in said(app)
    assert drawn(app)["address"] != points
    assert messages(app) == []


@pytest.mark.parametrize(("name", "basis"), [("Normalised", "normalised"), ("Sphereized", "sphereized")])
def test_neighbours_among_vectors_as_they_are_seen(name: str, basis: Basis) -> None:
    app = open_part(word="apple", basis=name, many="1,000")
    assert messages(app) == []
    assert f"{basis}; sought among all 400,000 words" in said(app)
    for neighbour in VectorSpace.load("glove").seen_as(basis).neighbours("apple", 10):
        assert f">{neighbour.word}<" in tables(app)
        assert f">{neighbour.score:.3f}<" in tables(app)


def test_the_meter_says_what_it_compares() -> None:
    app = open_part(word="apple", many="1,000", metric="Distance")
    assert "of the 10 nearest by cosine" in said(app)


# t-SNE and UMAP


@pytest.mark.parametrize("is_there", [True, False])
def test_umap_is_offered_where_it_is_installed(is_there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "has_umap", lambda: is_there)
    app = open_part(many="1,000")
    umap = ["UMAP"] if is_there else []
    assert by_key(app, "map").options == ["PCA", "Word axes", "t-SNE", *umap]


def test_umap_comes_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a module in its place, which is done when it is told so."""
    go = tmp_path / "go"
    (tmp_path / "umap.py").write_text(
        "from pathlib import Path\n"
        "from time import sleep\n"
        "class UMAP:\n"
        "    def __init__(self, **more): pass\n"
        "    def fit_transform(self, x):\n"
        f"        while not Path({str(go)!r}).exists(): sleep(0.05)\n"
        "        return x[:, :2]\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(live, "has_umap", lambda: True)
    maps.clear()
    app = open_part(map="UMAP", many="1,000")
    assert "appears at once when it is done" in said(app)
    assert "while you watch" not in said(app)
    by_key(app, "map-play").click().run()
    until(app, lambda: "may take a minute" in said(app))
    assert by_key(app, "map-play").label == "Play"
    assert by_key(app, "map-play").disabled  # there is nothing to pause
    assert not by_key(app, "map-stop").disabled
    go.touch()
    until(app, lambda: by_key(app, "map-play").label == "Play again")
    assert "Done." in said(app)
    assert by_key(app, "map-stop").disabled
    maps().close()
    maps.clear()


def until(app: AppTest, is_so: Callable[[], bool]) -> None:
    end = monotonic() + 60
    while not is_so():
        assert monotonic() < end
        sleep(0.1)
        app.run()
        assert not app.exception


def test_tsne_moves_and_pauses() -> None:
    app = open_part(map="t-SNE", many="1,000", word="guitar")
    assert "Press Play" in said(app)
    by_key(app, "map-play").click().run()
    until(app, lambda: "Moving: step" in said(app))
    assert by_key(app, "map-play").label == "Pause"
    by_key(app, "map-play").click().run()
    until(app, lambda: "Paused at" in said(app))
    assert drawn(app)["extra"]["words"]  # a word that the map was not made of stands between its nearest
    assert by_key(app, "map-play").label == "Go on"
    by_key(app, "map-play").click().run()
    until(app, lambda: "Moving" in said(app) or "Still" in said(app))
    if "Moving" in said(app):
        by_key(app, "map-stop").click().run()
        assert by_key(app, "map-play").label == "Play"
    assert by_key(app, "map-stop").disabled
    maps().close()
    maps.clear()


def test_tsne_in_three_dimensions() -> None:
    app = upload(text_of())
    by_key(app, "map").set_value("t-SNE").run()
    assert by_key(app, "live-view").value == "2-D"  # at first
    assert drawn(app)["extra"]["dimensions"] == 2
    by_key(app, "live-view").set_value("3-D").run()
    by_key(app, "map-play").click().run()
    until(app, lambda: "Still: step 1,000 of 1,000" in said(app))
    assert drawn(app)["extra"]["dimensions"] == 3
    maps().close()
    maps.clear()


def test_where_no_map_can_be_made_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    maps.clear()
    monkeypatch.setattr(live, "Maps", partial(Maps, command=("there-is-no-such-program",)))
    app = open_part(map="t-SNE", many="1,000")
    by_key(app, "map-play").click().run()
    until(app, lambda: "does not start" in " ".join(messages(app)))
    maps().close()
    maps.clear()


def test_a_map_in_line_says_how_many_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    maps.clear()
    monkeypatch.setattr(live, "Maps", partial(Maps, workers=0))  # nothing is carried out
    maps().start("another", MakeMap(np.zeros((9, 2), np.float32)))
    app = open_part(map="t-SNE", many="1,000")
    by_key(app, "map-play").click().run()
    assert "In line: 1 map is made before yours." in said(app)
    by_key(app, "map-stop").click().run()
    assert "Stopped." in said(app)
    maps().close()
    maps.clear()


# The two questions


@pytest.mark.parametrize(
    ("word", "guess"), [("apple", "A company"), ("smith", "Surnames: Walker, Anderson, Campbell")]
)
def test_a_find(word: str, guess: str) -> None:
    app = open_part("Two questions")
    assert "Guess first" in said(app)
    by_key(app, f"guess-{word}").set_value(guess).run()
    assert "That is what the vectors say." in said(app)
    by_key(app, f"look-{word}").click().run()
    assert app.query_params["word"] == word
    assert len(app.get("bidi_component")) == 1


# Points, labels, colours, files: without a page


def test_the_base_stays_while_words_come_and_go() -> None:
    space = VectorSpace.load("glove")
    alone, more = (cloud(space, 1000, Components(), words) for words in ((), (5, 200_000, 200_000)))
    assert alone.base_places is more.base_places
    assert more.extra.tolist() == [200_000]
    assert more.find(200_000) == 1000
    assert alone.find(200_000) is None
    assert only(more, (5, 200_000)).ids.tolist() == [5, 200_000]
    assert only(more, ()) is more


def test_a_word_is_shown_once() -> None:
    space = VectorSpace.load("glove")
    small, large = (
        cloud(space, count, WordAxes(((("bad",), ("good",)), (("man",), ("woman",)))), (7000,))
        for count in (1000, 10_000)
    )
    assert small.is_flat
    assert len(small.extra) == 1
    assert len(large.extra) == 0


def test_the_meter_of_a_point_agrees_with_that_of_the_map() -> None:
    space = random_space(300, 10)
    shown = cloud(space, 300, Components(), ())
    measured = compare(true_neighbours(space.rows[:300], 10), shown.base_places)
    for word in range(0, 300, 17):
        assert kept_neighbours(shown, word, 10).count / 10 == pytest.approx(float(measured.points[word]))
    with pytest.raises(VectorError):
        kept_neighbours(cloud(space, 10, Components(), ()), 200, 10)


def test_a_word_that_a_map_was_not_made_of() -> None:
    space = VectorSpace.load("glove")
    found = np.random.default_rng(0).normal(size=(2000, 2)).astype(np.float32)
    found[7] = np.nan  # a process may tell anything
    shown = cloud_of_map(space, 2000, found, (3, 150_000))
    assert np.isfinite(shown.places).all()
    assert shown.extra.tolist() == [150_000]


def test_words_that_come_and_go_leave_the_colours_of_the_base() -> None:
    space = VectorSpace.load("glove")
    alone, more = (cloud(space, 1000, Components(), words) for words in ((), (5, 200_000)))
    before, after = (by_frequency(shown, 1000, "light", "first") for shown in (alone, more))
    files = [
        points_json(space, shown.base, shown.base_places, colours.base)
        for shown, colours in ((alone, before), (more, after))
    ]
    assert files[0] == files[1]
    assert after.extra.tolist() == [before.base[-1].tolist()]  # the last colour
    few = by_frequency(only(more, (5, 200_000)), 1000, "light", "first")
    assert few.base.tolist() == [before.base[5].tolist(), after.extra[0].tolist()]
    assert before.legend == after.legend == few.legend


def test_points_go_to_the_browser_as_they_are() -> None:
    space = VectorSpace("odd", ["@@=x", "<b>", '"', "\u2028"], np.eye(4, dtype=np.float32))
    shown = cloud(space, 4, Components(), ())
    colours: Colours = plainly(shown, "dark")
    told = json.loads(points_json(space, shown.base, shown.base_places, colours.base))
    assert told["words"] == list(space.vocabulary)
    assert np.array(told["places"]).reshape(4, 3) == pytest.approx(shown.base_places, abs=0.01)
    assert np.array(told["colors"]).reshape(4, 3).tolist() == colours.base.tolist()


def test_what_stands_out() -> None:
    shown = cloud(VectorSpace.load("glove"), 500, Components(), (100_000,))
    told: Any = word_map.drawn(
        shown, plainly(shown, "dark"), Lit(100_000, (5, 100_000), (7, 300_000)), "dark"
    )
    assert [group["points"] for group in told["groups"]] == [[7], [5], [500]]  # not what is not on the map
    assert told["groups"][-1]["color"] == MARK["dark"]
    assert told["named"] == [500, 5, 7]
    assert told["opacity"] < 1
    assert told["extra"]["words"] == [shown.space.vocabulary[100_000]]
    plain: Any = word_map.drawn(shown, plainly(shown, "dark"), Lit(), "dark")
    assert plain["named"] is None
    assert plain["opacity"] == 1


def test_files_of_a_map() -> None:
    space = VectorSpace.load("glove")
    shown = cloud(space, 200, Components(), (100_000,))
    table = files.coordinates_csv(shown).decode().splitlines()
    assert table[0] == "word,number,x,y,z"
    assert len(table) == 202
    assert table[-1].split(",")[1] == "100001"
    near = neighbours_of(space, "apple", 3, "cosine")
    assert files.neighbours_csv(near, "cosine").decode().splitlines()[1].startswith("1,blackberry,0.75")
    assert len(files.selection_csv(shown, (5, 6)).decode().splitlines()) == 3
    with zipfile.ZipFile(io.BytesIO(files.projector_zip(shown))) as archive:
        words, vectors = read_vectors(
            io.BytesIO(archive.read("vectors.tsv")), io.BytesIO(archive.read("metadata.tsv"))
        )
    assert words == space.vocabulary.array[shown.ids].tolist()
    np.testing.assert_allclose(vectors, space.rows[shown.ids], rtol=1e-6)


@pytest.mark.parametrize(
    ("metric", "name", "column"), [("cosine", "Cosine", "cosine"), ("euclidean", "Distance", "distance")]
)
def test_downloads_of_a_selected_word(
    metric: Metric, name: str, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Callable[[], bytes]] = {}

    def taken(label: str, make: Callable[[], bytes], *_: object, disabled: bool, **_more: object) -> None:
        if not disabled:
            made[label] = make

    monkeypatch.setattr(st, "download_button", taken)
    open_part(many="1,000")
    assert not made.keys() & {"Neighbours", "Selection"}
    open_part(many="1,000", word="apple", metric=name)
    near = VectorSpace.load("glove").neighbours("apple", 10, metric)
    header, *rows = csv.reader(io.StringIO(made["Neighbours"]().decode()))
    assert header == ["rank", "word", column]
    assert [row[1] for row in rows] == [neighbour.word for neighbour in near]
    assert [float(row[2]) for row in rows] == pytest.approx([neighbour.score for neighbour in near])
    header, *rows = csv.reader(io.StringIO(made["Selection"]().decode()))
    assert len(header) == 1 + 50
    assert [row[0] for row in rows] == ["apple", *(neighbour.word for neighbour in near)]
    assert [float(number) for number in rows[0][1:]] == pytest.approx(
        VectorSpace.load("glove").vector("apple").tolist()
    )
