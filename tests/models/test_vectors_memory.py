"""What the word vectors cost the server, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATUS = Path("/proc/self/smaps_rollup")

PROGRAM = """
from pathlib import Path

import app.rooms, pandas, streamlit  # what the server has anyway


def megabytes():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return sizes["Rss"], sizes["Anonymous"]


before = megabytes()
from models.algebra import solve
from models.vectors import VectorSpace

space = VectorSpace.load("glove")
for basis in ("raw", "centred"):
    for method in ("3CosAdd", "3CosMul"):
        solve("water + bird - air", space.seen_as(basis), method=method)
space.vocabulary.suggest("brird")
after = megabytes()
print(after[0] - before[0], after[1] - before[1])
"""


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux says what a process has in memory")
def test_glove_adds_little_but_page_cache() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    resident, private = map(float, done.stdout.split())
    # The matrix, 76 MB, is mapped from its file: resident, but shared and given back when memory is short.
    # Seen: 115 MB resident, 26 MB private.
    assert private < 45
    assert resident < 120
