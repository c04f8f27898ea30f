"""A seeded community to measure: members, topics and posts, half Japanese, half English, with everything kept on write."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from kizuna.base.text import markdown
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.members.models import Member
from kizuna.core.members.viewer import PUBLIC
from kizuna.core.search import actions as search
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.models import Follow, Post, Space, Tag, Topic, TopicTag

SEED = 20261122
MEMBERS, TOPICS, POSTS = 1_000, 5_000, 100_000
SPACES = 10
BODIES = 600
CHUNK = 1_000
LONG_TOPICS = 50  # topics of 60 posts and more, so that a full page of 30 is measured
START = datetime(2025, 1, 1, tzinfo=UTC)

JA = (
    "定期便 送料 設定 請求書 在庫 発送 商品ページ 写真 お客さま 注文 変更 画面 確認 メール 登録 税率 領収書 返品 休業日 予約 "
    "クーポン 会員 決済 入金 手数料 配送 追跡番号 印刷 ラベル 管理 受注 一覧 検索 並び順 カテゴリ 公開 下書き 通知 契約 解約"
).split()
JA_ENDS = (
    "できますか。 を教えてください。 でうまくいきました。 を試してみました。 が表示されません。 をご確認ください。 に変えると直りました。"
).split()
EN = (
    "return value order page label customer invoice stock shipping mail setting export import photo report coupon payment fee tax "
    "search list draft notice contract renewal button screen error message account address delivery track refund member shop"
).split()


@dataclass(frozen=True)
class Dataset:
    """What was built, by the keys that the measurements ask for."""

    scale: int
    topic_id: int
    space_slug: str
    member_handles: tuple[str, ...]
    reply_topic_ids: tuple[int, ...]


def build(*, scale: int, say: Callable[[str], None]) -> Dataset:
    """Fill the empty community entered; the same `scale` always gives the same rows."""
    rng = random.Random(SEED)  # noqa: S311 (repeatable, not secret)
    community.change_setting(keys.IS_OPEN, value=True, member_id=None)
    members = _members(MEMBERS * scale)
    spaces = _spaces()
    bodies = _bodies(rng)
    tags = [Tag.objects.create(name=word, key=word, topic_count=0) for word in JA[:20] + EN[:20]]
    topics = _topics(rng, members, spaces, tags, count=TOPICS * scale)
    say(f"{len(members)} members, {len(topics)} topics")
    _posts(rng, topics, members, bodies, total=POSTS * scale, say=say)
    replied = [topic.pk for topic in topics[-40:]]
    _followers(replied, members)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Dataset(
        scale=scale,
        topic_id=topics[0].pk,
        space_slug=spaces[0].slug,
        member_handles=tuple(member.handle for member in members[:200]),
        reply_topic_ids=tuple(replied),
    )


def _members(count: int) -> list[Member]:
    first = Member.objects.aggregate(last=Max("pk"))["last"] or 0
    rows = [
        Member(
            handle=f"member{number}",
            name=f"{JA[number % len(JA)]} {number}" if number % 2 else f"Member {number}",
            email=f"member{number}@example.com",
            email_key=f"member{number}@example.com",
            hue=number % 360,
            joined_at=START,
        )
        for number in range(first, first + count)
    ]
    return Member.objects.bulk_create(rows, batch_size=CHUNK)


def _spaces() -> list[Space]:
    kinds = [Space.Kind.QUESTION, Space.Kind.DISCUSSION]
    rows = [
        Space(
            slug=f"bench{number}",
            kind=kinds[number % 2],
            name={"ja": f"スペース{number}", "en": f"Space {number}"},
            audience_id=PUBLIC,
            position=number + 1,
            created_at=START,
        )
        for number in range(SPACES)
    ]
    return Space.objects.bulk_create(rows)


def _bodies(rng: random.Random) -> list[tuple[str, str, str]]:
    """Return (source, HTML, language) of some hundred different posts of about 270 characters."""
    found = []
    for number in range(BODIES):
        if number % 2:
            lines = ["".join(rng.sample(JA, 4)) + rng.choice(JA_ENDS) for _line in range(11)]
            source, language = (
                "".join(lines[:6]) + "\n\n- " + "\n- ".join(lines[6:9]) + "\n\n**" + lines[9] + "** " + lines[10],
                "ja",
            )
        else:
            lines = [" ".join(rng.sample(EN, 7)).capitalize() + "." for _line in range(6)]
            source, language = " ".join(lines[:4]) + "\n\n> " + lines[4] + "\n\n`" + lines[5] + "`", "en"
        found.append((source, markdown.render(source), language))
    return found


def _topics(
    rng: random.Random, members: list[Member], spaces: list[Space], tags: list[Tag], *, count: int
) -> list[Topic]:
    rows = []
    for number in range(count):
        is_japanese = number % 2 == 0
        words = rng.sample(JA if is_japanese else EN, 4)
        at = START + timedelta(minutes=number * 60 // max(1, count // TOPICS))
        rows.append(
            Topic(
                space=spaces[number % SPACES],
                author=rng.choice(members),
                title=("".join(words) + "について") if is_japanese else " ".join(words).capitalize(),
                lang="ja" if is_japanese else "en",
                audience_id=PUBLIC,
                container_audience_id=PUBLIC,
                created_at=at,
                bumped_at=at,
                tags=[tags[number % len(tags)].name],
                post_count=0,
                last_number=0,
            )
        )
    made = Topic.objects.bulk_create(rows, batch_size=CHUNK)
    TopicTag.objects.bulk_create(
        (TopicTag(topic=topic, tag=tags[number % len(tags)]) for number, topic in enumerate(made)), batch_size=CHUNK
    )
    return made


def _posts(
    rng: random.Random,
    topics: list[Topic],
    members: list[Member],
    bodies: list[tuple[str, str, str]],
    *,
    total: int,
    say: Callable[[str], None],
) -> None:
    written = 0
    for batch in _batches(_plan(rng, topics, total)):
        with transaction.atomic():
            posts = [_post(rng, topic, members, bodies) for topic in batch]
            Post.objects.bulk_create(posts, batch_size=CHUNK)
            search.index_many(list(_search_rows(posts)))
        written += len(posts)
        if written % 10_000 < CHUNK:
            say(f"{written} of {total} posts")
    for topic in topics:
        topic.last_post_author_id = topic.author_id if topic.post_count < 2 else topic.last_post_author_id
        topic.first_reply_at = topic.bumped_at if topic.post_count > 1 else None
    Topic.objects.bulk_update(
        topics, ["post_count", "last_number", "bumped_at", "last_post_author", "first_reply_at"], batch_size=200
    )


def _plan(rng: random.Random, topics: list[Topic], total: int) -> Iterator[Topic]:
    """Yield the topic of each post: one each, then the long ones, then by chance."""
    yield from topics
    long = topics[:LONG_TOPICS]
    for _post_number in range(60):
        yield from long
    left = total - len(topics) - 60 * len(long)
    for _post_number in range(max(0, left)):
        yield rng.choice(topics)


def _batches(items: Iterator[Topic]) -> Iterator[list[Topic]]:
    batch: list[Topic] = []
    for item in items:
        batch.append(item)
        if len(batch) == CHUNK:
            yield batch
            batch = []
    if batch:
        yield batch


def _post(rng: random.Random, topic: Topic, members: list[Member], bodies: list[tuple[str, str, str]]) -> Post:
    number = topic.last_number + 1
    topic.last_number = topic.post_count = number
    author = topic.author if number == 1 else rng.choice(members)
    topic.last_post_author = author
    at = topic.created_at + timedelta(minutes=number - 1)
    topic.bumped_at = at
    source, html, language = bodies[rng.randrange(len(bodies))]
    likes = rng.choice((0, 0, 0, 1, 3))
    return Post(
        topic=topic,
        number=number,
        author=author,
        body=source,
        html=html,
        render_version=markdown.RENDER_VERSION,
        lang=language,
        audience_id=PUBLIC,
        container_audience_id=PUBLIC,
        created_at=at,
        reaction_counts={"thanks": likes} if likes else {},
        thanks_count=likes,
    )


def _search_rows(posts: list[Post]) -> Iterator[dict[str, Any]]:
    for post in posts:
        space = post.topic.space
        if post.number == 1:
            yield indexing.topic_row(topic=post.topic, space=space, text=post.body)
        else:
            yield indexing.post_row(post=post, topic=post.topic, space=space, text=post.body)


def _followers(topic_ids: list[int], members: list[Member]) -> None:
    """Give each topic that is replied to exactly five watchers."""
    rows = [
        Follow(topic_id=topic_id, member=members[-1 - watcher], created_at=START)
        for topic_id in topic_ids
        for watcher in range(5)
    ]
    Follow.objects.bulk_create(rows, ignore_conflicts=True)
