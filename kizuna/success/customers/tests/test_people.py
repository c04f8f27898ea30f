"""People sit at several accounts, change firms and become members; merges and matches can be taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kizuna.core.members.policies import Refused
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers import actions
from kizuna.success.customers.models import Account, Contact, Employment, MatchDecision, Merge, Touchpoint
from kizuna.success.customers.queries import account as reading
from kizuna.success.customers.queries import merging, past
from tests.cast import make_member

pytestmark = pytest.mark.django_db


def test_a_person_is_added_once_and_may_sit_at_two_firms(account, person, make_account, desk, now):
    other = make_account("株式会社和紙")
    same = actions.add_contact(
        viewer=desk, account=other, fields={"name": "三浦", "email": "miura@AONAMI.co.jp"}, now=now
    )
    assert same.pk == person.pk
    assert Employment.objects.filter(contact=person, ended_at=None).count() == 2


def test_a_person_changes_the_post_and_the_firm_and_the_past_stays(account, person, make_account, desk, now):
    later, last = now + timedelta(days=10), now + timedelta(days=20)
    actions.begin_employment(viewer=desk, contact=person, account=account, department="本部", now=later)
    actions.end_employment(viewer=desk, contact=person, account=account, now=last)
    assert [item.department for item in past.people_as_of(account, at=later - timedelta(days=1))] == ["通販部"]
    assert [item.department for item in past.people_as_of(account, at=later)] == ["本部"]
    assert past.people_as_of(account, at=last) == []
    with pytest.raises(Refused):
        actions.end_employment(viewer=desk, contact=person, account=account, now=last)


def test_what_is_written_down_late_holds_from_its_own_day(client_of, emi, account, person, make_account, desk, now):
    """Somebody moved weeks ago: any day between reads as it was."""
    client, other = client_of(emi), make_account("株式会社和紙", external_id="W-1")
    Employment.objects.filter(contact=person).update(started_at=now - timedelta(days=100))
    today, move = local_day(timezone.now()), local_day(now) - timedelta(days=40)
    page = f"/desk/contacts/{person.pk}/employments/"
    leave = f"{page}{account.pk}/end/"
    assert str(today) in client.get(leave).content.decode()
    for wrong in ("", str(today + timedelta(days=1)), str(move - timedelta(days=99))):
        assert client.post(leave, {"left_on": wrong}).status_code == 422
    assert client.post(leave, {"left_on": str(move)}).status_code == 302
    assert client.post(page, {"account": "W-1", "from_on": str(today + timedelta(days=1))}).status_code == 422
    assert client.post(page, {"account": "W-1", "title": "部長", "from_on": str(move)}).status_code == 302
    assert client.post(page, {"account": "C-1", "from_on": str(move - timedelta(days=9))}).status_code == 422
    for days, here, there in ((-1, 1, 0), (0, 0, 1), (5, 0, 1)):
        day = move + timedelta(days=days)
        assert (len(past.account_on(account, day=day).people), len(past.account_on(other, day=day).people)) == (
            here,
            there,
        )


def test_a_post_is_known_to_have_been_held_for_longer(account, person, desk, now):
    day = local_day(now) - timedelta(days=30)
    with pytest.raises(Refused):
        actions.begin_employment(viewer=desk, contact=person, account=account, title="店長", from_on=day, now=now)
    actions.begin_employment(viewer=desk, contact=person, account=account, from_on=day, now=now)
    assert local_day(Employment.objects.get(contact=person).started_at) == day


def test_where_somebody_works_still_stands_before_where_they_worked(account, person, make_account, desk, now):
    other = make_account("株式会社和紙")
    Employment.objects.filter(contact=person).update(started_at=now - timedelta(days=9))
    actions.begin_employment(viewer=desk, contact=person, account=other, now=now - timedelta(days=2))
    actions.end_employment(viewer=desk, contact=person, account=other, now=now)
    assert [seat.account_id for seat in reading.employments_of(person)] == [account.pk, other.pk]


def test_an_address_belongs_to_one_person(account, person, desk, now):
    other = actions.add_contact(viewer=desk, account=account, fields={"name": "青木 誠"}, now=now)
    with pytest.raises(Refused) as refused:
        actions.change_contact(viewer=desk, contact=other, fields={"email": "miura@aonami.co.jp"}, now=now)
    assert refused.value.field == "email"


def test_a_member_joins_by_a_verified_domain(account, desk, now):
    member = make_member("fumi", email="fumi@shop.aonami.co.jp", email_key="fumi@shop.aonami.co.jp", name="浜田 ふみ")
    assert actions.join_by_address(viewer=desk, member=member, now=now) is None
    proposed = MatchDecision.objects.get()
    assert (proposed.verdict, proposed.reason) == ("proposed", "seen_domain")
    MatchDecision.objects.all().delete()
    actions.verify_domain(viewer=desk, account=account, domain="aonami.co.jp", now=now)
    contact = actions.join_by_address(viewer=desk, member=member, now=now)
    assert contact.member_id == member.pk
    assert contact.employments.get().how == Employment.How.DOMAIN
    assert MatchDecision.objects.get().verdict == "automatic"
    actions.join_by_address(viewer=desk, member=member, now=now)
    assert (Contact.objects.count(), Employment.objects.count()) == (1, 1)


def test_a_refused_match_is_refused_for_good(account, desk, now):
    actions.verify_domain(viewer=desk, account=account, domain="aonami.co.jp", now=now)
    member = make_member("gen", email="gen@aonami.co.jp", email_key="gen@aonami.co.jp")
    actions.join_by_address(viewer=desk, member=member, now=now)
    actions.decide_match(viewer=desk, decision=MatchDecision.objects.get(), is_one=False, now=now)
    assert not Employment.objects.filter(ended_at=None).exists()
    actions.join_by_address(viewer=desk, member=member, now=now)
    assert not Employment.objects.filter(ended_at=None).exists()
    assert MatchDecision.objects.get().verdict == "refused"


def test_an_invited_person_is_known_again_by_the_address_they_proved(account, person, desk, now):
    member = make_member("miura", email="miura@aonami.co.jp", email_key="miura@aonami.co.jp")
    assert actions.join_by_address(viewer=desk, member=member, now=now).pk == person.pk


def test_free_mail_joins_nobody(account, desk, now):
    member = make_member("hana", email="hana@gmail.com", email_key="hana@gmail.com")
    assert actions.join_by_address(viewer=desk, member=member, now=now) is None
    assert not MatchDecision.objects.exists()


def test_a_member_is_one_person(account, person, chie, desk, now):
    other = actions.add_contact(viewer=desk, account=account, fields={"name": "別人"}, now=now)
    actions.link_member(viewer=desk, contact=person, member=chie, now=now)
    with pytest.raises(Refused):
        actions.link_member(viewer=desk, contact=other, member=chie, now=now)


def everything(account):
    return {name: merging.movable(name, kept=Account(pk=0), absorbed=account) for name in merging.tables()}


def test_a_merge_moves_everything_and_its_undoing_moves_it_back(account, contract, person, make_account, desk, now):
    kept = make_account("青波堂")
    actions.write_note(viewer=desk, account=account, body="引き継ぎ", is_internal=True, now=now)
    before = everything(account)
    assert merging.preview(kept=kept, absorbed=account) == {name: len(ids) for name, ids in before.items()}
    merge = actions.merge_accounts(viewer=desk, kept=kept, absorbed=account, now=now)
    for row in (kept, account):
        row.refresh_from_db()
    assert everything(kept) == before
    assert not any(everything(account).values())
    assert (account.state, account.monthly_amount, kept.monthly_amount) == ("merged", 0, 48_000)
    assert kept.names.filter(text="株式会社青波堂").exists()
    actions.undo_merge(viewer=desk, merge=merge, now=now)
    for row in (kept, account):
        row.refresh_from_db()
    assert everything(account) == before
    assert (account.state, account.monthly_amount, kept.monthly_amount) == ("active", 48_000, 0)
    assert not kept.names.filter(text="株式会社青波堂").exists()
    with pytest.raises(Refused):
        actions.undo_merge(viewer=desk, merge=Merge.objects.get(), now=now)


def test_what_both_have_stays_where_it_is(account, person, make_account, desk, now):
    kept = make_account("青波堂", domains=["aonami.co.jp"])
    actions.begin_employment(viewer=desk, contact=person, account=kept, now=now)
    actions.merge_accounts(viewer=desk, kept=kept, absorbed=account, now=now)
    assert kept.domains.count() == account.domains.count() == 1


def test_two_corporate_numbers_are_never_merged(make_account, desk, now):
    one = make_account("株式会社甲", corporate_number="7000012050002")
    other = make_account("株式会社乙", corporate_number="1180301018771")
    with pytest.raises(Refused):
        actions.merge_accounts(viewer=desk, kept=one, absorbed=other, now=now)
    with pytest.raises(Refused):
        actions.merge_accounts(viewer=desk, kept=one, absorbed=one, now=now)


def test_a_note_names_colleagues_keeps_its_versions_and_stands_on_the_timeline(account, desk, aoi, chie, now):
    note = actions.write_note(viewer=desk, account=account, body="@aoi @chie 見てください", is_internal=True, now=now)
    assert list(note.mentions.values_list("member_id", flat=True)) == [aoi.pk]
    later = now + timedelta(minutes=5)
    actions.edit_note(viewer=desk, note=note, body="直しました", is_internal=False, now=later)
    assert note.versions.get().body == "@aoi @chie 見てください"
    touch = Touchpoint.objects.get(key=f"note:{note.pk}")
    assert (touch.excerpt, touch.is_internal) == ("直しました", False)
    actions.remove_note(viewer=desk, note=note, now=later)
    assert not Touchpoint.objects.filter(key=f"note:{note.pk}").exists()


def test_only_its_author_changes_a_note(account, desk, aoi, viewer_of, now):
    note = actions.write_note(viewer=desk, account=account, body="わたしのメモ", is_internal=True, now=now)
    with pytest.raises(Refused):
        actions.edit_note(viewer=viewer_of(aoi), note=note, body="ほかの人", is_internal=True, now=now)


def test_an_empty_note_is_refused_at_its_field(account, desk, now):
    with pytest.raises(Refused) as refused:
        actions.write_note(viewer=desk, account=account, body=" \n", is_internal=True, now=now)
    assert refused.value.field == "body"


def test_touchpoints_are_written_once_and_stand_where_the_person_worked_then(account, person, chie, desk, now):
    actions.link_member(viewer=desk, contact=person, member=chie, now=now)
    touch = actions.Touch(key="x:1", channel="community", at=now + timedelta(hours=1), member_id=chie.pk, title="質問")
    found = actions.touches_of_member(member_id=chie.pk, touch=touch)
    assert [(item.account_id, item.contact_id) for item in found] == [(account.pk, person.pk)]
    assert (actions.write_touchpoints(found), actions.write_touchpoints(found)) == (1, 0)
    before = actions.Touch(key="x:2", channel="community", at=now - timedelta(days=1), member_id=chie.pk)
    assert actions.touches_of_member(member_id=chie.pk, touch=before) == []
