"""Settings of TensorFlow that must stand before it is first imported; import this module before Keras.

One thread per operation: the operations of these small networks are too short to share. Measured on two
cores: an epoch of `shapes-lstm` 0.055 s instead of 0.087 s. Compiling with LLVM's level 1 instead of 3
takes 0.2 s less for an LSTM, and its steps are as fast.

Keras offers itself to scikit-learn and takes data frames of pandas, which nobody who trains here needs:
without the two, and without a search for garbage, a process has started and ended in 4 s instead of 9.
"""

import os

from models.importing import importing

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=1")

with importing(without=("sklearn", "pandas")):
    import keras  # noqa: F401
    import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(2)
tf.config.set_visible_devices([], "GPU")
