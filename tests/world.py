"""A small community with something of every kind, and a secret in each place that somebody may not see.

Each secret carries words of its own (MARKS): whoever is not named beside it must never get one of them, in any byte.
All of them also hold COMMON, an everyday word, so that a search for it would find every one.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kizuna.core.community import actions as community
from kizuna.core.community.models import WordRule
from kizuna.core.files import actions as files
from kizuna.core.members import queries as members
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF, Viewer
from kizuna.engagement.discussions import actions
from kizuna.engagement.discussions.models import Space, Topic
from kizuna.engagement.knowledge import actions as knowledge
from kizuna.engagement.knowledge.actions import Content
from kizuna.engagement.surveys import actions as surveys
from kizuna.interfaces.chat import actions as chat
from kizuna.interfaces.webhooks import actions as webhooks
from kizuna.success.calls import actions as calls
from kizuna.success.customers import actions as customers
from kizuna.success.effort import actions as effort
from kizuna.success.effort.models import EffortFunction
from kizuna.success.encounters import actions as encounters
from kizuna.success.imports import actions as imports
from kizuna.success.inbox import actions as inbox
from kizuna.success.tasks import actions as tasks
from kizuna.success.tasks.models import Department
from tests.cast import make_member

COMMON = "ぶどう"
HELD_WORD = "bannedword"


@dataclass
class World:
    """Members, spaces, topics, posts, articles and files by name."""

    now: datetime
    members: dict[str, Any] = field(default_factory=dict)
    spaces: dict[str, Space] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    posts: dict[str, Any] = field(default_factory=dict)
    articles: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    customers: dict[str, Any] = field(default_factory=dict)
    # How somebody who has left was signed in.
    leaver_cookie: str = ""
    leaver_token: str = ""

    def viewer(self, name: str) -> Viewer:
        return members.viewer_of(self.members[name])

    def space(self, slug: str, kind: str, audience_id: int, **fields: Any) -> Space:
        names = {"ja": f"{slug}の場所", "en": f"{slug} place"}
        self.spaces[slug] = actions.create_space(
            viewer=self.viewer("aoi"), slug=slug, kind=kind, name=names, audience_id=audience_id, now=self.now, **fields
        )
        return self.spaces[slug]

    def topic(self, name: str, author: str, space: str, title: str, body: str, **fields: Any) -> Topic:
        self.topics[name] = topic = actions.open_topic(
            viewer=self.viewer(author), space=self.spaces[space], title=title, body=body, now=self._tick(), **fields
        )
        self.posts[f"{name}/1"] = topic.posts.get(number=1)
        return topic

    def reply(self, name: str, author: str, topic: str, body: str, **fields: Any) -> Any:
        found = Topic.objects.select_related("space").get(pk=self.topics[topic].pk)
        self.posts[name] = actions.post_reply(
            viewer=self.viewer(author), topic=found, body=body, now=self._tick(), **fields
        )
        return self.posts[name]

    def article(
        self, name: str, title: str, body: str, audience_id: int, *, is_published: bool = True, **fields
    ) -> Any:
        content = Content(title=title, body=body, audience_id=audience_id, **fields)
        article = knowledge.write_article(viewer=self.viewer("aoi"), content=content, now=self._tick())
        if is_published:
            knowledge.publish_article(viewer=self.viewer("aoi"), article=article, now=self._tick())
        article.refresh_from_db()
        self.articles[name] = article
        return article

    def file(self, name: str, uploader: str, file_name: str, text: str) -> Any:
        self.files[name] = files.store(
            viewer=self.viewer(uploader), name=file_name, raw=text.encode(), now=self._tick()
        )
        return self.files[name]

    def _tick(self) -> datetime:
        """Nobody here writes faster than people do."""
        self.now += timedelta(minutes=7)
        return self.now


def make_world(now: datetime) -> World:
    """Return the community that everybody may know of: spaces, a solved question, an idea, articles."""
    world = World(now=now - timedelta(days=4))
    joined = {"joined_at": now - timedelta(days=90)}
    world.members = {
        "aoi": make_member("aoi", "owner", name="木村 あおい", kana="きむら あおい", **joined),
        "ben": make_member("ben", "moderator", **joined),
        "chie": make_member("chie", name="千恵", kana="ちえ", **joined),
        "emi": make_member("emi", "success_manager", **joined),
        "fumi": make_member("fumi", name="ふみ", **joined),
        "gen": make_member("gen", name="げん", **joined),
        "zen": make_member("zen", state="suspended", **joined),
    }
    world.space("qa", Space.Kind.QUESTION, PUBLIC)
    world.space("talk", Space.Kind.DISCUSSION, MEMBERS)
    world.space("ideas", Space.Kind.IDEA, PUBLIC)
    world.space("news", Space.Kind.ANNOUNCEMENT, PUBLIC, posting="staff")
    world.topic(
        "solved", "chie", "qa", f"{COMMON}の定期便を止めたい", f"{COMMON}の季節が終わりました。", tags=["定期便"]
    )
    world.reply("answer", "ben", "solved", "設定の定期便から休止できます。")
    actions.accept_answer(
        viewer=world.viewer("chie"), topic=world.topics["solved"], post=world.posts["answer"], now=world.now
    )
    photo = world.file("public", "chie", "box.txt", "箱の寸法")
    body = f"どの箱がよいですか。[寸法](/f/{photo.key}/{photo.name})"
    world.topic("open", "chie", "qa", f"{COMMON}の箱の大きさ", body, tags=["配送"])
    world.reply("advice", "gen", "open", "60サイズにしています。")
    world.topic("idea", "gen", "ideas", "送り状をまとめて印刷したい", "一枚ずつは大変です。")
    world.topic("news", "aoi", "news", "年末のお知らせ", "年末は29日までです。")
    world.topic("talk", "gen", "talk", f"{COMMON}狩りに行きました", "楽しかったです。")
    world.article("faq", f"{COMMON}の送り方", "## 手順\n\n箱に入れます。", PUBLIC, tags=("配送",))
    return world


# Who may see each secret, besides owner and moderators, who may see all of them.
MARKS = {
    "zqstaffroom": {"emi"},
    "zqstafftopic": {"emi"},
    "zqstafffile": {"emi"},
    "zqstafftag": {"emi"},
    "zqprivate": {"emi", "gen"},
    "zqprivatefile": {"emi", "gen"},
    "zqheldtopic": {"gen"},
    "zqheldpost": {"gen"},
    "zqdeletedpost": {"gen"},
    "zqdeletedtopic": {"gen"},
    "zqhiddenpost": {"gen"},
    "zqhiddentopic": {"gen"},
    "zqmembersarticle": {"emi", "chie", "fumi", "gen"},
    "zqmembersfile": {"emi", "chie", "fumi", "gen"},
    "zqdraftarticle": {"emi"},
    "zqstaffarticle": {"emi"},
    "zqdrafttext": {"gen"},
    "zqloosefile": {"gen"},
    "zqcustomer": {"emi"},
    # What the team thinks of a customer whose contact is the member gen.
    "zqjudgement": {"emi"},
    "zqmemberprofile": {"emi", "chie", "fumi", "gen", "hana"},
}
SEES_ALL = {"aoi", "ben"}
# Moderators are staff, but not of the desk.
DESK_ONLY = {"zqcustomer", "zqjudgement"}


def plant_secrets(world: World) -> None:
    """Put one secret into every place that not everybody may see."""
    community.save_word_rule(
        word=HELD_WORD, effect=WordRule.Effect.HOLD, member_id=world.members["aoi"].pk, now=world.now
    )
    _plant_for_staff(world)
    _plant_in_questions(world)
    _plant_removed(world)
    _plant_articles(world)
    _plant_customers(world)


def allowed_to(name: str) -> set[str]:
    """Return the marks that an actor may meet."""
    hidden = DESK_ONLY if name == "ben" else set()
    return {mark for mark, readers in MARKS.items() if name in readers or name in SEES_ALL} - hidden


def _plant_for_staff(world: World) -> None:
    names = {"ja": "zqstaffroom", "en": "zqstaffroom"}
    world.spaces["team"] = actions.create_space(
        viewer=world.viewer("aoi"), slug="zqstaffroom", kind="discussion", name=names, audience_id=STAFF, now=world.now
    )
    file = world.file("staff", "emi", "zqstafffile.txt", "zqstafffile")
    link = f"[x](/f/{file.key}/{file.name})"
    body = f"{COMMON} zqstafftopic {link} @fumi @chie"
    world.topic("staff", "emi", "team", f"{COMMON} zqstafftopic", body, tags=["zqstafftag"])
    world.reply("staff reply", "ben", "staff", f"{COMMON} zqstafftopic @fumi")


def _plant_in_questions(world: World) -> None:
    file = world.file("private", "gen", "zqprivatefile.txt", "zqprivatefile")
    body = f"{COMMON} zqprivate [x](/f/{file.key}/{file.name}) @fumi @chie"
    title = f"{COMMON} zqprivate"
    world.topic("private", "gen", "qa", title, body, urgency="private", tags=["配送"])
    world.reply("private reply", "emi", "private", f"{COMMON} zqprivate @fumi")
    held = f"{COMMON} zqheldtopic {HELD_WORD} @fumi"
    world.topic("held", "gen", "qa", f"{COMMON} zqheldtopic", held, tags=["配送"])
    world.reply("held reply", "gen", "open", f"{COMMON} zqheldpost {HELD_WORD} @fumi @chie")
    world.file("loose", "gen", "zqloosefile.txt", "zqloosefile")


def _plant_removed(world: World) -> None:
    gen, ben = world.viewer("gen"), world.viewer("ben")
    deleted = world.reply("deleted", "gen", "open", f"{COMMON} zqdeletedpost")
    actions.delete_post(viewer=gen, post=deleted, now=world.now)
    hidden = world.reply("hidden", "gen", "open", f"{COMMON} zqhiddenpost @fumi")
    actions.hide_post(viewer=ben, post=hidden, reason="zqhiddenpost", now=world.now)
    world.topic("deleted", "gen", "talk", f"{COMMON} zqdeletedtopic", f"{COMMON} zqdeletedtopic")
    actions.delete_post(viewer=gen, post=world.posts["deleted/1"], now=world.now)
    world.topic("hidden", "gen", "qa", f"{COMMON} zqhiddentopic", f"{COMMON} zqhiddentopic @fumi")
    actions.hide_post(viewer=ben, post=world.posts["hidden/1"], reason="spam", now=world.now)


def _plant_articles(world: World) -> None:
    file = world.file("members", "aoi", "zqmembersfile.txt", "zqmembersfile")
    body = f"{COMMON} zqmembersarticle [x](/f/{file.key}/{file.name})"
    world.article("members", f"{COMMON} zqmembersarticle", body, MEMBERS, tags=("配送",))
    draft = f"{COMMON} zqdraftarticle"
    world.article("draft", draft, draft, PUBLIC, is_published=False, tags=("配送",))
    staff = f"{COMMON} zqstaffarticle"
    world.article("staff", staff, staff, STAFF, tags=("zqstafftag",))
    joined = {"joined_at": world.now - timedelta(days=60)}
    world.members["hana"] = make_member(
        "hana", name="zqmemberprofile", bio="zqmemberprofile", audience_id=MEMBERS, **joined
    )


def _plant_customers(world: World) -> None:
    """Put a customer whose people are members, with a contract, a note and a pair that waits."""
    emi, now = world.viewer("emi"), world.now
    account = customers.create_account(
        viewer=emi, fields={"name": f"{COMMON} zqcustomer", "owner_id": emi.member_id}, now=now
    )
    other = customers.create_account(viewer=emi, fields={"name": f"{COMMON} zqcustomer もう一つ"}, now=now)
    fields = {"name": "zqcustomer さん", "email": "zqcustomer@zqcustomer.example.org", "department": "zqcustomer"}
    contact = customers.add_contact(viewer=emi, account=account, fields=fields, now=now)
    customers.link_member(viewer=emi, contact=contact, member=world.members["gen"], now=now)
    judged = {"fit": "no", "fit_reason": "zqjudgement"}
    account = customers.change_account(viewer=emi, account=account, fields=judged, now=now)
    texts = dict.fromkeys(("problem", "goal", "contribution", "criteria"), "zqjudgement")
    customers.define_success(viewer=emi, account=account, fields=texts, now=now)
    customers.change_contact(viewer=emi, contact=contact, fields={"recommends": True}, now=now)
    customers.write_note(
        viewer=emi, account=account, contact=contact, body=f"{COMMON} zqjudgement", is_internal=True, now=now
    )
    line = {"product": "zqcustomer", "unit_price": 1000}
    terms = {"starts_on": now.date(), "title": "zqcustomer"}
    contract = customers.sign_contract(viewer=emi, account=account, fields=terms, lines=[line], now=now)
    note = customers.write_note(
        viewer=emi, account=account, body=f"{COMMON} zqcustomer @ben @gen", is_internal=True, now=now
    )
    order = {"product": "zqcustomer", "purchased_on": now.date(), "account_id": account.pk}
    purchase = customers.note_purchases(viewer=emi, rows=[order], now=now)[0]
    left = {"told": f"{COMMON} zqcustomer", "cancelled_on": now.date(), "account_id": account.pk}
    cancellation = customers.note_cancellations(viewer=emi, rows=[left], now=now)[0]
    match = customers.note_match(
        account_id=account.pk, subject=("account", str(other.pk)), text="zqcustomer", confidence=0.7, reason="several_fit",
        verdict="proposed", now=now,
    )  # fmt: skip
    field = customers.define_attribute(
        viewer=world.viewer("aoi"),
        slug="zqcustomer",
        label={"ja": "zqcustomer", "en": ""},
        kind="text",
        choices=(),
        now=now,
    )
    named = {"fact": "account.name", "op": "contains", "value": "zqcustomer"}
    rule = {"version": 1, "entity": "account", "root": {"all": [named]}}
    view = customers.save_view(viewer=emi, name="zqcustomer", query="owner=me", is_shared=True, now=now, rule=rule)
    words = {"title": f"{COMMON} zqcustomer", "body": "zqcustomer", "owner_id": emi.member_id, "due_on": now.date()}
    task = tasks.make_task(viewer=emi, account=account, fields=words, now=now)
    tasks.hand_over(viewer=emi, task=task, department=Department.objects.get(slug="sales"), ask="zqcustomer", now=now)
    view = customers.save_view(viewer=emi, name="zqcustomer", query="owner=me", is_shared=True, now=now)
    inquiry = inbox.open_inquiry(
        viewer=emi, fields={"title": f"{COMMON} zqcustomer", "account_id": account.pk, "body": "zqcustomer"}, now=now
    )
    survey = surveys.make_survey(viewer=emi, title="zqcustomer", now=now)
    answer = {"score": 9, "comment": f"{COMMON} zqcustomer"}
    response = surveys.note_response(viewer=emi, survey=survey, fields=answer, now=now)
    run = imports.begin_run(
        viewer=emi, kind="customers", file_name="zqcustomer.csv", digest="0" * 64, byte_count=1, now=now
    )
    function = EffortFunction.objects.get(slug="success")
    work = effort.Work(
        day=now.date(), minutes=30, function_id=function.pk, account_id=account.pk, note=f"{COMMON} zqcustomer"
    )
    row = effort.note_effort(viewer=emi, work=work, now=now)
    words = {"title": f"{COMMON} zqcustomer", "body": "zqcustomer", "at": now, "contact_ids": [contact.pk]}
    encounter = encounters.log_encounter(viewer=emi, account=account, fields=words, now=now)
    at = {"at": now, "title": f"{COMMON} zqcustomer", "contact_ids": [contact.pk]}
    call = calls.log_call(viewer=emi, account=account, fields=at, now=now)
    source, _secret = calls.make_source(viewer=world.viewer("aoi"), name="pbx", kind="standard", now=now)
    line = chat.make_channel(
        viewer=world.viewer("aoi"), name="line", secret="0123456789abcdef" * 2, token="t" * 40, now=now
    )
    world.customers = {
        "account": account, "other": other, "contact": contact, "contract": contract, "note": note, "match": match,
        "view": view, "field": field, "task": task, "run": run, "effort": row, "function": function,
        "encounter": encounter, "call": call, "source": source, "channel": line,
        "inquiry": inquiry, "survey": survey, "response": response, "purchase": purchase,
        "cancellation": cancellation,
        **_webhook(world),
    }  # fmt: skip


def _webhook(world: World) -> dict[str, Any]:
    """Return an endpoint that rests, and a message that waits for it."""
    aoi, now = world.viewer("aoi"), world.now
    endpoint, _secret = webhooks.make_endpoint(viewer=aoi, url="https://hooks.example.com/", now=now)
    delivery = webhooks.send_test(viewer=aoi, endpoint=endpoint, now=now)
    webhooks.pause(viewer=aoi, endpoint=endpoint, now=now)
    return {"endpoint": endpoint, "delivery": delivery}
