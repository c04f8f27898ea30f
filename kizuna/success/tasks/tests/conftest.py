"""An account with people, and departments with colleagues."""

from datetime import date

import pytest

from kizuna.success.customers.tests.conftest import account, desk, ken, make_account, person  # noqa: F401
from kizuna.success.customers.tests.test_api import api  # noqa: F401
from kizuna.success.tasks import actions
from kizuna.success.tasks.models import Department, DepartmentMember

DUE = date(2026, 11, 25)


@pytest.fixture
def make_task(desk, account, emi, now):  # noqa: F811
    """Return a function that makes a task as Emi."""

    def make(title="引き継ぎ資料を送る", **fields):
        fields = {"title": title, "owner_id": emi.pk, "due_on": DUE, **fields}
        return actions.make_task(viewer=desk, account=account, fields=fields, now=now)

    return make


@pytest.fixture
def task(make_task):
    return make_task()


@pytest.fixture
def sales(db, ken):  # noqa: F811
    """The sales department, of which Ken, an analyst, is told."""
    department = Department.objects.get(slug="sales")
    DepartmentMember.objects.create(department=department, member=ken)
    return department
