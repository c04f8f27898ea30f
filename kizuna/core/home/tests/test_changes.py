"""Studio says in words what was changed."""

import pytest

from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.community.models import ManagerAction
from kizuna.core.home.changes import in_words
from kizuna.core.members import actions as members

pytestmark = pytest.mark.django_db


def test_changes_are_said_in_words_with_the_person_they_are_about(client_of, aoi, chie, viewer_of, now):
    community.change_setting(keys.NAME, value={"ja": "広場", "en": "Square"}, member_id=aoi.pk, now=now)
    members.grant_role(viewer=viewer_of(aoi), member_id=chie.pk, role="moderator", now=now)
    page = client_of(aoi).get("/studio/").content.decode()
    assert "名前を変えました" in page
    assert "役割を付与" in page
    assert f'href="/studio/members/{chie.pk}/"' in page
    assert "setting.changed" not in page


def test_an_action_of_another_version_does_not_break_the_list(aoi, now):
    community.log_manager_action("moon.painted", member_id=aoi.pk, subject="member:x", now=now)
    line = in_words(ManagerAction.objects.filter(action="moon.painted"))[0]
    assert str(line.what)
    assert (line.about, line.url) == ("", "")
