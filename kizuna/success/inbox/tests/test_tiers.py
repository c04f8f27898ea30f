"""Customers that go first by one of the manager's own fields: set in Studio, weighed on arrival, said as the reason."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kizuna.core.community.queries import setting
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import AccountAttribute
from kizuna.success.inbox import actions, queries
from kizuna.success.inbox.actions.receiving import Arrival, receive
from kizuna.success.inbox.settings import FIRST_TIERS

pytestmark = pytest.mark.django_db
SENT = {"warn_minutes": "60", "escalate_minutes": "15", "plans-TOTAL_FORMS": "0", "plans-INITIAL_FORMS": "0"}


@pytest.fixture
def owner(viewer_of, aoi):
    return viewer_of(aoi)


@pytest.fixture
def rank(owner):
    """A field of the manager's with choices."""
    words = {"ja": "ランク", "en": "Rank"}
    return customers.define_attribute(
        viewer=owner, slug="rank", label=words, kind="choice", choices=["S", "A", "B"], now=timezone.now()
    )


@pytest.fixture
def shops(make_account, desk, rank):
    """Three shops: of rank S, of rank B, and one of which nothing is said."""
    found = [make_account(name=name) for name in ("えす商店", "びい商店", "なし商店")]
    for shop, value in zip(found, ("S", "B"), strict=False):
        customers.set_attributes(viewer=desk, account=shop, values={"rank": value}, now=timezone.now())
    return found


def choose(owner, *values, slug="rank"):
    tiers = [{"attribute": slug, "value": value} for value in values]
    actions.set_rules(viewer=owner, values={"first_tiers": tiers}, now=timezone.now())


def ask(shop, *, minutes=0, body="教えてください。"):
    now = timezone.now()
    at = now - timedelta(minutes=minutes)
    return receive(arrival=Arrival("mail", "質問", body, at, account_id=shop.pk), now=now).inquiry


def test_a_customer_of_a_chosen_rank_goes_first_and_it_says_why(client_of, emi, owner, shops):
    choose(owner, "S", "A")
    asked = [ask(shop, minutes=minutes) for shop, minutes in zip(reversed(shops), (30, 20, 10), strict=True)]
    none, second, first = asked
    assert [row.urgency for row in (first, second, none)] == [1, 0, 0]
    assert first.urgent_because == [["tier", "ランク S"]]
    assert first.priority == "normal", "going first is no reason to call it urgent"
    shown = client_of(emi).get("/desk/inquiries/").content.decode()
    assert "ランク Sのお客さま" in shown
    places = [shown.index(f"/desk/inquiries/{row.pk}/") for row in (first, none, second)]
    assert places == sorted(places), "the chosen rank stands first although it came last"


def test_words_and_the_explicit_choice_count_more(owner, shops):
    choose(owner, "S")
    assert (ask(shops[0], body="届かない").urgency, ask(shops[2], body="届かない").urgency) == (3, 2)


def test_the_team_opening_one_weighs_the_same(desk, owner, shops):
    choose(owner, "S")
    fields = {"title": "電話で質問", "account_id": shops[0].pk}
    assert actions.open_inquiry(viewer=desk, fields=fields, now=timezone.now()).urgency == 1


def test_a_field_that_is_put_away_or_hidden_from_some_says_nothing(owner, shops, rank):
    choose(owner, "S")
    for field_group in ("judgement", ""):
        define = {"slug": "rank", "label": rank.label, "kind": "choice", "choices": ["S"], "field_group": field_group}
        customers.define_attribute(viewer=owner, now=timezone.now(), **define)
        assert ask(shops[0]).urgency == (0 if field_group else 1), field_group
    customers.archive_attribute(viewer=owner, attribute=AccountAttribute.objects.get(), now=timezone.now())
    assert ask(shops[0]).urgency == 0
    assert queries.tier_fields() == []


def test_who_has_chosen_nothing_reads_no_fields(shops):
    with CaptureQueriesContext(connection) as seen:
        assert queries.first_tiers_of(shops[0].pk) == []
    assert not [one for one in seen.captured_queries if "attribute" in one["sql"]]


def test_it_is_chosen_in_studio(client_of, aoi, emi, rank):
    client = client_of(aoi)
    shown = client.get("/studio/inbox/").content.decode()
    assert "ランク S" in shown
    sent = {**SENT, "first_tiers": [f"{rank.pk}:S", f"{rank.pk}:A"]}
    assert client.post("/studio/inbox/", sent).status_code == 302
    chosen = [{"attribute": "rank", "value": value} for value in ("S", "A")]
    assert setting(FIRST_TIERS) == chosen
    shown = client.get("/studio/inbox/").content.decode()
    assert shown.count(" checked") >= 2
    assert client.post("/studio/inbox/", {**SENT, "first_tiers": [f"{rank.pk}:Z"]}).status_code == 422
    assert client_of(emi).post("/studio/inbox/", sent).status_code == 403
    assert setting(FIRST_TIERS) == chosen


def test_without_such_a_field_nothing_is_asked(client_of, aoi, db):
    assert "first_tiers" not in client_of(aoi).get("/studio/inbox/").content.decode()
