"""The sentiment lab: training beside plain Keras, explaining, and what a learner waits for.

As a command, ``python -m tests.bench.sentiment SIDE PRESET``, it prints the seconds of an epoch once all is
compiled: of ``ours``, or of the course's network (padding not masked) in plain Keras with the same batches.
"""

import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from statistics import median
from subprocess import run
from time import perf_counter
from timeit import repeat

import numpy as np

import data
from data.text import TextDataset
from models.explain import explain
from models.inside import look_inside
from models.layers import Embedding, summary
from models.presets import PRESETS
from models.weights import Array
from tests.bench.browser import (
    _click,
    _new_learner,
    _wait_until_idle,
    _waited,
    _within,
    a_browser,
)
from tests.bench.measure import ROOT, Bench, Row
from tests.e2e.serving import serve
from tests.e2e.steps import settled, visit

FASTER = {"sst2-lstm": 2.5, "sst2-lstm-course": 1.5}
"""How many times as fast as plain Keras each has to be."""

REPETITIONS = 3
"""Processes of each side, taking turns: a busy spell of the machine meets both."""

EPOCHS = 3
"""Measured in each process, after the first one."""

FORWARD, LEAVE_ONE_OUT = 0.005, 0.030
"""Seconds; there is no peer to compare with."""

TYPED = ("a wonderful film", "wasted on a dull story", "not good", "it is a touching , funny and sad story")
"""The last letter of each makes a known word of an unknown one: the network says something else."""

# From a key to the first change in what the network says.
WATCH = """() => {
  window.waited = null;
  window.addEventListener('keydown', () => {
    const start = performance.now();
    const said = () => document.querySelector('.unroll-verdict')?.getAttribute('aria-label');
    const before = said();
    const look = () => {
      if (said() && said() !== before) window.waited ??= performance.now() - start;
      else requestAnimationFrame(look);
    };
    look();
  }, {once: true, capture: true});
}"""


def speed(preset: str) -> Callable[[str], Row]:
    def row(name: str) -> Row:
        ours: list[float] = []
        peer: list[float] = []
        for _ in range(REPETITIONS):
            for side, seconds in (("peer", peer), ("ours", ours)):
                command = [sys.executable, "-m", "tests.bench.sentiment", side, preset]
                done = run(command, cwd=ROOT, check=True, capture_output=True, text=True)
                seconds.append(float(done.stdout.split()[-1]))
        return Row(name, median(ours), median(peer), median(peer) / median(ours), FASTER[preset])

    return row


def sentence() -> tuple[dict[str, Array], Array, int]:
    """Random weights for `sst2-lstm`, and a row of 55 words without padding."""
    dataset = data.load("sst2")
    assert isinstance(dataset, TextDataset)
    random = np.random.default_rng(0)
    weights = {
        f"{row.name}/{weight}": random.normal(0, 0.1, shape).astype(np.float32)
        for row in summary(PRESETS["sst2-lstm"].layers, dataset.info.input_shape)
        for weight, shape in row.weights.items()
    }
    words = random.integers(8, len(dataset.vocabulary), dataset.info.input_shape[0])
    return weights, words.astype(np.int32), dataset.vocabulary.pad_id


def forward(name: str) -> Row:
    weights, row, _ = sentence()
    layers = PRESETS["sst2-lstm"].layers
    seconds = median(repeat(lambda: look_inside(layers, weights, row), number=1, repeat=100))
    return Row(name, seconds, FORWARD, FORWARD / seconds, at_least=1)


def leave_one_out(name: str) -> Row:
    weights, row, pad_id = sentence()
    layers = PRESETS["sst2-lstm"].layers
    seconds = median(repeat(lambda: explain(layers, weights, row, pad_id), number=1, repeat=50))
    return Row(name, seconds, LEAVE_ONE_OUT, LEAVE_ONE_OUT / seconds, at_least=1)


@cache
def waits() -> dict[str, float]:
    """Medians, in a fresh server whose worker has compiled what it compiles while idle."""
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser, serve(Path(folder)) as url:
        with _new_learner(browser, url) as page:
            visit(page, "/sentiment")
            box = page.get_by_label("Your sentence")
            seconds = []
            for typed in TYPED:
                box.fill(typed[:-1])
                settled(page)
                page.evaluate(WATCH)
                box.press_sequentially(typed[-1])
                seconds.append(_waited(page))
                settled(page)
        _wait_until_idle("models.worker")
        train = "/sentiment?part=Train&preset=sst2-lstm"
        clicks = [_click(browser, url, train)[0] for _ in range(REPETITIONS)]
        return {"typed": median(seconds), "click": median(clicks)}


BENCHES = [
    *(Bench(f"{preset}, an epoch, warm (s)", speed(preset)) for preset in FASTER),
    Bench("sentence: forward pass, target / ours (s)", forward),
    Bench("sentence: leaving out each of 55 words (s)", leave_one_out),
    _within("sentence: a key to the verdict (s)", 0.15, waits, "typed"),
    _within("sst2-lstm: Train to first point (s)", 1.5, waits, "click"),
]


def epoch_of_ours(preset: str) -> float:
    """Seconds, with all snapshots and with the test and validation examples predicted at the end."""
    from models.program import Programs  # noqa: PLC0415  # TensorFlow is to stay out of the table's process
    from models.train import train  # noqa: PLC0415

    programs = Programs()
    experiment = PRESETS[preset].model_copy(update={"epochs": 1})
    dataset = data.load(experiment.dataset)
    programs.get(experiment, dataset.x_train, dataset.y_train).refine()
    list(train(experiment, dataset, programs))
    begin = perf_counter()
    list(train(experiment.model_copy(update={"epochs": EPOCHS}), dataset, programs))
    return (perf_counter() - begin) / EPOCHS


def epoch_of_peer(preset: str) -> float:
    """Seconds of an epoch of `fit`, its first one, which compiles, left out."""
    import keras  # noqa: PLC0415

    dataset = data.load("sst2")
    first = PRESETS[preset].layers[0]
    assert isinstance(first, Embedding)
    model = keras.Sequential(
        [
            keras.layers.Embedding(first.vocabulary_size, first.units),
            keras.layers.LSTM(32),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    settings = {"batch_size": PRESETS[preset].batch_size, "verbose": 0}
    model.fit(dataset.x_train, dataset.y_train, **settings)
    begin = perf_counter()
    model.fit(dataset.x_train, dataset.y_train, epochs=EPOCHS, **settings)
    return (perf_counter() - begin) / EPOCHS


if __name__ == "__main__":
    side, preset = sys.argv[1:]
    print({"ours": epoch_of_ours, "peer": epoch_of_peer}[side](preset))
