"""The set-up that `python3 app` and `python3 tests` share: a virtual environment, packages, data.

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements.txt"
TEST_REQUIREMENTS = ROOT / "tests" / "requirements.txt"

SERVER_VARIABLES = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1000000"}
"""Environment of the server, unless the operator says otherwise; glibc reads it when a process starts.

Each visitor's page is made in a thread, and glibc would give each thread a store of free memory of its own,
and keep what large arrays leave behind. A map of 10,000 words of GloVe, clicked on, then adds 170 MB to the
server; with two stores for all threads 150 MB; with arrays of over 1 MB given back at once 102 MB.
"""


class SetupError(Exception):
    """The set-up cannot go on; the message is a plain sentence that says what is wrong and what to do."""


def say(line: str) -> None:
    """Print one line at once, also into a pipe."""
    print(line, flush=True)


def prepare(program: Path, arguments: Sequence[str], requirements: Sequence[Path]) -> None:
    """Make sure that this process runs in a virtual environment with the packages, and that the data is here.

    Outside a virtual environment this does not return: `.venv` is made if need be and the program starts
    again inside it.

    Args:
        program: the folder to start again, such as `app/`.
        arguments: its command-line arguments.
        requirements: requirements files; each is installed only if it has changed since the last time.

    Raises:
        SetupError: the environment cannot be made or the packages cannot be installed.
    """
    if not in_virtual_environment():
        make_environment(VENV)
        replace_process([str(python_of(VENV)), str(program), *arguments])
    for file in requirements:
        install(file, Path(sys.prefix))
    fetch_data()


def in_virtual_environment() -> bool:
    """Whether this Python runs in a virtual environment."""
    return sys.prefix != sys.base_prefix


def python_of(folder: Path) -> Path:
    """The Python of a virtual environment.

    Args:
        folder: the environment's folder.
    """
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_environment(folder: Path) -> None:
    """Make a virtual environment unless there is a sound one.

    Args:
        folder: where it is or shall be.

    Raises:
        SetupError: Python's `venv` is not installed, or it fails.
    """
    if (folder / "pyvenv.cfg").is_file() and python_of(folder).exists():
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        raise SetupError(
            "This Python cannot make virtual environments. On Debian and Ubuntu, install what it lacks:\n"
            f"  sudo apt-get install python{version}-venv"
        )
    say(f"Making a virtual environment in {folder}")
    try:
        # --clear: what may be there is no sound environment; perhaps the Python it was made with is gone.
        status = run([sys.executable, "-m", "venv", "--clear", str(folder)])
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # half an environment would look like a whole one
        raise
    if status != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise SetupError(f"The virtual environment {folder} could not be made; the reason stands above.")


def install(requirements: Path, environment: Path) -> None:
    """Install a requirements file with pip if it, or the Python version, has changed since the last time.

    Args:
        requirements: the file.
        environment: the folder of the environment that this Python runs in; a stamp in it says what it has.

    Raises:
        SetupError: pip fails.
    """
    name = requirements.relative_to(ROOT).as_posix()
    stamp = environment / f"unroll-{name.replace('/', '-')}.stamp"
    wanted = fingerprint(requirements)
    if stamp.is_file() and stamp.read_bytes() == wanted.encode():
        return
    stamp.unlink(missing_ok=True)
    say(f"Installing the packages of {name} (the first time this takes some minutes)")
    status = 0
    if importlib.util.find_spec("pip") is None:
        status = run([sys.executable, "-m", "ensurepip", "--default-pip"])
    if status == 0:
        status = run(
            [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-r", str(requirements)]
        )
    if status != 0:
        raise SetupError(
            f"The packages of {name} could not be installed; pip's own message stands above. "
            "Check that this computer is online (behind a proxy, set HTTPS_PROXY) and has 3 GB of free disk "
            "space, then start again: what is already here is kept."
        )
    # Written under another name first: a stamp is there in full or not at all.
    temporary = stamp.with_suffix(".new")
    temporary.write_bytes(wanted.encode())
    temporary.replace(stamp)


def fingerprint(requirements: Path) -> str:
    """A hash that changes when other packages are wanted, or the same ones for another Python.

    Args:
        requirements: a requirements file.

    Returns:
        64 hexadecimal digits.
    """
    return hashlib.sha256(platform.python_version().encode() + b"\n" + requirements.read_bytes()).hexdigest()


def fetch_data() -> None:
    """Bring the datasets to this computer; what cannot be had is said, and does not stop the start."""
    if run([sys.executable, "-m", "data"], child_variables(os.environ, Path.cwd())) != 0:
        say("Not all data could be fetched; the pages that need it say so.")


def child_variables(variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment variables for a process that runs in the repository's root.

    Args:
        variables: those of this process.
        folder: the folder in which the user typed the command: a relative UNROLL_DATA is meant from there.

    Returns:
        The same variables, UNROLL_DATA as an absolute path.
    """
    changed = dict(variables)
    if changed.get("UNROLL_DATA", "").strip():
        changed["UNROLL_DATA"] = str(folder / Path(changed["UNROLL_DATA"].strip()).expanduser())
    return changed


def run(command: Sequence[str], variables: Mapping[str, str] | None = None) -> int:
    """Run a program in the repository's root and wait for it.

    Args:
        command: the program and its arguments.
        variables: its environment variables; default: those of this process.

    Returns:
        Its exit status.
    """
    return subprocess.call(command, cwd=ROOT, env=variables)


def replace_process(command: Sequence[str], *, in_root: bool = False) -> NoReturn:
    """Go on as another program; Ctrl-C then reaches that program alone.

    Args:
        command: the program and its arguments.
        in_root: run it in the repository's root instead of the present folder.
    """
    variables = dict(os.environ)
    if in_root:
        variables = child_variables(variables, Path.cwd())
        os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":  # there, exec would return to the shell while the program still runs
        with subprocess.Popen(command, env=variables) as process:
            while True:
                try:
                    sys.exit(process.wait())
                except KeyboardInterrupt:
                    continue  # the program got Ctrl-C too, and ends in its own time
    os.execve(command[0], list(command), variables)
