"""Make, change, order and archive spaces."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kizuna.base.web.opened import Opened, by_field, require_unchanged
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import CONTENT, SITE, changes_of
from kizuna.core.community.settings import words
from kizuna.core.members.models import Audience
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import activities, policies
from kizuna.engagement.discussions.actions import indexing
from kizuna.engagement.discussions.actions.audiences import spread_audience
from kizuna.engagement.discussions.models import Space
from kizuna.engagement.discussions.queries.page_studio import space_values
from kizuna.engagement.discussions.queries.visible import has_topics

# What a manager may set, besides the slug, the kind and the audience, which have rules of their own.
PLAIN = frozenset({"icon", "color", "posting", "members_first_hours"})
WORDS = frozenset({"name", "description", "post_template"})
MAX_WORDS = {"name": 60, "description": 300, "post_template": 4_000}


@transaction.atomic
def create_space(
    *, viewer: Viewer, slug: str, kind: str, name: dict[str, str], audience_id: int, now: datetime, **fields: Any
) -> Space:
    """Make a space at the end of the list."""
    policies.require_spaces(viewer)
    _require_free_slug(slug)
    if kind not in Space.Kind:
        raise Refused(_("Please choose from the list."), field="kind")
    _require_audience(audience_id)
    last = Space.objects.aggregate(last=Max("position"))["last"] or 0
    # What is announced comes from the team, unless the manager wants it otherwise.
    usual = Space.Posting.STAFF if kind == Space.Kind.ANNOUNCEMENT else Space.Posting.MEMBERS
    cleaned = _cleaned({"name": name, "posting": usual, **fields})
    try:
        with transaction.atomic():
            space = Space.objects.create(
                slug=slug, kind=kind, audience_id=audience_id, position=last + 1, created_at=now, **cleaned
            )
    except IntegrityError:
        raise Refused(_("This address is taken by another space."), field="slug") from None
    _tell(viewer, space, "space.created", before=None, now=now)
    return space


@transaction.atomic
def edit_space(*, viewer: Viewer, space: Space, now: datetime, opened: Opened | None = None, **changes: Any) -> Space:
    """Change fields of a space; everything in it follows a new audience."""
    policies.require_spaces(viewer)
    space = Space.objects.select_for_update().get(pk=space.pk)
    _require_unchanged(opened, space, changes)
    before, slug_before = _described(space), space.slug
    audience_id = changes.pop("audience_id", space.audience_id)
    if (slug := changes.pop("slug", space.slug)) != space.slug:
        _require_free_slug(slug)
        space.slug = slug
    if (kind := changes.pop("kind", space.kind)) != space.kind:
        _require_kind_change(space, kind)
        space.kind = kind
    for name, value in _cleaned(changes).items():
        setattr(space, name, value)
    is_moved = audience_id != space.audience_id
    if is_moved:
        _require_audience(audience_id)
        space.audience_id = audience_id
    space.save()
    if is_moved or space.slug != slug_before:
        indexing.follow_space(space=space, slug_before=slug_before)
    if is_moved:
        spread_audience(space=space)
    _tell(viewer, space, "space.changed", before=before, now=now)
    return space


@transaction.atomic
def order_spaces(*, viewer: Viewer, space_ids: Sequence[int], now: datetime) -> None:
    """Put the spaces into this order; those not named follow as they stood."""
    policies.require_spaces(viewer)
    spaces = {space.pk: space for space in Space.objects.select_for_update().order_by("pk")}
    named = [spaces[pk] for pk in dict.fromkeys(space_ids) if pk in spaces]
    rest = sorted((space for space in spaces.values() if space not in named), key=lambda space: space.position)
    for position, space in enumerate([*named, *rest]):
        space.position = position
    Space.objects.bulk_update(spaces.values(), ["position"])
    after = [space.slug for space in [*named, *rest]]
    log_manager_action("space.ordered", member_id=viewer.member_id, after=after, now=now)
    bump_generation(SITE)
    bump_generation(CONTENT)


@transaction.atomic
def archive_space(*, viewer: Viewer, space: Space, now: datetime) -> None:
    """Keep a space for reading only, out of the navigation."""
    _set_archived(viewer, space, True, "space.archived", now=now)


@transaction.atomic
def unarchive_space(*, viewer: Viewer, space: Space, now: datetime) -> None:
    """Open an archived space again."""
    _set_archived(viewer, space, False, "space.unarchived", now=now)


def _set_archived(viewer: Viewer, space: Space, is_archived: bool, action: str, *, now: datetime) -> None:
    policies.require_spaces(viewer)
    before = _described(space)
    Space.objects.filter(pk=space.pk).update(is_archived=is_archived)
    space.is_archived = is_archived
    _tell(viewer, space, action, before=before, now=now)


def _cleaned(fields: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(fields) - PLAIN - WORDS:
        raise TypeError(f"Spaces have no fields {sorted(unknown)} to set.")
    cleaned = dict(fields)
    for name in WORDS & set(fields):
        cleaned[name] = _cleaned_words(name, fields[name])
    if cleaned.get("posting", Space.Posting.MEMBERS) not in Space.Posting:
        raise Refused(_("Please choose from the list."), field="posting")
    hours = cleaned.get("members_first_hours")
    if hours is not None and not 0 <= hours <= 24 * 30:
        raise Refused(_("Please give a number of hours up to 30 days."), field="members_first_hours")
    return cleaned


def _cleaned_words(field: str, value: Any) -> dict[str, str]:
    try:
        cleaned = words(value)
    except ValueError:
        raise Refused(_("Please give the words in Japanese or English."), field=field) from None
    if any(len(text) > MAX_WORDS[field] for text in cleaned.values()):
        reason = _("This is too long. Please keep it under %(limit)d characters.")
        raise Refused(reason % {"limit": MAX_WORDS[field]}, field=field)
    if field == "name" and not any(cleaned.values()):
        raise Refused(_("Please give a name."), field=field)
    return cleaned


def _require_unchanged(opened: Opened | None, space: Space, changes: dict[str, Any]) -> None:
    standing = space_values(space, changes)
    if by_field(changes) != standing:  # sent twice is saved once
        subject = f"space:{space.pk}"
        require_unchanged(opened, standing, lambda after: changes_of(subject, list(standing), after=after))


def _require_free_slug(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        slug = ""
    if not slug or len(slug) > 60 or slug != slug.lower():
        raise Refused(_("Use small letters, digits and hyphens, up to 60."), field="slug")
    if Space.objects.filter(slug=slug).exists():
        raise Refused(_("This address is taken by another space."), field="slug")


def _require_kind_change(space: Space, kind: str) -> None:
    if kind not in Space.Kind:
        raise Refused(_("Please choose from the list."), field="kind")
    if has_topics(space):
        raise Refused(_("A space with topics keeps its kind."), field="kind")


def _require_audience(audience_id: int) -> None:
    if not Audience.objects.filter(pk=audience_id).exists():
        raise Refused(_("Please choose who may see it."), field="audience")


def _described(space: Space) -> dict[str, Any]:
    fields = (
        "slug", "kind", "name", "description", "icon", "color", "position", "audience_id", "posting", "post_template",
    )  # fmt: skip
    return {name: getattr(space, name) for name in (*fields, "members_first_hours", "is_archived")}


def _tell(viewer: Viewer, space: Space, action: str, *, before: Any, now: datetime) -> None:
    after = _described(space)
    log_manager_action(
        action, member_id=viewer.member_id, subject=f"space:{space.pk}", before=before, after=after, now=now
    )
    record(activities.SPACE_CHANGED, actor_id=viewer.member_id, object_type="space", object_id=space.pk, at=now)
    bump_generation(SITE)
    bump_generation(CONTENT)
