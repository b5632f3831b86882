"""Compiled training: one graph that loops over many steps on the device.

`model.fit` pays about 5 ms of Python for each step of a small network. Here one call does some tens of
steps and gives the loss and accuracy of each. The loop is compiled once for an architecture; how many steps
a call does, the learning rate, the number of examples and the seed may change without compiling again.
"""

import models.backend  # noqa: F401, I001  # must come before Keras
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from models.build import Start, build, weights_of
from models.experiment import Experiment, Optimizer
from models.layers import AnyLayer, Embedding, gains_from_xla
from models.scaling import Scaler
from models.trimming import cut_lengths, row_lengths, trimmed_pad
from models.weights import Array, Weights


MAX_STEPS = 256
"""Steps of one call."""

TEST_BATCH = 500

OPTIMIZERS: dict[Optimizer, type[Any]] = {
    "adam": keras.optimizers.Adam,
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
}


class Program:
    """A model, its optimizer and the compiled loop over training steps.

    Args:
        layers: a checked stack.
        batch_size: examples of a step; smaller batches are padded and the padding weighs nothing.
        optimizer: the rule; its learning rate is set with each call.
        x_train: (examples, ...) tensor of all training inputs, as in the dataset.
        y_train: (examples,) tensor of classes.

    Attributes:
        cuts: the lengths to which rows are cut; none if they are not.
        lengths: (examples,) of each row without its padding; None if rows are not cut.
    """

    def __init__(
        self,
        layers: Sequence[AnyLayer],
        batch_size: int,
        optimizer: Optimizer,
        x_train: Any,
        y_train: Any,
    ) -> None:
        """Trace and compile, without doing a step."""
        self._layers = layers
        self._input_shape = tuple(x_train.shape[1:])
        self._batch_size = batch_size
        self._takes_ids = isinstance(layers[0], Embedding)
        self._pad_id = trimmed_pad(layers)
        self._model = build(layers, self._input_shape, any_length=self._pad_id is not None)
        self._optimizer = OPTIMIZERS[optimizer]()
        self._optimizer.build(self._model.trainable_variables)
        self.cuts = () if self._pad_id is None else cut_lengths(self._input_shape[0])
        self.set_data(x_train, y_train)
        self._loop = self._compiled(self._input_shape[:1])
        self._cut_loop: Any = None
        self._probabilities = tf.function(
            lambda x: self._model(x, training=False),
            input_signature=[tf.TensorSpec((None, *self._input_shape), self._input_type)],
            autograph=False,  # it writes our source to a file, which a process that is killed leaves behind
        )
        self.run([], Scaler())

    def _compiled(self, cuts: Sequence[int]) -> Any:
        """The loop for rows cut to these lengths, not yet traced."""
        xla = gains_from_xla(self._layers, self._input_shape)
        return tf.function(partial(self._steps, cuts), jit_compile=xla, autograph=False)

    def set_data(self, x_train: Any, y_train: Any) -> None:
        """Train on these examples from now on."""
        self.data = x_train, y_train
        self.lengths = None if self._pad_id is None else row_lengths(np.asarray(x_train), self._pad_id)

    def refine(self) -> None:
        """Compile the loop that cuts rows, which `run` uses from then on; results stay the same to the bit.

        It takes as long again as the first loop for each length, so training may begin without it.
        """
        if not self.is_refined:
            loop = self._compiled(self.cuts)
            self._call(loop, [], Scaler())
            self._cut_loop = loop

    @property
    def is_refined(self) -> bool:
        """Whether `refine` has nothing to do."""
        return len(self.cuts) < 2 or self._cut_loop is not None

    @property
    def traces(self) -> int:
        """How often a loop was traced, and so compiled: once each, if all is well."""
        loops = [loop for loop in (self._loop, self._cut_loop) if loop is not None]
        return sum(int(loop.experimental_get_tracing_count()) for loop in loops)

    @property
    def _input_type(self) -> Any:
        return tf.int32 if self._takes_ids else tf.float32

    def reset(self, start: Start) -> None:
        """Begin anew, with a new optimizer.

        Args:
            start: of the same layers; see `models.build.fresh_start`.
        """
        for variable, value in zip(self._model.variables, start.variables, strict=True):
            variable.assign(value)
        for variable in self._optimizer.variables:
            variable.assign(tf.zeros_like(variable))

    def set_learning_rate(self, learning_rate: float) -> None:
        """Use this learning rate from the next step on."""
        self._optimizer.learning_rate.assign(learning_rate)

    def run(
        self, batches: Sequence[NDArray[np.int32]], scaler: Scaler
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Do one step with each batch.

        Args:
            batches: at most `MAX_STEPS` arrays of indices into the training examples.
            scaler: applied to the inputs.

        Returns:
            (steps,) mean cross-entropy and (steps,) accuracy of each batch, both before its step.
        """
        return self._call(self._cut_loop or self._loop, batches, scaler)

    def _call(
        self, loop: Any, batches: Sequence[NDArray[np.int32]], scaler: Scaler
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        indices = np.zeros((MAX_STEPS, self._batch_size), np.int32)
        weights = np.zeros((MAX_STEPS, self._batch_size), np.float32)
        cut = np.zeros(MAX_STEPS, np.int32)
        for step, batch in enumerate(batches):
            indices[step, : len(batch)] = batch
            weights[step, : len(batch)] = 1 / len(batch)
            if self.lengths is not None:
                cut[step] = np.searchsorted(self.cuts, self.lengths[batch].max())
        count = len(batches)
        losses, accuracies = loop(
            *self.data,
            tf.constant(indices),
            tf.constant(weights),
            tf.constant(cut),
            tf.constant(count),
            tf.constant(scaler.offset, tf.float32),
            tf.constant(scaler.factor, tf.float32),
        )
        return losses.numpy()[:count], accuracies.numpy()[:count]

    def predict(self, x: Array, scaler: Scaler) -> NDArray[np.float32]:
        """(examples, classes) probabilities for inputs as they are in the dataset."""
        inputs = x.astype(np.int32) if self._takes_ids else scaler(x)
        parts = [inputs[start : start + TEST_BATCH] for start in range(0, len(inputs), TEST_BATCH)]
        return np.concatenate([self._probabilities(tf.constant(part)).numpy() for part in parts])

    def weights(self) -> Weights:
        """A copy of the weights as they are now."""
        return weights_of(self._model, self._layers, self._input_shape)

    def _steps(
        self,
        cuts: Sequence[int],
        x: Any,
        y: Any,
        indices: Any,
        weights: Any,
        cut: Any,
        count: Any,
        offset: Any,
        factor: Any,
    ) -> tuple[Any, Any]:
        """`count` training steps as a loop on the device."""
        variables = self._model.trainable_variables

        def learn(inputs: Any, targets: Any, weight: Any) -> tuple[Any, Any]:
            with tf.GradientTape() as tape:
                probabilities = self._model(inputs, training=True)
                loss = keras.losses.sparse_categorical_crossentropy(targets, probabilities)
                loss = tf.reduce_sum(loss * weight)
            self._optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
            right = tf.cast(tf.argmax(probabilities, -1, output_type=tf.int32) == targets, tf.float32)
            return loss, tf.reduce_sum(right * weight)

        def step(i: Any, losses: Any, accuracies: Any) -> tuple[Any, Any, Any]:
            inputs, targets, weight = tf.gather(x, indices[i]), tf.gather(y, indices[i]), weights[i]
            inputs = tf.cast(inputs, self._input_type)
            if not self._takes_ids:
                inputs = (inputs - offset) * factor
            if len(cuts) > 1:
                ways = [partial(learn, inputs[:, :length], targets, weight) for length in cuts]
                loss, accuracy = tf.switch_case(cut[i], ways)
            else:
                loss, accuracy = learn(inputs, targets, weight)
            return (
                i + 1,
                tf.tensor_scatter_nd_update(losses, [[i]], [loss]),
                tf.tensor_scatter_nd_update(accuracies, [[i]], [accuracy]),
            )

        start = tf.constant(0), tf.zeros(MAX_STEPS), tf.zeros(MAX_STEPS)
        # A while loop with its own condition: XLA would compile a `for` over a range anew for each length.
        _, losses, accuracies = tf.while_loop(lambda i, *_: i < count, step, start)
        return losses, accuracies


class Programs:
    """Compiled programs by architecture, batch, optimizer and size of the data; the least used is dropped."""

    def __init__(self, limit: int = 24) -> None:
        """Keep at most `limit` programs."""
        self._limit = limit
        self._programs: OrderedDict[tuple[Any, ...], Program] = OrderedDict()
        self._tensors: dict[str, tuple[Array, tuple[Any, Any]]] = {}

    @staticmethod
    def _key(experiment: Experiment, x_train: Array) -> tuple[Any, ...]:
        size = x_train.shape, str(x_train.dtype)
        return size, experiment.layers, experiment.batch_size, experiment.optimizer

    def __contains__(self, query: tuple[Experiment, Array]) -> bool:
        """Whether (experiment, training inputs) needs no compiling."""
        return self._key(*query) in self._programs

    def get(self, experiment: Experiment, x_train: Array, y_train: Array) -> Program:
        """The program for this experiment, compiled now if it is not yet there."""
        key = self._key(experiment, x_train)
        tensors = self._shared(experiment.dataset, x_train, y_train)
        if key not in self._programs:
            self._programs[key] = Program(
                experiment.layers, experiment.batch_size, experiment.optimizer, *tensors
            )
            if len(self._programs) > self._limit:
                self._programs.popitem(last=False)
        self._programs.move_to_end(key)
        program = self._programs[key]
        if program.data[0] is not tensors[0]:
            program.set_data(*tensors)
        return program

    def refine_next(self) -> bool:
        """Refine one program that can be faster; returns whether there was one."""
        rough = next((program for program in self._programs.values() if not program.is_refined), None)
        if rough is not None:
            rough.refine()
        return rough is not None

    def _shared(self, name: str, x_train: Array, y_train: Array) -> tuple[Any, Any]:
        """The examples as tensors, once for all programs of a dataset."""
        if name not in self._tensors or self._tensors[name][0] is not x_train:
            self._tensors[name] = x_train, (tf.constant(x_train), tf.constant(y_train))
        return self._tensors[name][1]
