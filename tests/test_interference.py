"""What some keep among themselves changes no byte that others get: no count, no order, no date, no mark of unread."""

import difflib
import re

import pytest

from kizuna.base import hosting
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.community.models import WordRule
from kizuna.core.members import actions as members
from tests import secrets
from tests import world as worlds
from tests.cast import NOW, make_member
from tests.test_leaks import API, QUERIES
from tests.test_routes import address_of, body_of, examples, routes, table

# Tokens of forms, versions in addresses, times of the answer itself; and the highest number given in a topic: numbers are
# given once and for all, so that a gap is left by whatever waits or was taken away.
UNSTABLE = re.compile(
    r'name="number" value="\d+"|'
    r'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken&quot;: &quot;[^&]+|\?v=\d+|"made_at": "[^"]+"|"last_seen_at": "[^"]+"'
)
PLANTED = (
    worlds._plant_for_staff,
    worlds._plant_in_questions,
    worlds._plant_removed,
    secrets._plant_in_a_circle,
    secrets._plant_what_was_open,
    secrets._plant_files,
)


@pytest.fixture
def calm_world(db):
    """Return the world before anybody has a secret, with somebody who has read everything and somebody who has not."""
    world = worlds.make_world(NOW)
    world.members["hana"] = make_member("hana", joined_at=world.members["gen"].joined_at)
    world.members["saki"] = make_member("saki", joined_at=world.members["gen"].joined_at)
    community.save_word_rule(
        word=worlds.HELD_WORD, effect=WordRule.Effect.HOLD, member_id=world.members["aoi"].pk, now=world.now
    )
    community.change_setting(keys.IS_OPEN, value=True, member_id=None)
    return world


@pytest.fixture
def seen_by(calm_world, client_of):
    """Return a function from a person ("" for a visitor) to {address: text} of everything they get now."""
    token = members.make_token(viewer=members.system_viewer(), member=calm_world.members["saki"], now=calm_world.now)[1]
    clients = {"": client_of(), "saki": client_of(calm_world.members["saki"]), "api": client_of()}

    def look(person: str) -> dict[str, str]:
        run_waiting()
        hosting.current().caches.clear()
        client, seen = clients[person], {}
        for address in addresses(calm_world, person):
            headers = {"Authorization": f"Bearer {token}"} if person == "api" else {}
            response = client.get(address, headers=headers)
            seen[address] = f"{response.status_code}\n{UNSTABLE.sub('', body_of(response).decode())}"
        return seen

    return look


def addresses(world, person: str) -> list[str]:
    if person == "api":
        things = [f"/topics/{world.topics[name].pk}{rest}" for name in ("open", "solved") for rest in ("", "/posts")]
        people = [f"/members/{handle}" for handle in world.members]
        return [f"/api/v1{path}" for path in (*API, *things, *people)]
    found = []
    for name, pattern in routes():
        if name.startswith(("api:", "components:", "mfa_")) or table()[name][0][2 if person else 1] in "-s34":
            continue
        found.append(address_of(name, pattern, examples(world)))
    found += [f"/m/{handle}/" for handle in world.members]
    found += [f"/t/{topic.pk}/" for topic in world.topics.values()]
    found += [f"/s/{slug}/" for slug in world.spaces]
    found += [query.format(slug="qa", prefix="g") for query in QUERIES]
    return list(dict.fromkeys(found))


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["", "saki", "api"])
def test_what_others_keep_to_themselves_changes_no_byte(calm_world, seen_by, person):
    seen_by(person)  # reading once leaves its own traces: views, read marks
    known = dict(calm_world.topics), dict(calm_world.spaces), dict(calm_world.members)
    before = seen_by(person)
    for plant in PLANTED:
        plant(calm_world)
    calm_world.topics, calm_world.spaces, calm_world.members = known
    after = seen_by(person)
    assert {address: _changed(text, after[address]) for address, text in before.items() if after[address] != text} == {}


def _changed(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.split(">"), after.split(">"), lineterm="", n=0)
    return [line[:200] for line in lines if not line.startswith(("---", "+++", "@@"))]
