"""The lab: what pages talk to. Experiments go in, runs and their curves come out.

Everything that comes from a browser is checked here, whatever the widgets allowed.
"""

import statistics
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from time import monotonic, sleep

import data
from app.rooms import ROOMS
from app.runs import references
from app.runs.curve import Curve
from app.runs.database import StoreError
from app.runs.local import LocalRunner
from app.runs.recorder import Recorder
from app.runs.run import Run, new_id
from app.runs.runner import Capacity, RefusedError, Runner
from app.runs.store import RunStore
from app.settings import Settings
from data import sst2
from data.dataset import Dataset, is_stand_in
from data.text import TextDataset
from models.estimate import Estimate, estimate
from models.events import EpochEnd, Event, LearningRate, Progress, Stopped, Untrained
from models.experiment import Experiment, Scaling, check
from models.layers import LayerSummary
from models.scaling import Scaler, fit_scaler
from models.weights import Array, Weights

MAX_CURVES = 64
"""Curves kept in memory, so that a page that draws a growing one reads only what is new."""

LATEST = 200
"""Runs of a learner that a page reads which needs the latest only."""


class NotYoursError(Exception):
    """Somebody asked to change another learner's run."""


@dataclass(frozen=True)
class Wait:
    """How long a waiting run must wait.

    Attributes:
        place: 1 for the next run.
        before: runs before it, those in training among them.
        seconds: estimate until it starts.
        is_held: whether a run of the same learner comes first that is paused.
    """

    place: int
    before: int
    seconds: float
    is_held: bool


@lru_cache(maxsize=8)
def _has_the_words_of_references(dataset: str) -> bool:
    """Whether weights trained on the course's reviews fit: in the substitute the same id is another word."""
    if dataset != sst2.INFO.name:
        return True
    try:
        loaded = data.load(dataset)
    except data.DataError:
        return False
    return isinstance(loaded, TextDataset) and loaded.vocabulary.fingerprint == sst2.COURSE_VOCABULARY


@lru_cache(maxsize=64)
def _scaler(dataset: str, scaling: Scaling) -> Scaler:
    return Scaler() if scaling == "none" else fit_scaler(scaling, data.load(dataset).x_train)


class Lab:
    """Datasets, runs and workers, for all learners of a server.

    Args:
        store: keeps runs.
        runner: makes the runner, given what takes its events.
    """

    def __init__(self, store: RunStore, runner: Callable[[Callable[[str, Event], None]], Runner]) -> None:
        """Mark what an earlier server left unfinished, and start the workers."""
        store.interrupt_unfinished()
        self._store = store
        self._recorder = Recorder(store)
        try:
            self._runner = runner(self._recorder.record)
        except BaseException:
            self._recorder.close()
            raise
        self._curves: OrderedDict[str, tuple[int, Curve]] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def from_settings(cls, settings: Settings) -> "Lab":
        """The lab of a server."""
        log = settings.home / "workers.log"
        store = RunStore(settings.database)
        try:
            references.add_references(store)
            return cls(store, lambda record: LocalRunner(record, settings.workers, log))
        except BaseException as error:
            store.close()
            if isinstance(error, OSError):
                problem = f"{log.name} cannot be written: {error.strerror}. Ask whoever runs this server."
                raise StoreError(problem) from error
            raise

    def prepare(self) -> None:
        """Load the datasets of the labs, so that the first visitor need not wait: half a second."""
        for room in ROOMS:
            with suppress(data.DataError):  # whoever opens the page is told what is missing
                self.dataset(room.datasets[0])

    def close(self) -> None:
        """End the workers and write what is not yet written."""
        self._runner.close()
        self._recorder.close()
        self._store.close()

    # Data

    @staticmethod
    def dataset(name: str) -> Dataset:
        """The examples of a dataset.

        Raises:
            DataError: there is no such dataset, or its files cannot be had.
        """
        return data.load(name)

    def knows_other_examples(self, run: Run) -> bool:
        """Whether a run learned, and was tested, on others than the examples of its dataset that are here.

        So it is where the course's files could be had at one time and not at another, and with reference
        runs where they never could.

        Raises:
            DataError: as for `dataset`.
        """
        here = self.dataset(run.experiment.dataset).source.sentence
        return bool(run.source) and is_stand_in(run.source) != is_stand_in(here)

    @staticmethod
    def scaler(experiment: Experiment) -> Scaler:
        """What an experiment's inputs pass through before the network.

        Raises:
            DataError: as for `dataset`.
        """
        return _scaler(experiment.dataset, experiment.scaling)

    # Experiments

    @staticmethod
    def check(experiment: Experiment) -> list[LayerSummary]:
        """The summary of an experiment's layers.

        Raises:
            ValueError: it cannot be trained; the sentence says what to change.
        """
        return check(experiment, data.describe(experiment.dataset))

    def estimate(self, experiment: Experiment) -> Estimate:
        """How long an experiment will take on this machine; see `check` for what it raises."""
        return self._guess(experiment, self._calibration())

    @staticmethod
    def _guess(experiment: Experiment, calibration: float = 1.0) -> Estimate:
        info = data.describe(experiment.dataset)
        return estimate(experiment, check(experiment, info), info.train_size, calibration)

    def _calibration(self) -> float:
        """Measured over estimated seconds, the median of the last runs that finished on this machine."""
        ratios = []
        for run in self._store.finished(limit=15, but_of=references.OWNER):  # they were timed elsewhere
            try:
                guess = self._guess(run.experiment).training
            except ValueError:
                continue  # its data are gone, or its network is no longer allowed
            ratios.append(run.seconds / guess)
        return statistics.median(ratios) if ratios else 1.0

    # Runs

    def train(self, owner: str, *experiments: Experiment) -> list[Run]:
        """Start a run of each experiment; several belong together and are shown together.

        Args:
            owner: the learner.
            experiments: what to train, in this order; at least one.

        Returns:
            The runs; fewer than asked for where the learner's limit was reached.

        Raises:
            ValueError: an experiment cannot be trained; then none is.
            RefusedError: the learner has too many runs.
            StoreError: the runs cannot be kept; then none is trained.
        """
        summaries = [self.check(experiment) for experiment in experiments]
        group = new_id() if len(experiments) > 1 else ""
        runs = []
        for experiment, rows in zip(experiments, summaries, strict=True):
            steps_per_epoch = experiment.steps_per_epoch(data.describe(experiment.dataset).train_size)
            run = Run(
                owner=owner,
                experiment=experiment,
                parameters=sum(row.parameters for row in rows),
                steps=steps_per_epoch * experiment.epochs,
                steps_per_epoch=steps_per_epoch,
                group=group,
            )
            runs.append(run)
        self._store.add(*runs)
        for taken, run in enumerate(runs):
            try:
                self._runner.submit(run)
            except RefusedError:
                self._forget(runs[taken:])
                if not taken:
                    raise
                return runs[:taken]
        return runs

    def _forget(self, runs: Sequence[Run]) -> None:
        """Leave nothing of runs that were not taken; where the store fails just now, at least end them."""
        for run in runs:
            try:
                self._store.delete(run.id, run.owner)
            except StoreError:
                self._recorder.record(run.id, Stopped("There was no place for this run."))

    def run(self, run_id: str) -> Run | None:
        """The run of this id, anybody's; None if there is none."""
        return self._store.get(run_id)

    def await_point(self, run_id: str, seconds: float) -> bool:
        """Wait some seconds at most for the first point of a run's curve; returns whether it came.

        In line it will not come soon, so nothing is waited for there.
        """
        end = monotonic() + seconds
        while self._runner.ahead(run_id) is None and monotonic() < end:
            if not self.curve(run_id).is_empty:
                return True
            sleep(0.01)
        return False

    def runs(self, owner: str, limit: int | None = LATEST) -> list[Run]:
        """A learner's runs, newest first; all of them if there is no limit."""
        return self._store.of_owner(owner, limit)

    def references(self, dataset: str) -> list[Run]:
        """Runs that ship with Unroll, of one dataset; none if its words have other ids here."""
        if not _has_the_words_of_references(dataset):
            return []
        return [run for run in self._store.of_owner(references.OWNER) if run.experiment.dataset == dataset]

    def group(self, run: Run) -> list[Run]:
        """The runs that were started together with this one, itself included."""
        return self._store.of_group(run.group) if run.group else [run]

    def before(self, run: Run) -> Run | None:
        """The same learner's run before this one on the same data, to compare with."""
        earlier = (
            other
            for other in self._store.of_owner(run.owner, LATEST)
            if other.created < run.created
            and other.step > 0
            and other.experiment.dataset == run.experiment.dataset
            and (not run.group or other.group != run.group)
        )
        return next(earlier, None)

    def curve(self, run_id: str) -> Curve:
        """The learning curves of a run as far as they are."""
        with self._lock:
            number, curve = self._curves.pop(run_id, (0, Curve.empty()))
            news = self._store.events(run_id, (Untrained, Progress, EpochEnd, LearningRate), after=number)
            if news:
                number, curve = news[-1][0], curve.extended([event for _, event in news])
            self._curves[run_id] = number, curve
            if len(self._curves) > MAX_CURVES:
                self._curves.popitem(last=False)
            return curve

    def snapshot_steps(self, run_id: str) -> list[int]:
        """The steps after which a run's weights were kept, rising; 0 is before training."""
        return self._store.snapshot_steps(run_id)

    def weights(self, run_id: str, step: int) -> Weights | None:
        """A run's weights after exactly `step` steps, if they were kept."""
        return self._store.snapshot(run_id, step)

    def all_weights(self, run_id: str) -> dict[int, Weights]:
        """A run's weights at all moments at which they were kept, by the steps done by then."""
        return self._store.snapshots(run_id)

    def outcome(self, run_id: str, step: int) -> tuple[Array, Array] | None:
        """What a run said of every test example at the end of an epoch.

        Args:
            run_id: the run.
            step: steps done by then.

        Returns:
            (examples,) class said and (examples,) its probability, 0 to 1; None if no epoch ended there.
        """
        for _, event in self._store.events(run_id, (EpochEnd,)):
            if isinstance(event, EpochEnd) and event.step == step:
                return event.predicted, event.confidence
        return None

    def wait(self, run: Run) -> Wait | None:
        """How long a run must wait; None if it does not."""
        ahead = self._runner.ahead(run.id)
        if ahead is None:
            return None
        return self._wait(self._known(ahead), run.owner)

    def wait_of_next(self, owner: str) -> Wait | None:
        """How long a run would wait that a learner asked for now.

        Returns:
            None if a worker is free, or nobody else's runs come first.
        """
        before = self._known(self._runner.ahead_of_next(owner))
        return None if all(run.owner == owner for run in before) else self._wait(before, owner)

    def _known(self, run_ids: Iterable[str]) -> list[Run]:
        return [run for run_id in run_ids if (run := self._store.get(run_id))]

    def _wait(self, others: list[Run], owner: str) -> Wait:
        """The wait of a run of this learner that has these before it."""
        calibration = self._calibration()
        seconds = sum(self._seconds_left(other, calibration) for other in others) / self.capacity().workers
        training = sum(other.state != "waiting" for other in others)
        is_held = any(other.owner == owner and other.state == "paused" for other in others)
        return Wait(len(others) - training + 1, len(others), seconds, is_held)

    def _seconds_left(self, run: Run, calibration: float) -> float:
        if run.step:
            return run.seconds / run.step * (run.steps - run.step)
        try:
            return self._guess(run.experiment, calibration).training
        except ValueError:
            return 0.0  # its data are gone: it will be over at once

    def pause(self, owner: str, run_id: str) -> None:
        """Pause one's own run.

        Raises:
            NotYoursError: it is another learner's; so for all that follow.
        """
        self._runner.pause(self._own(owner, run_id))

    def resume(self, owner: str, run_id: str) -> None:
        """Go on with one's own run."""
        self._runner.resume(self._own(owner, run_id))

    def stop(self, owner: str, run_id: str) -> None:
        """End one's own run; what it has learned is kept."""
        self._runner.stop(self._own(owner, run_id))
        self._recorder.flush()

    def set_learning_rate(self, owner: str, run_id: str, learning_rate: float) -> None:
        """Use another learning rate from the next step on.

        Raises:
            ValueError: it is out of range.
        """
        run = self._store.get(self._own(owner, run_id))
        if run is not None:
            Experiment(**(run.experiment.model_dump() | {"learning_rate": learning_rate}))
            self._runner.set_learning_rate(run_id, learning_rate)

    def delete(self, owner: str, run_id: str) -> None:
        """Delete one's own run with all that belongs to it."""
        self._runner.stop(self._own(owner, run_id))
        self._recorder.flush()
        self._store.delete(run_id, owner)
        with self._lock:
            self._curves.pop(run_id, None)

    def _own(self, owner: str, run_id: str) -> str:
        run = self._store.get(run_id)
        if run is None or run.owner != owner:
            raise NotYoursError("This run belongs to someone else, so it can be looked at but not changed.")
        return run_id

    # State

    def capacity(self) -> Capacity:
        """How the workers are doing."""
        return self._runner.capacity()

    @property
    def problem(self) -> str:
        """What is wrong with this server, a sentence; empty when all is well."""
        return self.capacity().problem or self._recorder.problem


__all__ = ["Lab", "NotYoursError", "RefusedError", "StoreError", "Wait"]
