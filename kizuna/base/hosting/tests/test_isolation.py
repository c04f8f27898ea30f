"""Nothing crosses between communities, and nothing works outside of one."""

import pytest

from kizuna.base.hosting import NoCommunity, OtherCommunity, entered
from kizuna.core.members.models import Member
from tests.cast import make_member


def test_it_refuses_a_query_outside_of_any_community(communities, django_db_blocker):
    with django_db_blocker.unblock(), pytest.raises(NoCommunity):
        Member.objects.count()


def test_it_refuses_raw_sql_and_transactions_outside_of_any_community(communities, django_db_blocker):
    from django.db import connection, transaction

    with django_db_blocker.unblock():
        with pytest.raises(NoCommunity):
            connection.cursor()
        with pytest.raises(NoCommunity), transaction.atomic():
            pass


def test_it_refuses_to_enter_another_community_inside_one(communities, sakura):
    with pytest.raises(OtherCommunity), entered(communities["minato"]):
        pass


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_save_a_row_in_another_community(communities, sakura):
    from contextvars import Context

    chie = make_member("chie")

    def save_in_minato():
        with entered(communities["minato"]):
            chie.save()

    with pytest.raises(OtherCommunity):
        Context().run(save_in_minato)


def test_each_community_has_its_own_rows(communities, chie):
    from contextvars import Context

    def handles_of_minato():
        with entered(communities["minato"]):
            return list(Member.objects.values_list("handle", flat=True))

    assert Member.objects.filter(handle="chie").exists()
    assert "chie" not in Context().run(handles_of_minato)
