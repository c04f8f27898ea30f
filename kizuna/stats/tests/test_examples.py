"""The worked example in each docstring is a test; the package stays clean of web and data-frame libraries."""

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

from kizuna import stats

MODULES = sorted(name for _, name, _ in pkgutil.walk_packages(stats.__path__, "kizuna.stats.") if ".tests" not in name)
ALLOWED = {"numpy", "scipy", "kizuna"}
STANDARD = {
    "importlib",
    "statistics",
    "ast",
    "collections",
    "dataclasses",
    "json",
    "math",
    "os",
    "pathlib",
    "sys",
    "time",
    "types",
    "typing",
}


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings_hold(module):
    assert doctest.testmod(importlib.import_module(module)).failed == 0


@pytest.mark.parametrize("door", ["intervals", "survival", "value", "effects", "scores"])
def test_every_public_function_has_an_example(door):
    module = getattr(stats, door)
    for name in getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")]):
        member = getattr(module, name)
        if callable(member) and not isinstance(member, type) and member.__module__.startswith(f"kizuna.stats.{door}"):
            assert ">>>" in member.__doc__, name


def test_the_package_imports_only_numpy_and_scipy():
    root = Path(stats.__path__[0])
    for path in root.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= ALLOWED | STANDARD, path


def test_every_code_is_used_and_every_used_code_is_declared():
    root = Path(stats.__path__[0])
    texts = [path.read_text(encoding="utf-8") for path in root.rglob("*.py") if "tests" not in path.parts]
    body = "\n".join(text for text in texts if "ASSUMPTIONS = {" not in text)
    unused = [code for code in (*stats.ASSUMPTIONS, *stats.LIMITS) if f'"{code}"' not in body]
    assert unused == []


def test_an_undeclared_code_is_a_programming_error():
    with pytest.raises(KeyError):
        stats.Estimate(value=1.0, low=0.0, high=2.0, n=1, method="x", assumptions=("made_up",))
