"""Fields of the manager's own, what success means, notes, saved views."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base.text import markdown
from kizuna.base.web.opened import Opened, require_unchanged
from kizuna.core.activity.actions import record
from kizuna.core.community.actions import bump_generation
from kizuna.core.files import actions as files
from kizuna.core.files.queries import keys_in
from kizuna.core.members.models import Member
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import STAFF, Viewer
from kizuna.success.customers import activities, policies, seeing
from kizuna.success.customers.actions.accounts import keep_states
from kizuna.success.customers.actions.checking import line, require_chunk, text_of
from kizuna.success.customers.actions.touching import Touch, remove_touchpoint, rewrite_touchpoint, write_touchpoints
from kizuna.success.customers.models import (
    Account,
    AccountAttribute,
    AccountAttributeValue,
    Contact,
    Note,
    NoteMention,
    NoteVersion,
    SavedView,
    SuccessDefinition,
)
from kizuna.success.customers.queries import opening
from kizuna.success.customers.queries.kept import DESK

LONGEST_NOTE = 20_000
MOST_CHOICES = 50


@transaction.atomic
def define_attribute(
    *,
    viewer: Viewer,
    slug: str,
    label: dict[str, str],
    kind: str,
    choices: Iterable[str],
    now: datetime,
    field_group: str | None = None,
) -> AccountAttribute:
    """Define a field for accounts, or change its label and choices. Its kind stays: values stand on it.

    `field_group` is the group of fields with which it is shown and hidden, "" for none, None for the one it has.
    """
    require(policies.can_define(viewer), _("Only owners and admins may do this."))
    slug = line({"slug": slug}, "slug", longest=40, required=True)
    label = {language: line(label, language, longest=60) for language in ("ja", "en")}
    if not any(label.values()):
        raise Refused(_("Please fill this in."), field="label_ja")
    listed = list(dict.fromkeys(text.strip()[:80] for text in choices if text.strip()))[:MOST_CHOICES]
    if kind not in AccountAttribute.Kind.values:
        raise Refused(_("Please choose from the list."), field="kind")
    if kind == AccountAttribute.Kind.CHOICE and not listed:
        raise Refused(_("Please name the choices, one a line."), field="choices")
    known = AccountAttribute.objects.filter(slug=slug).first()
    if known is not None and known.kind != kind:
        raise Refused(_("The kind of a field cannot be changed."), field="kind")
    field_group = _group_of(viewer, known, field_group)
    defaults = {"label": label, "kind": kind, "choices": listed, "field_group": field_group, "is_archived": False}
    attribute, _created = AccountAttribute.objects.update_or_create(
        slug=slug, defaults=defaults, create_defaults={**defaults, "created_at": now}
    )
    bump_generation(DESK)
    record(
        activities.ATTRIBUTE_DEFINED,
        actor_id=viewer.member_id,
        object_type="account_attribute",
        object_id=attribute.pk,
        at=now,
        props={"kind": kind},
    )
    return attribute


@transaction.atomic
def archive_attribute(*, viewer: Viewer, attribute: AccountAttribute, now: datetime) -> None:
    """Use a field no more. Its values stay; defining it again brings it back."""
    require(policies.can_define(viewer), _("Only owners and admins may do this."))
    seeing.require_attribute(viewer, attribute)
    if AccountAttribute.objects.filter(pk=attribute.pk, is_archived=False).update(is_archived=True):
        bump_generation(DESK)
        record(
            activities.ATTRIBUTE_DEFINED,
            actor_id=viewer.member_id,
            object_type="account_attribute",
            object_id=attribute.pk,
            at=now,
            props={"kind": str(attribute.kind)},
        )


@transaction.atomic
def set_attributes(
    *, viewer: Viewer, account: Account, values: Mapping[str, Any], now: datetime, opened: Opened | None = None
) -> int:
    """Set fields by slug; None clears one. The former value keeps its period. Returns how many changed."""
    policies.require_worker(viewer)
    require_chunk(values)
    if opened is not None:
        _require_values(opened, account, values)
    known = {item.slug: item for item in AccountAttribute.objects.filter(slug__in=list(values))}
    held = {
        row.attribute_id: row
        for row in AccountAttributeValue.objects.select_for_update(of=("self",)).filter(account=account, ended_at=None)
    }
    changed = []
    for slug, value in values.items():
        if slug not in known:
            raise Refused(_("There is no such field."), field=slug)
        seeing.require_attribute(viewer, known[slug])
        value = attribute_value(known[slug], value)
        row = held.get(known[slug].pk)
        if (row.value if row else None) == value:
            continue
        if row is not None:
            row.ended_at = now
            row.save(update_fields=["ended_at"])
        if value is not None:
            AccountAttributeValue.objects.create(account=account, attribute=known[slug], value=value, started_at=now)
        changed.append(slug)
    if changed:
        _record_account(activities.ACCOUNT_CHANGED, account, viewer=viewer, now=now, fields=",".join(changed)[:200])
    return len(changed)


def _require_values(opened: Opened, account: Account, values: Mapping[str, Any]) -> None:
    """Raise Overtaken where somebody else filled the fields in; the account is held, since a first value has no row to hold."""
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    now, verb = opening.held_values(account, values), activities.ACCOUNT_CHANGED.verb
    said = {slug: value.isoformat() if isinstance(value, date) else value or None for slug, value in values.items()}
    if any(now[slug] != (False if values[slug] is False else said[slug]) for slug in said):
        require_unchanged(
            opened, now, lambda after: opening.logged_changes(verb, account.pk, list(values), after=after)
        )


def attribute_value(attribute: AccountAttribute, value: Any) -> Any:
    """Return a value as its field stores it, or raise Refused."""
    if value is None or value == "":
        return None
    kind = attribute.kind
    if kind == AccountAttribute.Kind.TEXT:
        return line({attribute.slug: value}, attribute.slug, longest=400)
    if kind == AccountAttribute.Kind.YES_NO and isinstance(value, bool):
        return value
    if kind == AccountAttribute.Kind.CHOICE and value in attribute.choices:
        return value
    if kind == AccountAttribute.Kind.NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if kind == AccountAttribute.Kind.DATE and isinstance(value, date):
        return value.isoformat()
    raise Refused(_("This value does not fit the field."), field=attribute.slug)


@transaction.atomic
def define_success(
    *, viewer: Viewer, account: Account, fields: Mapping[str, Any], now: datetime, opened: Opened | None = None
) -> SuccessDefinition:
    """Write down what was agreed: problem, goal, our contribution, criteria, and when to look again."""
    policies.require_worker(viewer)
    seeing.require(viewer, seeing.JUDGEMENT)
    texts = {name: text_of(fields, name, longest=4000) for name in ("problem", "goal", "contribution", "criteria")}
    if not any(texts.values()):
        raise Refused(_("Please fill this in."), field="goal", code="empty")
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    last = account.success_definitions.order_by("-created_at", "-pk").first()
    agreed = {**texts, "agreed_on": fields.get("agreed_on"), "next_review_on": fields.get("next_review_on")}
    if opened is not None and last is not None and opening.values_of(last, agreed) == agreed:
        return last  # sent twice
    require_unchanged(
        opened,
        opening.values_of(last, opening.AGREED),
        lambda after: opening.success_changes(account, after=after),
    )
    definition = SuccessDefinition.objects.create(
        account=account,
        **agreed,
        by_id=viewer.member_id,
        created_at=now,
    )
    account.next_review_on, account.updated_at = definition.next_review_on, now
    account.save(update_fields=["next_review_on", "updated_at"])
    keep_states([account], fields=["next_review_on"], viewer=viewer, now=now)
    record(
        activities.SUCCESS_DEFINED,
        actor_id=viewer.member_id,
        object_type="success_definition",
        object_id=definition.pk,
        at=now,
        props={"account": account.pk},
    )
    return definition


@transaction.atomic
def write_note(
    *, viewer: Viewer, account: Account, body: str, is_internal: bool, now: datetime, contact: Contact | None = None
) -> Note:
    """Write a note; `@handle` names a colleague, who is told. Only an internal note may be kept from the customer."""
    policies.require_worker(viewer)
    body, document = _read(body)
    note = Note.objects.create(
        account=account,
        contact=contact,
        author_id=viewer.member_id,
        body=body,
        html=document.html,
        is_internal=is_internal,
        created_at=now,
    )
    named = _mention(note, document.mentions)
    _keep_files(note, viewer)
    write_touchpoints(
        [
            Touch(
                key=f"note:{note.pk}",
                account_id=account.pk,
                contact_id=contact.pk if contact else None,
                member_id=viewer.member_id,
                channel="note",
                kind="note.written",
                at=now,
                excerpt=markdown.excerpt(document.text, limit=400),
                source_type="note",
                source_id=note.pk,
                is_internal=is_internal,
            )
        ]
    )
    props = {"account": account.pk, "is_internal": is_internal, "mentions": named}
    _record_note(activities.NOTE_WRITTEN, note, viewer=viewer, now=now, props=props)
    return note


@transaction.atomic
def edit_note(
    *, viewer: Viewer, note: Note, body: str, is_internal: bool, now: datetime, opened: Opened | None = None
) -> Note:
    """Change one's own note; what it was stays readable."""
    policies.require_worker(viewer)
    note = Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    require(note.author_id == viewer.member_id, _("Only the author may change a note."))
    body, document = _read(body)
    if (body, is_internal) == (note.body, note.is_internal):
        return note
    values = opening.values_of(note, ("body", "is_internal"))
    require_unchanged(opened, values, lambda after: opening.note_changes(note, after=after))
    NoteVersion.objects.create(note=note, body=note.body, is_internal=note.is_internal, by_id=viewer.member_id, at=now)
    note.body, note.html, note.is_internal, note.edited_at = body, document.html, is_internal, now
    note.save(update_fields=["body", "html", "is_internal", "edited_at"])
    named = _mention(note, document.mentions)
    _keep_files(note, viewer)
    excerpt = markdown.excerpt(document.text, limit=400)
    rewrite_touchpoint(key=f"note:{note.pk}", title="", excerpt=excerpt, is_internal=is_internal)
    props = {"account": note.account_id, "mentions": named}
    _record_note(activities.NOTE_EDITED, note, viewer=viewer, now=now, props=props)
    return note


@transaction.atomic
def remove_note(*, viewer: Viewer, note: Note, now: datetime) -> None:
    """Take a note out of sight: its author may, and managers."""
    policies.require_worker(viewer)
    may = note.author_id == viewer.member_id or policies.can_define(viewer)
    require(may, _("Only the author may change a note."))
    if Note.objects.filter(pk=note.pk, is_removed=False).update(is_removed=True):
        remove_touchpoint(key=f"note:{note.pk}")
        _record_note(activities.NOTE_REMOVED, note, viewer=viewer, now=now, props={"account": note.account_id})


@transaction.atomic
def save_view(
    *, viewer: Viewer, name: str, query: str, is_shared: bool, now: datetime, rule: dict[str, Any] | None = None
) -> SavedView:
    """Keep a list's filters, rule, columns and order under a name; the same name again replaces it."""
    require(policies.can_read(viewer) and not viewer.is_view_as, _("This may not be saved."))
    name = line({"name": name}, "name", longest=60, required=True)
    kept = {"query": query[:1000], "rule": rule, "is_shared": is_shared and policies.can_work(viewer)}
    view, _created = SavedView.objects.update_or_create(
        owner_id=viewer.member_id, name=name, defaults=kept, create_defaults={**kept, "created_at": now}
    )
    bump_generation(DESK)
    return view


@transaction.atomic
def delete_view(*, viewer: Viewer, view: SavedView) -> None:
    """Forget a saved view: one's own, or as a manager any."""
    may = view.owner_id == viewer.member_id or policies.can_define(viewer)
    require(may and policies.can_read(viewer), _("Only its owner may delete a view."))
    SavedView.objects.filter(pk=view.pk).delete()
    bump_generation(DESK)


def _group_of(viewer: Viewer, known: AccountAttribute | None, field_group: str | None) -> str:
    """Return the group that a field is to be of. Raises Refused unless the viewer sees it, and the one that it is of."""
    before = known.field_group if known else ""
    if field_group is None:
        field_group = before
    if field_group and field_group not in seeing.FIELDS:
        raise Refused(_("Please choose from the list."), field="field_group")
    for group in filter(None, (before, field_group)):
        seeing.require(viewer, group, field="field_group")
    return field_group


def _read(body: str) -> tuple[str, Any]:
    body = text_of({"body": body}, "body", longest=LONGEST_NOTE)
    if not body:
        raise Refused(_("Please write something."), field="body", code="empty")
    return body, markdown.document(body)


def _mention(note: Note, handles: list[str]) -> int:
    """Note the colleagues named: members with the desk. Returns how many were new."""
    named = Member.objects.filter(
        handle__in=handles, state=Member.State.ACTIVE, role_grants__role__in=policies.DESK_ROLES
    ).distinct()
    known = set(NoteMention.objects.filter(note=note).values_list("member_id", flat=True))
    new = [member for member in named if member.pk not in known]
    NoteMention.objects.bulk_create(NoteMention(note=note, member=member) for member in new)
    return len(new)


def _keep_files(note: Note, viewer: Viewer) -> None:
    files.attach(
        keys=keys_in(note.body),
        uploader_id=viewer.member_id,
        target_type="note",
        target_id=note.pk,
        audience_id=STAFF,
        container_audience_id=STAFF,
    )


def _record_note(what: Any, note: Note, *, viewer: Viewer, now: datetime, props: dict[str, Any]) -> None:
    record(what, actor_id=viewer.member_id, object_type="note", object_id=note.pk, at=now, props=props)


def _record_account(what: Any, account: Account, *, viewer: Viewer, now: datetime, **props: Any) -> None:
    record(what, actor_id=viewer.member_id, object_type="account", object_id=account.pk, at=now, props=props)
