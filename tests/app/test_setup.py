"""`python3 app` and `python3 tests` set up what is needed, once, and say clearly what they cannot do."""

from __future__ import annotations

import ast
import os
import platform
import runpy
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app import __main__ as start
from app import environment
from app.environment import ROOT, SetupError

ALLOWED_HOSTS = "STREAMLIT_SERVER_ALLOWED_HOSTS"
Commands = list[list[str]]


class BecameAnotherProgramError(Exception):
    """Raised where this process would have become another program."""


def run_app(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app", *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The programs that would have been run; each ends well."""
    asked: Commands = []

    def run(command: Sequence[str], variables: object = None) -> int:
        asked.append(list(command))
        return 0

    monkeypatch.setattr(environment, "run", run)
    return asked


@pytest.fixture
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A requirements file in a repository of its own; `tmp_path` stands for the environment, too."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    file = tmp_path / "requirements.txt"
    file.write_text("numpy==1.0\n")
    return file


def stamps(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("unroll-"))


# --- which Python ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 10), (3, 6), (2, 7)])
def test_an_old_python_is_told_so(version: tuple[int, int]) -> None:
    with pytest.raises(SystemExit) as ended:
        start.check_python(version)
    assert str(ended.value).startswith(
        f"Unroll needs Python 3.11 or newer, and this is Python {version[0]}.{version[1]}."
    )


@pytest.mark.parametrize("version", [(3, 14), (4, 0)])
def test_a_python_without_tensorflow_is_told_so(version: tuple[int, int]) -> None:
    with pytest.raises(SystemExit, match=r"TensorFlow cannot be had yet.*python3\.13 app"):
        start.check_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_python_in_between_passes(version: tuple[int, int]) -> None:
    start.check_python(version)


@pytest.mark.parametrize("program", ["app/__main__.py", "tests/__main__.py"])
def test_an_old_python_can_read_as_far_as_that(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ast.parse((ROOT / program).read_text(encoding="utf-8"), feature_version=(3, 6))
    monkeypatch.setattr(sys, "version_info", (3, 8, 10, "final", 0))
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(SystemExit, match=r"this is Python 3\.8\."):
        runpy.run_path(str(ROOT / program), run_name="__main__")


# --- the command line -----------------------------------------------------------------------------------


def test_help_names_the_options_and_sets_nothing_up() -> None:
    answer = run_app("--help")
    assert answer.returncode == 0
    assert all(option in answer.stdout for option in ("--port", "--host", "--setup-only", "8501"))
    assert "Installing" not in answer.stdout


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "1.5", ""])
def test_an_impossible_port_is_refused(port: str) -> None:
    answer = run_app(f"--port={port}")
    assert answer.returncode == 2
    assert f"a port is a whole number from 1 to 65535, not {port!r}" in answer.stderr


def test_a_taken_port_is_said_before_anything_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = run_app("--port", str(port))
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Port {port} is taken.")
    assert "python3 app --port " in answer.stderr
    assert answer.stdout == ""


def test_a_host_that_is_not_ours_is_said() -> None:
    answer = run_app("--host", "192.0.2.1")  # an address reserved for documentation
    assert answer.returncode == 1
    assert answer.stderr.startswith("Unroll cannot listen on 192.0.2.1")
    assert "Traceback" not in answer.stderr


def test_a_free_port_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_at_once:
        port = closed_at_once.getsockname()[1]
    start.check_port("127.0.0.1", port)


def test_the_address_is_one_that_a_browser_takes() -> None:
    assert start.address("127.0.0.1", 8501) == "http://127.0.0.1:8501"
    assert start.address("0.0.0.0", 80) == "http://127.0.0.1:80"  # noqa: S104
    assert start.address("::1", 8501) == "http://[::1]:8501"


@pytest.mark.parametrize(("host", "names"), [("127.0.0.1", None), ("localhost", None), ("0.0.0.0", "*")])  # noqa: S104
def test_the_server_gets_host_and_port(
    host: str,
    names: str | None,
    commands: Commands,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def replace_process(command: Sequence[str], *, in_root: bool = False) -> None:
        assert in_root
        commands.append(list(command))
        raise BecameAnotherProgramError

    with socket.create_server(("127.0.0.1", 0)) as closed_at_once:
        port = str(closed_at_once.getsockname()[1])
    monkeypatch.setattr(environment, "replace_process", replace_process)
    monkeypatch.setattr(environment, "in_virtual_environment", lambda: True)
    monkeypatch.setattr(environment, "install", lambda file, folder: None)
    monkeypatch.setattr(sys, "argv", ["app", "--port", port, "--host", host])
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in (*environment.SERVER_VARIABLES, ALLOWED_HOSTS):
        monkeypatch.setenv(name, "")  # so that what `main` sets is taken back
        monkeypatch.delenv(name)
    with pytest.raises(BecameAnotherProgramError):
        start.main()
    fetch, server = commands
    assert fetch == [sys.executable, "-m", "data"]
    assert server == [
        *[sys.executable, "-m", "streamlit", "run", "app/server.py"],
        *["--server.port", port, "--server.address", host],
    ]
    assert os.environ.items() >= environment.SERVER_VARIABLES.items()
    assert os.environ.get(ALLOWED_HOSTS) == names  # from elsewhere it may be called by any name
    name = "localhost" if host == "localhost" else "127.0.0.1"
    assert f"Unroll is at http://{name}:{port}\n" in capsys.readouterr().out


# --- packages -------------------------------------------------------------------------------------------


def test_packages_are_installed_once(requirements: Path, commands: Commands) -> None:
    environment.install(requirements, requirements.parent)
    assert len(commands) == 1
    assert commands[0][:4] == [sys.executable, "-m", "pip", "install"]
    assert commands[0][-2:] == ["-r", str(requirements)]

    environment.install(requirements, requirements.parent)
    assert len(commands) == 1


def test_changed_requirements_are_installed_again(requirements: Path, commands: Commands) -> None:
    environment.install(requirements, requirements.parent)
    requirements.write_text("numpy==2.0\n")
    environment.install(requirements, requirements.parent)
    environment.install(requirements, requirements.parent)
    assert len(commands) == 2


def test_another_python_installs_again(
    requirements: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.install(requirements, requirements.parent)
    monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")
    environment.install(requirements, requirements.parent)
    assert len(commands) == 2


def test_each_requirements_file_has_its_own_stamp(requirements: Path, commands: Commands) -> None:
    ours = requirements.parent / "tests" / "requirements.txt"
    ours.parent.mkdir()
    ours.write_text("pytest\n")
    for file in (requirements, ours, requirements, ours):
        environment.install(file, requirements.parent)
    assert len(commands) == 2
    assert stamps(requirements.parent) == [
        "unroll-requirements.txt.stamp",
        "unroll-tests-requirements.txt.stamp",
    ]


def test_a_failing_pip_is_explained_and_leaves_no_stamp(
    requirements: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.install(requirements, requirements.parent)
    requirements.write_text("no-such-package\n")
    monkeypatch.setattr(environment, "run", lambda command, variables=None: 1)
    with pytest.raises(SetupError, match=r"could not be installed.*computer is online"):
        environment.install(requirements, requirements.parent)
    assert stamps(requirements.parent) == []


def test_an_interrupted_pip_leaves_no_stamp(requirements: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(command: Sequence[str], variables: object = None) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.install(requirements, requirements.parent)
    assert stamps(requirements.parent) == []


def test_pip_without_a_network_ends_in_a_sentence(requirements: Path, tmp_path: Path) -> None:
    """The real pip, with an index that is not there."""
    no_index = (
        f"import os; os.environ['PIP_NO_INDEX'] = '1'; os.environ['PIP_CONFIG_FILE'] = {os.devnull!r}; "
    )
    program = (
        no_index + "import sys; from pathlib import Path; from app import environment; "
        f"environment.ROOT = Path({str(tmp_path)!r}); "
        f"environment.install(Path({str(requirements)!r}), Path({str(tmp_path)!r}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "SetupError: The packages of requirements.txt could not be installed" in answer.stderr
    assert "No matching distribution found for numpy==1.0" in answer.stderr
    assert stamps(tmp_path) == []


# --- the virtual environment ----------------------------------------------------------------------------


def test_a_virtual_environment_is_made_and_found_again(tmp_path: Path, commands: Commands) -> None:
    folder = tmp_path / ".venv"
    environment.make_environment(folder)
    assert commands == [[sys.executable, "-m", "venv", "--clear", str(folder)]]

    environment.python_of(folder).parent.mkdir(parents=True)
    environment.python_of(folder).touch()
    (folder / "pyvenv.cfg").touch()
    environment.make_environment(folder)
    assert len(commands) == 1


def test_an_environment_whose_python_is_gone_is_made_again(tmp_path: Path, commands: Commands) -> None:
    environment.python_of(tmp_path).parent.mkdir(parents=True)
    environment.python_of(tmp_path).symlink_to(tmp_path / "python that was uninstalled")
    (tmp_path / "pyvenv.cfg").touch()
    environment.make_environment(tmp_path)
    assert len(commands) == 1


@pytest.mark.parametrize("end", [1, KeyboardInterrupt])
def test_half_an_environment_is_removed(
    end: int | type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".venv"

    def half(command: Sequence[str], variables: object = None) -> int:
        folder.mkdir()
        (folder / "pyvenv.cfg").touch()
        if isinstance(end, int):
            return end
        raise end

    monkeypatch.setattr(environment, "run", half)
    with pytest.raises((SetupError, KeyboardInterrupt)):
        environment.make_environment(folder)
    assert not folder.exists()


def test_a_python_without_venv_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    with pytest.raises(SetupError, match=f"sudo apt-get install python{version}-venv"):
        environment.make_environment(tmp_path / ".venv")


def test_outside_an_environment_the_program_starts_again_inside(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace_process(command: Sequence[str], *, in_root: bool = False) -> None:
        assert not in_root
        commands.append(list(command))
        raise BecameAnotherProgramError

    monkeypatch.setattr(environment, "in_virtual_environment", lambda: False)
    monkeypatch.setattr(environment, "make_environment", lambda folder: None)
    monkeypatch.setattr(environment, "replace_process", replace_process)
    with pytest.raises(BecameAnotherProgramError):
        environment.prepare(ROOT / "app", ["--port", "80"], [])
    python = environment.python_of(ROOT / ".venv")
    assert commands == [[str(python), str(ROOT / "app"), "--port", "80"]]


def test_the_second_start_runs_no_pip(
    requirements: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "prefix", str(requirements.parent)
    )  # an environment, since it is not Python's own
    environment.prepare(ROOT / "app", [], [requirements])
    assert [command[2] for command in commands] == ["pip", "data"]

    commands.clear()
    environment.prepare(ROOT / "app", [], [requirements])
    assert [command[2] for command in commands] == ["data"]


def test_setup_only_in_a_prepared_environment_runs_no_pip() -> None:
    stamp = Path(sys.prefix) / "unroll-requirements.txt.stamp"
    if not stamp.is_file() or stamp.read_text() != environment.fingerprint(environment.REQUIREMENTS):
        pytest.skip("this environment was not set up by `python3 app` or `python3 tests`")
    answer = run_app("--setup-only")
    assert answer.returncode == 0
    assert "Installing" not in answer.stdout
    assert "Curves: " in answer.stdout
    assert answer.stdout.endswith("Everything is set up. Start Unroll with: python3 app\n")


# --- data -----------------------------------------------------------------------------------------------


def test_data_that_cannot_be_had_does_not_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "run", lambda command, variables=None: 1)
    environment.fetch_data()
    assert capsys.readouterr().out == "Not all data could be fetched; the pages that need it say so.\n"


def test_a_relative_data_folder_is_meant_from_where_the_command_was_typed(tmp_path: Path) -> None:
    changed = environment.child_variables({"UNROLL_DATA": "files", "HOME": "/home/ada"}, tmp_path)
    assert changed == {"UNROLL_DATA": str(tmp_path / "files"), "HOME": "/home/ada"}
    absolute = {"UNROLL_DATA": str(tmp_path)}
    assert environment.child_variables(absolute, Path("/elsewhere")) == absolute
    assert environment.child_variables({}, tmp_path) == {}


# --- the tests' own command -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chromium", "side_by_side"),
    [(True, ()), (False, ()), (False, ("--numprocesses", "2", "--dist", "loadfile"))],
)
def test_without_chromium_the_last_lines_say_how_to_get_it(
    chromium: bool, side_by_side: tuple[str, ...], tmp_path: Path
) -> None:
    """A small copy of the test folder, with one browser test and another one."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests" / "e2e").mkdir(parents=True)
    for name in ("conftest.py", "browser.py", "course.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests")
    (tmp_path / "tests" / "test_one.py").write_text("def test_one(): pass\n")
    (tmp_path / "tests" / "e2e" / "test_page.py").write_text("def test_page(): pass\n")
    program = sys.executable if chromium else str(tmp_path / "nowhere")  # any program: it is not started
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *side_by_side],
        cwd=tmp_path,
        env={**os.environ, "UNROLL_CHROMIUM": program},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
    if chromium:
        assert "2 passed" in answer.stdout
        assert "Chromium" not in answer.stdout
    else:
        assert "1 passed, 1 skipped" in answer.stdout
        first, second, third = answer.stdout.splitlines()[-3:]
        assert first == "1 browser test was skipped: there is no Chromium here."
        assert "apt-get install chromium" in second
        assert "UNROLL_CHROMIUM" in third
