"""Forget a person who is erased: at LINE and in Slack."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kizuna.base.registry import Erased, Person
from kizuna.interfaces.chat.models import LineCode, LineEvent, LineUser, SlackLink, SlackPress


@transaction.atomic
def forget_person(*, person: Person, now: datetime) -> Erased:
    """Remove whom a person is at LINE and in Slack, and what came from there."""
    theirs = Q(pk__in=[])
    if person.contact_id:
        theirs |= Q(contact_id=person.contact_id)
    if person.member_id:
        theirs |= Q(member_id=person.member_id)
    users = list(LineUser.objects.filter(theirs))
    removed = 0
    for user in users:
        events = LineEvent.objects.filter(channel_id=user.channel_id, body__source__userId=user.user_id)
        removed += events.delete()[0]
    removed += LineUser.objects.filter(pk__in=[user.pk for user in users]).delete()[0]
    removed += LineCode.objects.filter(member_id=person.member_id or 0).delete()[0]
    links = SlackLink.objects.filter(member_id=person.member_id or 0)
    for link in links:
        removed += SlackPress.objects.filter(team_id=link.team_id, user_id=link.user_id).delete()[0]
    return Erased(removed=removed + links.delete()[0])
