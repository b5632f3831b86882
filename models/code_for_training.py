"""The part of an exported script that trains: the same examples in the same order as in Unroll."""

from data.dataset import DatasetInfo
from models.experiment import Experiment
from models.trimming import cut_lengths, trimmed_pad

_PLAIN = '''\


def epoch_order(epoch):
    """The training examples as this epoch meets them."""
    return np.random.default_rng([SEED, epoch]).permutation(examples)'''

_SIMILAR = '''\

# Rows of similar length train together. Unroll cuts their padding off, which changes no result.
LENGTHS = {lengths}
words = x_train != {pad_id}
words = np.where(words.any(axis=1), x_train.shape[1] - words[:, ::-1].argmax(axis=1), 1)


def epoch_order(epoch):
    """The training examples as this epoch meets them, batch after batch."""
    order = np.random.default_rng([SEED, epoch]).permutation(examples)
    group = np.searchsorted(LENGTHS, words[order])
    full, rest = [], order[:0]
    for i in range(len(LENGTHS)):
        rest = np.concatenate([rest, order[group == i]])
        end = len(rest) // BATCH_SIZE * BATCH_SIZE
        full.append(rest[:end].reshape(-1, BATCH_SIZE))
        rest = rest[end:]
    mixed = np.random.default_rng([SEED, epoch, 1]).permutation(np.concatenate(full))
    return np.concatenate([mixed.ravel(), rest])'''

_LOOP = """\


for epoch in range(1, EPOCHS + 1):
    order = epoch_order(epoch)
    model.fit(
        x_train[order],
        y_train[order],
        batch_size=BATCH_SIZE,
        initial_epoch=epoch - 1,
        epochs=epoch,
        shuffle=False,
        validation_data=(x_test, y_test),
        verbose=2,
    )"""


def training_code(experiment: Experiment, info: DatasetInfo) -> tuple[str, str]:
    """What to say of the training, and its code.

    It needs `np`, `model`, `SEED` and the examples; see `models.code_for_data.reading_code`.
    """
    pad_id = trimmed_pad(experiment.layers)
    if pad_id is None:
        order = _PLAIN
    else:
        order = _SIMILAR.format(lengths=cut_lengths(info.input_shape[0]), pad_id=pad_id)
    learned = experiment.training_examples(info.train_size)
    some = "" if learned == info.train_size else f"[:{learned}]"
    head = f"""\
EPOCHS = {experiment.epochs}
BATCH_SIZE = {experiment.batch_size}
examples = np.random.default_rng([SEED, 0]).permutation(len(x_train)){some}"""
    return _text(experiment, info), f"{head}\n{order}\n{_LOOP}"


def _text(experiment: Experiment, info: DatasetInfo) -> str:
    text = (
        "Another order of the examples can end in another network. So Keras does not shuffle them: "
        "each epoch has the order that it has in Unroll."
    )
    if held_out := experiment.validation_examples(info.train_size):
        text += f" {held_out:,} training examples are left out: there they are for validation."
    if experiment.training_examples(info.train_size) % experiment.batch_size:
        text += (
            " Only the last batch of an epoch, which is smaller, is rounded otherwise than there. "
            "In a long training that may matter."
        )
    return text
