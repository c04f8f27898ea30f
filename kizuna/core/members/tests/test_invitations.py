"""Invitations: good once, for one address and role, while the inviter may invite; one by one and by file."""

import re
import threading
from contextvars import copy_context
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from kizuna.base.jobs.models import Job
from kizuna.core.activity.models import Activity
from kizuna.core.members import actions, jobs, queries, signin
from kizuna.core.members.actions import Person
from kizuna.core.members.models import Invitation, InvitationBatch, Member, RoleGrant
from kizuna.core.members.policies import Refused, is_backed
from tests.cast import make_member

NEW = "new@example.com"


def invite(viewer, email=NEW, **fields):
    return actions.invite(viewer=viewer, email=email, now=timezone.now(), **fields)


def join(email=NEW, handle="newcomer"):
    return actions.join(
        email=email, person=Person(name="New", handle=handle), documents=[], purposes={}, now=timezone.now()
    )


def sent_link():
    body = mail.outbox[-1].body
    return next(word for word in body.split() if "/invitation/" in word).partition("/invitation/")[2]


def test_the_mail_leads_in_and_the_invitation_is_used_up(client_of, aoi, viewer_of):
    invitation = invite(viewer_of(aoi), role="moderator", name="新しい人")
    jobs.send_invitation(invitation=invitation.pk, number=1)
    link = sent_link()
    assert link.rstrip("/") not in str(Invitation.objects.values().get())
    client = client_of()
    response = client.get(f"/invitation/{link}")
    assert response.headers["Location"] == "/signup/about/"
    assert "新しい人" in client.get("/signup/about/").content.decode()
    client.post("/signup/about/", {"name": "新しい人", "handle": "newcomer", "documents": ""})
    assert client.cookies[signin.COOKIE].value
    member = Member.objects.get(handle="newcomer")
    assert member.email == NEW
    assert RoleGrant.objects.get(member=member).role == "moderator"
    assert client_of().get(f"/invitation/{link}").status_code == 410
    assert Activity.objects.get(verb="member.joined").props == {"how": "invitation", "invitation": invitation.pk}


def test_opening_the_link_uses_nothing_up(client_of, aoi, viewer_of):
    invitation = invite(viewer_of(aoi))
    jobs.send_invitation(invitation=invitation.pk, number=1)
    for _look in range(3):  # mail scanners open links
        assert client_of().get(f"/invitation/{sent_link()}").status_code == 302


def test_a_guessed_or_expired_or_cancelled_link_opens_nothing(client_of, aoi, viewer_of):
    invitation = invite(viewer_of(aoi))
    token = actions.token_of(invitation)
    guessed = ("A" if token[0] != "A" else "B") + token[1:]
    assert client_of().get(f"/invitation/{guessed}/").status_code == 410
    Invitation.objects.update(expires_at=timezone.now())
    assert client_of().get(f"/invitation/{token}/").status_code == 410
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    actions.cancel_invitation(viewer=viewer_of(aoi), invitation_id=invitation.pk, now=timezone.now())
    assert client_of().get(f"/invitation/{token}/").status_code == 410


def test_it_is_void_when_the_inviter_loses_the_right(aoi, viewer_of):
    admin = make_member("admin_one", "admin")
    invitation = invite(viewer_of(admin), role="analyst")
    assert is_backed(invitation)
    actions.revoke_role(viewer=viewer_of(aoi), member_id=admin.pk, role="admin", now=timezone.now())
    assert not is_backed(Invitation.objects.get())
    with pytest.raises(Refused):
        join()


def test_a_demoted_inviter_takes_the_stronger_role_along(aoi, viewer_of):
    second = make_member("second", "owner", "admin")
    invite(viewer_of(second), role="owner")
    actions.revoke_role(viewer=viewer_of(aoi), member_id=second.pk, role="owner", now=timezone.now())
    assert not is_backed(Invitation.objects.get())


@pytest.mark.parametrize(("inviter", "role"), [("ben", ""), ("emi", ""), ("chie", ""), ("admin_one", "owner")])
def test_nobody_invites_beyond_their_right(aoi, ben, chie, emi, viewer_of, inviter, role):
    make_member("admin_one", "admin")
    with pytest.raises(Refused):
        invite(viewer_of(Member.objects.get(handle=inviter)), role=role)
    assert not Invitation.objects.exists()


def test_the_role_is_the_invitations_whatever_is_sent(client_of, aoi, viewer_of):
    invitation = invite(viewer_of(aoi))
    client = client_of()
    client.get(f"/invitation/{actions.token_of(invitation)}/")
    client.post(
        "/signup/about/",
        {"name": "X", "handle": "newcomer", "documents": "", "role": "owner", "email": "x@example.com"},
    )
    assert Member.objects.get(handle="newcomer").email == NEW
    assert not RoleGrant.objects.filter(member__handle="newcomer").exists()


def test_a_member_or_an_address_with_an_open_invitation_is_refused_at_the_field(aoi, chie, viewer_of):
    invite(viewer_of(aoi))
    for email, code in ((NEW.upper(), "already_invited"), (chie.email, "already_member"), ("x", "bad_address")):
        with pytest.raises(Refused) as refused:
            invite(viewer_of(aoi), email=email)
        assert (refused.value.field, refused.value.code) == ("email", code)


def test_an_expired_invitation_does_not_stand_in_the_way(aoi, viewer_of):
    invite(viewer_of(aoi))
    Invitation.objects.update(expires_at=timezone.now())
    invite(viewer_of(aoi))
    assert Invitation.objects.count() == 2


def test_sending_again_keeps_the_link_and_the_mail_goes_once_per_number(aoi, viewer_of):
    invitation = invite(viewer_of(aoi))
    jobs.send_invitation(invitation=invitation.pk, number=1)
    jobs.send_invitation(invitation=invitation.pk, number=1)  # the worker was killed before it could say so
    assert len(mail.outbox) == 1
    first = sent_link()
    actions.send_invitation_again(viewer=viewer_of(aoi), invitation_id=invitation.pk, now=timezone.now())
    job = Job.objects.filter(name="members.send_invitation").latest("id")
    jobs.send_invitation(**job.args)
    assert len(mail.outbox) == 2
    assert sent_link() == first


def test_an_owner_of_the_address_may_also_come_by_code(client_of, aoi, viewer_of, last_code):
    invite(viewer_of(aoi), role="analyst")
    client = client_of()
    client.post("/signup/", {"email": NEW})
    client.post("/signin/code/", {"code": last_code()})
    client.post("/signup/about/", {"name": "X", "handle": "newcomer", "documents": ""})
    assert RoleGrant.objects.get(member__handle="newcomer").role == "analyst"
    assert Invitation.objects.get().accepted_by.handle == "newcomer"


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_use_it_at_once_one_joins(sakura):
    aoi = make_member("aoi", "owner")
    invite(queries.viewer_of(aoi))
    outcomes = []

    def attempt(number):
        from django.db import OperationalError, connection

        try:
            join(handle=f"racer{number}")
            outcomes.append("joined")
        except (Refused, OperationalError):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=copy_context().run, args=(attempt, number)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("joined") == 1
    assert Member.objects.filter(handle__startswith="racer").count() == 1


def batch_of(viewer, content, role=""):
    if isinstance(content, str):
        content = content.encode()
    return actions.start_batch(viewer=viewer, file_name="a.csv", content=content, role=role, now=timezone.now())


def test_a_file_invites_its_rows_and_reports_the_others_by_line(aoi, chie, viewer_of):
    rows = f"email,name\n{NEW},新人\nbad address,x\n\n{chie.email},千恵\n{NEW},twice\n"
    batch = batch_of(viewer_of(aoi), rows)
    jobs.invite_batch(batch=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.invited_count, batch.skipped_count, batch.row_count) == ("done", 1, 3, 4)
    assert [(error["line"], error["reason"]) for error in batch.errors] == [
        (3, "bad_address"),
        (5, "already_member"),
        (6, "already_invited"),
    ]
    assert Invitation.objects.get().name == "新人"
    jobs.send_invitations(**Job.objects.get(name="members.send_invitations").args)
    assert [message.to for message in mail.outbox] == [[NEW]]
    assert not batch.source  # the addresses are not kept twice


def test_files_of_japanese_spreadsheets_are_read(aoi, viewer_of):
    batch = batch_of(viewer_of(aoi), "氏名,メールアドレス\n表 太郎,taro@example.com\n".encode("cp932"))
    jobs.invite_batch(batch=batch.pk)
    assert Invitation.objects.get().name == "表 太郎"
    bare = batch_of(viewer_of(aoi), "\ufeffhanako@example.com\r\n")
    jobs.invite_batch(batch=bare.pk)
    assert Invitation.objects.count() == 2


def test_a_stopped_run_goes_on_with_the_next_row_and_invites_nobody_twice(aoi, viewer_of, monkeypatch):
    monkeypatch.setattr(actions.batches, "CHUNK", 2)
    batch = batch_of(viewer_of(aoi), "\n".join(f"m{number}@example.com" for number in range(5)))
    assert actions.work_on_batch(batch_id=batch.pk, now=timezone.now())
    assert Invitation.objects.count() == 2
    jobs.invite_batch(batch=batch.pk)
    batch.refresh_from_db()
    assert (Invitation.objects.count(), batch.invited_count, batch.skipped_count) == (5, 5, 0)
    assert not actions.work_on_batch(batch_id=batch.pk, now=timezone.now())


def test_a_file_stops_inviting_when_its_sender_loses_the_right(aoi, viewer_of):
    admin = make_member("admin_one", "admin")
    batch = batch_of(viewer_of(admin), NEW)
    actions.revoke_role(viewer=viewer_of(aoi), member_id=admin.pk, role="admin", now=timezone.now())
    jobs.invite_batch(batch=batch.pk)
    assert not Invitation.objects.exists()
    assert InvitationBatch.objects.get().errors[0]["reason"] == "not_allowed"


@pytest.mark.parametrize("content", [b"", b"name\nx\n", b"\xff\xfe\x00\x81", b"\n\n"])
def test_a_file_without_addresses_is_refused_at_its_field(aoi, viewer_of, content):
    with pytest.raises(Refused) as refused:
        batch_of(viewer_of(aoi), content)
    assert refused.value.field == "file"
    assert not InvitationBatch.objects.exists()


def test_the_error_file_holds_no_formulas(client_of, aoi, viewer_of):
    batch = batch_of(viewer_of(aoi), 'email\n"=HYPERLINK(1)@x"\n')
    jobs.invite_batch(batch=batch.pk)
    text = client_of(aoi).get(f"/studio/invitations/files/{batch.pk}/errors/").content.decode()
    assert "'=HYPERLINK" in text


def test_the_two_forms_of_the_page_share_no_id(client_of, aoi):
    page = client_of(aoi).get("/studio/invitations/").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)
