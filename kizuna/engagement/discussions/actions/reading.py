"""Remember what was read."""

from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base import hosting
from kizuna.core.members.policies import Refused, can_act, require
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications import actions as notifications
from kizuna.engagement.discussions import policies
from kizuna.engagement.discussions.actions import statements
from kizuna.engagement.discussions.models import ReadMark, Topic, TopicRead

UNDO_SECONDS = 3600


def mark_read(*, viewer: Viewer, topic_id: int, number: int, now: datetime) -> None:
    """Note that the viewer has seen a topic up to post `number`; never less than before, and nothing in "view as".

    Whoever saw the last post has read what the list of notifications says of the topic.
    """
    if not can_act(viewer):
        return
    if Topic.objects.filter(pk=topic_id, last_number__lte=number).exists():
        notifications.mark_read(viewer=viewer, group_key=f"topic:{topic_id}", now=now)
    mine = TopicRead.objects.filter(member_id=viewer.member_id, topic_id=topic_id)
    if mine.filter(last_read_number__lt=number).update(last_read_number=number, read_at=now):
        return
    mark = TopicRead(member_id=viewer.member_id, topic_id=topic_id, last_read_number=number, read_at=now)
    TopicRead.objects.bulk_create([mark], ignore_conflicts=True)


def mark_topic_unread(*, viewer: Viewer, topic: Topic, number: int, now: datetime) -> None:
    """Let a topic count as unread from post `number` on."""
    require(can_act(viewer), policies.SIGN_IN)
    statements.note_read(member_id=viewer.member_id or 0, topic_id=topic.pk, number=max(0, number - 1), now=now)


@transaction.atomic
def mark_all_read(*, viewer: Viewer, now: datetime) -> str:
    """Count everything posted until now as read, and return the token that takes it back within the hour."""
    require(can_act(viewer), policies.SIGN_IN)
    before = ReadMark.objects.select_for_update().filter(member_id=viewer.member_id).first()
    mark = ReadMark(member_id=viewer.member_id, read_until=now)
    ReadMark.objects.bulk_create([mark], update_conflicts=True, unique_fields=["member"], update_fields=["read_until"])
    until = before.read_until.isoformat() if before else ""
    return _signer().sign_object({"member": viewer.member_id, "until": until})


@transaction.atomic
def undo_mark_all_read(*, viewer: Viewer, token: str) -> None:
    """Put the mark back to where it was when the token was made."""
    require(can_act(viewer), policies.SIGN_IN)
    try:
        before = _signer().unsign_object(token, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        before = {}
    if before.get("member") != viewer.member_id:
        raise Refused(_("This can no longer be undone."))
    mine = ReadMark.objects.filter(member_id=viewer.member_id)
    if before["until"]:
        mine.update(read_until=datetime.fromisoformat(before["until"]))
    else:
        mine.delete()


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"discussions.mark_all_read.{hosting.current().slug}")
