"""Content of other communities and tables of customers take their numbers from one series: an activity says by it which one it was."""

import pytest
from django.db import transaction
from django.utils import timezone

from kizuna.core.activity.actions import record_imported, take_import_number
from kizuna.core.members.actions import system_viewer
from kizuna.engagement.surveys.activities import SURVEY_MADE
from kizuna.interfaces.integrations import actions as integrations
from kizuna.interfaces.integrations.models import Import
from kizuna.success.imports import actions as tables
from kizuna.success.imports.models import ImportRun


def begin_content(source="forum") -> int:
    return integrations.begin_import(
        viewer=system_viewer(), format="discourse", source=source, space="", now=timezone.now()
    ).pk


def begin_table() -> int:
    return tables.begin_run(
        viewer=system_viewer(), kind="customers", file_name="a.csv", digest="0" * 64, byte_count=1, now=timezone.now()
    ).pk


@pytest.mark.django_db
def test_no_two_imports_share_a_number():
    numbers = [begin_content(), begin_table(), begin_table(), begin_content("another"), begin_table()]
    assert numbers == sorted(set(numbers))
    assert begin_content() == numbers[0], "one that was cut short goes on under its own number"


@pytest.mark.django_db
def test_numbers_go_on_above_what_a_community_of_before_holds():
    now = timezone.now()
    for pk in (4, 9):
        ImportRun.objects.create(
            pk=pk, kind="customers", file_name="a.csv", digest="0", byte_count=1, created_at=now, updated_at=now
        )
    Import.objects.create(pk=5, format="sumo", source="sumo", started_at=now)
    record_imported([(SURVEY_MADE, {"at": now})], import_id=12)
    assert [begin_table(), begin_content(), begin_table()] == [13, 14, 15]
    ImportRun.objects.filter(pk=15).update(id=40)  # as a backup may bring it
    assert begin_table() == 41


@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_once_are_all_different(at_once):
    taken: list[int] = []

    def take() -> None:
        for _turn in range(5):
            with transaction.atomic():
                taken.append(take_import_number(above=0))

    assert at_once([take] * 6) == [None] * 6
    assert sorted(taken) == list(range(1, 31))
