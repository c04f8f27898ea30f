"""A customer with people, a note that tells of a call, and those who work."""

from datetime import date

import pytest

from kizuna.success.customers import actions as customers
from kizuna.success.effort import actions
from kizuna.success.effort.actions import Work
from kizuna.success.effort.models import EffortFunction
from tests.cast import make_member

MONDAY = date(2026, 11, 16)  # of the week in which NOW lies, a Sunday


@pytest.fixture
def desk(emi, viewer_of):
    """Emi as a viewer: a success manager."""
    return viewer_of(emi)


@pytest.fixture
def owner(aoi, viewer_of):
    return viewer_of(aoi)


@pytest.fixture
def rin(db):
    """Another success manager."""
    return make_member("rin", "success_manager")


@pytest.fixture
def function(db):
    """Return a function from a name to the function of work."""
    return lambda slug="success": EffortFunction.objects.get(slug=slug)


@pytest.fixture
def account(desk, now):
    fields = {"name": "株式会社青波堂", "external_id": "C-1", "owner_id": desk.member_id}
    return customers.create_account(viewer=desk, fields=fields, now=now)


@pytest.fixture
def person(account, desk, now):
    return customers.add_contact(viewer=desk, account=account, fields={"name": "三浦 香織"}, now=now)


@pytest.fixture
def noted(desk, function, now):
    """Return a function that notes hours, as Emi unless said otherwise."""

    def note(minutes=90, *, viewer=desk, day=MONDAY, slug="success", at=now, **fields):
        work = Work(day=day, minutes=minutes, function_id=function(slug).pk, **fields)
        return actions.note_effort(viewer=viewer, work=work, now=at)

    return note
