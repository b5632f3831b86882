"""How long it takes to look inside: the NumPy forward pass with all gates and states of every step."""

from statistics import median
from timeit import repeat

import numpy as np

import data
from models.forward import forward
from models.layers import summary
from models.presets import PRESETS
from tests.bench.measure import Bench, Row

TARGET = 0.002
"""Seconds; there is no peer to compare with, since Keras does not show its gates."""


def lstm(name: str) -> Row:
    dataset = data.load("shapes")
    layers = PRESETS["shapes-lstm"].layers
    random = np.random.default_rng(0)
    weights = {
        f"{row.name}/{weight}": random.normal(0, 0.1, shape).astype(np.float32)
        for row in summary(layers, dataset.info.input_shape)
        for weight, shape in row.weights.items()
    }
    ours = median(repeat(lambda: forward(layers, weights, dataset.x_test[:1]), number=1, repeat=200))
    return Row(name, ours, TARGET, TARGET / ours, at_least=1)


BENCHES = [Bench("LSTM(32) forward, 55 steps, target / ours (s)", lstm)]
