"""docs/activities.md says what the apps declare."""

from pathlib import Path

from kizuna.core.activity import catalogue

PAGE = Path(__file__).parents[4] / "docs" / "activities.md"


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == catalogue.page(), "run `kizuna docs activities`"


def test_no_verb_is_declared_twice():
    assert catalogue.twice_declared() == []


def test_every_declared_verb_names_its_object_and_says_what_happened():
    for types in catalogue.declared_types().values():
        for item in types:
            assert "." in item.verb
            assert item.description
