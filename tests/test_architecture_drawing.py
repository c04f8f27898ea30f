"""The drawing of the layers in docs/architecture.md is the one that import-linter holds."""

import configparser
import re

import pytest

from tests.test_house_rules import ROOT

APPS = ROOT / "kizuna"


def drawn(group):
    """Return the layers of a group as drawn, the lowest first, each a set of apps."""
    lines = re.findall(
        rf"^ {group} ─+ (.+)$", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(lines) == 1, f"{group} is drawn {len(lines)} times"
    words = re.sub(r"\([^)]*\)", "", lines[0])
    return [set(re.split(r"[|·]", layer.replace(" ", ""))) for layer in words.split(" < ")]


def held(group):
    """Return the layers as `.importlinter` has them, the lowest first, without apps that are not built yet."""
    linter = configparser.ConfigParser()
    linter.read(ROOT / ".importlinter", encoding="utf-8")
    layers = linter[f"importlinter:contract:{group}"]["layers"].strip().splitlines()
    found = [{app for app in re.findall(r"\((\w+)\)", layer) if (APPS / group / app).is_dir()} for layer in layers]
    return [layer for layer in reversed(found) if layer]


@pytest.mark.parametrize("group", ["core", "engagement", "success"])
def test_a_group_is_drawn_once_and_as_it_is_held(group):
    assert drawn(group) == held(group)


def test_every_interface_is_drawn():
    built = {folder.name for folder in (APPS / "interfaces").iterdir() if (folder / "__init__.py").exists()}
    assert drawn("interfaces") == [built]
