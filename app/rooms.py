"""The labs: which experiments each starts from, and which runs belong into it."""

from dataclasses import dataclass

from data import own
from data.dataset import Dataset
from data.text import TextDataset
from models.experiment import Experiment
from models.layers import Dense, Embedding
from models.presets import PRESETS


class Datasets(tuple[str, ...]):
    """Names of datasets. Learners' own data are among them too, but never listed: one has to know their name.

    Attributes:
        uploads: the kind of own data that belong here.
    """

    uploads: own.Kind | None = None

    def __contains__(self, name: object) -> bool:
        if isinstance(name, str) and own.is_own(name):
            return own.kind_of(name) == self.uploads
        return super().__contains__(name)


@dataclass(frozen=True)
class Room:
    """A lab.

    Attributes:
        name: prefix of its keys in a session; also its page, `pages/<name>.py`.
        presets: the experiments to start from; the first is the default.
        uploads: the kind of own data that learners may bring here.
    """

    name: str
    presets: tuple[str, ...]
    uploads: own.Kind | None = None

    @property
    def page(self) -> str:
        """The file of its page."""
        return f"{self.name}.py"

    @property
    def datasets(self) -> Datasets:
        """The datasets that its presets are trained on, the default one first."""
        datasets = Datasets(dict.fromkeys(PRESETS[preset].dataset for preset in self.presets))
        datasets.uploads = self.uploads
        return datasets


SHAPES = Room("shapes", ("shapes-lstm", "shapes-mlp", "shapes-gru", "shapes-rnn"), uploads="curves")
MNIST = Room("mnist", ("mnist-3x3", "mnist-1x1", "mnist-28x28", "mnist-mlp", "mnist-shuffled"))
SENTIMENT = Room(
    "sentiment", ("sst2-lstm", "sst2-lstm-course", "sst2-gru", "sst2-average", "sst2-glove"), uploads="texts"
)

ROOMS = (SHAPES, MNIST, SENTIMENT)


def room_of(dataset: str) -> Room:
    """The lab to which runs on a dataset belong.

    Raises:
        KeyError: there is none.
    """
    for room in ROOMS:
        if dataset in room.datasets:
            return room
    raise KeyError(dataset)


def fitted(experiment: Experiment, dataset: Dataset) -> Experiment:
    """The same network for other data of its lab: with their vocabulary, their padding and their classes."""
    layers = [*experiment.layers]
    first, last = layers[0], layers[-1]
    if isinstance(first, Embedding) and isinstance(dataset, TextDataset):
        pad_id = None if first.pad_id is None else dataset.vocabulary.pad_id
        words = {"vocabulary_size": len(dataset.vocabulary), "pad_id": pad_id}
        layers[0] = Embedding(**(dict(first) | words))
    if isinstance(last, Dense):
        layers[-1] = Dense(**(dict(last) | {"units": len(dataset.info.classes)}))
    changes = {"dataset": dataset.info.name, "layers": tuple(layers)}
    return Experiment(**(dict(experiment) | changes))
