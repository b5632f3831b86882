"""The labs: which experiments each starts from, and which runs belong into it."""

from dataclasses import dataclass

from models.presets import PRESETS


@dataclass(frozen=True)
class Room:
    """A lab.

    Attributes:
        name: prefix of its keys in a session; also its page, `pages/<name>.py`.
        presets: the experiments to start from; the first is the default.
    """

    name: str
    presets: tuple[str, ...]

    @property
    def page(self) -> str:
        """The file of its page."""
        return f"{self.name}.py"

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets that its presets are trained on, the default one first."""
        return tuple(dict.fromkeys(PRESETS[preset].dataset for preset in self.presets))


SHAPES = Room("shapes", ("shapes-lstm", "shapes-mlp", "shapes-gru", "shapes-rnn"))
MNIST = Room("mnist", ("mnist-3x3", "mnist-1x1", "mnist-28x28", "mnist-mlp", "mnist-shuffled"))
SENTIMENT = Room("sentiment", ("sst2-lstm", "sst2-lstm-course", "sst2-gru", "sst2-average"))

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
