"""The course's experiments in plain Keras: ``python -m tests.bench.peers PRESET SEED...``.

All settings of TensorFlow and Keras are their defaults.
Timed from building the model to the end of `fit`: what a learner waits for after running the notebook's
cell. Importing TensorFlow and reading the data are left out, and the progress bar, which costs time, is off.
"""

import sys
from time import perf_counter

import keras

import data
from tests.bench.measure import tell


def shapes_mlp() -> keras.Sequential:
    return keras.Sequential(
        [
            keras.Input((55,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def shapes_lstm() -> keras.Sequential:
    return keras.Sequential(
        [
            keras.Input((55,)),
            keras.layers.Reshape((55, 1)),
            keras.layers.LSTM(32),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def mnist(*layers: keras.Layer) -> keras.Sequential:
    ends = keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Reshape((28, 28, 1)), *layers, *ends])


def mnist_cnn(kernel_size: int) -> keras.Sequential:
    return mnist(
        keras.layers.Conv2D(32, kernel_size, activation="relu"),
        keras.layers.MaxPool2D(),
        keras.layers.Conv2D(64, kernel_size, activation="relu"),
        keras.layers.MaxPool2D(),
    )


def mnist_28x28() -> keras.Sequential:
    return mnist(keras.layers.Conv2D(32, 28, activation="relu"))


MNIST = {"mnist-3x3": lambda: mnist_cnn(3), "mnist-1x1": lambda: mnist_cnn(1), "mnist-28x28": mnist_28x28}

PRESETS = {
    "shapes-mlp": ("shapes", shapes_mlp, {"epochs": 10, "batch_size": 20}),
    "shapes-lstm": ("shapes", shapes_lstm, {"epochs": 10, "batch_size": 20}),
    **{name: ("mnist", build, {"epochs": 2, "batch_size": 20}) for name, build in MNIST.items()},
    **{f"{name}-once": ("mnist", build, {"epochs": 1, "batch_size": 20}) for name, build in MNIST.items()},
}
"""Dataset, model and settings of `fit`."""


def run(preset: str, seed: int) -> tuple[float, float]:
    """Seconds and test accuracy."""
    name, build, settings = PRESETS[preset]
    dataset = data.load(name)
    x_train, x_test = (x.astype("float32") for x in (dataset.x_train, dataset.x_test))
    keras.utils.set_random_seed(seed)
    begin = perf_counter()
    model = build()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, dataset.y_train, verbose=0, **settings)
    seconds = perf_counter() - begin
    _, accuracy = model.evaluate(x_test, dataset.y_test, verbose=0)
    return seconds, float(accuracy)


if __name__ == "__main__":
    tell(run(sys.argv[1], int(seed)) for seed in sys.argv[2:])
