"""Every column that points at a person is declared: copies and erasures forget no app."""

from django.apps import apps
from django.conf import settings

from kizuna.base import registry
from kizuna.base.registry import personal

PEOPLE = {settings.AUTH_USER_MODEL, "customers.Contact"}


def pointing_columns() -> set[str]:
    """Return each column of each table that points at a member or a contact."""
    return {
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.concrete_fields
        if column.is_relation and column.related_model._meta.label in PEOPLE
    }


def declared_columns() -> list[str]:
    kinds = (registry.PersonalData, registry.PersonalExempt)
    return [column for kind in kinds for declared in registry.of(kind) for column in declared.covers]


def test_every_column_that_points_at_a_person_is_declared():
    missing = sorted(pointing_columns() - set(declared_columns()))
    app = missing[0].split(".")[0] if missing else ""
    assert not missing, (
        f"{', '.join(missing)} point at a person and nothing says what happens to them. In the app's personal.py declare"
        f" PersonalData('{app}.WHAT', label, covers=({missing!r}), collect=…, erase=…): `collect(person=)` yields the"
        " records for a person's copy, `erase(person=, now=)` removes or blanks them and returns Erased. Columns that only"
        f" say which member acted go into PersonalExempt('{app}.by_staff', covers=(…), reason='…'). Then list the"
        " declaration in config.declarations, under “What each app holds about people”."
    )


def test_no_declaration_names_a_column_that_is_gone():
    assert set(declared_columns()) <= pointing_columns()


def test_no_column_is_declared_twice():
    declared = declared_columns()
    assert sorted(declared) == sorted(set(declared))


def test_every_declaration_collects_or_erases_and_every_exemption_says_why():
    empty = [item.name for item in registry.of(registry.PersonalData) if not (item.collect or item.erase or item.files)]
    assert not empty
    assert all(len(item.reason) > 20 for item in registry.of(registry.PersonalExempt))


def test_whatever_is_withheld_says_why():
    withheld = [item for item in registry.of(registry.PersonalData) if item.disclosure == personal.WITHHELD]
    assert withheld
    assert all(str(item.withheld_because) for item in withheld)


def test_what_leads_to_others_is_erased_last():
    order = [declared.name for declared in personal.erasers()]
    assert order.index("customers.texts") < order.index("customers.contact") < order.index("members.profile")
    assert order.index("usage.events") < order.index("customers.contact")
