"""More secrets for the world: what was open and is no more, hand-made circles, what concerns one person alone.

As in `tests.world`, each place has a mark of its own. Here nobody sees all: the reader of every mark is named.
"""

from kizuna.base.rules import parse
from kizuna.core.members import actions as members
from kizuna.core.members.models import Audience, AudienceMember
from kizuna.core.members.viewer import PUBLIC, STAFF, Viewer
from kizuna.core.search.models import Search
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Space
from kizuna.engagement.knowledge import actions as knowledge
from tests.cast import make_member
from tests.world import COMMON, World

CIRCLE = {"aoi", "gen", "hana"}
TEAM = {"aoi", "ben", "emi"}
# Who may see each.
MARKS = {
    "zqcircleroom": CIRCLE,
    "zqcircletopic": CIRCLE,
    "zqcirclefile": CIRCLE,
    "zqcircletag": CIRCLE,
    "zqcirclearticle": CIRCLE,
    # Topics for some of those who may enter their space: listed by hand, picked by a rule, opened first and narrowed later.
    "zqlisted": CIRCLE,
    "zqlistedfile": CIRCLE,
    "zqlistedtag": CIRCLE,
    "zqlistname": {"aoi", "ben"},
    "zqruled": {"aoi", "gen"},
    "zqruledfile": {"aoi", "gen"},
    "zqrulename": {"aoi", "ben"},
    "zqnarrowed": CIRCLE,
    "zqshutreply": CIRCLE,
    "zqnarrowedfile": CIRCLE,
    "zqbothneeded": {"aoi"},
    "zqmovedtopic": TEAM,
    "zqmovedreply": TEAM,
    "zqmovedfile": TEAM | {"gen"},  # whose upload it is
    "zqclosure": TEAM,
    "zqturnedtopic": TEAM,
    "zqturnedroom": TEAM,
    "zqturnedfile": TEAM | {"gen"},
    "zqheldfile": {"aoi", "ben", "gen"},
    "zqhiddenfile": {"aoi", "ben", "gen"},
    "zqdeletedfile": {"aoi", "ben", "gen"},
    "zqdraftfile": TEAM,
    "zqarchivedarticle": TEAM,
    "zqearlier": {"aoi", "ben", "gen"},
    "zqsuspended": {"aoi", "ben"},
    "zqinvitee": {"aoi"},
    "zqtokenname": {"gen"},
    "zqdevice": {"gen"},
    "zqsearched": TEAM,
    "zqcomment": TEAM,
    "zqerased": set(),
}


def plant_more(world: World) -> None:
    """Plant what `tests.world.plant_secrets` does not."""
    _plant_in_a_circle(world)
    _plant_narrowed(world)
    _plant_what_was_open(world)
    _plant_files(world)
    _plant_articles(world)
    _plant_personal(world)
    _plant_a_leaver(world)
    _plant_drafts(world)


def _linked(file) -> str:
    return f"[x](/f/{file.key}/{file.name})"


def _plant_in_a_circle(world: World) -> None:
    label = {"ja": "輪", "en": "circle"}
    circle = Audience.objects.create(slug="circle", label=label, created_at=world.now)
    for name in sorted(CIRCLE):
        AudienceMember.objects.create(audience=circle, member=world.members[name])
    names = {"ja": "zqcircleroom", "en": "zqcircleroom"}
    world.spaces["circle"] = actions.create_space(
        viewer=world.viewer("aoi"),
        slug="zqcircleroom",
        kind="question",
        name=names,
        audience_id=circle.pk,
        now=world.now,
    )
    file = world.file("circle", "gen", "zqcirclefile.txt", "zqcirclefile")
    body = f"{COMMON} zqcircletopic {_linked(file)} @fumi @ben"
    world.topic("circle", "gen", "circle", f"{COMMON} zqcircletopic", body, tags=["zqcircletag", "配送"])
    world.reply("circle answer", "hana", "circle", f"{COMMON} zqcircletopic @fumi")
    topic, answer = world.topics["circle"], world.posts["circle answer"]
    actions.give_reaction(viewer=world.viewer("gen"), post=answer, word="thanks", now=world.now)
    actions.accept_answer(viewer=world.viewer("gen"), topic=topic, post=answer, now=world.now)
    text = f"{COMMON} zqcirclearticle"
    world.article("circle", text, text, circle.pk, tags=("zqcircletag",))


def _plant_narrowed(world: World) -> None:
    """Topics that not everybody in their space may read, two of them read, kept and followed by others before."""
    aoi, gen, fumi = world.viewer("aoi"), world.viewer("gen"), world.viewer("fumi")
    label = {"ja": "zqlistname", "en": "zqlistname"}
    ids = [world.members[name].pk for name in sorted(CIRCLE)]
    listed = members.save_audience(viewer=aoi, audience=None, label=label, member_ids=ids, now=world.now)
    file = world.file("listed", "aoi", "zqlistedfile.txt", "zqlistedfile")
    tags = ["zqlistedtag", "配送"]
    body = f"{COMMON} zqlisted {_linked(file)} @fumi @ben @gen"
    world.topic("listed", "aoi", "news", f"{COMMON} zqlisted", body, tags=tags, audience_id=listed.pk)
    world.reply("listed reply", "gen", "listed", f"{COMMON} zqlisted @fumi @chie")
    actions.pin_topic(viewer=aoi, topic=world.topics["listed"], now=world.now)
    world.topic("both", "aoi", "circle", f"{COMMON} zqbothneeded", f"{COMMON} zqbothneeded @gen", audience_id=STAFF)
    _plant_by_rule(world)
    file = world.file("narrowed", "gen", "zqnarrowedfile.txt", "zqnarrowedfile")
    body = f"{COMMON} zqnarrowed {_linked(file)} @fumi"
    topic = world.topic("narrowed", "gen", "qa", f"{COMMON} zqnarrowed", body, tags=["配送"])
    reply = world.reply("narrowed reply", "chie", "narrowed", f"{COMMON} zqshutreply @fumi")
    _keep(world, fumi, "narrowed")
    actions.accept_answer(viewer=gen, topic=topic, post=reply, now=world.now)
    actions.change_topic_audience(viewer=world.viewer("aoi"), topic=topic, audience_id=listed.pk, now=world.now)


def _plant_by_rule(world: World) -> None:
    """Let a rule pick gen and fumi, and fumi no more after having read and kept what is for them."""
    aoi, fumi = world.viewer("aoi"), world.viewer("fumi")
    for name in ("gen", "fumi"):
        _work_at(world, name, "果樹園")
    works = {"fact": "member.company", "op": "contains", "value": "果樹園"}
    rule = parse({"version": 1, "entity": "member", "root": {"all": [works]}})
    label = {"ja": "zqrulename", "en": "zqrulename"}
    ruled = members.save_audience(viewer=aoi, audience=None, label=label, rule=rule, now=world.now)
    file = world.file("ruled", "aoi", "zqruledfile.txt", "zqruledfile")
    body = f"{COMMON} zqruled {_linked(file)} @fumi @chie"
    world.topic("ruled", "aoi", "ideas", f"{COMMON} zqruled", body, audience_id=ruled.pk)
    _keep(world, fumi, "ruled")
    actions.vote_idea(viewer=fumi, topic=world.topics["ruled"], now=world.now)
    _work_at(world, "fumi", "製菓")
    members.refresh_stale(now=world.now)


def _work_at(world: World, name: str, company: str) -> None:
    member = world.members[name]
    said = {"name": member.name, "kana": member.kana, "bio": "", "audience_id": PUBLIC}
    members.change_profile(viewer=world.viewer(name), company=company, now=world.now, **said)


def _keep(world: World, viewer: Viewer, name: str) -> None:
    """Follow a topic, bookmark and thank for its opening, and leave a draft of a reply."""
    topic, opening = world.topics[name], world.posts[f"{name}/1"]
    actions.follow_topic(viewer=viewer, topic=topic, now=world.now)
    actions.add_bookmark(viewer=viewer, post=opening, now=world.now)
    actions.give_reaction(viewer=viewer, post=opening, word="thanks", now=world.now)
    actions.save_draft(viewer=viewer, context=f"topic:{topic.pk}", now=world.now, title="", body="下書き", tags=[])


def _plant_what_was_open(world: World) -> None:
    """A topic that moved to the team, and a space that became the team's, after others read, kept and followed them."""
    fumi, ben = world.viewer("fumi"), world.viewer("ben")
    names = {"ja": "zqturnedroom", "en": "zqturnedroom"}
    turned = actions.create_space(
        viewer=world.viewer("aoi"), slug="zqturnedroom", kind=Space.Kind.IDEA, name=names, audience_id=PUBLIC,
        now=world.now,
    )  # fmt: skip
    world.spaces["turned"] = turned
    for name, space in (("moved", "talk"), ("turned", "turned")):
        file = world.file(name, "gen", f"zq{name}file.txt", f"zq{name}file")
        mark = f"zq{name}topic"
        world.topic(name, "gen", space, f"{COMMON} {mark}", f"{COMMON} {mark} {_linked(file)} @fumi")
        _keep(world, fumi, name)
    actions.vote_idea(viewer=fumi, topic=world.topics["turned"], now=world.now)
    world.reply("moved reply", "chie", "moved", f"{COMMON} zqmovedreply @fumi")
    moved = world.topics["moved"]
    actions.move_topic(viewer=ben, topic=moved, space=world.spaces["team"], now=world.now)
    actions.close_topic(viewer=ben, topic=moved, reason="zqclosure", now=world.now)
    actions.edit_space(viewer=world.viewer("aoi"), space=turned, audience_id=STAFF, now=world.now)


def _plant_files(world: World) -> None:
    """Files of posts that wait, and of posts that were taken away after they had been seen."""
    gen, ben = world.viewer("gen"), world.viewer("ben")
    for name, word in (("heldfile", " bannedword"), ("hiddenfile", ""), ("deletedfile", "")):
        file = world.file(name, "gen", f"zq{name}.txt", f"zq{name}")
        world.reply(name, "gen", "open", f"{COMMON} zq{name} {_linked(file)}{word}")
    actions.hide_post(viewer=ben, post=world.posts["hiddenfile"], reason="spam", now=world.now)
    actions.delete_post(viewer=gen, post=world.posts["deletedfile"], now=world.now)


def _plant_articles(world: World) -> None:
    file = world.file("draftfile", "aoi", "zqdraftfile.txt", "zqdraftfile")
    body = f"{COMMON} zqdraftfile {_linked(file)}"
    world.article("draftfile", f"{COMMON} zqdraftfile", body, PUBLIC, is_published=False)
    text = f"{COMMON} zqarchivedarticle"
    article = world.article("archived", text, text, PUBLIC)
    knowledge.archive_article(viewer=world.viewer("aoi"), article=article, now=world.now)
    faq = world.articles["faq"]
    knowledge.rate_article(
        viewer=world.viewer("fumi"), article=faq, is_solved=False, comment="zqcomment", now=world.now
    )


def _plant_personal(world: World) -> None:
    gen, aoi, now = world.members["gen"], world.viewer("aoi"), world.now
    edited = world.reply("edited", "gen", "open", "zqearlier")
    actions.edit_post(viewer=world.viewer("gen"), post=edited, body="書き直しました。", now=world.now)
    members.make_token(viewer=members.system_viewer(), member=gen, name="zqtokenname", now=now)
    members.start_sign_in(member=gen, method="password", now=now, user_agent="zqdevice")
    members.invite(viewer=aoi, email="zqinvitee@example.com", now=now)
    search = {"text": "zqsearched", "folded": "zqsearched", "member_id": world.members["hana"].pk, "at": now}
    Search.objects.create(**search, result_count=0, has_answer=False, source=Search.Source.PAGE)
    bad = world.members["yuu"] = make_member("yuu", joined_at=now)
    members.suspend_member(viewer=world.viewer("ben"), member_id=bad.pk, reason="zqsuspended", now=now)


def _plant_drafts(world: World) -> None:
    """Leave texts unsent. Opening a topic takes the draft of its space away, so these come last."""
    draft = {"title": f"{COMMON} zqdrafttext", "body": "zqdrafttext", "tags": []}
    actions.save_draft(viewer=world.viewer("gen"), context="space:qa", now=world.now, **draft)


def _plant_a_leaver(world: World) -> None:
    """Somebody who wrote, was called and thanked, and left: the words stay, the name goes."""
    fields = {
        "name": "zqerased",
        "kana": "ぜつ",
        "bio": "zqerased",
        "company": "zqerased",
        "email": "zqerased@example.com",
    }
    leaver = world.members["ida"] = make_member("ida", email_key="zqerased@example.com", joined_at=world.now, **fields)
    world.topic("left", "ida", "qa", f"{COMMON}を送りたい", "冷蔵で送れますか。")
    world.reply("to leaver", "chie", "left", "送れます。 @ida")
    world.reply("left", "ida", "open", "60で足りました。")
    actions.give_reaction(viewer=world.viewer("ida"), post=world.posts["to leaver"], word="thanks", now=world.now)
    world.leaver_cookie = members.start_sign_in(member=leaver, method="test", now=world.now, user_agent="zqerased")
    world.leaver_token = members.make_token(viewer=members.system_viewer(), member=leaver, now=world.now)[1]
    members.erase_member(viewer=world.viewer("ida"), member_id=leaver.pk, now=world.now)
