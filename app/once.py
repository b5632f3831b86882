"""What a server has one of, whatever its visitors do."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class OneOfServer(Generic[T]):
    """Made when it is first asked for, and kept while the server runs: a decorator.

    Streamlit's own cache of resources is emptied when any browser asks for it. A second lab would then end
    the runs of all learners, beside workers of the first that nobody ends.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        """Nothing is made yet."""
        self.__doc__ = make.__doc__
        self._make = make
        self._lock = Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        """The one; if it cannot be made, whoever asks next tries again."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    def clear(self) -> None:
        """Forget it: for tests, each of which is a server of its own."""
        with self._lock:
            self._made.clear()
