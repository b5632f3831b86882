"""The sentiment lab, without a browser: for any visitor, any network, any address and any sentence."""

import os
import re
from html import unescape

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import data
from app.rooms import fitted
from app.runs import references
from app.runs.run import Run
from app.runs.store import RunStore
from app.ui.sentiment.exercises import exercise
from app.ui.sentiment.stories import STORIES
from app.ui.sentiment.typed import FIRST, MOST
from app.ui.sentiment.vocabulary import first_words
from app.ui.session import lab
from data.text import TextDataset
from models.events import Snapshot
from models.explain import explain, flip
from models.layers import LSTM, Dense
from models.presets import PRESETS
from models.recording import read_recording
from tests.pages.test_pages import LARGE, LEARNER, by_key, messages, open_page
from tests.pages.test_sentiment_parts import trained, upload

PARTS = (
    "Try a sentence",
    "Words to ids",
    "Ids to vectors",
    "Train",
    "Padding",
    "Mistakes",
    "Diagram",
    "Own data",
    "Code",
)
STRANGER = "y" * 22
MARKUP = "<img src=x onerror=alert(1)> **bold** [link](http://evil.example) :red[hi] $x$ `code`"
HOSTILE = {
    "markup": MARKUP,
    "100,000 characters": "great film " * 9_091,
    "one word": "x" * 100_000,
    "emoji": "😀 👩‍👩‍👧 a great film 🎬",
    "right to left": "סרט נהדר \u202e great",
    "control characters": "a\x00great\x1b[31m\tfilm\r\n\x7f",
    "many accents": "a" + "\u0301" * 5_000,
    "blanks": "   \t  ",
    "OOV": "OOV PAD oov pad",
    "brackets": "{} {0} %s {{x}}",
}


def open_part(part: str, **parameters: str) -> AppTest:
    """A part as a link opens it."""
    return open_page("sentiment.py", part=part, **parameters)


def open_bench(**parameters: str) -> AppTest:
    """The first part."""
    return open_part("Try a sentence", **parameters)


def reviews() -> TextDataset:
    """The movie reviews."""
    dataset = data.load("sst2")
    assert isinstance(dataset, TextDataset)
    return dataset


def reference(preset: str) -> Run:
    """The reference run of a preset."""
    runs = lab().references("sst2")
    return next(run for run in runs if re.fullmatch(rf"reference-{preset}-[0-9a-f]+", run.id))


@pytest.mark.parametrize("part", ["Try a sentence", "Ids to vectors", "Mistakes", "Diagram"])
def test_where_no_network_knows_the_words_it_is_said_why(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.lab._has_the_words_of_references", lambda dataset: dataset != "sst2")
    page = open_part(part)
    assert not page.exception
    assert any("the same id is another word there" in said.value for said in page.info)


def html(app: AppTest) -> str:
    """All that is written as HTML."""
    return "\n".join(element.proto.body for element in app.get("html"))


def verdicts(app: AppTest) -> list[float]:
    """The probabilities of positive that are shown, 0 to 1."""
    return [float(text) / 100 for text in re.findall(r"Probability of positive: ([\d.]+)%", html(app))]


def positive(run: Run, sentence: str) -> float:
    """What a run says, asked directly."""
    dataset = reviews()
    weights = lab().weights(run.id, run.step)
    assert weights is not None
    encoded = dataset.vocabulary.encode(sentence)
    said = explain(run.experiment.layers, weights, encoded.row, dataset.vocabulary.pad_id)
    return float(said.probabilities[1])


def a_run(preset: str, owner: str = STRANGER, *, over: bool = True, factor: float = 1.0) -> Run:
    """A run of somebody: a recording, perhaps without its end or with other weights."""
    recording = read_recording(references.FOLDER / f"{preset}.run")
    run = Run(owner, recording.experiment, parameters=0, steps=0, steps_per_epoch=0)
    events = recording.events if over else recording.events[: len(recording.events) // 2]
    changed = [
        Snapshot(event.step, {name: array * np.float32(factor) for name, array in event.weights.items()})
        if isinstance(event, Snapshot) and factor != 1
        else event
        for event in events
    ]
    store = RunStore(os.environ["UNROLL_DATABASE"])
    store.add(run)
    store.record([(run.id, event) for event in changed])
    store.close()
    return run


# Any visitor


def test_all_parts_are_known_here() -> None:
    assert by_key(open_page("sentiment.py"), "part").options == list(PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_who_has_trained_nothing_sees_it_at_once(part: str) -> None:
    assert messages(open_part(part)) == []


@pytest.mark.parametrize("part", ["Try a sentence", "Words to ids", "Ids to vectors", "Train", "Code"])
def test_without_reference_runs_it_still_opens(
    part: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(references, "FOLDER", tmp_path_factory.mktemp("empty"))
    assert messages(open_part(part)) == []


# Try a sentence: the numbers are the network's own


@pytest.mark.course_reviews
def test_the_first_sentence_is_read_at_once() -> None:
    app = open_bench()
    run = reference("sst2-lstm")
    assert by_key(app, "sentence").value == FIRST
    assert by_key(app, "sentence-readers").value == [run.id]
    assert verdicts(app) == pytest.approx([positive(run, FIRST)], abs=0.0006)


@pytest.mark.course_reviews
@pytest.mark.parametrize("preset", ["sst2-lstm", "sst2-gru", "sst2-average", "sst2-lstm-course"])
def test_words_flips_and_verdict_of_any_reference(preset: str) -> None:
    run, dataset = reference(preset), reviews()
    app = open_bench(by=run.id, sentence="a dull film with a great cast")
    weights = lab().weights(run.id, run.step)
    assert weights is not None
    row, pad = dataset.vocabulary.encode("a dull film with a great cast").row, dataset.vocabulary.pad_id
    said = explain(run.experiment.layers, weights, row, pad)
    found = flip(run.experiment.layers, weights, row, pad)
    sign = 1 if said.verdict == 1 else -1
    shown = [
        (0.0 if text == "0.00" else float(text.replace("−", "-")))
        for text in re.findall(r">([+−]?\d\.\d\d)</span><span[^>]*>→", html(app))
    ]
    assert shown == pytest.approx(sign * said.importance, abs=0.0051)
    after = [int(text) / 100 for text in re.findall(r"→ (\d+)%", html(app))]
    assert after == pytest.approx(said.after[1:, 1], abs=0.0051)
    assert html(app).count("<del ") == len(found.words)
    assert messages(app) == []


@pytest.mark.course_reviews
def test_what_is_typed_is_read() -> None:
    app = open_bench()
    by_key(app, "sentence").input("a wonderful film").run()
    assert not app.exception
    assert verdicts(app) == pytest.approx([positive(reference("sst2-lstm"), "a wonderful film")], abs=0.0006)


@pytest.mark.course_reviews
def test_a_link_holds_sentence_pinned_and_networks() -> None:
    lstm, average = reference("sst2-lstm"), reference("sst2-average")
    app = open_bench(sentence="never dull", pinned="never funny", by=f"{lstm.id},{average.id}")
    wanted = [positive(run, text) for run in (lstm, average) for text in ("never funny", "never dull")]
    assert verdicts(app) == pytest.approx(wanted, abs=0.0006)
    assert messages(app) == []


@pytest.mark.course_reviews
def test_pin_edit_and_unpin() -> None:
    app = open_bench(sentence="a good film")
    by_key(app, "pin").click().run()
    by_key(app, "sentence").input("a dull film").run()
    run = reference("sst2-lstm")
    assert verdicts(app) == pytest.approx(
        [positive(run, "a good film"), positive(run, "a dull film")], abs=6e-4
    )
    by_key(app, "unpin").click().run()
    assert len(verdicts(app)) == 1
    assert "pinned" not in app.query_params


@pytest.mark.course_reviews
@pytest.mark.parametrize("number", range(len(STORIES)), ids=[story.name for story in STORIES])
def test_a_story(number: int) -> None:
    story = STORIES[number]
    app = open_bench()
    by_key(app, f"story-{number}").click().run()
    assert not app.exception
    assert by_key(app, "sentence").value == story.sentence
    assert [info.value for info in app.info] == [story.question]
    runs = [reference(preset) for preset in story.presets]
    wanted = [positive(run, text) for run in runs for text in (story.pinned, story.sentence)]
    assert verdicts(app) == pytest.approx(wanted, abs=0.0006)
    assert messages(app) == []


@pytest.mark.course_reviews
def test_the_story_of_word_order_is_true() -> None:
    app = open_bench()
    number = next(i for i, story in enumerate(STORIES) if len(story.presets) == 2)
    by_key(app, f"story-{number}").click().run()
    lstm, moved, average, same = verdicts(app)
    assert average == same
    assert abs(lstm - moved) > 0.1


@pytest.mark.course_reviews
def test_an_unknown_word_is_marked_and_mended() -> None:
    app = open_bench(sentence="a gorgeus film")
    assert ">unknown<" in html(app)
    by_key(app, "near-0-gorgeous").click().run()
    assert by_key(app, "sentence").value == "a gorgeous film"
    assert ">unknown<" not in html(app)


@pytest.mark.course_reviews
@pytest.mark.parametrize("state", ["cell", "forget_gate", "output_gate"])
def test_other_states(state: str) -> None:
    app = open_bench()
    before = len(app.get("bidi_component"))
    (key,) = [str(one.key) for one in app.get("button_group") if str(one.key).startswith("state-")]
    app.session_state[key] = state
    app.run()
    assert not app.exception
    assert len(app.get("bidi_component")) == before == 1


# Networks of all kinds


@pytest.mark.course_reviews
@pytest.mark.parametrize("by", ["", "nonsense", "<b>x</b>", "\x00", ",,,", LARGE], ids=lambda by: by[:8])
def test_networks_that_there_are_not(by: str) -> None:
    app = open_bench(by=by)
    assert by_key(app, "sentence-readers").value == [reference("sst2-lstm").id]
    assert messages(app) == []


@pytest.mark.course_reviews
def test_no_more_than_three_networks() -> None:
    ids = [run.id for run in lab().references("sst2")]
    app = open_bench(by=",".join(ids))
    assert len(by_key(app, "sentence-readers").value) == 3
    assert len(verdicts(app)) == 3


@pytest.mark.course_reviews
def test_a_strangers_network_by_its_link_until_it_is_deleted() -> None:
    run = a_run("sst2-gru")
    app = open_bench(by=run.id)
    assert by_key(app, "sentence-readers").value == [run.id]
    lab().delete(STRANGER, run.id)
    app.run()
    assert not app.exception
    assert by_key(app, "sentence-readers").value == [reference("sst2-lstm").id]


def test_ones_own_network_comes_first() -> None:
    run = a_run("sst2-gru", LEARNER)
    assert by_key(open_bench(), "sentence-readers").value == [run.id]


def test_a_network_that_is_still_being_trained() -> None:
    run = a_run("sst2-lstm", LEARNER, over=False)
    app = open_bench(by=run.id)
    assert len(verdicts(app)) == 1
    assert messages(app) == []


@pytest.mark.course_reviews
def test_a_network_that_has_diverged_says_so() -> None:
    run = a_run("sst2-lstm", LEARNER, factor=float("nan"))
    app = open_bench(by=f"{run.id},{reference('sst2-lstm').id}")
    (message,) = messages(app)
    assert "beyond all bounds" in message
    assert len(verdicts(app)) == 1


@pytest.mark.course_reviews
def test_a_network_of_another_lab_reads_nothing_here() -> None:
    curves = lab().references("shapes")[0]
    assert by_key(open_bench(by=curves.id), "sentence-readers").value == [reference("sst2-lstm").id]


@pytest.mark.parametrize("layers", ["stacked", "both ways"])
def test_other_architectures_are_read(layers: str) -> None:
    """Random weights: nothing is asked but that it is drawn."""
    recording = read_recording(references.FOLDER / "sst2-lstm.run")
    first = recording.experiment.layers[0]
    body = {
        "stacked": (LSTM(units=4, return_sequences=True), LSTM(units=3)),
        "both ways": (LSTM(units=4, bidirectional=True),),
    }[layers]
    experiment = recording.experiment.model_copy(
        update={"layers": (first, *body, Dense(units=2, activation="softmax"))}
    )
    run = Run(LEARNER, experiment, parameters=0, steps=0, steps_per_epoch=0)
    rng = np.random.default_rng(0)
    rows = lab().check(experiment)
    weights = {
        f"{row.name}/{name}": rng.normal(0, 0.3, shape).astype(np.float32)
        for row in rows
        for name, shape in row.weights.items()
    }
    kept = [event for event in recording.events if not isinstance(event, Snapshot)]
    store = RunStore(os.environ["UNROLL_DATABASE"])
    store.add(run)
    store.record([(run.id, event) for event in [*kept[:-1], Snapshot(1, weights), kept[-1]]])
    store.close()
    for part in ("Try a sentence", "Ids to vectors"):
        app = open_part(part, by=run.id, run=run.id)
        assert messages(app) == []
    assert len(verdicts(open_bench(by=run.id))) == 1


# Own data


def test_a_network_of_own_texts_reads_with_their_words_and_classes() -> None:
    dataset = upload()
    run = trained(LEARNER, fitted(PRESETS["sst2-lstm"], dataset), dataset)
    app = open_bench(by=run.id, sentence="a good film")
    assert by_key(app, "sentence-readers").value == [run.id]
    assert len(re.findall("unroll-verdict", html(app))) == 1
    assert dataset.info.classes[1] in html(app) or dataset.info.classes[0] in html(app)
    assert "<no>" not in html(app)
    assert messages(open_part("Ids to vectors", run=run.id)) == []


@pytest.mark.course_reviews
def test_a_strangers_own_texts_are_not_shown() -> None:
    dataset = upload(STRANGER)
    run = trained(STRANGER, fitted(PRESETS["sst2-lstm"], dataset), dataset)
    app = open_bench(by=run.id)
    assert by_key(app, "sentence-readers").value == [reference("sst2-lstm").id]
    assert "yes" not in html(app)


def test_a_network_of_more_than_two_classes() -> None:
    rows = [
        f"{word} film {i},{label}"
        for i in range(20)
        for word, label in (("good", "a"), ("bad", "b"), ("so", "c"))
    ]
    dataset = upload(content="\n".join(["text,label", *rows]))
    run = trained(LEARNER, fitted(PRESETS["sst2-gru"], dataset), dataset)
    app = open_bench(by=run.id, sentence="a good film", pinned="so so")
    assert len(re.findall("unroll-verdict", html(app))) == 2
    assert messages(app) == []


def test_own_texts_word_by_word() -> None:
    dataset = upload()
    app = open_part("Words to ids")
    by_key(app, "words-of").set_value(dataset.info.name).run()
    assert not app.exception
    assert by_key(app, "id").max < 4822
    assert "<script" not in html(app)
    assert messages(app) == []


# Any sentence


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "part",
    [
        "Try a sentence",
        "Words to ids",
        pytest.param("Ids to vectors", marks=pytest.mark.course_reviews),
    ],
)
def test_a_hostile_sentence_is_text(part: str, name: str) -> None:
    sentence = HOSTILE[name]
    app = open_part(part)
    by_key(app, "sentence").input(sentence).run()
    assert not app.exception
    assert len(by_key(app, "sentence").value) <= MOST
    assert ("5,000 characters" in " ".join(messages(app))) == (len(sentence) > MOST)
    written = html(app)
    assert "<img src=x" not in written
    assert "\x00" not in written
    for element in (*app.markdown, *app.caption, *app.warning):
        assert "](http" not in element.value
        assert "<img" not in element.value


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_sentence_in_the_address(name: str) -> None:
    sentence = HOSTILE[name]
    app = open_bench(sentence=sentence, pinned=sentence)
    assert not app.exception
    assert "<img src=x" not in html(app)
    assert all(len(message) < 300 for message in messages(app))


def test_markup_is_shown_as_it_was_typed() -> None:
    app = open_bench(sentence=MARKUP, pinned=MARKUP)
    assert MARKUP in unescape(html(app))


@pytest.mark.course_reviews
def test_what_does_not_fit_a_row_is_said() -> None:
    app = open_bench(sentence=" ".join(["film"] * 60))
    (message,) = messages(app)
    assert "The last 5 tokens do not fit" in message


@pytest.mark.course_reviews
def test_no_words_at_all() -> None:
    app = open_bench()
    by_key(app, "sentence").input("").run()
    assert not app.exception
    assert by_key(app, "pin").disabled
    assert verdicts(app) == pytest.approx([positive(reference("sst2-lstm"), "")], abs=0.0006)


# Words to ids


def test_the_vocabulary_is_built_in_order_of_first_appearance() -> None:
    dataset = reviews()
    read = first_words(dataset, 60)
    assert len(read) == 60
    new = [one for one in read if one.new]
    assert [one.id for one in new] == list(range(len(new)))
    assert [one.word for one in new] == list(dataset.vocabulary.id2word[: len(new)])
    assert ("PAD", 6) in [(one.word, one.id) for one in new]


def test_the_next_word_is_read() -> None:
    app = open_part("Words to ids")
    before = by_key(app, "built").value
    by_key(app, "next-word").click().run()
    assert not app.exception
    assert by_key(app, "built").value == before + 1
    for _ in range(60):
        by_key(app, "next-word").click()
    by_key(app, "built").set_value(60).run()
    by_key(app, "next-word").click().run()
    assert by_key(app, "built").value == 60


@pytest.mark.parametrize("review", ["0", "6919", "-1", "99999999999", "²", LARGE], ids=lambda text: text[:6])
def test_a_review_by_its_number(review: str) -> None:
    app = open_part("Words to ids", review=review)
    assert 0 <= by_key(app, "review").value <= 6919
    assert messages(app) == []


def test_a_review_is_opened_in_the_workbench() -> None:
    app = open_part("Words to ids", review="3")
    by_key(app, "try-review").click().run()
    assert not app.exception
    dataset = reviews()
    assert by_key(app, "part").value == "Try a sentence"
    assert by_key(app, "sentence").value == " ".join(dataset.tokens(dataset.x_train[3]))


@pytest.mark.parametrize(
    "word", ["great", "grate", "PAD", "OOV", "e", "", " ", *HOSTILE.values()], ids=range(17)
)
def test_any_word_is_looked_up(word: str) -> None:
    app = open_part("Words to ids")
    by_key(app, "word").input(word).run()
    assert not app.exception
    assert "<img src=x" not in html(app)


@pytest.mark.parametrize("word_id", [0, 4822, 10**9, -1])
def test_any_id_is_looked_up(word_id: int) -> None:
    app = open_part("Words to ids")
    by_key(app, "id").set_value(word_id).run()
    assert not app.exception


def test_the_exercises_are_checked() -> None:
    dataset = reviews()
    app = open_part("Words to ids")
    ids = [str(dataset.vocabulary.word2id[word]) for word in exercise(dataset, 0)]
    by_key(app, "ids-0").input(", ".join(ids)).run()
    assert [one.value for one in app.success] == ["Right."]
    by_key(app, "ids-0").input(" ".join([ids[0], "1"])).run()
    assert not app.success
    assert "1 of 3 are right, and you gave 2 ids" in app.info[0].value
    by_key(app, "ids-0").input("seven").run()
    assert "is no id" in messages(app)[0]
    by_key(app, "words-0").input(" ".join(exercise(dataset, 1)).upper()).run()
    assert [one.value for one in app.success] == ["Right."]
    by_key(app, "another-exercise").click().run()
    assert not app.success
    assert messages(app) == []


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer(answer: str) -> None:
    app = open_part("Words to ids")
    for key in ("ids-0", "words-0"):
        by_key(app, key).input(answer).run()
        assert not app.exception
        assert not app.success


def test_exercises_are_the_same_for_all_and_never_end() -> None:
    dataset = reviews()
    assert exercise(dataset, 0) == ["a", "great", "cast"]
    assert exercise(dataset, 5) == exercise(dataset, 5)
    assert all(3 <= len(exercise(dataset, number)) <= 5 for number in (1, 2, 10_000))


# Ids to vectors


@pytest.mark.course_reviews
@pytest.mark.parametrize("moment", ["", "0", "nonsense", LARGE], ids=lambda text: text[:6])
def test_vectors_at_a_moment(moment: str) -> None:
    app = open_part("Ids to vectors", moment=moment)
    assert messages(app) == []
    assert html(app).count("Row ") == len(FIRST.split()) + 1  # and the padding
    assert ("before training" in app.caption[-1].value) == (moment == "0")


@pytest.mark.course_reviews
@pytest.mark.parametrize("word", ["great", "nonsensical-word", "", *HOSTILE.values()], ids=range(13))
def test_neighbours_of_any_word(word: str) -> None:
    app = open_part("Ids to vectors")
    by_key(app, "vector-word").input(word).run()
    assert not app.exception
    assert len(app.table) in ((2,) if word == "great" else (0, 2))
