import ast
import io
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import data
from data.dataset import Dataset, DatasetInfo
from data.shapes import INFO, TEST, TRAIN
from data.text import TextDataset
from models.build import PaddedEmbedding, build, initial_weights, set_weights
from models.code import keras_call, notebook, script
from models.code_for_data import data_file, data_file_name, reading_code
from models.events import EpochEnd
from models.experiment import Experiment
from models.layers import AnyLayer, Embedding, Layer, SimpleRNN, gains_from_xla, parse_layers
from models.presets import PRESETS
from models.scaling import fit_scaler
from models.schedule import batches
from models.train import train
from models.trimming import cut_lengths, row_lengths
from tests.models.strategies import (
    REPEATABLE,
    SEEDS,
    WITH_KERAS,
    Stack,
    inputs_for,
    legal_stacks,
    weights_for,
)

# Keras warns where a layer loses the mask, as random layers after an Embedding with padding often do.
pytestmark = pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask:UserWarning")

LSTM = PRESETS["shapes-lstm"]


@pytest.fixture(scope="module", autouse=True)
def _own_class() -> Iterator[None]:
    """Scripts register their PaddedEmbedding under the name of ours; afterwards it is ours again."""
    yield
    keras.saving.register_keras_serializable("unroll")(PaddedEmbedding)


@st.composite
def experiments(draw: st.DrawFn) -> tuple[Experiment, DatasetInfo]:
    """Any legal layers with any settings, and a dataset of inputs of their shape."""
    layers, input_shape = draw(legal_stacks())
    takes_ids = isinstance(layers[0], Embedding)
    experiment = Experiment(
        dataset="shapes",
        layers=tuple(layers),
        epochs=draw(st.integers(1, 50)),
        batch_size=draw(st.integers(1, 512)),
        learning_rate=draw(st.floats(1e-6, 1)),
        optimizer=draw(st.sampled_from(["adam", "sgd", "rmsprop"])),
        seed=draw(st.integers(0, 2**31 - 1)),
        examples=draw(st.none() | st.integers(1, 2000)),
        scaling="none" if takes_ids else draw(st.sampled_from(["none", "unit", "standard"])),
    )
    return experiment, info_of(input_shape)


def info_of(input_shape: tuple[int, ...], train_size: int = 1200) -> DatasetInfo:
    return DatasetInfo("shapes", "Curves", input_shape, INFO.classes, train_size, 300)


def cells(experiment: Experiment, info: DatasetInfo) -> dict[str, str]:
    """The code of the notebook's cells by their ids."""
    book = json.loads(notebook(experiment, info))
    return {cell["id"]: cell["source"] for cell in book["cells"] if cell["cell_type"] == "code"}


def run_cell(code: str, **names: object) -> dict[str, Any]:
    """Run one cell; returns all names it knows afterwards."""
    known: dict[str, Any] = {"keras": keras, "layers": keras.layers, "np": np, **names}
    exec(compile(code, "cell", "exec"), known)  # noqa: S102  # that it can be run is what is tested
    return known


def model_of(layers: Sequence[AnyLayer], input_shape: tuple[int, ...], seed: int = 0) -> Any:  # noqa: ANN401
    """The Keras model that the exported code builds."""
    experiment = Experiment(dataset="shapes", layers=tuple(layers), seed=seed)
    code = cells(experiment, info_of(input_shape))
    return run_cell(code.get("padding", "") + "\n" + code["network"])["model"]


def ruff(*arguments: str, code: str) -> str:
    """What ruff says about a script, with its own defaults."""
    command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "-"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


# The text


@WITH_KERAS
@given(experiments())
@example((LSTM, INFO))
@example(
    (
        Experiment(
            dataset="shapes",
            layers=parse_layers(
                "Reshape(target_shape=5x11x1); "
                "Conv2D(filters=256, strides=8, padding=same, activation=sigmoid); "
                "Reshape(target_shape=2x256); SimpleRNN(units=256, return_sequences=True, bidirectional=True)"
            ),
        ),
        INFO,
    )
)
def test_a_script_is_python_that_a_formatter_leaves_alone(case: tuple[Experiment, DatasetInfo]) -> None:
    code = script(*case, ["The run's data: made here."])
    compile(code, "script", "exec")
    assert ruff("format", "--diff", code=code) == ""
    assert ruff("check", "--select=E,F,I,W", code=code) == ""


@WITH_KERAS
@given(experiments())
def test_a_notebook_is_valid_and_has_the_code_of_the_script(case: tuple[Experiment, DatasetInfo]) -> None:
    book = nbformat.reads(notebook(*case), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    together = "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    assert ast.dump(ast.parse(together)) == ast.dump(ast.parse(script(*case)))


def test_a_notebook_has_the_parts_in_order() -> None:
    assert list(cells(LSTM, INFO)) == ["imports", "data", "network", "training", "evaluation"]
    assert notebook(LSTM, INFO) == notebook(LSTM, INFO)


@REPEATABLE
@given(st.lists(st.text(), max_size=3))
@example(
    [
        'x\nimport os; os.remove("x")',
        "\r1/0",
        "\x00",
        "\x0c1/0",
        "\u20281/0",
        "\x851/0",
        '"""',
        "\\",
        "é" * 500,
    ]
)
def test_what_is_remarked_never_becomes_code(remarks: list[str]) -> None:
    assert ast.dump(ast.parse(script(LSTM, INFO, remarks))) == ast.dump(ast.parse(script(LSTM, INFO)))


def test_remarks_stand_at_the_head() -> None:
    assert "# Made here.\n\nimport os\n" in script(LSTM, INFO, ["Made here."])
    assert "Made here." in json.loads(notebook(LSTM, INFO, ["Made here."]))["cells"][0]["source"]


def test_only_what_differs_from_keras_is_written() -> None:
    written = {
        "Reshape(target_shape=55x1)": "layers.Reshape((55, 1))",
        "Reshape(target_shape=55)": "layers.Reshape((55,))",
        "Conv2D(filters=8, activation=linear)": "layers.Conv2D(8, 3)",
        "Conv2D(filters=8, strides=2, padding=same)": (
            'layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")'
        ),
        "MaxPool2D(pool_size=2)": "layers.MaxPooling2D(2)",
        "Flatten()": "layers.Flatten()",
        "Dense(units=3, activation=linear)": "layers.Dense(3)",
        "Dense(units=3, activation=softmax)": 'layers.Dense(3, activation="softmax")',
        "Dropout(rate=0.25)": "layers.Dropout(0.25)",
        "Embedding(vocabulary_size=9, units=4)": "layers.Embedding(9, 4)",
        "Embedding(vocabulary_size=9, units=4, pad_id=0)": "PaddedEmbedding(9, 4, pad_id=0)",
        "GlobalAveragePooling1D()": "layers.GlobalAveragePooling1D()",
        "SimpleRNN(units=4)": "layers.SimpleRNN(4)",
        "GRU(units=4, return_sequences=True)": "layers.GRU(4, return_sequences=True)",
        "LSTM(units=4, bidirectional=True)": "layers.Bidirectional(layers.LSTM(4))",
    }
    assert {text: keras_call(*parse_layers(text)) for text in written} == written


def test_a_layer_without_code_and_a_dataset_without_code_are_refused() -> None:
    with pytest.raises(TypeError, match="Strange"):
        keras_call(Layer(kind="Strange"))
    with pytest.raises(ValueError, match="digits"):
        script(LSTM, DatasetInfo("digits", "Digits", (28, 28, 1), ("0", "1"), 10, 10))


def test_the_class_for_padding_comes_only_where_it_is_needed() -> None:
    for pad_id, needed in ((None, False), (0, True), (5, True)):
        words = Embedding(vocabulary_size=9, pad_id=pad_id)
        experiment = Experiment(dataset="shapes", layers=(words, SimpleRNN(units=2)))
        assert ("padding" in cells(experiment, INFO)) == needed


def test_optimizer_and_learning_rate_are_written() -> None:
    changes = {"optimizer": "rmsprop", "learning_rate": 1e-6}
    experiment = Experiment(**(LSTM.model_dump() | changes))
    assert "keras.optimizers.RMSprop(learning_rate=1e-06)" in script(experiment, INFO)


# The network


@WITH_KERAS
@given(legal_stacks(), st.integers(0, 2**31 - 1))
def test_the_code_builds_the_same_network_with_the_same_first_weights(stack: Stack, seed: int) -> None:
    layers, input_shape = stack
    theirs = model_of(layers, input_shape, seed)
    ours = build(layers, input_shape)
    kinds = [(type(one).__name__, one.output.shape, one.count_params()) for one in theirs.layers]
    assert kinds == [(type(one).__name__, one.output.shape, one.count_params()) for one in ours.layers]
    starts = initial_weights(layers, input_shape, seed).values()
    for mine, variable in zip(starts, theirs.trainable_variables, strict=True):
        np.testing.assert_array_equal(mine, variable.numpy())


@WITH_KERAS
@given(legal_stacks("words"), SEEDS)
def test_words_and_padding_mean_the_same_to_the_code(stack: Stack, seed: int) -> None:
    layers, input_shape = stack
    ours, theirs = build(layers, input_shape), model_of(layers, input_shape)
    set_weights(ours, weights_for(layers, input_shape, seed))
    theirs.set_weights(ours.get_weights())
    ids = inputs_for(layers, input_shape, seed)
    np.testing.assert_allclose(theirs(ids), ours(ids), atol=1e-6)


@REPEATABLE
@given(legal_stacks())
def test_it_is_compiled_as_in_our_training(stack: Stack) -> None:
    layers, input_shape = stack
    experiment = Experiment(dataset="shapes", layers=tuple(layers))
    expected = f"jit_compile={gains_from_xla(layers, input_shape)},"
    assert expected in script(experiment, info_of(input_shape))


def test_it_is_compiled_with_the_flags_of_our_training() -> None:
    backend = Path(__file__).parents[2] / "models" / "backend.py"
    (flag,) = (
        node.value
        for node in ast.walk(ast.parse(backend.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("--xla")
    )
    assert f'os.environ["XLA_FLAGS"] = "{flag}"' in script(LSTM, INFO)


# Data and training


class Recorder:
    """Stands for a model, and notes the batches that it is trained with."""

    def __init__(self) -> None:
        self.epochs: list[list[list[int]]] = []

    def fit(self, x: Any, y: Any, *, batch_size: int, shuffle: bool, **_: object) -> None:  # noqa: ANN401
        assert not shuffle
        assert list(x) == list(y)
        self.epochs.append([list(x[start : start + batch_size]) for start in range(0, len(x), batch_size)])


@REPEATABLE
@given(
    available=st.integers(1, 60),
    examples=st.none() | st.integers(1, 80),
    batch_size=st.integers(1, 70),
    epochs=st.integers(1, 4),
    seed=st.integers(0, 2**31 - 1),
)
def test_batches_come_as_in_our_training(
    available: int, examples: int | None, batch_size: int, epochs: int, seed: int
) -> None:
    changes = {"examples": examples, "batch_size": batch_size, "epochs": epochs, "seed": seed}
    experiment = Experiment(**(LSTM.model_dump() | changes))
    x, model = np.arange(available), Recorder()
    code = cells(experiment, info_of((55,), available))["training"]
    run_cell(code, SEED=seed, model=model, x_train=x, y_train=x, x_test=x, y_test=x)
    ours = [
        [list(batch) for batch in batches(experiment, available, epoch)] for epoch in range(1, epochs + 1)
    ]
    assert model.epochs == ours


@REPEATABLE
@given(batch_size=st.integers(1, 70), seed=st.integers(0, 2**31 - 1), examples=st.none() | st.integers(1, 80))
def test_batches_of_similar_length_come_as_in_our_training(
    batch_size: int, seed: int, examples: int | None
) -> None:
    random = np.random.default_rng(seed)
    x = np.full((60, 55), 6)
    for row in x[1:]:  # the first has no word
        row[: random.integers(1, 56)] = 7
    changes = {"batch_size": batch_size, "seed": seed, "examples": examples, "epochs": 2}
    experiment = Experiment(**(PRESETS["sst2-lstm"].model_dump() | changes))
    numbers, model = np.arange(len(x)), Recorder()
    code = cells(experiment, replace(data.describe("sst2"), train_size=len(x)))["training"]
    code = code.replace("x_train[order]", "numbers[order]")
    run_cell(code, SEED=seed, model=model, x_train=x, numbers=numbers, y_train=numbers, x_test=x, y_test=x)
    lengths, cuts = row_lengths(x.astype(np.int32), 6), cut_lengths(55)
    assert model.epochs == [
        [list(batch) for batch in batches(experiment, len(x), epoch, lengths, cuts)] for epoch in (1, 2)
    ]


@pytest.mark.parametrize("name", ["mnist", "mnist-shuffled", "sst2"])
def test_other_datasets_are_read_as_we_read_them(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From tables as the course has them, made of a few of our examples."""
    plain = data.load(name.removesuffix("-shuffled"))
    ours = data.load(name)
    for part, x, y in (("train", plain.x_train, plain.y_train), ("test", plain.x_test, plain.y_test)):
        # All training reviews are needed: they make the vocabulary.
        count = len(x) if (name, part) == ("sst2", "train") else 50
        cells_ = (
            [plain.vocabulary.id2word[int(i)] for i in x[:count].ravel()]
            if isinstance(plain, TextDataset)
            else x[:count].ravel()
        )
        table = pd.DataFrame(np.reshape(cells_, (count, -1)))
        table.insert(0, "class", [plain.info.classes[label] for label in y[:count]])
        file = f"{'sst_movie_reviews_processed' if name == 'sst2' else 'mnist'}_{part}.csv.gz"
        table.to_csv(tmp_path / file, index=False)
    monkeypatch.setenv("UNROLL_DATA", str(tmp_path))
    preset = next(preset for preset in PRESETS.values() if preset.dataset == name)
    code = cells(preset, ours.info)["data"]
    known = run_cell(code, os=os, pd=pd)
    for part in ("x_train", "y_train", "x_test", "y_test"):
        count = len(known[part])
        np.testing.assert_array_equal(known[part], getattr(ours, part)[:count])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the course's files, or with as many of our own curves."""
    curves = data.load("shapes")
    for file, x, y in ((TRAIN, curves.x_train, curves.y_train), (TEST, curves.x_test, curves.y_test)):
        table = pd.DataFrame(x)
        table.insert(0, "class", [INFO.classes[label] for label in y])
        table.to_csv(tmp_path / file.name, index=False)
    return tmp_path


@pytest.mark.parametrize("scaling", ["none", "unit", "standard"])
def test_inputs_are_read_and_scaled_as_in_our_training(
    scaling: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNROLL_DATA", str(folder))
    experiment = Experiment(**(LSTM.model_dump() | {"scaling": scaling}))
    code = cells(experiment, INFO)
    known = run_cell(code["data"] + "\n" + code.get("scaling", ""), os=os, pd=pd)
    ours = data.load("shapes")
    scaler = fit_scaler(experiment.scaling, ours.x_train)
    np.testing.assert_array_equal(known["x_train"], scaler(ours.x_train))
    np.testing.assert_array_equal(known["x_test"], scaler(ours.x_test))
    np.testing.assert_array_equal(known["y_train"], ours.y_train)
    np.testing.assert_array_equal(known["y_test"], ours.y_test)
    assert known["x_train"].dtype == np.float32


def test_without_a_folder_the_course_is_asked() -> None:
    assert '"https://srush.github.io/BT-AI/notebooks"' in script(LSTM, INFO)


@pytest.mark.slow
def test_a_script_run_in_a_fresh_process_gets_the_accuracy_of_the_run(folder: Path) -> None:
    experiment = Experiment(**(LSTM.model_dump() | {"epochs": 3}))
    (folder / "script.py").write_text(script(experiment, INFO), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        env=os.environ | {"UNROLL_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    label, accuracy = done.stdout.splitlines()[-1].split(": ")
    *_, last = (event for event in train(experiment, data.load("shapes")) if isinstance(event, EpochEnd))
    assert label == "test accuracy"
    assert float(accuracy) == pytest.approx(last.test_accuracy, abs=0.02)


OWN_CURVES = "own-c-" + "0" * 32


def test_a_script_on_own_data_repeats_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    info = replace(data.describe("shapes"), name=OWN_CURVES, train_size=90, test_size=30)
    curves = data.load("shapes")
    random = np.random.default_rng(0)
    learned, tested = random.permutation(1200)[:90], random.permutation(300)[:30]
    dataset = Dataset(
        info,
        curves.x_train[learned],
        curves.y_train[learned],
        curves.x_test[tested],
        curves.y_test[tested],
        curves.source,
    )
    changes = {"dataset": OWN_CURVES, "epochs": 5, "batch_size": 30}
    experiment = Experiment(**(PRESETS["shapes-mlp"].model_dump() | changes))
    (tmp_path / data_file_name(info)).write_bytes(data_file(dataset))
    (tmp_path / "script.py").write_text(script(experiment, info), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path("script.py")
    said = capsys.readouterr().out
    *_, last = (event for event in train(experiment, dataset) if isinstance(event, EpochEnd))
    assert float(said.splitlines()[-1].split(": ")[1]) == pytest.approx(last.test_accuracy, abs=0.02)


def test_data_that_the_course_does_not_have_are_read_from_their_file() -> None:
    """Such as generated curves, where the course's site cannot be reached."""
    for text in (script(LSTM, INFO, saved=True), notebook(LSTM, INFO, saved=True)):
        assert "unroll-shapes.npz" in text
        assert "https://" not in text
        assert "read_csv" not in text


def test_the_words_of_own_texts_go_with_them() -> None:
    reviews = data.load("sst2")
    assert isinstance(reviews, TextDataset)
    with np.load(io.BytesIO(data_file(reviews))) as file:
        assert file["id2word"].tolist() == list(reviews.vocabulary.id2word)
        assert np.array_equal(file["x_test"], reviews.x_test)


@pytest.mark.parametrize(
    ("name", "kind"), [("mnist", np.float32), ("sst2", np.int32), ("shapes", np.float32)]
)
def test_saved_examples_are_read_as_the_course_s_are(name: str, kind: type, tmp_path: Path) -> None:
    """So that scaling rounds as in Unroll; ids of words stay whole numbers."""
    dataset = data.load(name)
    few = replace(
        dataset, x_train=dataset.x_train[:5], y_train=dataset.y_train[:5], x_test=dataset.x_test[:5],
        y_test=dataset.y_test[:5],
    )  # fmt: skip
    (tmp_path / data_file_name(dataset.info)).write_bytes(data_file(few))
    _, code = reading_code(dataset.info, saved=True)
    told = f"import numpy as np\n{code}\nprint(x_train.dtype, x_test.dtype, x_train.shape)"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    kind_name = np.dtype(kind).name
    assert done.stdout.strip() == f"{kind_name} {kind_name} {(5, *dataset.info.input_shape)}"


def test_where_rounding_differs_it_is_said() -> None:
    for batch_size, differs in ((20, False), (32, True)):
        experiment = Experiment(**(LSTM.model_dump() | {"batch_size": batch_size}))
        assert ("rounded otherwise than there" in notebook(experiment, INFO)) == differs
