"""Parts of a page that look again and again at what is under way or typed, and how often they do.

While a run trains, its curves shall grow smoothly. But each look takes the server some hundredths of a second
and the browser as many again; on a small computer they take them from the training itself, and thirty
learners who watch at once would leave the server no time for anything else.
"""

from collections.abc import Callable
from functools import wraps
from time import perf_counter
from typing import ParamSpec

import streamlit as st

P = ParamSpec("P")

AT_ONCE = "0ms"
"""How long a field waits for the next key before its text is read: not at all.

What is read is the last key of those that come while the server reads. And nothing is lost: after a short
pause, a busy browser may deal with the end of one pause after that of the next, and then Streamlit puts the
older text back into the field. A quarter of a second is long enough again, for what need not follow each key.
"""

SHARE = 0.2
"""Share of its time for which a part may keep the server busy with looking."""

SLOWEST = 2.0
"""Seconds between two looks at most."""

WEIGHT = 0.1
"""What the last look counts in the mean: one that took long by chance changes little."""


class Pace:
    """How long a look takes of late, on average, and how often one may look therefore."""

    def __init__(self) -> None:
        """Looking has cost nothing so far."""
        self._mean = 0.0

    def looked(self, seconds: float) -> None:
        """Take note of a look.

        Args:
            seconds: how long it took; with many watchers at once, waiting for one another included.
        """
        self._mean += WEIGHT * (min(seconds, SLOWEST * SHARE) - self._mean)

    def tick(self, wanted: float) -> float:
        """Seconds between two looks.

        Args:
            wanted: where looking costs little.

        Returns:
            `wanted`, or what keeps to `SHARE` if that is longer, but not more than `SLOWEST`.
        """
        return max(wanted, min(self._mean / SHARE, SLOWEST))


PACE = Pace()
"""That of this server: all its watchers share one processor."""


def live(look: Callable[P, None], tick: float | None, key: str | None = None) -> Callable[P, None]:
    """A fragment that runs again every `tick` seconds, or less often where that would cost too much.

    Args:
        look: what draws it.
        tick: seconds; None: it does not run again by itself.
        key: by which a click elsewhere may run it.
    """
    if tick is None:
        return st.fragment(look, key=key)
    every = PACE.tick(tick)

    @wraps(look)
    def timed(*args: P.args, **kwargs: P.kwargs) -> None:
        begin = perf_counter()
        look(*args, **kwargs)
        PACE.looked(perf_counter() - begin)
        if not every / 2 <= PACE.tick(tick) <= every * 2:
            st.rerun()  # of the whole page: nothing else changes how often a fragment runs

    return st.fragment(timed, run_every=every, key=key)
