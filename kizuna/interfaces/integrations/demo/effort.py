"""The hours of the sample's team: what its notes say of talks, taken over by the people, and the rest of their weeks."""

from datetime import date, datetime, timedelta
from typing import Any

from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import Viewer
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers.models import Account
from kizuna.success.effort import actions
from kizuna.success.effort.actions import Work
from kizuna.success.effort.models import Effort, EffortFunction
from kizuna.success.effort.queries.offers import encounters_with_lengths, notes_with_lengths

WEEKS = 9
# The talks of the last days still wait to be taken over, as they would on a Monday.
LEFT_TO_TAKE = timedelta(days=4)
# Who does what on which weekday: handle, weekday, function, kind of touch, minutes, words.
HABITS = (
    ("saeki", 0, "community", "community", 60, "週の話題の準備"),
    ("saeki", 2, "community", "community", 90, "質問への返信と記事の依頼"),
    ("saeki", 4, "success", "high", 45, "更新前の確認"),
    ("hayashi", 0, "support", "low", 120, ""),
    ("hayashi", 1, "support", "low", 90, ""),
    ("hayashi", 3, "community", "tech", 75, "ヘルプの記事"),
    ("oka", 1, "community", "community", 50, "送料の質問への返信"),
    ("oka", 4, "support", "low", 80, ""),
    ("okubo", 0, "success", "high", 60, "相談の準備"),
    ("okubo", 2, "success", "low", 90, "合同相談会"),
    ("okubo", 3, "success", "high", 70, "開店3か月の確認"),
    ("yuki", 2, "research", "", 100, "検索されたことばの調査"),
)


def load_effort(*, people: dict[str, Member], now: datetime) -> int:
    """Write the hours of the last weeks and return how many rows there are."""
    functions = {item.slug: item.pk for item in EffortFunction.objects.all()}
    for member in people.values():
        viewer = viewer_of(member)
        if viewer.is_staff:
            _take_talks(viewer, now=now)
    _work_weeks(people, functions, now=now)
    _close_old_weeks(viewer_of(people["saeki"]), now=now)
    return Effort.objects.count()


def _take_talks(viewer: Viewer, *, now: datetime) -> None:
    for source, offered in (("note", notes_with_lengths), ("encounter", encounters_with_lengths)):
        for offer in offered(viewer=viewer):
            if offer.day <= local_day(now - LEFT_TO_TAKE):
                actions.take_offer(viewer=viewer, source=source, key=offer.key, now=now)


def _work_weeks(people: dict[str, Member], functions: dict[str, int], *, now: datetime) -> None:
    """Work through each habit week by week: every third time by timer, and now and then for one customer."""
    today = local_day(now)
    monday = today - timedelta(days=today.weekday())
    own = {handle: _accounts(people[handle]) for handle, *_rest in HABITS}
    for week in range(WEEKS):
        for place, (handle, weekday, slug, touch, minutes, words) in enumerate(HABITS):
            day = monday - timedelta(weeks=week) + timedelta(days=weekday)
            if day >= today:
                continue
            turn = week + place
            named = own[handle][turn % len(own[handle])] if touch == "high" and own[handle] else None
            work = Work(
                day=day,
                minutes=minutes + turn % 4 * 5,
                function_id=functions[slug],
                touch=touch,
                account_id=named,
                note=words,
            )
            _note(viewer_of(people[handle]), work, is_timed=turn % 3 == 0, at=_nine(now, day))


def _note(viewer: Viewer, work: Work, *, is_timed: bool, at: datetime) -> None:
    if not is_timed:
        actions.note_effort(viewer=viewer, work=work, now=at + timedelta(hours=9))
        return
    actions.start_timer(viewer=viewer, work=work, now=at)
    actions.stop_timer(viewer=viewer, now=at + timedelta(minutes=work.minutes))


def _close_old_weeks(owner: Viewer, *, now: datetime) -> None:
    today = local_day(now)
    for week in (3, 4, 5, 6, 7, 8):
        actions.close_week(viewer=owner, week_on=today - timedelta(days=today.weekday(), weeks=week), now=now)


def _nine(now: datetime, day: date) -> datetime:
    """Return nine in the morning of a day in Tokyo."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - (now.date() - day)


def _accounts(member: Member) -> list[Any]:
    return list(Account.objects.filter(owner=member).order_by("reading", "id").values_list("pk", flat=True)[:5])
