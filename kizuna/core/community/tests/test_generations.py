"""What is cached hangs on the generations: a number never comes again with another content."""

from threading import Thread

import pytest
from django.db import connection, transaction

from kizuna.base.hosting import entered
from kizuna.core.community import actions, queries
from kizuna.core.community.generations import of_this_request
from kizuna.core.community.settings import TIME_ZONE

pytestmark = pytest.mark.django_db


def change(zone: str) -> None:
    actions.change_setting(TIME_ZONE, value=zone, member_id=None)


def test_a_setting_seen_in_a_transaction_that_is_rolled_back_is_not_remembered():
    """Two transactions bump from the same state; the first one's value must not answer for the second one's number."""
    with transaction.atomic():
        change("Europe/Paris")
        assert queries.setting(TIME_ZONE) == "Europe/Paris"
        transaction.set_rollback(True)
    change("America/New_York")
    assert queries.setting(TIME_ZONE) == "America/New_York"


def test_a_request_keeps_one_generation_until_it_bumps_it():
    with of_this_request():
        known = queries.site_generation()
        with transaction.atomic():
            change("Europe/Paris")
        assert queries.site_generation() > known


def test_what_a_request_knew_ends_with_it():
    with of_this_request():
        pass
    change("Europe/Paris")
    assert queries.setting(TIME_ZONE) == "Europe/Paris"
    change("America/New_York")
    assert queries.setting(TIME_ZONE) == "America/New_York"


@pytest.mark.django_db(transaction=True)
def test_what_others_changed_while_the_database_was_closed_here_is_seen(sakura):
    """A door for mail opens the database for each mail; SQLite counts changes for one opening only."""
    assert queries.setting(TIME_ZONE) == "Asia/Tokyo"
    connection.close()

    def elsewhere() -> None:
        with entered(sakura):
            change("Europe/Paris")
            connection.close()

    thread = Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert queries.setting(TIME_ZONE) == "Europe/Paris"


@pytest.mark.parametrize("zone", ["", "Tokyo", "../etc/passwd", "Asia/", 9, None])
def test_it_refuses_a_time_zone_that_does_not_exist(zone):
    with pytest.raises(ValueError):
        change(zone)
