"""The rules of who may import whom, read from the source. Nothing is imported to find out."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("data", "models", "app", "pages")
LAYERS = (("data",), ("models",), ("app",), ("app.ui",), ("app.server", "app.streamlit_app"), ("pages",))
"""Each may import itself and what stands before it."""

WITH_KERAS = {f"models.{name}" for name in ("backend", "build", "export", "program", "train", "worker")}
"""Two of them, worker and export, are programs that the server starts; it imports none of them."""
KERAS = {"keras", "tensorflow"}
UNSAFE_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
UNSAFE_NAMES = {"eval", "exec", "__import__"}
IN_HASTE = {"app.__main__", "app.environment"}
"""They run before anything is installed."""


def module_name(path: Path) -> str:
    """``app/ui/charts.py`` is ``app.ui.charts``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {
    module_name(path): path.read_text() for name in FOLDERS for path in sorted((ROOT / name).rglob("*.py"))
}


def level(module: str) -> int | None:
    """The layer of one of our modules; None for those of others."""
    fitting = [
        (len(prefix), number)
        for number, prefixes in enumerate(LAYERS)
        for prefix in prefixes
        if module == prefix or module.startswith(prefix + ".")
    ]
    return max(fitting)[1] if fitting else None


def imports(module: str, tree: ast.AST) -> Iterator[str]:
    """All that a module imports, wherever in it; ``from a import b`` is ``a.b``, which may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.split(".")[: -node.level] if node.level else []
            source = ".".join([*package, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def problems(module: str, source: str) -> list[str]:
    """Each rule that a module breaks."""
    tree = ast.parse(source)
    own = level(module)
    assert own is not None
    found = []
    for name in imports(module, tree):
        top = name.split(".")[0]
        theirs = level(name)
        if theirs is not None and theirs > own:
            found.append(f"{module} must not know {name}")
        if top in KERAS and module not in WITH_KERAS:
            found.append(f"{module} must not import {name}")
        if module not in WITH_KERAS and any(name == one or name.startswith(one + ".") for one in WITH_KERAS):
            found.append(f"{module} must not import {name}, which imports Keras")
        if top == "streamlit" and own < level_of_pages():
            found.append(f"{module} must not import {name}")
        if top in UNSAFE_MODULES:
            found.append(f"{module} must not import {name}: loading such data runs code")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in UNSAFE_NAMES:
            found.append(f"{module} must not use {node.id}, line {node.lineno}")
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and not is_false(node.value):
            found.append(f"{module} must not allow pickle, line {node.value.lineno}")
    return found


def level_of_pages() -> int:
    """From here on Streamlit is known."""
    return LAYERS.index(("app.ui",))


def is_false(node: ast.expr) -> bool:
    """Whether it is the literal False."""
    return isinstance(node, ast.Constant) and node.value is False


@pytest.mark.parametrize("module", SOURCES)
def test_a_module_keeps_the_rules(module: str) -> None:
    assert problems(module, SOURCES[module]) == []


@pytest.mark.parametrize("module", sorted(IN_HASTE))
def test_what_runs_before_the_installation_needs_only_python(module: str) -> None:
    tops = {name.split(".")[0] for name in imports(module, ast.parse(SOURCES[module]))}
    assert tops <= set(sys.stdlib_module_names) | {"app"}


def test_everything_is_looked_at() -> None:
    assert {"data.shapes", "models.layers", "app.lab", "app.ui.charts", "pages.shapes"} <= SOURCES.keys()
    assert SOURCES.keys() >= WITH_KERAS
    assert SOURCES.keys() >= IN_HASTE


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("models.layers", "import app.lab"),
        ("models.layers", "import streamlit as st"),
        ("models.layers", "def f():\n    import keras.layers"),
        ("models.train", "from app.runs import store"),
        ("data.shapes", "from models.layers import LSTM"),
        ("data.shapes", "from ..models import layers"),
        ("app.lab", "from app.ui.session import lab"),
        ("app.lab", "from app import ui"),
        ("app.lab", "import streamlit.web"),
        ("app.lab", "from models.train import train"),
        ("app.lab", "from models import build"),
        ("app.ui.charts", "import pages.home"),
        ("app.ui.charts", "from tensorflow import keras"),
        ("app.ui.charts", "import app.server"),
        ("pages.home", "import tensorflow"),
        ("app.lab", "import pickle"),
        ("app.lab", "eval('1')"),
        ("app.lab", "run = exec"),
        ("data.sources", "numpy.load(path, allow_pickle=True)"),
    ],
)
def test_a_breach_is_found(module: str, source: str) -> None:
    assert problems(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("models.train", "import tensorflow as tf"),
        ("app.ui.charts", "import streamlit as st\nfrom app.runs.curve import Curve"),
        ("pages.home", "from app.ui.session import lab\nfrom data.dataset import Dataset"),
        ("app.server", "import streamlit as st\nfrom app.ui.session import lab"),
        ("data.sources", "numpy.load(path, allow_pickle=False)"),
    ],
)
def test_what_is_allowed_is_not_complained_of(module: str, source: str) -> None:
    assert problems(module, source) == []
