"""Buttons in the team's Slack: kept when they are pressed, done by a job as who the team member is, and answered there."""

import json
from datetime import datetime, timedelta

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kizuna.base.hosting.links import absolute_url
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.outbound import Unreachable, fetch
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, can_use_desk, require
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.interfaces.chat import queries, slack
from kizuna.interfaces.chat.models import SlackLink, SlackPress
from kizuna.success.inbox import actions as inbox
from kizuna.success.inbox.queries import inquiry_for

KEPT = timedelta(days=7)
ANSWERABLE = timedelta(minutes=30)  # as long as Slack takes answers to a press
SECONDS = 10.0


class NotYet(Exception):
    """Slack did not take the answer for now."""


@transaction.atomic
def keep_press(*, endpoint_id: int, press: slack.Press, now: datetime) -> bool:
    """Keep a press and let the worker do it. Says whether it was new."""
    row, is_new = SlackPress.objects.get_or_create(
        press_id=press.press_id,
        defaults={
            "endpoint_id": endpoint_id, "team_id": press.team_id, "user_id": press.user_id, "name": press.name,
            "inquiry_id": press.inquiry_id, "answer_url": press.answer_url, "pressed_at": now,
        },
    )  # fmt: skip
    if is_new:
        enqueue("chat.do_press", args={"press": row.pk}, priority=5, max_attempts=5)
    return is_new


def do_press(*, press_id: int, now: datetime) -> None:
    """Do what was pressed, once, then answer in Slack; killed in between, the same answer comes again."""
    press = _done(press_id, now=now)
    if press is None:
        return
    if now - press.pressed_at < ANSWERABLE:
        body = json.dumps(press.answer, ensure_ascii=False).encode()
        try:
            answer = fetch(
                press.answer_url, method="POST", content=body, content_type="application/json", seconds=SECONDS,
                max_bytes=4096, is_cut=True,
            )  # fmt: skip
        except Unreachable as error:
            raise NotYet(error.reason) from None
        if answer.status == 429 or answer.status >= 500:
            raise NotYet(str(answer.status))
    SlackPress.objects.filter(pk=press.pk).update(done_at=now)


@transaction.atomic
def link_slack(*, viewer: Viewer, team_id: str, user_id: str, name: str, now: datetime) -> None:
    """Say that somebody in Slack is the viewer, who is of the team."""
    require(can_use_desk(viewer), gettext_lazy("Only the team is joined to Slack."))
    SlackLink.objects.update_or_create(
        team_id=team_id, user_id=user_id, defaults={"member_id": viewer.own_id, "name": name[:80], "linked_at": now}
    )


@transaction.atomic
def unlink_slack(*, viewer: Viewer, link_id: int) -> None:
    """Say that somebody in Slack is not the viewer any more."""
    SlackLink.objects.filter(pk=link_id, member_id=viewer.own_id).delete()


def forget_presses(*, now: datetime) -> int:
    """Forget presses that were done long ago; return how many."""
    return SlackPress.objects.filter(pressed_at__lt=now - KEPT).delete()[0]


@transaction.atomic
def _done(press_id: int, *, now: datetime) -> SlackPress | None:
    """Do what was pressed unless it was done, and fix the answer with it."""
    press = SlackPress.objects.select_for_update(of=("self",)).filter(pk=press_id, done_at=None).first()
    if press is None:
        return None
    if press.answer is None:
        with override(str(community.setting(keys.DEFAULT_LANGUAGE))):
            member = queries.slack_member(press.team_id, press.user_id)
            press.answer = _stranger(press, now=now) if member is None else _assigned(press, member, now=now)
        press.save(update_fields=["answer"])
    return press


def _assigned(press: SlackPress, member: Member, *, now: datetime) -> dict[str, object]:
    viewer = viewer_of(member)
    try:
        inquiry = inquiry_for(viewer, press.inquiry_id)
    except Http404:
        return slack.whisper(_("This inquiry is not there, or you may not see it."))
    if inquiry.owner is not None:
        if inquiry.owner_id == member.pk:
            return slack.whisper(_("You look after #%(number)d already.") % {"number": inquiry.pk})
        return slack.whisper(
            _("%(name)s looks after #%(number)d already.") % {"name": inquiry.owner.name, "number": inquiry.pk}
        )
    try:
        with transaction.atomic():
            inbox.assign(viewer=viewer, inquiry=inquiry, owner_id=member.pk, now=now)
    except Refused as refused:
        return slack.whisper(str(refused.reason))
    return slack.announce(_("%(name)s looks after #%(number)d now.") % {"name": member.name, "number": inquiry.pk})


def _stranger(press: SlackPress, *, now: datetime) -> dict[str, object]:
    ticket = slack.ticket_of(press.team_id, press.user_id, press.name)
    url = absolute_url(f"/me/slack/?ticket={ticket}")
    return slack.whisper(
        _("Kizuna does not know who you are in Slack. Say so once, signed in there; the link is good for 15 minutes:"),
        url,
    )
