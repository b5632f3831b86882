"""A worker that speaks the protocol but trains nothing, so that it starts in a moment.

``python -m tests.app.fake_worker PIDS [MANNER]`` appends its process id to the file PIDS. MANNER "crash" ends
the process when a run comes.
"""

import os
import sys
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import numpy as np

from models import wire
from models.events import Event, Finished, LearningRate, Paused, Progress, Resumed, Started, Stopped
from models.experiment import Experiment

STEPS_PER_EPOCH = 10
SECONDS = 0.005

Inbox = Queue[tuple[str, wire.Message]]


def say(run_id: str, message: wire.Message) -> None:
    wire.write_frame(sys.stdout.buffer, run_id, message)


def listen(inbox: Inbox) -> None:
    while frame := wire.read_frame(sys.stdin.buffer):
        inbox.put(frame)
    os._exit(0)


def command_of(inbox: Inbox, paused: bool) -> wire.Message | None:
    try:
        return inbox.get(timeout=None if paused else SECONDS)[1]
    except Empty:
        return None


def run(inbox: Inbox, run_id: str, experiment: Experiment) -> Event:
    """Tell what a run would tell; gives its last event."""
    steps = experiment.epochs * STEPS_PER_EPOCH
    say(run_id, Started(1, steps, STEPS_PER_EPOCH, compiling=False, source=str(os.getpid())))
    step, paused = 0, False
    while step < steps:
        match command_of(inbox, paused):
            case wire.Stop():
                return Stopped()
            case wire.Pause():
                paused = True
                say(run_id, Paused())
            case wire.Resume():
                paused = False
                say(run_id, Resumed())
            case wire.SetLearningRate(learning_rate):
                say(run_id, LearningRate(step, learning_rate))
            case None:
                step += 1
                say(run_id, Progress(step, np.ones(1, np.float32), np.ones(1, np.float32), step * SECONDS))
    return Finished(steps * SECONDS, 1.0)


def main(pids: str, manner: str = "") -> None:
    with Path(pids).open("a") as stream:
        stream.write(f"{os.getpid()}\n")
    inbox: Inbox = Queue()
    Thread(target=listen, args=(inbox,), daemon=True).start()
    while True:
        say("", wire.Idle(True))
        run_id, command = inbox.get()
        if isinstance(command, wire.Train):
            if manner == "crash":
                os._exit(1)
            say(run_id, run(inbox, run_id, Experiment.model_validate_json(command.experiment)))


if __name__ == "__main__":
    main(*sys.argv[1:])
