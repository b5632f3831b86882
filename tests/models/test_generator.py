"""The generated curves teach what the course's ask."""

from data import shapes
from data.dataset import Dataset, Source
from data.shapes import INFO, generate, read
from models.events import Finished
from models.presets import PRESETS
from models.program import Programs
from models.train import train
from tests.data.test_shapes import COURSE, needs_course


@needs_course
def test_a_network_trained_on_generated_curves_knows_the_course_s() -> None:
    """In twice the preset's epochs, after which it no longer depends on the seed and the processor."""
    assert COURSE is not None
    source = Source("generator", "Made for a test.")
    dataset = Dataset(INFO, *generate(INFO.train_size, seed=0), *read(COURSE / shapes.TEST.name), source)
    *_, last = train(PRESETS["shapes-lstm"].model_copy(update={"epochs": 20}), dataset, Programs())
    assert isinstance(last, Finished)
    assert last.test_accuracy >= 0.90
