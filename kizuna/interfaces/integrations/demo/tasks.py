"""Tasks on the sample's customers: late ones, ones at other departments, and answers that came back."""

from datetime import datetime, timedelta
from typing import Any

from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.success.customers.models import Account
from kizuna.success.tasks import actions
from kizuna.success.tasks.models import Department, Task

SEATS = {"development": ("yuki",), "sales": ("saeki",), "support": ("hayashi", "okubo")}
# (customer's number, title, owner, made days ago, due in days, what became of it: department, ask, answer or done)
TASKS: tuple[tuple[str, str, str, int, int | None, dict[str, str]], ...] = (
    ("M-1003", "年末の営業日設定を一緒に確認する", "okubo", 6, -1, {}),
    ("M-1003", "のし対応の商品を増やせるか返事をする", "okubo", 9, 2,
     {"to": "development", "ask": "のしの種類を商品ごとに選べるようになりますか。", "answer": "1月の更新で選べるようになります。"}),
    ("M-1003", "更新前のふり返りの日程を決める", "okubo", 2, 7, {}),
    ("M-1002", "3店舗目のスタッフ招待の手順を送る", "saeki", 4, 1, {"done": "1"}),
    ("M-1002", "年払いから月払いへの切り替えについて返事をする", "saeki", 5, 0,
     {"to": "sales", "ask": "期間の途中で切り替えるときの返金の扱いを教えてください。"}),
    ("M-1001", "ギフト用の送り状の書き方を案内する", "hayashi", 3, 4, {}),
    ("M-1004", "新茶の予約販売の準備を手伝う", "saeki", 12, 20, {"to": "support", "ask": "予約販売の公開日の設定を確認してください。"}),
)  # fmt: skip


def load_tasks(people: dict[str, Member], *, now: datetime) -> int:
    """Make the tasks of the sample, each at its time, and return how many."""
    _seat(people, now=now)
    accounts = {account.external_id: account for account in Account.objects.exclude(external_id="")}
    made = 0
    for number, title, owner, days_ago, due_in, became in TASKS:
        at = now - timedelta(days=days_ago, hours=3)
        due_on = local_day(now) + timedelta(days=due_in) if due_in is not None else None
        fields = {"title": title, "owner_id": people[owner].pk, "due_on": due_on}
        viewer = viewer_of(people[owner])
        task = actions.make_task(viewer=viewer, account=accounts[number], fields=fields, now=at)
        _follow(task, became, people, owner=owner, at=at)
        made += 1
    return made


def _follow(task: Task, became: dict[str, str], people: dict[str, Member], *, owner: str, at: datetime) -> None:
    viewer: Any = viewer_of(people[owner])
    if "to" in became:
        department = Department.objects.get(slug=became["to"])
        handed_at = at + timedelta(hours=5)
        actions.hand_over(viewer=viewer, task=task, department=department, ask=became["ask"], now=handed_at)
        if "answer" in became:
            colleague = viewer_of(people[SEATS[became["to"]][0]])
            answer, answered_at = became["answer"], handed_at + timedelta(days=2)
            actions.answer_handover(viewer=colleague, task=task, answer=answer, now=answered_at)
    if "done" in became:
        actions.complete_task(viewer=viewer, task=task, now=at + timedelta(days=1))


def _seat(people: dict[str, Member], *, now: datetime) -> None:
    """Say who is told at each department."""
    owner = viewer_of(people["saeki"])
    for department in Department.objects.filter(slug__in=SEATS):
        ids = [people[handle].pk for handle in SEATS[department.slug]]
        actions.define_department(
            viewer=owner, department=department, name=department.name, member_ids=ids, is_archived=False, now=now
        )
