"""Replay the sample community through the ordinary actions, as history: nobody is mailed about the past."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from kizuna.base.text import markdown
from kizuna.base.text.japanese import fold
from kizuna.core.activity import actions as activity
from kizuna.core.activity.models import Activity
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.home import actions as home
from kizuna.core.members import actions as members
from kizuna.core.members import queries
from kizuna.core.members.models import Audience, Member
from kizuna.core.members.viewer import PUBLIC, Viewer
from kizuna.core.search import actions as search
from kizuna.core.search.models import Search
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions import settings as discussion_keys
from kizuna.engagement.discussions.actions.rebuilding import rebuild_counts
from kizuna.engagement.discussions.models import Post, Space, Topic
from kizuna.engagement.knowledge import actions as knowledge
from kizuna.engagement.knowledge.models import Article, ArticleFeedback
from kizuna.interfaces.integrations import actions as imports
from kizuna.interfaces.integrations.demo import content
from kizuna.interfaces.integrations.demo.audiences import load_audiences
from kizuna.interfaces.integrations.demo.customers import load_customers
from kizuna.interfaces.integrations.demo.effort import load_effort
from kizuna.interfaces.integrations.demo.inquiries import load_inquiries
from kizuna.interfaces.integrations.demo.referrals import load_referrals
from kizuna.interfaces.integrations.demo.tasks import load_tasks
from kizuna.interfaces.integrations.demo.today import Today, let_happen

# Votes and statuses of ideas under the names this product uses.
IDEA_STATUSES = {"under_review": "considered", "in_progress": "started"}
# How a month's searches lie in its days: above 1 most of them are of the last week.
RISING_PACE, STEADY_PACE = 2.2, 0.9
STAFF_COMPANY = "みせばこ運営"
GREETING = re.compile(r"\A運営の.{1,6}です。")
Say = Callable[[str], None]


class Replay:
    """One loading of the sample: who is who, which space and topic is which."""

    def __init__(self, folder: Path, *, now: datetime) -> None:
        self.folder, self.now = folder, now
        self.members: dict[str, Member] = {}
        self.spaces: dict[str, Space] = {}
        self.topics: dict[int, Topic] = {}
        self.audiences: dict[str, int] = {}
        self._viewers: dict[str, Viewer] = {}

    def viewer(self, handle: str) -> Viewer:
        if handle not in self._viewers:
            self._viewers[handle] = queries.viewer_of(self.members[handle])
        return self._viewers[handle]

    def define_audiences(self) -> None:
        """Define who reads what is not for all; from then on everybody is in what they are in."""
        made = load_audiences(self.folder, owner=self.owner, people=self.members, now=self.now)
        self.audiences = {key: audience.pk for key, audience in made.items()}
        self._viewers.clear()

    @property
    def owner(self) -> Viewer:
        return self.viewer("saeki")


@transaction.atomic
def load(folder: Path, *, now: datetime, say: Say) -> dict[str, Member]:
    """Fill the empty community entered and return its members by handle. All of it or nothing."""
    replay = Replay(folder, now=now)
    last = Activity.objects.aggregate(last=Max("pk"))["last"] or 0
    batch = imports.begin_import(viewer=members.system_viewer(), format="sample", source="misebako", space="", now=now)
    _people(replay)
    say(f"  {len(replay.members)} members")
    say(f"  {load_customers(folder, people=replay.members, now=now)} customers")
    say(f"  {load_inquiries(people=replay.members, now=now, import_id=batch.pk)} inquiries")
    say(f"  {load_tasks(replay.members, now=now)} tasks")
    say(f"  {load_effort(people=replay.members, now=now)} rows of working time")
    say(f"  {load_referrals(people=replay.members, now=now)} came by a link")
    _looks(replay)
    replay.define_audiences()
    _spaces(replay)
    sample = content.topics(folder, now=now)
    for done, topic in enumerate(sample, start=1):
        _topic(replay, topic)
        if done % 25 == 0:
            say(f"  {done} of {len(sample)} topics")
    discussions.flush_views()
    _articles(replay, import_id=batch.pk)
    say(f"  {Article.objects.count()} articles")
    _searches(replay)
    activity.make_history(after_id=last, import_id=batch.pk)
    rebuild_counts()  # what members know follows from news only, and this was history
    today = Today(viewer=replay.viewer, spaces=replay.spaces, topics=replay.topics)
    let_happen(today, folder, owner=replay.owner, now=now)
    report = {"written": {"topics": len(replay.topics), "members": len(replay.members)}}
    imports.finish_import(viewer=replay.owner, import_id=batch.pk, report=report, now=now)
    return replay.members


def _people(replay: Replay) -> None:
    system = members.system_viewer()
    for person in content.table(replay.folder, "members.toml")["member"]:
        joined = content.day_back(person["joined_days_ago"], now=replay.now)
        member = members.make_member(
            viewer=system,
            email=f"{person['handle']}@misebako.example",
            handle=person["handle"],
            name=person["name"],
            kana=person["kana"],
            company=person["shop"],
            language=person["lang"],
            roles=[role for role in person["roles"] if role != "member"],
            now=joined,
        )
        replay.members[member.handle] = members.change_profile(
            viewer=queries.viewer_of(member),
            name=member.name,
            kana=member.kana,
            company=member.company,
            bio=person["bio"],
            audience_id=PUBLIC,
            now=joined,
        )


def _looks(replay: Replay) -> None:
    sample = content.table(replay.folder, "community.toml")
    values: dict[Any, Any] = {
        keys.NAME: {"ja": "みせばこ", "en": "Misebako"},
        keys.TAGLINE: {"ja": "オーナーズ広場（見本）", "en": "Owners' Square (sample)"},
        keys.DESCRIPTION: sample["description"],
        keys.BRAND_HUE: sample["brand"]["hue"],
        keys.BRAND_CHROMA: sample["brand"]["chroma"],
        keys.JOINING: "open",
        keys.IS_OPEN: True,
        keys.SYNONYMS: sample["search"]["synonyms"],
        keys.WELCOME: sample["banner"]["body"],
        discussion_keys.REACTIONS: [
            {"word": item["key"], "ja": item["ja"], "en": item["en"]} for item in sample["reactions"]
        ],
    }
    for key, value in values.items():
        community.change_setting(key, value=value, member_id=replay.owner.member_id, now=replay.now)
    links = [{"label": link["label"], "url": link["url"]} for link in sample["links"]]
    home.save_links(viewer=replay.owner, links=links, now=replay.now)
    since = content.day_back(50, now=replay.now)
    for kind in ("terms", "guidelines"):
        body = {
            language: (replay.folder / f"{kind}.{language}.md").read_text(encoding="utf-8") for language in ("ja", "en")
        }
        draft = members.save_terms_draft(
            viewer=replay.owner, kind=kind, body=body, changes={}, effective_at=since, asks_consent=False, now=since
        )
        members.publish_terms(viewer=replay.owner, document_id=draft.pk, now=since)
    for member in replay.members.values():
        viewer = replay.viewer(member.handle)
        members.agree(
            viewer=viewer, documents=queries.documents_in_force(now=replay.now), now=max(since, member.joined_at)
        )


def _spaces(replay: Replay) -> None:
    audiences = dict(Audience.objects.values_list("slug", "pk"))
    began = content.day_back(600, now=replay.now)
    for space in content.table(replay.folder, "spaces.toml")["space"]:
        replay.spaces[space["slug"]] = discussions.create_space(
            viewer=replay.owner,
            slug=space["slug"],
            kind=space["kind"],
            name=space["name"],
            description=space.get("description", {}),
            icon=space.get("icon", ""),
            color=space.get("color", "d1"),
            post_template=space.get("post_template", {}),
            audience_id=audiences[space.get("audience", "public")],
            now=began,
        )
    discussions.archive_space(viewer=replay.owner, space=Space.objects.get(slug="general"), now=replay.now)


def _topic(replay: Replay, sample: content.SampleTopic) -> None:
    meta, first = sample.meta, sample.posts[0]
    topic = discussions.open_topic(
        viewer=replay.viewer(first.author),
        space=replay.spaces[meta["space"]],
        title=meta["title"],
        body=first.body,
        tags=meta["tags"],
        audience_id=replay.audiences[meta["audience"]] if "audience" in meta else None,
        now=first.at,
    )
    replay.topics[sample.number] = topic
    for reply in sample.posts[1:]:
        discussions.post_reply(viewer=replay.viewer(reply.author), topic=topic, body=reply.body, now=reply.at)
    posts = {post.number: post for post in Post.objects.filter(topic=topic)}
    _reactions(replay, sample, topic, posts)
    if accepted := meta.get("accepted"):
        at = min(sample.at + timedelta(minutes=meta["accepted_after_minutes"]), replay.now)
        discussions.accept_answer(viewer=replay.viewer(meta["accepted_by"]), topic=topic, post=posts[accepted], now=at)
    if meta.get("pinned"):
        discussions.pin_topic(viewer=replay.owner, topic=topic, now=sample.at)
    if status := meta.get("idea_status"):
        status = IDEA_STATUSES.get(status, status)
        note, at = _word_of_staff(replay, sample)
        discussions.change_idea_status(viewer=replay.owner, topic=topic, status=status, note=note, now=at)
    if meta.get("closed"):
        discussions.close_topic(viewer=replay.owner, topic=topic, now=replay.now)
    discussions.count_view(topic_id=topic.pk, times=meta.get("views", 0))


def _word_of_staff(replay: Replay, sample: content.SampleTopic) -> tuple[str, datetime]:
    """Return what the company said last in an idea, as the reason of its status, and when."""
    said = [post for post in sample.posts[1:] if replay.members[post.author].company == STAFF_COMPANY]
    if not said:
        return "使い方をうかがいながら、進め方を考えています。", min(sample.at + timedelta(days=7), replay.now)
    note = GREETING.sub("", markdown.to_text(said[-1].body))
    return markdown.excerpt(note, limit=120), said[-1].at


def _reactions(replay: Replay, sample: content.SampleTopic, topic: Topic, posts: dict[int, Post]) -> None:
    is_idea = replay.spaces[sample.meta["space"]].kind == Space.Kind.IDEA
    for reaction in sample.meta.get("reactions", ()):
        post = posts[reaction["post"]]
        for place, handle in enumerate(reaction["by"]):
            at = min(
                max(post.created_at, replay.members[handle].joined_at) + timedelta(minutes=7 * (place + 1)), replay.now
            )
            viewer = replay.viewer(handle)
            if is_idea and post.number == 1:
                discussions.vote_idea(viewer=viewer, topic=topic, now=at)
            if post.author_id != viewer.member_id:
                discussions.give_reaction(viewer=viewer, post=post, word=reaction["word"], now=at)
    for handle in sample.meta.get("bookmarks", ()):
        discussions.add_bookmark(viewer=replay.viewer(handle), post=posts[1], now=replay.now)


def _articles(replay: Replay, *, import_id: int) -> None:
    audiences = dict(Audience.objects.values_list("slug", "pk"))
    for sample in content.articles(replay.folder):
        meta = sample.meta
        at = content.day_back(meta["updated_days_ago"], now=replay.now)
        category = knowledge.save_category(viewer=replay.owner, name={"ja": meta["category"]})
        source = replay.topics.get(meta.get("from_topic", 0))
        article = knowledge.write_article(
            viewer=replay.owner,
            content=knowledge.Content(
                title=meta["title"],
                body=sample.body,
                audience_id=audiences[meta.get("audience", "public")],
                kind=meta["kind"],
                short_answer=meta.get("short_answer", ""),
                category_id=category.pk,
                tags=tuple(meta["tags"]),
                owner_id=replay.members[meta["owner"]].pk,
                review_on=(replay.now + timedelta(days=meta["review_in_days"])).date(),
                source=("topic", source.pk) if source else None,
            ),
            now=at,
        )
        knowledge.publish_article(viewer=replay.owner, article=article, now=at)
        _feedback(replay, article, meta, at, import_id=import_id)
        knowledge.note_views(counts={article.pk: meta.get("views", 0)})


def _feedback(replay: Replay, article: Article, meta: dict[str, Any], at: datetime, *, import_id: int) -> None:
    """Let as many readers answer as the sample says: visitors, told apart by a number."""
    reasons = [
        ArticleFeedback.Reason.values[place % 4]
        for place, row in enumerate(meta["reasons"])
        for _n in range(row["count"])
    ]
    answers = [(True, "")] * meta["solved"] + [(False, reason) for reason in reasons]
    rows = [
        {
            "visitor_key": f"sample{article.pk}-{number}",
            "is_solved": is_solved,
            "reason": reason,
            "at": min(at + timedelta(hours=number), replay.now),
        }
        for number, (is_solved, reason) in enumerate(answers)
    ]
    knowledge.import_feedback(viewer=replay.owner, article=article, rows=rows, import_id=import_id)


def _searches(replay: Replay) -> None:
    handles = list(replay.members)
    rows = []
    for place, item in enumerate(content.table(replay.folder, "searches.toml")["search"]):
        pace = RISING_PACE if item.get("rising") else STEADY_PACE
        for number in range(item["count"]):
            rows.append(
                Search(
                    text=item["query"],
                    folded=fold(item["query"]),
                    member=replay.members[handles[(place + number) % min(len(handles), max(1, item["people"]))]],
                    at=replay.now - timedelta(days=29 * (number / item["count"]) ** pace, minutes=place),
                    result_count=0 if item.get("nothing") else 3,
                    has_answer=not item.get("nothing"),
                )
            )
    search.record_searches(rows)
