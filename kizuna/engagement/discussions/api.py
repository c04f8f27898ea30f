"""Spaces, topics and posts in the REST API."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from kizuna.base.api.addresses import whole
from kizuna.base.api.inputs import Input
from kizuna.base.api.paging import MAX_ID, PageOut, PageQuery, page_of
from kizuna.base.text.external_ids import id_at_source
from kizuna.engagement.discussions import actions, queries
from kizuna.engagement.discussions.models import Post, Space, Topic
from kizuna.engagement.discussions.queries.targets import post_address

router = Router(tags=["discussions"])


class SpaceOut(Schema):
    slug: str
    kind: str
    name: dict[str, str]
    description: dict[str, str]
    topic_count: int = Field(description="Topics that everybody who may enter the space can read.")
    is_archived: bool
    url: str


class SpacePage(PageOut):
    items: list[SpaceOut]


class TopicOut(Schema):
    id: int
    external_id: str
    space: str
    title: str
    url: str
    author: str = Field(description="The author's handle.")
    tags: list[str]
    state: str = Field(description="`visible`, or `held` while it waits for a moderator.")
    created_at: datetime
    bumped_at: datetime
    post_count: int = Field(description="Posts that can be seen, the opening one included.")
    view_count: int
    vote_count: int
    accepted_post_id: int | None
    is_pinned: bool
    is_closed: bool
    audience: int | None = Field(
        description="The number of the audience that alone may read it, of those who may enter the space; null: everybody there."
    )


class TopicPage(PageOut):
    items: list[TopicOut]


class TopicQuery(PageQuery):
    space: str = Field("", description="Only topics of the space with this slug.")


class TopicIn(Input):
    space: str = Field(description="The slug of the space.")
    title: str
    body: str = Field(description="Markdown.")
    tags: list[str] = Field([], max_length=20)
    urgency: str = Field("normal", description="`normal`, `urgent`, `billing` or `private`.")
    audience: int | None = Field(
        None,
        ge=1,
        le=MAX_ID,
        description="Only for the team: who of those in the space may read it. The number stands in the address of the "
        "audience's page in Studio; 2 is all members, 3 the team.",
    )


class PostOut(Schema):
    id: int
    number: int
    body: str = Field(description="Markdown.")
    html: str
    author: str = Field(description="The author's handle.")
    created_at: datetime
    url: str


class PostPage(PageOut):
    items: list[PostOut]


class PostIn(Input):
    body: str = Field(description="Markdown.")
    reply_to: int | None = Field(None, ge=1, le=MAX_ID, description="The id of the post of this topic that it answers.")


class AudienceIn(Input):
    audience: int | None = Field(
        ge=1, le=MAX_ID, description="An audience you are in; null lets in everybody who may enter the space."
    )


class AcceptedIn(Input):
    post: int = Field(ge=1, le=MAX_ID, description="The id of the answer.")


@router.get("/spaces", response=SpacePage, exclude_unset=True, summary="List spaces")
def list_spaces(request: HttpRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """List the spaces you may enter, in the manager's order."""
    spaces = queries.spaces_visible_to(request.viewer)
    return page_of(spaces, query=page, order=["position", "id"], shown=lambda space: _shown_space(request, space))


@router.get("/topics", response=TopicPage, exclude_unset=True, summary="List topics")
def list_topics(request: HttpRequest, page: Query[TopicQuery]) -> dict[str, Any]:
    """List the topics you may read, the newest first."""
    topics = queries.topics_visible_to(request.viewer).select_related("space", "author")
    if page.space:
        topics = topics.filter(space=queries.space_for(request.viewer, page.space))
    return page_of(topics, query=page, order=["-id"], shown=lambda topic: _shown_topic(request, topic))


@router.post("/topics", response={201: TopicOut}, summary="Open a topic")
def open_topic(request: HttpRequest, sent: TopicIn) -> Status:
    """Open a topic as the token's member."""
    topic = actions.open_topic(
        viewer=request.viewer,
        space=queries.space_for(request.viewer, sent.space),
        title=sent.title,
        body=sent.body,
        tags=sent.tags,
        urgency=sent.urgency,
        audience_id=sent.audience,
        now=timezone.now(),
    )
    return Status(201, _shown_topic(request, queries.topic_for(request.viewer, topic.pk)))


@router.get("/topics/{id:topic_id}", response=TopicOut, summary="Read a topic")
def read_topic(request: HttpRequest, topic_id: int) -> dict[str, Any]:
    """Read what is known of a topic; its words are its posts."""
    return _shown_topic(request, queries.topic_for(request.viewer, topic_id))


@router.get("/topics/{id:topic_id}/posts", response=PostPage, exclude_unset=True, summary="List the posts of a topic")
def list_posts(request: HttpRequest, topic_id: int, page: Query[PageQuery]) -> dict[str, Any]:
    """List the posts of a topic in the order of their numbers."""
    topic = queries.topic_for(request.viewer, topic_id)
    posts = topic.posts.filter(queries.post_gate(request.viewer)).select_related("author")
    return page_of(posts, query=page, order=["number"], shown=lambda post: _shown_post(request, post))


@router.post("/topics/{id:topic_id}/posts", response={201: PostOut}, summary="Reply to a topic")
def post_reply(request: HttpRequest, topic_id: int, sent: PostIn) -> Status:
    """Reply to a topic as the token's member."""
    topic = queries.topic_for(request.viewer, topic_id)
    reply_to = queries.post_for(request.viewer, sent.reply_to) if sent.reply_to is not None else None
    post = actions.post_reply(viewer=request.viewer, topic=topic, body=sent.body, reply_to=reply_to, now=timezone.now())
    return Status(201, _shown_post(request, post, author=request.viewer.handle))


@router.put("/topics/{id:topic_id}/audience", response=TopicOut, summary="Choose who may read a topic")
def change_audience(request: HttpRequest, topic_id: int, sent: AudienceIn) -> dict[str, Any]:
    """Let only some of those who may enter its space read a topic: the team's word. You must be among them."""
    topic = queries.topic_for(request.viewer, topic_id)
    actions.change_topic_audience(viewer=request.viewer, topic=topic, audience_id=sent.audience, now=timezone.now())
    return _shown_topic(request, queries.topic_for(request.viewer, topic_id))


@router.post("/topics/{id:topic_id}/accepted-answer", response=TopicOut, summary="Accept an answer")
def accept_answer(request: HttpRequest, topic_id: int, sent: AcceptedIn) -> dict[str, Any]:
    """Say which post solved the question: the asker and the team may."""
    topic = queries.topic_for(request.viewer, topic_id)
    post = queries.post_for(request.viewer, sent.post)
    actions.accept_answer(viewer=request.viewer, topic=topic, post=post, now=timezone.now())
    return _shown_topic(request, queries.topic_for(request.viewer, topic_id))


@router.delete("/topics/{id:topic_id}/accepted-answer", response={204: None}, summary="Withdraw the accepted answer")
def withdraw_answer(request: HttpRequest, topic_id: int) -> Status:
    """Open the question again: the asker and the team may."""
    topic = queries.topic_for(request.viewer, topic_id)
    actions.withdraw_answer(viewer=request.viewer, topic=topic, now=timezone.now())
    return Status(204, None)


def _shown_space(request: HttpRequest, space: Space) -> dict[str, Any]:
    names = ("slug", "kind", "name", "description", "topic_count", "is_archived")
    return {**{name: getattr(space, name) for name in names}, "url": whole(request, f"/s/{space.slug}/")}


def _shown_topic(request: HttpRequest, topic: Topic) -> dict[str, Any]:
    names = (
        "id", "title", "tags", "state", "created_at", "bumped_at", "post_count", "view_count", "vote_count",
        "accepted_post_id", "is_pinned", "is_closed",
    )  # fmt: skip
    return {
        **{name: getattr(topic, name) for name in names},
        "audience": topic.own_audience_id,
        "external_id": id_at_source(topic.external_id),
        "space": topic.space.slug,
        "author": topic.author.handle,
        "url": whole(request, f"/t/{topic.pk}/"),
    }


def _shown_post(request: HttpRequest, post: Post, *, author: str = "") -> dict[str, Any]:
    names = ("id", "number", "body", "html", "created_at")
    return {
        **{name: getattr(post, name) for name in names},
        "author": author or post.author.handle,
        "url": whole(request, post_address(topic_id=post.topic_id, number=post.number)),
    }
