"""No mark of something private reaches anybody who may not see it, by any way out."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.base import hosting
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.members import actions as members
from kizuna.core.members import signin
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import MEMBERS as FOR_MEMBERS
from kizuna.core.notifications.models import Notification
from kizuna.engagement.discussions import actions
from tests import secrets
from tests import world as worlds
from tests.test_routes import address_of, body_of, examples, routes, table

pytestmark = pytest.mark.django_db

READERS = {mark: readers | worlds.SEES_ALL for mark, readers in worlds.MARKS.items()} | secrets.MARKS
READERS["zqdrafttext"] = READERS["zqloosefile"] = {"gen"}
# Addresses of members, as marks.
ADDRESSES = {
    f"{name}@example.com": {name, "aoi", "ben"} for name in ("aoi", "ben", "chie", "emi", "fumi", "gen", "hana")
}
EVERYTHING = {**READERS, **ADDRESSES}
VISITORS = ("closed", "open", "suspended", "stranger", "erased")
MEMBERS = ("chie", "fumi", "gen", "ben", "emi", "aoi")
PEOPLE = (*VISITORS, *MEMBERS)
WHOLE_WALKS = ("open", "fumi", "gen", "ben")  # these try the number of every single thing
ASKED = worlds.COMMON
QUERIES = [
    *(f"/search/?q={ASKED}{rest}" for rest in ("", "&type=topic", "&type=article", "&type=member", "&order=new")),
    f"/search/similar/?q={ASKED}",
    *(f"/{path}?q={{prefix}}" for path in ("members/", "members/mentions/", "mentions/", "studio/members/")),
    *(f"/s/{{slug}}/?{rest}" for rest in ("filter=unsolved", "filter=unanswered", "sort=new", "sort=votes")),
    *(f"/latest/?filter={name}" for name in ("mine", "following", "voted", "needed", "solved")),
    *(f"/tags/{tag}/" for tag in ("配送", "zqstafftag", "zqcircletag", "zqlistedtag")),
    "/k/?tag=qa",
]
API = [
    "/search?q=" + ASKED + "&count=true&limit=100",
    *(f"/search?q={ASKED}&type={kind}" for kind in ("question", "article", "topic", "member")),
    "/spaces",
    "/topics?count=true&limit=100",
    *(f"/topics?space={slug}" for slug in ("qa", "news", "ideas", "zqstaffroom", "zqcircleroom", "zqturnedroom")),
    "/members?count=true&limit=100",
    "/openapi.json",
]


# What people wrote themselves is theirs to take along, wherever it was moved to.
OWN_WORDS = {"chie": {"zqmovedreply", "zqshutreply"}, "fumi": {"zqcomment"}, "gen": {"zqmovedtopic", "zqturnedtopic"}}


def walk(client, world, person: str) -> Iterator[tuple[str, bytes]]:
    """Yield everything that one person gets by GET: (address, bytes)."""
    for address in addresses(world, person):
        response = client.get(address)
        assert response.status_code < 500, address
        head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        yield address, head.encode() + body_of(response)


def addresses(world, person: str) -> Iterator[str]:
    known = numbers(world)
    for name, pattern in routes():
        if name.startswith(("api:", "components:")):
            continue
        code = code_written(name, person)
        if code == "-":
            continue
        parts = re.findall(r"<\w+:(\w+)>", pattern)
        is_tried = parts and person in WHOLE_WALKS and code not in "s3"
        values = known.get(parts[0], []) if is_tried else []
        if not values:
            yield address_of(name, pattern, examples(world))
        for value in values:
            given = {parts[0]: value, name: value} if parts[0] != "key" else {"key": value[0], name: value[1]}
            yield address_of(name, pattern, {**examples(world), **given})
    for query in QUERIES:
        for slug in ("qa", "zqcircleroom") if "{slug}" in query else [""]:
            for prefix in ("zq", "g") if "{prefix}" in query else [""]:
                yield query.format(slug=slug, prefix=prefix)


def code_written(name: str, person: str) -> str:
    """Return what the table of routes says about GET for a person like this one."""
    column = {"closed": 0, "chie": 2, "fumi": 2, "gen": 2, "ben": 3, "emi": 4, "aoi": 5}.get(person, 1)
    return table()[name][0][column]


def numbers(world) -> dict[str, list]:
    """Return every value of the parts of addresses, by the name of the part."""
    return {
        "topic_id": [topic.pk for topic in world.topics.values()],
        "post_id": [post.pk for post in world.posts.values()],
        "article_id": [article.pk for article in world.articles.values()],
        "handle": list(Member.objects.values_list("handle", flat=True)),
        "slug": [space.slug for space in world.spaces.values()],
        "key": [(file.key, file.name) for file in world.files.values()],
        "notification_id": list(Notification.objects.values_list("pk", flat=True)),
        "member_id": list(Member.objects.values_list("pk", flat=True)),
    }


def marks_in(content: bytes, *, asked: str = "") -> set[str]:
    """Return the marks in `content` that were not said in what was `asked`."""
    text = content.decode("utf-8", "replace")
    return {mark for mark in EVERYTHING if mark in text and mark not in asked}


def met(content: bytes, *, person: str, asked: str = "") -> set[str]:
    """Return the marks in `content` that this person may not meet."""
    return {mark for mark in marks_in(content, asked=asked) if person not in EVERYTHING[mark]}


@pytest.fixture
def client_of_person(world, client_for):
    """Return a function from a person of PEOPLE to a client; the community is opened or closed for them."""

    def make(person: str):
        community.change_setting(keys.IS_OPEN, value=person != "closed", member_id=None)
        client = client_for("open" if person == "erased" else person)
        if person == "erased":
            client.cookies[signin.COOKIE] = world.leaver_cookie
        return client

    return make


@pytest.fixture
def token_of(world):
    """Return a function from a person to their token: a suspended one had it before, one who left has an old one."""

    def make(person: str) -> str:
        if person == "erased":
            return world.leaver_token
        member = world.members["zen" if person == "suspended" else person]
        kept = Member.objects.values_list("state", flat=True).get(pk=member.pk)
        Member.objects.filter(pk=member.pk).update(state="active")
        member.refresh_from_db()
        secret = members.make_token(viewer=members.system_viewer(), member=member, now=timezone.now())[1]
        Member.objects.filter(pk=member.pk).update(state=kept)
        return secret

    return make


_met: dict[str, dict[str, set[str]]] = {}


@pytest.fixture
def met_by(world, client_of_person):
    """Return a function from a person to {address: the marks that stand in what they got}; each walks once."""

    def walked(person: str) -> dict[str, set[str]]:
        if person not in _met:
            answers = walk(client_of_person(person), world, person)
            _met[person] = {asked: marks for asked, content in answers if (marks := marks_in(content, asked=asked))}
        return _met[person]

    return walked


@pytest.mark.sampled
@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_shows_a_mark_to_whom_it_does_not_concern(met_by, person):
    allowed = {mark for mark, readers in EVERYTHING.items() if person in readers}
    found = {asked: marks - allowed for asked, marks in met_by(person).items() if marks - allowed}
    if "/account/export/" in found and found["/account/export/"] <= OWN_WORDS.get(person, set()):
        del found["/account/export/"]
    assert not found


def test_the_marks_are_there_to_be_found(met_by):
    """Those who may see a mark meet it somewhere, or the test above would pass for want of anything to find."""
    everywhere = {
        mark for person in ("aoi", "ben", "gen", "emi") for marks in met_by(person).values() for mark in marks
    }
    assert set(EVERYTHING) - everywhere == {"zqerased"}


@pytest.mark.parametrize("person", ["fumi", "gen", "ben", "emi", "erased", "suspended"])
def test_the_api_tells_no_mark_to_whom_it_does_not_concern(world, token_of, person):
    client, found = Client(headers={"Authorization": f"Bearer {token_of(person)}"}), {}
    things = [f"/topics/{topic.pk}" for topic in world.topics.values()]
    asked = [*API, *things, *(f"{thing}/posts?count=true" for thing in things)]
    for address in [*asked, *(f"/members/{handle}" for handle in Member.objects.values_list("handle", flat=True))]:
        response = client.get(f"/api/v1{address}")
        assert response.status_code < 500, address
        assert response.status_code == 401 or person in MEMBERS or address == "/openapi.json"
        if marks := met(response.content, person=person, asked=address):
            found[address] = marks
    assert not found


@pytest.mark.parametrize("person", ["chie", "fumi"])
def test_what_the_api_counts_is_what_it_lists(world, token_of, person):
    client = Client(headers={"Authorization": f"Bearer {token_of(person)}"})
    for path in ("topics", "members", *(f"topics/{world.topics[name].pk}/posts" for name in ("open", "solved"))):
        answer = client.get(f"/api/v1/{path}?limit=100&count=true").json()
        assert answer["count"] == len(answer["items"])


def test_mail_carries_no_mark_to_whom_it_does_not_concern(world):
    folder = hosting.current().folder / "mail"
    sent = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob("*.eml")]
    assert len(sent) > 5
    found = []
    for message in sent:
        parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        content = "\n".join([*(f"{name}: {value}" for name, value in message.items()), *parts])
        if marks := met(content.encode(), person=message["To"].partition("@")[0], asked=message["To"]):
            found.append((message["To"], message["Subject"], marks))
    assert not found


def test_nobody_is_told_of_what_they_may_not_see(world):
    """Lines written while a thing was open are not shown once it is not; the walk reads the list of each person."""
    told = Notification.objects.filter(member_id=world.members["fumi"].pk)
    secret = {world.topics[name].pk for name in ("staff", "private", "held", "circle", "listed", "both")}
    assert not told.filter(target_type="topic", target_id__in=secret).exists()
    posts = {post.pk for name, post in world.posts.items() if post.topic_id in secret or name.startswith("held")}
    assert not told.filter(target_type="post", target_id__in=posts).exists()


def test_a_secret_tag_is_like_one_that_is_not_there(client_of_person):
    for person in ("open", "fumi"):
        client = client_of_person(person)
        for tag in ("zqstafftag", "zqlistedtag"):
            secret, none = client.get(f"/tags/{tag}/"), client.get("/tags/zqnothing/")
            assert secret.status_code == none.status_code == 404


def test_the_files_of_what_was_taken_away_go_with_it(world, client_of_person):
    for person, hidden in (("open", True), ("fumi", True), ("gen", False)):
        client = client_of_person(person)
        for name in ("heldfile", "hiddenfile", "deletedfile", "moved", "turned", "private"):
            file = world.files[name]
            answer = client.get(f"/f/{file.key}/{file.name}")
            assert (person, name, answer.status_code) == (person, name, 404 if hidden else 200)
            assert hidden or "public" not in answer.headers["Cache-Control"]


def test_a_file_is_open_to_caches_only_while_its_post_is(world, client_of_person):
    file = world.files["public"]
    address = f"/f/{file.key}/{file.name}"
    assert "public" in client_of_person("ben").get(address).headers["Cache-Control"]
    assert "public" in client_of_person("open").get(address).headers["Cache-Control"]
    actions.edit_space(viewer=world.viewer("aoi"), space=world.spaces["qa"], audience_id=FOR_MEMBERS, now=world.now)
    assert "public" not in client_of_person("ben").get(address).headers["Cache-Control"]
    assert client_of_person("open").get(address).status_code == 404


def test_the_asker_of_a_private_question_gets_the_files_of_the_answer(world, client_of_person):
    file = world.file("for gen", "emi", "label.txt", "label")
    world.reply("with file", "emi", "private", f"[x](/f/{file.key}/{file.name})", attachments=[file.key])
    statuses = [client_of_person(who).get(f"/f/{file.key}/{file.name}").status_code for who in ("gen", "fumi", "open")]
    assert statuses == [200, 404, 404]


def test_the_sitemap_names_what_every_visitor_may_read_and_nothing_else(world, client_of_person):
    client = client_of_person("aoi")
    named = set(re.findall(r"<loc>[^<]*?(/(?:[tk]/\d+/)?)</loc>", client.get("/sitemap-1.xml").content.decode()))
    topics = {f"/t/{world.topics[name].pk}/" for name in ("solved", "open", "idea", "news", "left")}
    assert named == topics | {f"/k/{world.articles['faq'].pk}/", "/"}
