"""Processes that compute for learners."""

import os
import sys

import pytest

from app.environment import SERVER_VARIABLES
from app.runs.process import NICENESS, start_process

SAYS_ITS_PRIORITY = "import os, sys; sys.stdin.read(); print(os.getpriority(os.PRIO_PROCESS, 0))"


@pytest.mark.skipif(not hasattr(os, "setpriority"), reason="this system has no priorities of this kind")
def test_a_computing_process_stands_back_behind_the_server() -> None:
    said, _ = start_process((sys.executable, "-c", SAYS_ITS_PRIORITY)).communicate(b"")
    assert int(said) == min(os.getpriority(os.PRIO_PROCESS, 0) + NICENESS, 19)


def test_a_computing_process_manages_its_memory_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SERVER_VARIABLES.items():
        monkeypatch.setenv(name, value)
    command = (sys.executable, "-c", "import os; print([n for n in os.environ if n.startswith('MALLOC')])")
    said, _ = start_process(command).communicate(b"")
    assert said.strip() == b"[]"


def test_a_program_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="no-such-program"):
        start_process(("no-such-program",))
