"""Stacks by a few numbers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from models.layers import AnyLayer, Conv2D
from models.presets import PRESETS
from models.stacks import CNN, cnn_of

cnns = st.builds(
    CNN,
    kernel_size=st.integers(1, 28),
    filters=st.integers(1, 128),
    convolutions=st.integers(1, 4),
    pooling=st.booleans(),
    activation=st.sampled_from(["linear", "relu", "tanh", "sigmoid"]),
)


@settings(derandomize=True, deadline=None)
@given(cnns)
def test_there_and_back(cnn: CNN) -> None:
    assert cnn_of(cnn.layers((28, 28), 10), (28, 28), 10) == cnn


def test_the_course_networks_are_such_stacks() -> None:
    for kernel_size in (1, 3):
        layers = CNN(kernel_size=kernel_size).layers((28, 28), 10)
        assert layers == PRESETS[f"mnist-{kernel_size}x{kernel_size}"].layers
    single = CNN(kernel_size=28, convolutions=1, pooling=False).layers((28, 28), 10)
    assert single == PRESETS["mnist-28x28"].layers


def test_other_stacks_are_none() -> None:
    layers: tuple[AnyLayer, ...] = PRESETS["mnist-3x3"].layers
    assert cnn_of(PRESETS["mnist-mlp"].layers, (28, 28), 10) is None
    assert cnn_of((*layers[:2], Conv2D(filters=5), *layers[3:]), (28, 28), 10) is None
    assert cnn_of((layers[0], *(Conv2D(filters=200),), *layers[-2:]), (28, 28), 10) is None
