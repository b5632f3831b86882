"""The line of waiting runs, in which learners take turns."""

from collections import deque
from collections.abc import Collection, Iterator

from app.runs.runner import Job


class FairQueue:
    """Runs wait in order of arrival within a learner; learners are served round-robin.

    Someone who asks for four runs does not keep the next learner waiting for all four.
    """

    def __init__(self) -> None:
        """An empty line."""
        self._lines: dict[str, deque[Job]] = {}
        """Runs of each learner who waits; the learner whose turn is next comes first."""

    def add(self, run: Job) -> None:
        """Put a run at the end of its learner's own line."""
        self._lines.setdefault(run.owner, deque()).append(run)

    def put_back(self, run: Job) -> None:
        """Let a run that was taken be the very next."""
        line = self._lines.pop(run.owner, deque())
        line.appendleft(run)
        self._lines = {run.owner: line, **self._lines}

    def take(self, busy: Collection[str] = ()) -> Job | None:
        """Take the next run whose learner is not among the `busy`; None if there is none."""
        owner = next((owner for owner in self._lines if owner not in busy), None)
        if owner is None:
            return None
        line = self._lines.pop(owner)
        run = line.popleft()
        if line:
            self._lines[owner] = line  # back to the end: the others come first
        return run

    def remove(self, run_id: str) -> Job | None:
        """Take a certain run out of the line; None if it is not there."""
        for owner, line in self._lines.items():
            for run in line:
                if run.id == run_id:
                    line.remove(run)
                    if not line:
                        del self._lines[owner]
                    return run
        return None

    def waiting(self, owner: str) -> int:
        """How many runs of a learner wait."""
        return len(self._lines.get(owner, ()))

    def before_next(self, owner: str) -> list[Job]:
        """The runs before one that a learner would add now, in their order."""
        owners = list(self._lines)
        place = owners.index(owner) if owner in owners else len(owners)
        turn = self.waiting(owner)
        return [run for at, run in self._turns() if at < (turn, place)]

    def __len__(self) -> int:
        """How many runs wait."""
        return sum(map(len, self._lines.values()))

    def __iter__(self) -> Iterator[Job]:
        """All waiting runs in the order in which they will be taken if no learner is busy."""
        return (run for _, run in self._turns())

    def _turns(self) -> Iterator[tuple[tuple[int, int], Job]]:
        """All waiting runs in that order, each with its turn and its learner's place in it."""
        for turn in range(max(map(len, self._lines.values()), default=0)):
            for place, line in enumerate(self._lines.values()):
                if turn < len(line):
                    yield (turn, place), line[turn]
