"""Studio's list of mail that came in."""

import pytest

from kizuna.core.audit.models import AuditNote
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.tests.mails import plain

pytestmark = pytest.mark.django_db


def test_the_list_says_what_became_of_each(arrive, at_desk, client_of, aoi):
    arrive(plain(subject="<b>件名</b>"))
    arrive(plain(Message_ID="<2@x>", Auto_Submitted="auto-replied"))
    page = client_of(aoi).get("/studio/mail-in/").content.decode()
    assert "&lt;b&gt;件名" in page
    assert "差出人は未確認" in page
    assert "不在通知などの自動応答" in page
    page = client_of(aoi).get("/studio/mail-in/?state=aside").content.decode()
    assert "&lt;b&gt;件名" not in page


def test_one_mail_its_original_and_who_looked(arrive, at_desk, client_of, aoi):
    mail = arrive(plain("本文", Auto_Submitted="auto-replied"))
    client = client_of(aoi)
    assert "本文" in client.get(f"/studio/mail-in/{mail.pk}/").content.decode()
    original = client.get(f"/studio/mail-in/{mail.pk}/original/")
    assert original.content == plain("本文", Auto_Submitted="auto-replied")
    assert "attachment" in original["Content-Disposition"]
    assert {"inbound_mail.read", "inbound_mail.fetched"} <= set(AuditNote.objects.values_list("action", flat=True))


def test_what_was_refused_is_not_shown_to_the_team(arrive, at_desk, client_of, aoi):
    mail = arrive()
    InboundMail.objects.update(state="refused", why="other_sender", text="秘密の返信")
    client = client_of(aoi)
    assert "秘密の返信" not in client.get(f"/studio/mail-in/{mail.pk}/").content.decode()
    assert client.get(f"/studio/mail-in/{mail.pk}/original/").status_code == 404


def test_a_mail_set_aside_is_taken_by_a_button(arrive, at_desk, client_of, aoi):
    mail = arrive(plain(Precedence="bulk"))
    assert client_of(aoi).post(f"/studio/mail-in/{mail.pk}/taking/").status_code == 302
    assert len(at_desk) == 1


def test_settings_are_kept_and_checked(client_of, aoi):
    client = client_of(aoi)
    sent = {"reply_host": "Mail.sakura.test", "receiver": "", "raw_days": "10"}
    assert client.post("/studio/mail-in/settings/", sent).status_code == 302
    assert "mail.sakura.test" in client.get("/studio/mail-in/settings/").content.decode()
    assert client.post("/studio/mail-in/settings/", {**sent, "reply_host": "a b"}).status_code == 422
    assert client.post("/studio/mail-in/settings/", {**sent, "raw_days": "0"}).status_code == 422
