"""The chrome asks for the counters that a page shows, and for no others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kizuna.core.home.chrome import counts_for

pytestmark = pytest.mark.django_db


def test_a_member_sees_the_counters_of_their_own_places_only(chie, viewer_of):
    assert set(counts_for(viewer_of(chie))) == {"notifications"}


def test_the_team_s_counters_are_asked_for_where_they_are_shown(emi, viewer_of):
    viewer = viewer_of(emi)
    assert "privacy-requests" in counts_for(viewer)
    assert "privacy-requests" in counts_for(viewer, places=("desk",))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert "privacy-requests" not in counts_for(viewer, places=("square", "tools", "menu"))
    assert not [query for query in asked.captured_queries if "privacy_" in query["sql"]]
