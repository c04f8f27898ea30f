"""Statements read again and again: the same rows on both databases, counted and logged like all others."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import OperationalError
from django.test.utils import CaptureQueriesContext

from kizuna.base.rows import one_of, read_rows
from kizuna.core.members.models import Member

pytestmark = pytest.mark.django_db


def test_it_gives_the_rows_of_each_use(chie, emi):
    for member in (chie, emi, chie):
        assert read_rows("SELECT id, handle FROM members_member WHERE id = %s", [member.pk]) == [
            (member.pk, member.handle)
        ]


def test_many_values_are_one_condition(chie, emi):
    for ids in ([chie.pk], [chie.pk, emi.pk], []):
        condition, parameters = one_of("id", ids or [0])
        found = read_rows(f"SELECT id FROM members_member WHERE {condition} ORDER BY id", parameters)
        assert [row[0] for row in found] == sorted(ids)


def test_statements_are_counted(chie):
    with CaptureQueriesContext(connection) as asked:
        read_rows("SELECT handle FROM members_member WHERE id = %s", [chie.pk])
    assert len(asked) == 1
    assert "members_member" in asked.captured_queries[0]["sql"]


def test_errors_are_those_of_django(db):
    with pytest.raises((ProgrammingError, OperationalError)), transaction.atomic():
        read_rows("SELECT nothing FROM nowhere")


def test_a_statement_is_planned_once_per_connection(chie):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps its own statements.")
    statement = "SELECT name FROM members_member WHERE id = %s"
    for _ in range(3):
        read_rows(statement, [chie.pk])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT name FROM members_member%%'"
        )
        assert cursor.fetchone()[0] == 1


def test_it_reads_on_after_a_rollback_and_a_changed_table(chie):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE reading_proof (id integer, name text)")
        cursor.execute("INSERT INTO reading_proof VALUES (1, 'one')")
    statement = "SELECT name FROM reading_proof WHERE id = %s"
    assert read_rows(statement, [1]) == [("one",)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(pk=chie.pk, handle="another")
    assert read_rows(statement, [1]) == [("one",)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reading_proof ADD COLUMN later integer")
    assert read_rows(statement, [1]) == [("one",)]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE reading_proof")


def test_a_hostile_value_stays_a_value(chie):
    hostile = "'); DROP TABLE members_member; --"
    assert read_rows("SELECT id FROM members_member WHERE handle = %s", [hostile]) == []
    assert Member.objects.filter(pk=chie.pk).exists()
