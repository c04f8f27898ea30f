"""The tree keeps to the house style where a program can tell."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
ATTIC = {"utils", "helpers", "common", "manager", "misc", "handler", "data", "info", "process"}
WRITERS = {"actions", "migrations", "tests", "ledger"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


SOURCES = [file for file in tracked("*.py") if file.name != "0001_first.py"]
PRODUCT = [file for file in SOURCES if file.is_relative_to(ROOT / "kizuna") and "tests" not in file.parts]


def test_there_is_something_to_check():
    assert len(PRODUCT) > 50


def test_no_file_is_longer_than_500_lines():
    long = {
        str(file.relative_to(ROOT)): lines
        for file in SOURCES
        if (lines := len(file.read_text().splitlines())) > MAX_FILE_LINES
    }
    assert not long


def test_no_function_is_longer_than_60_lines():
    long = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}"
        for file in PRODUCT
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert not long


def test_no_module_is_an_attic():
    assert not [str(file.relative_to(ROOT)) for file in PRODUCT if ATTIC & {file.stem, file.parent.name}]


def test_our_own_modules_are_imported_at_the_top():
    nested = []
    for file in PRODUCT:
        tree = ast.parse(file.read_text())
        nested += [
            f"{file.relative_to(ROOT)}:{node.lineno}"
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef)
            for node in ast.walk(function)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kizuna")
        ]
    # The command line sets Django up before it may import what needs Django.
    assert not [place for place in nested if "/interfaces/cli/" not in place]


@pytest.mark.parametrize("word", ["mark_safe(", "|safe", ".innerHTML", "csrf_exempt"])
def test_dangerous_words_stand_only_where_listed(word):
    allowed = {
        "mark_safe(": re.compile(
            r"kizuna/(base/components|engagement/discussions/rendering|engagement/discussions/templatetags)/"
        ),
        "|safe": re.compile(r"^$"),
        ".innerHTML": re.compile(r"base/components/static/kizuna/js/(editor|suggest)\.js"),
        "csrf_exempt": re.compile(
            r"kizuna/(interfaces/(api|scim|hooks|widget)|core/notifications|core/identities/views/(company|product|saml)"
            r"|base/components/visitors|base/web/middleware)"
        ),
    }[word]
    found = [
        str(file.relative_to(ROOT))
        for file in tracked("kizuna/*.py", "kizuna/*.html", "kizuna/*.js")
        if "vendor" not in file.parts and "tests" not in file.parts and word in file.read_text()
    ]
    assert not [name for name in found if not allowed.search(name)]


def test_templates_have_no_inline_style_or_script():
    offending = []
    for file in tracked("kizuna/*.html"):
        if "mail" in file.parts or file.name.startswith("mail"):
            continue
        text = file.read_text()
        if re.search(r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*(src=|type=\"(application/ld\+json|importmap)\"))", text):
            offending.append(str(file.relative_to(ROOT)))
    assert not offending


def test_the_repository_names_no_machine_path_and_no_registry():
    patterns = re.compile(r"/work/|/root/|index-url|find-links|files\.pythonhosted")
    found = [
        str(file.relative_to(ROOT))
        for file in tracked("*.py", "*.md", "*.txt", "*.toml", "*.html", "bin/*", ".ci/*")
        if file.name != "test_house_rules.py" and patterns.search(file.read_text(errors="ignore"))
    ]
    assert not found
