"""Whatever the code writes into the audit log has words in both languages: actions, pages, things, settings."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import override

import kizuna
from kizuna.base.registry import audit_words
from kizuna.core.community import settings as keys
from kizuna.core.privacy.queries.audit import AuditFilter
from kizuna.core.privacy.wording import DETAIL_WORDS, detail_text, things
from tests.cast import NOW

WRITERS = {"log_manager_action", "note", "note_viewing"}
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
# Modules hold these strings beside actions: names of jobs, groups of records.
NOT_ACTIONS = re.compile(r"(members|privacy|imports|surveys|webhooks)\.[a-z_]+|kizuna\..+|.+\.(html|json|csv)")
SUBJECTS = ("member", "account", "contact", "space", "survey", "import", "terms", "token", "batch", "invitation", "audience",
            "privacy_request", "customers", "contracts", "purchases", "tickets", "nps")  # fmt: skip


def writing() -> list[ast.Module]:
    """Return the modules that write into the log."""
    sources = [path for path in Path(kizuna.__file__).parent.rglob("*.py") if "tests" not in path.parts]
    trees = [ast.parse(path.read_text()) for path in sources]
    return [tree for tree in trees if any(_is_writer(node) for node in ast.walk(tree))]


def _is_writer(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Name) and node.func.value.id == "audit" and node.func.attr in WRITERS
    return isinstance(node.func, ast.Name) and node.func.id == "log_manager_action"


def texts(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_action_has_words():
    said = {text for tree in writing() for text in texts(tree) if ACTION.fullmatch(text)}
    said = {text for text in said if not NOT_ACTIONS.fullmatch(text)}
    assert len(said) > 30
    assert not sorted(said - set(audit_words("words")) - set(audit_words("settings")))


def test_every_page_has_words():
    pages: set[str] = set()
    for tree in writing():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")).endswith(
                "note_viewing"
            ):
                given = [word.value for word in node.keywords if word.arg == "page"]
                given += node.args[1:2]  # the customers' pages have a short form: request, page, subject
                pages |= {text for value in given for text in texts(value)}
    assert len(pages) >= 6
    assert not pages - set(audit_words("pages"))


def test_every_setting_and_thing_has_words():
    known = {key.key for key in vars(keys).values() if isinstance(key, keys.SettingKey)}
    assert not known - set(audit_words("settings"))
    assert not set(SUBJECTS) - set(things())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_words_are_raw_or_missing(language):
    with override(language):
        for part in ("words", "pages", "things", "settings"):
            for key, said in audit_words(part).items():
                assert str(said)
                assert str(said) != key
                if language == "ja" and str(said) != "API":
                    assert re.search(r"[ぁ-んァ-ヶ一-龠]", str(said)), key
        taken = dict(
            AuditFilter("person.viewed", "timeline", "contact", "emi", "contact:1", NOW.date(), NOW.date()).query()
        )
        assert not set(taken) - set(DETAIL_WORDS), "what the log was narrowed to when it was taken out"
        assert not {"person.viewed", "timeline", "contact"} & set(re.findall(r": ([^,]+)", detail_text(taken)))
        assert "brand.hue" not in detail_text({"name": "brand.hue"})
        assert "timeline" not in detail_text({"page": "timeline"})
