"""Word algebra, without a browser: each part over any vectors, and nothing in the address that breaks it."""

import re
from functools import cache
from html import unescape
from itertools import pairwise

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.rooms import SENTIMENT
from app.runs.run import Run
from app.ui import spaces
from app.ui.algebra.bias import known_ends, make_axis
from app.ui.algebra.editing import finish, last_word, pointer, replace_word
from app.ui.algebra.gallery import FIRST, NOTES
from app.ui.algebra.hop import PUZZLES
from app.ui.algebra.labels import place_labels
from app.ui.algebra.score import GOING, METHODS
from app.ui.session import lab
from app.ui.spaces import has_vectors, space_of_run
from data.text import TextDataset
from models.algebra import Method, solve
from models.analogies import RELATIONS
from models.axes import pair_axis, pole_axis
from models.formula_tokens import MAX_LENGTH
from models.hops import Game
from models.vectors import UnknownWordError, VectorError, VectorSpace
from tests.pages.test_pages import LARGE, by_key, messages, open_page

PARTS = ("Algebra", "Analogy score", "Bias lab", "Odd one out", "Hop game")

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "king + <script>alert(1)</script>",
    "x" * 10_000,
    "king + " * 2_000,
    "(" * 400,
    "(" * 30 + "king" + ")" * 30,
    "\x00\x07\x1b[31m king",
    "\u202eking",
    "**king** ![x](http://example.org/x.png) + $x$",
    "king / queen ^ 2 == __import__('os')",
    "“king” − „queen“ × 1e999",
    "1000000*king",
    "king - king",
    "-king",
    ":",
    '"',
    "漢字漢字 + 語",
    "\ud800".encode("utf-8", "replace").decode(),
)

NOTED = {
    FIRST: "animals fish",
    "king - man + woman": "queen",
    "actor : actress :: waiter : ?": "waitress",
    "einstein - physics + painting": "picasso",
    "pasta - italy + japan": "noodles tempura sushi",
    "apple - fruit + software": "microsoft ibm",
    "paris - france + italy": "rome",
    "germany : berlin :: japan : ?": "tokyo",
    "beer - germany + france": "champagne",
    "walking - walk + swim": "swimming",
    "kitten - cat + dog": "puppy",
    "went - go + see": "came saw",
    "bigger - big + small": "larger smaller",
    "hot - cold + big": "best",
    "mouse - mice + feet": "fence",
    "sushi - japan + italy": "tapas gourmet bistro tasting pasta",
    "tokyo - japan + germany": "frankfurt berlin",
    "doctor - man + woman": "nurse",
}
"""The first answers by 3CosAdd, of which the notes of the gallery speak."""


@pytest.fixture(scope="module")
def glove() -> VectorSpace:
    return VectorSpace.load("glove")


def open_part(part: str, **parameters: str) -> AppTest:
    """A part as a link opens it."""
    return open_page("algebra.py", part=part, **parameters)


def html(app: AppTest) -> str:
    """All HTML of our own."""
    return "\n".join(element.proto.body for element in app.get("html"))


def tables(app: AppTest) -> list[list[str]]:
    """The words of each table of bars."""
    found = re.findall(r"<table.*?</table>", html(app), re.DOTALL)
    return [
        [unescape(word) for word in re.findall(r'<th scope="row"[^>]*>([^<]*)', table)] for table in found
    ]


def said(app: AppTest) -> str:
    """All that a page says in words."""
    return "\n".join(str(element.value) for element in (*app.markdown, *app.caption, *app.info, *app.success))


def references() -> list[Run]:
    """The reference runs that have learned vectors."""
    return [run for run in lab().references("sst2") if has_vectors(run)]


def reference() -> Run:
    """One of them."""
    return references()[0]


def type_formula(app: AppTest, text: str) -> AppTest:
    by_key(app, "formula").set_value(text).run()
    assert not app.exception
    return app


def click(app: AppTest, key: str) -> AppTest:
    by_key(app, key).click().run()
    assert not app.exception
    return app


# All parts


def test_all_parts_are_known_here() -> None:
    assert by_key(open_page("algebra.py"), "part").options == list(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_says_which_vectors_it_takes(part: str) -> None:
    app = open_part(part)
    assert messages(app) == []
    assert "GloVe: 400,000 words" in said(app).replace("\\", "")
    assert "raw" in said(app)
    app = open_part(part, seen="Centred")
    assert messages(app) == []
    assert "centred" in said(app)


@pytest.mark.course_reviews
@pytest.mark.parametrize("step", ["", "0"])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_over_the_vectors_of_a_run(part: str, step: str) -> None:
    run = reference()
    app = open_part(part, vectors=run.id, **{"vectors-step": step})
    assert "4,823 words" in said(app).replace("\\", "")
    assert all("among the 4,823 words" in message.replace("\\", "") for message in messages(app))


@cache
def seen_without(part: str) -> tuple[str, str]:
    """What a part shows if the address says nothing else."""
    app = open_part(part)
    return html(app), said(app)


@pytest.mark.parametrize(
    "value", ["nonsense", "<b>x</b>", "\x00", LARGE[:50_000]], ids=lambda value: value[:9]
)
@pytest.mark.parametrize("part", PARTS)
def test_nonsense_in_the_address(part: str, value: str) -> None:
    names = ("vectors", "vectors-step", "seen", "figure", "exclude", "answers", "within", "out", "hints")
    app = open_part(part, **dict.fromkeys(names, value))
    (message,) = messages(app)
    assert "GloVe is shown" in message
    assert (html(app), said(app)) == seen_without(part)


# Vectors of runs


@pytest.mark.course_reviews
def test_the_vectors_of_a_run_are_those_of_its_embedding() -> None:
    run = reference()
    steps = lab().snapshot_steps(run.id)
    first, last = (space_of_run(run, step) for step in (steps[0], steps[-1]))
    weights = lab().weights(run.id, steps[-1])
    assert weights is not None
    dataset = lab().dataset("sst2")
    assert isinstance(dataset, TextDataset)
    assert first.vocabulary is last.vocabulary
    assert list(last.vocabulary) == list(dataset.vocabulary.id2word)
    np.testing.assert_array_equal(last.rows.matrix, weights["embedding/embeddings"])
    assert space_of_run(run, steps[-1]) is last
    with pytest.raises(VectorError, match="not kept"):
        space_of_run(run, 10**9)


def test_a_network_that_reads_no_words_has_no_vectors() -> None:
    run = lab().references("shapes")[0]
    assert not has_vectors(run)
    with pytest.raises(VectorError, match="no vectors"):
        space_of_run(run, 0)
    app = open_page("algebra.py", vectors=run.id)
    assert messages(app) == [
        "There is no such network under this address; it may have been deleted. GloVe is shown."
    ]


def test_all_reference_runs_of_the_reviews_are_offered() -> None:
    options = by_key(open_page("algebra.py"), "choose-vectors").options
    assert len(options) == 1 + len(
        [run for run in lab().references("sst2") if run.experiment.dataset in SENTIMENT.datasets]
    )


# Algebra


def test_the_courses_formula_comes_first() -> None:
    app = open_page("algebra.py")
    assert by_key(app, "formula").value == FIRST
    added, multiplied = tables(app)
    assert added[:4] == ["animals", "fish", "animal", "tree"]
    assert len(multiplied) == 10
    assert "**bird**, a word of the formula" in said(app)


def test_a_formula_by_the_address() -> None:
    app = open_part("Algebra", formula="king - man + woman")
    assert tables(app)[0][0] == "queen"
    app = open_part("Algebra", formula="king - man + woman", exclude="false")
    assert tables(app)[0][0].strip() == "king"
    assert "in the formula" in html(app)


def test_a_weighted_analogy_over_centred_vectors() -> None:
    app = open_part("Algebra", formula="king : man :: queen : ?", seen="Centred")
    assert "woman" in tables(app)[0]
    app = open_part("Algebra", formula="2*king - (man - woman)/", figure="Step by step")
    assert messages(app) == []


def first_words(
    space: VectorSpace, formula: str, method: Method = "3CosAdd", *, exclude: bool = True
) -> list[str]:
    return [answer.word for answer in solve(formula, space, 10, method, exclude_inputs=exclude).answers]


@pytest.mark.parametrize("formula", NOTES)
def test_every_example_is_answered_as_its_note_says(formula: str, glove: VectorSpace) -> None:
    expected = NOTED[formula].split()
    assert first_words(glove, formula)[: len(expected)] == expected


def test_what_else_the_notes_say(glove: VectorSpace) -> None:
    king, kitten, tokyo = "king - man + woman", "kitten - cat + dog", "tokyo - japan + germany"
    assert first_words(glove, king, exclude=False)[0] == "king"
    assert first_words(glove, kitten, exclude=False)[0] == "kitten"
    assert first_words(glove, kitten, "3CosMul", exclude=False)[0] == "kitten"
    assert first_words(glove, tokyo, "3CosMul")[:2] == ["frankfurt", "berlin"]
    assert "small" not in first_words(glove, "hot - cold + big")
    assert {"foot", "10-foot", "meters"} <= set(first_words(glove, "mouse - mice + feet"))


@pytest.mark.course_reviews
def test_a_note_stands_beside_the_answers_that_it_speaks_of_only() -> None:
    formula = "king - man + woman"
    assert "The famous one" in said(open_part("Algebra", formula=formula))
    for others in ({"seen": "Centred"}, {"vectors": reference().id}, {"answers": "The first 10,000 words"}):
        app = open_part("Algebra", formula=formula, **others)
        assert messages(app) == []
        assert "The famous one" not in said(app)


def test_answers_can_be_sought_among_the_first_words(glove: VectorSpace) -> None:
    app = open_page("algebra.py")
    assert by_key(app, "answers").value == "All"
    assert "lichen" in tables(app)[1]
    by_key(app, "answers").set_value("The first 10,000").run()
    assert not app.exception
    few = solve(FIRST, glove, 10, "3CosMul", within=10_000).answers
    assert tables(app)[1] == [answer.word for answer in few]
    # So too the answers that stay while one types.
    app = type_formula(app, f"{FIRST} +")
    assert tables(app)[1] == [answer.word for answer in few]
    assert tables(open_part("Algebra", answers="The first 10,000 words"))[1] == tables(app)[1]


@pytest.mark.course_reviews
def test_a_space_of_fewer_words_offers_no_choice_among_them() -> None:
    app = open_part("Algebra", vectors=reference().id, answers="The first 10,000 words")
    assert messages(app) == []
    with pytest.raises(KeyError):
        app.get_by_key("answers")


def test_the_share_is_of_words_and_answer_however_they_are_drawn() -> None:
    for figure in ("Parallelogram", "Step by step"):
        app = open_part("Algebra", figure=figure)
        assert "how these words and the computed point lie apart" in said(app)


def test_an_example_is_a_click_away() -> None:
    app = click(open_page("algebra.py"), "try-paris - france + italy")
    assert tables(app)[0][0] == "rome"
    app = click(app, "surprise")
    assert by_key(app, "formula").value != "paris - france + italy"
    assert len(tables(app)) == 2


def test_an_unknown_word_is_shown_and_mended() -> None:
    app = open_part("Algebra", formula="king - womman + queeen")
    assert "king - womman + queeen\n" in html(app)
    assert re.search(r">       \^</b>", html(app))
    click(app, "word-0")
    assert by_key(app, "formula").value == "king - woman + queeen"


def test_a_word_can_be_finished() -> None:
    app = type_formula(open_page("algebra.py"), "water + ele")
    label = by_key(app, "word-0").label
    click(app, "word-0")
    assert by_key(app, "formula").value == f"water + {label}"


def test_the_last_answers_stay_while_one_types() -> None:
    app = type_formula(open_page("algebra.py"), "water + ")
    assert tables(app)[0][:2] == ["animals", "fish"]
    assert "Still shown: water \\+ bird \\- air" in said(app)
    assert "A word is missing at the end" in said(app)


def test_cosmul_without_an_added_word_says_so() -> None:
    app = open_part("Algebra", formula="-king")
    assert len(tables(app)) == 1
    assert "3CosMul needs a word that is added" in said(app).replace("\\", "")


@pytest.mark.parametrize("formula", HOSTILE, ids=lambda text: repr(text[:12]))
def test_a_hostile_formula(formula: str) -> None:
    app = open_part("Algebra", formula=formula)
    assert messages(app) == []
    assert not re.search(r"<(script|img src=x)", html(app))
    assert "![x]" not in said(app)
    assert all(len(text) < 600 for text in said(app).splitlines())


def test_a_hostile_formula_that_is_typed() -> None:
    app = open_page("algebra.py")
    for formula in HOSTILE:
        type_formula(app, formula)
        assert messages(app) == []


# The analogy score


@pytest.mark.course_reviews
def test_analogies_are_scored_relation_by_relation() -> None:
    """Every run of the page is a tick here: `AppTest` has no clock."""
    app = open_part("Analogy score", vectors=reference().id)
    assert not tables(app)
    click(app, "score-start")
    assert len(app.session_state[GOING].scores) == len(METHODS)
    click(app, "score-pause")
    done = len(app.session_state[GOING].scores)
    app.run()
    assert len(app.session_state[GOING].scores) == done
    click(app, "score-pause")
    for _ in RELATIONS:
        app.run()
    going = app.session_state[GOING]
    assert going.state == "finished"
    assert len(going.scores) == len(METHODS) * len(RELATIONS)
    assert "capital of a country" in html(app)
    assert "not among these vectors' words" in said(app)


@pytest.mark.course_reviews
def test_scores_of_other_vectors_are_not_shown() -> None:
    app = click(open_part("Analogy score", vectors=reference().id), "score-start")
    by_key(app, "seen").set_value("Centred").run()
    assert not app.exception
    assert app.session_state[GOING] is None
    assert "capital of a country" not in html(app)


@pytest.mark.course_reviews
def test_scores_of_a_network_like_it_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = references()[:2]
    monkeypatch.setattr(VectorSpace, "title", "LSTM, seed 0, 80.0% right, after 278 steps, raw")
    app = click(open_part("Analogy score", vectors=one.id), "score-start")
    assert "capital of a country" in html(app)
    app.query_params["vectors"] = other.id
    app.run()
    assert not app.exception
    assert app.session_state[GOING] is None
    assert "capital of a country" not in html(app)


@pytest.mark.course_reviews
def test_scores_stay_if_their_vectors_are_opened_anew() -> None:
    """As it happens if others look at many networks meanwhile."""
    app = click(open_part("Analogy score", vectors=reference().id), "score-start")
    spaces._space.cache_clear()
    app.run()
    assert len(app.session_state[GOING].scores) == 2 * len(METHODS)


def test_scoring_can_be_stopped() -> None:
    app = click(open_part("Analogy score", within="The first 10,000"), "score-start")
    click(app, "score-stop")
    assert app.session_state[GOING].state == "stopped"
    assert "stopped" in str(app.get("progress")[0].proto.text)
    assert not by_key(app, "score-start").disabled


# The bias lab


def test_words_along_an_axis() -> None:
    app = open_part("Bias lab")
    (words,) = tables(app)
    assert words.index("captain") < words.index("doctor") < words.index("nurse")
    by_key(app, "out").set_value(True).run()
    assert not app.exception
    assert len(tables(app)) == 6
    assert html(app).count("0.000") >= 19


def test_an_axis_of_ones_own() -> None:
    app = open_part("Bias lab", low="cold", high="hot warm", along="ice fire nonsenseword <b>x</b>")
    assert [sorted(words) for words in tables(app)] == [["fire", "ice"]]
    assert "nonsenseword" in said(app)
    app = click(app, "axis-poor – rich")
    assert by_key(app, "low").value.startswith("poor")
    assert messages(app) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"low": ""},
        {"low": "king", "high": "king"},
        {"low": "<b>", "high": "x y"},
        {"low": LARGE},
        {"along": ""},
    ],
    ids=str,
)
def test_an_axis_that_there_is_not(parameters: dict[str, str]) -> None:
    app = open_part("Bias lab", **parameters)
    assert len(messages(app)) + len(app.info) == 1
    assert all(len(message) < 300 for message in messages(app))


def test_pairs_are_those_that_were_typed(glove: VectorSpace) -> None:
    """One unknown word at each end, not in the same pair: what is left must not be paired anew."""
    ends = known_ends(glove, ["xxman", "he", "son"], ["woman", "xxshe", "daughter"])
    assert ends.are_pairs
    assert (ends.low, ends.high) == (["son"], ["daughter"])
    assert (ends.unknown, ends.widowed) == (["xxman", "xxshe"], ["woman", "he"])
    expected = pair_axis(glove, [("son", "daughter")]).direction
    np.testing.assert_allclose(make_axis(glove, ends).direction, expected)


def test_what_was_not_typed_as_pairs_does_not_become_pairs(glove: VectorSpace) -> None:
    ends = known_ends(glove, ["he", "xxman", "man"], ["woman", "she"])
    assert not ends.are_pairs
    assert (ends.unknown, ends.widowed) == (["xxman"], [])
    expected = pole_axis(glove, ["he", "man"], ["woman", "she"]).direction
    np.testing.assert_allclose(make_axis(glove, ends).direction, expected)


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [("man", "wwoman", "wwoman"), ("xxman", "woman", "xxman"), ("man xxhe son", "wwoman sshe", "wwoman")],
)
def test_an_end_without_a_known_word_is_told_of_one(
    glove: VectorSpace, low: str, high: str, word: str
) -> None:
    with pytest.raises(UnknownWordError) as error:
        known_ends(glove, low.split(), high.split())
    assert error.value.word == word


def test_words_left_out_of_an_axis_are_said_and_not_named_at_its_ends() -> None:
    app = open_part("Bias lab", low="xxman he son", high="woman she daughter")
    assert "left out of the ends: xxman" in said(app)
    assert "other half of a pair: woman" in said(app)
    assert "← he, son … she, daughter →" in html(app)
    app = open_part("Bias lab", low="xxman he", high="woman", out="true", **{"check-low": "xxjohn james"})
    assert "left out of the ends: xxman" in said(app)
    assert "left out of the ends: xxjohn" in said(app)
    assert "other half" not in said(app)
    assert "← he … woman →" in html(app)
    assert "← james … mary, anna →" in html(app)


# Odd one out


def test_the_odd_one() -> None:
    app = open_part("Odd one out")
    assert "The odd one is **cereal**" in said(app)
    app = click(app, "odd-paris rome tokyo banana")
    assert "The odd one is **banana**" in said(app)


def test_odd_words_that_there_are_not() -> None:
    app = open_part("Odd one out", odd="paris, rome tokio berlinn")
    (message,) = messages(app)
    assert "berlinn" in message
    click(app, "odd-word-0")
    assert messages(app) == []
    app = open_part("Odd one out", odd="<b>x</b> " * 5_000)
    assert len(messages(app)[0]) < 300
    assert "at least three" in said(open_part("Odd one out", odd="cat cat dog"))


# The hop game


@pytest.mark.parametrize("pair", PUZZLES[:13], ids="-".join)
def test_every_puzzle_has_a_way(pair: tuple[str, str], glove: VectorSpace) -> None:
    found = Game(glove).shortest_path(*pair)
    assert found is not None
    assert 3 <= len(found) - 1 <= 6


def test_a_game_to_the_end(glove: VectorSpace) -> None:
    best = Game(glove).shortest_path("cheese", "beer")
    assert best is not None
    app = open_part("Hop game", **{"from": "cheese", "to": "beer"})
    for here, there in pairwise(best):
        words = [choice.word for choice in Game(glove).choices(here)]
        click(app, f"hop-{words.index(there)}")
    assert app.query_params["hops"] == " ".join(best[1:])
    assert f"There in {len(best) - 1}: no way is shorter." in said(app)
    click(app, "hop-back")
    assert "so far; par is 3" in said(app)
    click(app, "hop-again")
    assert "0 hops so far" in said(app)


def test_a_longer_way_is_told_a_shorter() -> None:
    app = open_part("Hop game", **{"from": "cheese", "to": "beer", "hops": "cream soda cream soda beer"})
    assert "There in 5 hops; 3 would do." in said(app)


@pytest.mark.parametrize(
    "parameters",
    [
        {"from": "cheese"},
        {"from": "cheese", "to": "cheese"},
        {"from": "<b>x</b>", "to": "king"},
        {"from": LARGE, "to": "king"},
        {"from": "cheese", "to": "scaredy-cat"},
    ],
    ids=lambda parameters: str(parameters)[:40],
)
def test_words_that_cannot_be_played(parameters: dict[str, str]) -> None:
    app = open_part("Hop game", **parameters)
    (message,) = messages(app)
    assert "Another game is shown." in message
    assert len(message) < 300


@pytest.mark.parametrize("hops", ["king queen", "cream king", "<b>", LARGE, " "], ids=lambda text: text[:9])
def test_hops_that_are_not_allowed_are_left_out(hops: str) -> None:
    app = open_part("Hop game", **{"from": "cheese", "to": "beer", "hops": hops})
    assert messages(app) == []
    assert "king" not in said(app)


# While one types, and pictures


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        ("king + ele", "ele"),
        ("king + ", ""),
        ("ele ", ""),
        ("", ""),
        ('king + "ele"', ""),
        ("king -", ""),
        ('"', ""),
    ],
)
def test_the_last_word(formula: str, word: str) -> None:
    assert last_word(formula) == word
    assert finish(formula, "elephant") == (formula.replace("ele", "elephant") if word else formula)


def test_a_word_is_replaced_where_it_stands() -> None:
    assert replace_word('kingg + "a b"- x', 0, "king") == 'king + "a b"- x'
    assert replace_word('kingg + "a b"- x', 8, "c++") == 'kingg + "c++"- x'
    assert replace_word("king", 3, "queen") == "king"
    assert replace_word("x" * (MAX_LENGTH + 1), 0, "queen") == "x" * (MAX_LENGTH + 1)


@pytest.mark.parametrize(
    ("formula", "position", "line", "caret"),
    [
        ("king + x", 7, "king + x", " " * 7 + "^"),
        ("a\nb\x00c", 4, "a b�c", "    ^"),
        ("漢 x", 2, "漢 x", "\u3000 ^"),
        ("a\u0301 x", 3, "a\u0301 x", "  ^"),
        ("", 0, "", "^"),
        ("y" * 100, 50, "…" + "y" * 68 + "…", " " * 35 + "^"),
    ],
)
def test_the_caret_stands_below_the_character(formula: str, position: int, line: str, caret: str) -> None:
    shown = pointer(formula, position)
    assert (shown.line, shown.caret) == (line, caret)


def test_labels_stay_in_the_picture_and_apart() -> None:
    points = [(5.0, 5.0), (8.0, 8.0), (495.0, 325.0), (490.0, 5.0)]
    labels = place_labels(points, ["one", "two", "a longer word", "four"], [((0, 0), (500, 330))], 500, 330)
    assert all(0 <= label.x < 500 and 0 <= label.y <= 330 for label in labels)
    assert labels[0].y != labels[1].y or abs(labels[0].x - labels[1].x) > 20
