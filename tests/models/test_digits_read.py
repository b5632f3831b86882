"""Drawn digits are read by the network that ships with Unroll, although it has only seen MNIST's."""

import numpy as np
import pytest
from numpy.typing import NDArray

import data
from app.runs import references
from models.events import Snapshot
from models.forward import predict
from models.recording import read_recording
from models.scaling import fit_scaler
from models.strokes import rasterise
from tests.models.digits import DIGITS, HANDS

SHARE = 0.85
LABELS = np.array([digit for digit, _ in DIGITS])


@pytest.fixture(scope="module")
def images() -> NDArray[np.uint8]:
    """All drawn digits as images, in the order of `LABELS`."""
    return np.stack([rasterise(strokes) for _, strokes in DIGITS])


def read(images: NDArray[np.uint8]) -> NDArray[np.intp]:
    """What the reference run with 3×3 kernels says of images, after all of its training."""
    recording = read_recording(references.FOLDER / "mnist-3x3.run")
    *_, last = (event for event in recording.events if isinstance(event, Snapshot))
    experiment = recording.experiment
    scaler = fit_scaler(experiment.scaling, data.load(experiment.dataset).x_train)
    said: NDArray[np.intp] = predict(experiment.layers, last.weights, scaler(images)).argmax(axis=1)
    return said


def test_drawn_digits_are_read(images: NDArray[np.uint8]) -> None:
    assert len(images) >= 30
    right = read(images) == LABELS
    assert right.mean() >= SHARE, f"misread: {[DIGITS[i][0] for i in np.flatnonzero(~right)]}"


def test_each_hand_is_read_better_than_by_chance(images: NDArray[np.uint8]) -> None:
    """A hand that is not read at all could hide behind the two others."""
    right = (read(images) == LABELS).reshape(len(HANDS), -1)
    assert right.mean(axis=1).min() >= 0.7


def test_images_must_be_made_as_those_of_mnist_were(images: NDArray[np.uint8]) -> None:
    """Else the share would say nothing of the rasteriser: digits off the centre are misread."""
    moved = np.roll(images, (6, 6), axis=(1, 2))
    assert (read(moved) == LABELS).mean() < SHARE
