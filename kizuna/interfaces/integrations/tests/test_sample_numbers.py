"""The sample's numbers agree wherever they stand: list, file, API and each customer's page; and it has a story to find."""

import csv
import json
from collections import Counter
from contextvars import Context
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kizuna.base.text import vectors
from kizuna.core.members import actions as members
from kizuna.core.members.queries import viewer_of
from kizuna.core.notifications.queries.recipients import local_day
from kizuna.core.search.encoder import client as encoder
from kizuna.engagement.surveys.models import Survey
from kizuna.interfaces.integrations.demo import content, misebako
from kizuna.interfaces.integrations.demo.customers import load_customers
from kizuna.interfaces.integrations.demo.effort import load_effort
from kizuna.interfaces.integrations.demo.inquiries import load_inquiries
from kizuna.interfaces.integrations.demo.referrals import load_referrals
from kizuna.success.answering import actions as answering
from kizuna.success.answering.queries import similar_to
from kizuna.success.customers import wording
from kizuna.success.customers.models import Account, Contract, Note
from kizuna.success.effort import durations
from kizuna.success.effort.models import Effort
from kizuna.success.effort.queries.sums import account_minutes
from kizuna.success.encounters.models import Encounter
from kizuna.success.inbox.models import Inquiry
from tests.databases import _restore, committed

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.BASE_DIR) / "demo" / "misebako"


@pytest.fixture(scope="module")
def people(communities, django_db_blocker):
    """Load the people, customers and hours of the sample for the length of the module; return the people by handle."""
    community = communities["sakura"]
    with django_db_blocker.unblock():
        Context().run(_restore, community)
        made = committed(community, _people)
    yield made
    with django_db_blocker.unblock():
        Context().run(_restore, community)


def _people():
    now = timezone.now()
    replay = misebako.Replay(FOLDER, now=now)
    misebako._people(replay)
    load_customers(FOLDER, people=replay.members, now=now)
    load_effort(people=replay.members, now=now)
    load_referrals(people=replay.members, now=now)
    return replay.members


@pytest.fixture
def client(people, client_of):
    return client_of(people["saeki"])


@pytest.fixture
def every(people):
    """Return a function that reads a list of the API to its end."""
    viewer = members.system_viewer()
    _row, secret = members.make_token(viewer=viewer, member=people["saeki"], scopes=(), now=timezone.now())

    def read(path: str, **query) -> list[dict]:
        items, after = [], ""
        while after is not None:
            sent = {**query, "limit": 100, "after": after}
            answer = Client().get(f"/api/v1{path}", sent, headers={"Authorization": f"Bearer {secret}"})
            page = json.loads(answer.content)
            items += page["items"]
            after = page["next"]
        return items

    return read


def table(client, address: str) -> list[dict[str, str]]:
    """Return a CSV file of the desk by its heads."""
    response = client.get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


def test_customers_agree_in_list_file_api_and_pages(client, every):
    listed = table(client, "/desk/customers/csv/")
    by_api = every("/accounts")
    with (FOLDER / "customers.csv").open(encoding="utf-8", newline="") as file:
        wanted = len(list(csv.DictReader(file)))
    assert len(listed) == len(by_api) == Account.objects.count() == wanted > 100
    assert f"{wanted}件" in client.get("/desk/customers/").content.decode()
    amounts = {item["external_id"]: item["monthly_amount"] for item in by_api}
    assert {row["顧客番号"]: int(row["月額"]) for row in listed} == amounts
    for account in Account.objects.order_by("pk")[::4]:
        page = client.get(f"/desk/customers/{account.pk}/").content.decode()
        assert wording.money_text(amounts[account.external_id], account.currency) in page, account.name


def test_what_a_customer_pays_is_the_sum_of_its_contracts(every):
    """The amount of a page is what its lines say, month by month; a contract that ended counts nothing."""
    today = local_day(timezone.now())
    sums: Counter = Counter()
    for contract in every("/contracts"):
        if contract["ended_on"] and contract["ended_on"] < today.isoformat():
            continue
        months = 12 if contract["billing"] == "yearly" else 1
        sums[contract["account_id"]] += sum(
            line["unit_price"] * line["seats"] // months for line in contract["lines"] if line["ends_on"] is None
        )
    assert {item["id"]: item["monthly_amount"] for item in every("/accounts")} == {
        account.pk: sums[account.pk] for account in Account.objects.all()
    }


def test_hours_agree_in_team_file_api_and_pages(client, every):
    today = local_day(timezone.now())
    since = today - timedelta(days=29)
    span = f"from={since}&to={today}"
    rows = table(client, f"/desk/effort/rows/file/?{span}")
    by_api = every("/effort", **{"from": since.isoformat(), "to": (today + timedelta(days=1)).isoformat()})
    total = sum(int(row["分"]) for row in rows)
    assert total == sum(item["minutes"] for item in by_api) > 0
    assert f"{durations.hours(total)}時間" in client.get(f"/desk/effort/team/?{span}").content.decode()
    assert f"{durations.hours(total)}時間" in client.get(f"/desk/effort/rows/?{span}").content.decode()
    by_account = Counter()
    for item in by_api:
        by_account[item["account_id"]] += item["minutes"]
    named = [account_id for account_id, _minutes in by_account.most_common() if account_id][:8]
    assert named
    for account_id in named:
        assert account_minutes(account_id, today=today)[0] == by_account[account_id]
        page = client.get(f"/desk/customers/{account_id}/").content.decode()
        assert f"{durations.hours(by_account[account_id])}時間" in page


def test_referrals_agree_on_the_page_and_in_the_file(client, people):
    page = client.get("/desk/referrals/?from=2020-01-01").content.decode()
    rows = table(client, "/desk/referrals/csv/?from=2020-01-01")
    assert len(rows) == page.count('/m/kimura/"') + page.count('/m/onishi/"') > 3
    assert {row["紹介元"] for row in rows} <= {people["kimura"].name, people["onishi"].name}
    assert "定期便の変更を、電話ではなく" in client.get("/").content.decode()


def test_hours_read_off_a_note_are_those_that_the_note_states(people):
    taken = Effort.objects.filter(how="derived", source_key__startswith="note:").order_by("pk")
    assert taken.count() > 20
    notes = Note.objects.in_bulk([int(row.source_key.split(":")[1]) for row in taken])
    for row in taken:
        note = notes[int(row.source_key.split(":")[1])]
        assert durations.length_said(note.body)[0] == row.minutes
        assert (note.account_id, note.author_id) == (row.account_id, row.member_id)


def test_those_who_leave_over_frozen_goods_had_asked_before_and_took_longer_calls(people):
    """The story of the sample: the reason for leaving could be heard weeks before, and took the most time."""
    leaving = Contract.objects.exclude(noticed_on=None).filter(end_reason__contains="冷凍")
    assert leaving.count() >= 3
    calls = Note.objects.filter(body__startswith="電話")
    for contract in leaving:
        asked = calls.filter(account_id=contract.account_id, created_at__date__lt=contract.noticed_on)
        assert asked.count() >= 2
    assert set(calls.values_list("account_id", flat=True)) == set(leaving.values_list("account_id", flat=True))
    noted = Effort.objects.filter(how="derived", source_key__startswith="note:")
    minutes = dict(noted.values_list("pk", "minutes"))
    about = set(noted.filter(account__in=leaving.values("account")).values_list("pk", flat=True))
    longest = [minutes[pk] for pk in about if minutes[pk] >= 45]
    assert len(longest) >= 6
    assert max(minutes[pk] for pk in minutes if pk not in about) < min(longest)


def test_calls_of_the_sample_are_counted_as_long_as_they_were(people):
    taken = Effort.objects.filter(how="derived", source_key__startswith="encounter:")
    assert taken.exists()
    calls = Encounter.objects.in_bulk([int(row.source_key.split(":")[1]) for row in taken])
    for row in taken:
        call = calls[int(row.source_key.split(":")[1])]
        assert (row.minutes, row.account_id, row.day) == (call.minutes, call.account_id, local_day(call.at))


def _compare_by_meaning(monkeypatch) -> None:
    """Do what the worker does once the encoder is there."""
    meanings = lambda texts: [codes.tobytes() for codes in vectors.quantise(vectors.encode(texts))[0]]  # noqa: E731
    monkeypatch.setattr(encoder, "meanings_of", meanings)
    for _again in range(2):
        answering.give_meanings(limit=1000)
        answering.link_waiting(now=timezone.now(), limit=1000)


def test_the_sample_asks_and_answers_and_the_list_counts_what_the_file_holds(people, client, monkeypatch):
    now = timezone.now()
    load_inquiries(people=people, now=now, import_id=1)
    assert {*Inquiry.objects.values_list("state", flat=True)} == {"open", "waiting", "snoozed", "handed", "closed"}
    assert not Inquiry.objects.filter(received_at__gt=now).exists()
    open_ones = Inquiry.objects.exclude(state="closed")
    assert (open_ones.count(), open_ones.filter(owner=None).count()) == (31, 5)
    assert open_ones.filter(due_at__lt=now).count() == 2
    _compare_by_meaning(monkeypatch)
    alike = Inquiry.objects.get(title="年末年始のお休みの出し方")
    group = similar_to(viewer_of(people["saeki"]), alike, days=14, now=timezone.now())
    assert all("休業日" in row.title or "年末年始" in row.title for row in group.rows)
    assert 10 < len(group.rows) <= 14
    assert len(group.waiting) == 6
    assert f"似た問い合わせ {len(group.rows)}" in client.get("/desk/inquiries/?view=open").content.decode()
    file = client.get("/desk/inquiries/csv/").getvalue().decode("utf-8-sig")
    assert len(list(csv.reader(file.splitlines()))) == open_ones.count() + 1
    survey = Survey.objects.get()
    scores = list(survey.responses.values_list("score", flat=True))
    assert len(scores) > 30
    assert min(scores) < 7 < 9 <= max(scores)


def test_a_topic_for_some_is_written_and_answered_by_them_alone_and_hidden_from_others(people):
    now = timezone.now()
    replay = misebako.Replay(FOLDER, now=now)
    replay.members.update(people)
    replay.define_audiences()
    narrowed = [topic for topic in content.topics(FOLDER, now=now) if "audience" in topic.meta]
    assert narrowed
    for topic in narrowed:
        audience = replay.audiences[topic.meta["audience"]]
        inside = {handle for handle in replay.members if audience in replay.viewer(handle).audience_ids}
        named = {post.author for post in topic.posts} | set(topic.meta.get("bookmarks", ()))
        named |= {handle for reaction in topic.meta.get("reactions", ()) for handle in reaction["by"]}
        assert named <= inside
        assert 10 < len(inside) < len(replay.members) - 5
        assert "kimura" not in inside  # a stationer, whose sign-in the demo prints
