"""What people ask for is taken down, checked, done and answered by its day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kizuna.base import registry
from kizuna.core.audit import actions as audit
from kizuna.core.audit.models import AuditEntry
from kizuna.core.community import actions as community
from kizuna.core.members.policies import Refused
from kizuna.core.notifications.models import Notification
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.core.privacy import actions
from kizuna.core.privacy.models import PrivacyRequest
from kizuna.core.privacy.settings import APPI_DAYS
from kizuna.core.privacy.tests.conftest import work
from kizuna.success.customers import actions as customers
from tests.cast import NOW, make_member

pytestmark = pytest.mark.django_db

FIELDS = {"kind": "access", "law": "appi", "channel": "telephone", "name": "三浦 香織", "text": "", "address": ""}


@pytest.fixture
def owner(aoi, viewer_of):
    return viewer_of(aoi)


@pytest.fixture
def asked(chie, viewer_of) -> PrivacyRequest:
    return actions.ask(viewer=viewer_of(chie), kind="erasure", text="お願いします", law="appi", now=NOW)


@pytest.fixture
def recorded(emi, viewer_of) -> PrivacyRequest:
    account = customers.create_account(viewer=viewer_of(emi), fields={"name": "株式会社青波堂"}, now=NOW)
    contact = customers.add_contact(viewer=viewer_of(emi), account=account, fields={"name": "三浦 香織"}, now=NOW)
    return actions.record_request(viewer=viewer_of(emi), fields=FIELDS, contact_id=contact.pk, received_at=NOW, now=NOW)


def test_the_day_of_the_answer_follows_the_law_and_the_setting(chie, viewer_of, aoi):
    viewer = viewer_of(chie)
    japan = actions.ask(viewer=viewer, kind="access", text="", law="appi", now=NOW)
    europe = actions.ask(viewer=viewer, kind="stop", text="", law="gdpr", now=NOW)
    assert (japan.due_on, europe.due_on) == (date(2026, 12, 6), date(2026, 12, 22))
    community.change_setting(APPI_DAYS, value=7, member_id=aoi.pk)
    assert actions.ask(viewer=viewer, kind="correction", text="", law="appi", now=NOW).due_on == date(2026, 11, 29)


def test_the_same_thing_is_asked_once_at_a_time(asked, chie, viewer_of):
    with pytest.raises(Refused, match=r"チームで対応中|on it"):
        actions.ask(viewer=viewer_of(chie), kind="erasure", text="", law="appi", now=NOW)
    actions.withdraw(viewer=viewer_of(chie), request=asked, now=NOW)
    assert actions.ask(viewer=viewer_of(chie), kind="erasure", text="", law="appi", now=NOW)


def test_nothing_is_handed_out_before_somebody_checked_who_asks(recorded, owner):
    with pytest.raises(Refused):
        actions.attach_copy(viewer=owner, request=recorded, now=NOW)
    actions.note_check(viewer=owner, request=recorded, note="登録の番号にかけ直した", now=NOW)
    actions.attach_copy(viewer=owner, request=recorded, now=timezone.now())
    work()
    recorded.refresh_from_db()
    assert recorded.copy.state == "ready"


def test_an_erasure_by_request_leaves_the_request_without_the_name(asked, owner, chie):
    actions.carry_out_erasure(viewer=owner, request=asked, now=timezone.now())
    actions.answer(viewer=owner, request=asked, text="消去しました", is_refused=False, now=NOW)
    work()
    asked.refresh_from_db()
    assert asked.erasure.finished_at is not None
    assert (asked.state, asked.name, asked.text) == ("answered", "", "")
    assert asked.received_at == NOW


def test_only_an_erasure_that_was_asked_for_is_carried_out(recorded, owner):
    actions.note_check(viewer=owner, request=recorded, note="x", now=NOW)
    with pytest.raises(Refused):
        actions.carry_out_erasure(viewer=owner, request=recorded, now=NOW)


def test_the_day_is_put_off_once_within_bounds_and_with_a_reason(asked, owner):
    for until, reason in (
        (asked.due_on, "x"),
        (asked.due_on + timedelta(days=61), "x"),
        (asked.due_on + timedelta(days=5), " "),
    ):
        with pytest.raises(Refused):
            actions.extend(viewer=owner, request=asked, until=until, reason=reason, now=NOW)
    before = asked.due_on
    actions.extend(viewer=owner, request=asked, until=before + timedelta(days=30), reason="件数が多いため", now=NOW)
    asked.refresh_from_db()
    assert (asked.extended_from, asked.due_on) == (before, before + timedelta(days=30))
    with pytest.raises(Refused):
        actions.extend(viewer=owner, request=asked, until=before + timedelta(days=40), reason="x", now=NOW)


def test_the_answer_is_told_and_read_on_ones_own_page(asked, owner, chie, client_of):
    actions.answer(viewer=owner, request=asked, text="zqanswer", is_refused=True, now=NOW)
    assert Notification.objects.get(member=chie).kind == "request.answered"
    assert "zqanswer" in client_of(chie).get("/account/requests/").content.decode()
    with pytest.raises(Refused):
        actions.answer(viewer=owner, request=asked, text="x", is_refused=False, now=NOW)


def test_every_step_stands_in_the_history_and_in_the_audit_log(recorded, owner):
    actions.note_check(viewer=owner, request=recorded, note="x", now=NOW)
    actions.answer(viewer=owner, request=recorded, text="x", is_refused=False, now=NOW)
    audit.seal()
    assert list(recorded.steps.order_by("id").values_list("what", flat=True)) == ["received", "checked", "answered"]
    noted = AuditEntry.objects.filter(subject_type="privacy_request").order_by("number")
    assert [entry.action for entry in noted] == ["request.received", "request.checked", "request.answered"]


def test_the_team_takes_down_and_only_managers_decide(recorded, emi, ben, chie, viewer_of):
    for person in (ben, chie):
        with pytest.raises(Refused):
            actions.record_request(viewer=viewer_of(person), fields=FIELDS, received_at=NOW, now=NOW)
    for person in (emi, ben, chie):
        with pytest.raises(Refused):
            actions.answer(viewer=viewer_of(person), request=recorded, text="x", is_refused=False, now=NOW)


def test_nobody_sees_or_takes_back_what_another_member_asked(asked, ben, client_of):
    client = client_of(ben)
    assert client.post(f"/account/requests/{asked.pk}/withdrawal/").status_code == 404
    assert "お願いします" not in client.get("/account/requests/").content.decode()
    assert client.get(f"/desk/requests/{asked.pk}/").status_code == 404


def test_the_whole_way_by_pages(recorded, aoi, emi, client_of):
    desk, owner = client_of(emi), client_of(aoi)
    page = desk.get("/desk/requests/").content.decode()
    assert "三浦 香織" in page
    address = f"/desk/requests/{recorded.pk}/"
    assert 'value="answer"' not in desk.get(address).content.decode()
    assert owner.post(address, {"do": "check", "note": ""}).status_code == 422
    assert owner.post(address, {"do": "check", "note": "本人に電話"}).status_code == 302
    assert owner.post(address, {"do": "copy"}).status_code == 302
    work()
    text = owner.get(address).content.decode()
    assert "/copies/" in text
    assert "/copies/" not in desk.get(address).content.decode()
    assert owner.post(address, {"do": "answer", "text": "お送りしました"}).status_code == 302
    assert PrivacyRequest.objects.get(pk=recorded.pk).state == "answered"


def test_an_erasure_by_the_page_asks_for_the_name(recorded, aoi, client_of):
    PrivacyRequest.objects.filter(pk=recorded.pk).update(kind="erasure", checked_at=NOW)
    owner, address = client_of(aoi), f"/desk/requests/{recorded.pk}/"
    for said in ("", "三浦", "<script>", "三浦 香織 様"):
        response = owner.post(address, {"do": "erase", "sure": said})
        assert response.status_code == 422
        assert 'id="id_sure_error"' in response.content.decode()
    assert PrivacyRequest.objects.get(pk=recorded.pk).erasure is None
    assert owner.post(address, {"do": "erase", "sure": "三浦　香織"}).status_code == 302
    assert PrivacyRequest.objects.get(pk=recorded.pk).erasure is not None


def test_a_manager_from_whom_fields_are_hidden_hands_out_no_copy(recorded, aoi, client_of, viewer_of):
    PrivacyRequest.objects.filter(pk=recorded.pk).update(address="zqmark@example.org")
    admin = client_of(make_member("ada", "admin"))
    address = f"/desk/requests/{recorded.pk}/"
    for sent in ({"do": "check", "note": "本人に電話"}, {"do": "copy"}):
        assert admin.post(address, sent).status_code == 302
    work()
    copy = PrivacyRequest.objects.get(pk=recorded.pk).copy
    assert "zqmark" in admin.get(address).content.decode()
    assert "/copies/" in admin.get(address).content.decode()
    assert admin.get(f"/account/copies/{copy.pk}/").status_code in (200, 302)
    customers.hide_fields(viewer=viewer_of(aoi), hidden={"admin": ["contact"]}, now=NOW)
    page = admin.get(address).content.decode()
    assert "zqmark" not in page
    assert "/copies/" not in page
    assert "ほかの人がお渡しします" in page
    assert admin.get(f"/account/copies/{copy.pk}/").status_code == 404
    assert "/copies/" in client_of(aoi).get(address).content.decode()


def test_a_request_is_taken_down_by_the_form(emi, chie, client_of):
    said = {**FIELDS, "who": "@chie", "received_on": timezone.localdate().isoformat()}
    assert f'value="{local_day(timezone.now())}"' in client_of(emi).get("/desk/requests/").content.decode()
    assert client_of(emi).post("/desk/requests/", said).status_code == 302
    assert PrivacyRequest.objects.get().member_id == chie.pk
    assert client_of(emi).post("/desk/requests/", {**said, "who": "contact:999999"}).status_code == 422
    assert client_of(emi).post("/desk/requests/", {**said, "received_on": "2999-01-01"}).status_code == 422


def test_what_is_due_is_counted_for_the_team(asked, aoi, client_of, time_machine_at):
    with time_machine_at(NOW + timedelta(days=8)):
        assert "/desk/requests/" in client_of(aoi).get("/studio/").content.decode()


def test_a_manager_sets_days_and_what_stays_out(aoi, client_of):
    said = {
        **{item.name: "given" for item in registry.of(registry.PersonalData) if item.disclosure == "withheld"},
        "appi_days": 10,
        "gdpr_days": 20,
        "customers.judgements": "withheld",
        "members.suspensions": "withheld",
    }
    assert client_of(aoi).post("/studio/privacy/", said).status_code == 302
    from kizuna.core.community import queries
    from kizuna.core.members.settings import withheld_records

    assert queries.setting(APPI_DAYS) == 10
    assert withheld_records() == {"customers.judgements", "members.suspensions"}
