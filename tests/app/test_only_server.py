"""Two servers never share a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.only_server import OtherServerError, hold

ROOT = Path(__file__).resolve().parents[2]
HOLD = (
    "import sys; from pathlib import Path; from app.only_server import hold; lock = hold(Path(sys.argv[1]))"
)


def test_a_second_one_is_told_and_may_come_afterwards(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    first = hold(home)
    with pytest.raises(OtherServerError, match="UNROLL_HOME"):
        hold(home)
    hold(tmp_path / "other").close()
    first.close()
    hold(home).close()


def test_it_ends_with_the_process_however_that_ends(tmp_path: Path) -> None:
    program = f"{HOLD}; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        (sys.executable, "-c", program, str(tmp_path)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(OtherServerError):
            hold(tmp_path)
        other.kill()
    hold(tmp_path).close()


def start_server(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A server that ends by itself, since something is wrong."""
    return subprocess.run(
        (sys.executable, "-m", "streamlit", "run", "app/server.py", "--server.port", "0"),
        cwd=ROOT,
        env={"UNROLL_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


def test_a_second_server_ends_with_the_sentence(tmp_path: Path) -> None:
    first = hold(tmp_path)
    done = start_server(tmp_path)
    first.close()
    assert done.returncode == 1
    assert done.stderr.startswith("Unroll runs already with the runs in")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("WORKERS", "many", "Input should be"),
        ("WARM", "shapes-mlp, shapes-ltsm", "There is no preset 'shapes-ltsm'. There are: shapes-mlp,"),
        ("DATABASE", "runs.db", "This is no URL of a database"),
        ("DATABASE", "sqlite://", "A database in memory is not shared"),
        (
            "DATABASE",
            "mysql+pymysql://a@b/c",
            'The driver of this database is not installed: pip install "pymysql[rsa]"',
        ),
    ],
)
def test_settings_that_cannot_be_used_are_named(name: str, value: str, sentence: str, tmp_path: Path) -> None:
    done = start_server(tmp_path, **{f"UNROLL_{name}": value})
    assert done.returncode == 1
    assert done.stderr.startswith(f"Unroll cannot start with these settings. UNROLL_{name}: {sentence}")
