"""Importing large libraries, which a process keeps to its end, in less time."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing(*, without: tuple[str, ...] = ()) -> Iterator[None]:
    """What is imported here stays, so Python need not search it for garbage, now, later or at its end.

    It would do so again and again while the objects become more: TensorFlow alone makes a million of them.

    Args:
        without: modules that the libraries take if they find them, and do without if not. They are not found
            here unless they have been imported already; afterwards they are found again.
    """
    hidden = [name for name in without if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: "there is no such module"
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        gc.freeze()
        if was_enabled:
            gc.enable()
