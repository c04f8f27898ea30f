"""Define audiences and keep them filled.

What a viewer may see hangs on the audiences they are in, asked in every query, of files as well; so it is enough to
change the list and to have signed-in sessions forget who they were. Those who leave go in the transaction of the change;
those who come in follow in parts, so that no transaction grows long.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from kizuna.base import rules
from kizuna.base.jobs.ledger import enqueue
from kizuna.base.web.opened import Opened, by_field, require_unchanged
from kizuna.core.activity import rollups
from kizuna.core.activity.actions import record
from kizuna.core.activity.models import Activity
from kizuna.core.community.actions import bump_generation, log_manager_action
from kizuna.core.community.queries import SITE, changes_of
from kizuna.core.members import policies, queries, signin
from kizuna.core.members.activities import AUDIENCE_CHANGED
from kizuna.core.members.facts import MEMBER, pickable
from kizuna.core.members.models import Audience, AudienceCursor, AudienceMember
from kizuna.core.members.policies import Refused, require
from kizuna.core.members.viewer import Viewer

CHUNK = 500
FORGET_ONE_BY_ONE = 200
CURSOR = "activities"


@transaction.atomic
def save_audience(
    *,
    viewer: Viewer,
    audience: Audience | None,
    label: dict[str, str],
    rule: rules.Rule | None = None,
    member_ids: Iterable[int] = (),
    shown_label: dict[str, str] | None = None,
    now: datetime,
    opened: Opened | None = None,
) -> Audience:
    """Make or change an audience: by `rule`, or by hand when there is none. Its kind stays for good.

    `shown_label` is the name that those in it read: empty for none, None for what it is.
    """
    listed = set(member_ids)
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    if not any(text.strip() for text in label.values()):
        raise Refused(_("Please enter a name."), field="label_ja")
    catalogue = rules.catalogue()
    if rule is not None and (rule.entity != MEMBER or rules.problems_of(rule, catalogue)):
        raise Refused(_("This rule does not work. Please look at the marked conditions."), field="rule")
    if audience is not None:
        audience = Audience.objects.select_for_update().get(pk=audience.pk)
    before, standing = (_described(audience), queries.audience_values(audience)) if audience else (None, None)
    if audience is None:
        kind = Audience.Kind.HAND if rule is None else Audience.Kind.RULE
        audience = Audience(slug="", kind=kind, created_at=now)
    audience.label = {language: text.strip() for language, text in label.items()}
    if shown_label is not None:
        audience.shown_label = {language: text.strip() for language, text in shown_label.items()}
    if rule is not None:
        audience.rule, audience.missing = rule.to_json(), []
        audience.is_clocked = rules.is_clocked(rule, catalogue)
    if standing is not None:
        _require_unchanged(opened, audience, standing, listed)
    _save(audience)
    moved = {}
    if audience.kind == Audience.Kind.HAND:
        moved = _list(audience, listed)
    else:
        _cursor()
        evaluate_audience(audience=audience, now=now, is_first_part=True)
    _note(viewer, audience, before=before, now=now, moved=moved)
    return audience


def _require_unchanged(opened: Opened | None, audience: Audience, standing: dict[str, Any], listed: set[int]) -> None:
    """Refuse to save over what somebody else changed: `audience` holds what is to be saved, `standing` what stands."""
    said = by_field({"label": audience.label, "shown_label": audience.shown_label})
    said |= {"rule": audience.rule} if audience.kind == Audience.Kind.RULE else {"who": sorted(listed)}
    if said != standing:  # sent twice is saved once
        subject = f"audience:{audience.pk}"
        require_unchanged(opened, standing, lambda after: changes_of(subject, list(standing), after=after))


@transaction.atomic
def enlist(*, viewer: Viewer, audience: Audience, come: Iterable[int] = (), leave: Iterable[int] = ()) -> None:
    """Let members into a list made by hand, and others out; everybody else stays as they are."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    require(audience.kind == Audience.Kind.HAND, _("This audience lists nobody by hand."))
    _remove(audience, sorted(set(leave)))
    _add(audience, sorted(set(come)))


@transaction.atomic
def delete_audience(*, viewer: Viewer, audience: Audience, now: datetime) -> None:
    """Remove an audience that nothing uses."""
    require(policies.can_manage(viewer), _("Only owners and admins may do this."))
    before = _described(audience)
    try:
        with transaction.atomic():
            Audience.objects.filter(pk=audience.pk).delete()
    except ProtectedError:
        raise Refused(_("This audience is in use. Choose another one there first.")) from None
    signin.forget_all()
    _note(viewer, audience, before=before, now=now)


def evaluate_audience(*, audience: Audience, now: datetime, is_first_part: bool = False) -> int:
    """Let an audience by rule hold whom its rule picks now; return how many came in or left.

    A rule that names what is gone moves nobody: the audience stays as it was, and says what is missing. Nor does any
    while activities are counted again, for counts are less than they will be; `refresh_clocked` looks again.
    """
    if rollups.is_counting_again():
        Audience.objects.filter(pk=audience.pk).update(evaluated_at=None)
        return 0
    rule = queries.rule_of(audience)
    catalogue = rules.catalogue()
    try:
        if rule is None:
            return 0
        wanted = rules.matching(rule, catalogue=catalogue, moment=queries.moment(now))
    except rules.Broken as broken:
        Audience.objects.filter(pk=audience.pk).update(missing=sorted({problem.name for problem in broken.problems}))
        return 0
    listed = AudienceMember.objects.filter(audience=audience)
    gone = list(listed.exclude(member_id__in=wanted.values("pk")).values_list("member_id", flat=True))
    _remove(audience, gone)
    new = wanted.exclude(pk__in=listed.values("member_id")).order_by("pk").values_list("pk", flat=True)
    count = len(gone)
    while part := list(new[:CHUNK]):
        _add(audience, part)
        count += len(part)
        if is_first_part and len(part) == CHUNK:
            enqueue("members.fill_audience", args={"audience": audience.pk}, key=f"audience:{audience.pk}")
            break
    Audience.objects.filter(pk=audience.pk).update(evaluated_at=now, missing=[])
    return count


def refresh_stale(*, now: datetime) -> int:
    """Look again at the members whom activities since the last time concern; return how many came in or left.

    It counts first and goes as far as the counts do, so that what a rule counts is never behind what made it look.
    """
    if rollups.is_counting_again():
        return 0
    rollups.roll_up()
    ceiling, cursor = rollups.position(), _cursor()
    held = list(Audience.objects.filter(kind=Audience.Kind.RULE))
    catalogue, moved = rules.catalogue(), 0
    for audience in held:
        rule = queries.rule_of(audience)
        if rule is not None and ceiling > cursor.position:
            ids = _stale_members(rules.stale_by(rule, catalogue), after=cursor.position, upto=ceiling)
            moved += _look_at(audience, rule, ids, catalogue, now=now)
    AudienceCursor.objects.filter(name=CURSOR, position__lt=ceiling).update(position=ceiling)
    return moved


def refresh_clocked(*, now: datetime) -> int:
    """Evaluate every audience whose rule the clock changes, and those that were stopped; return how many moved."""
    if rollups.is_counting_again():
        return 0
    moved = 0
    for audience in Audience.objects.filter(kind=Audience.Kind.RULE).order_by("pk"):
        is_due = audience.is_clocked or audience.missing or audience.evaluated_at is None
        if is_due or _has_problems(audience):
            moved += evaluate_audience(audience=audience, now=now)
    return moved


def _cursor() -> AudienceCursor:
    """Return how far activities were looked at. It begins with the first audience by rule, before that is filled."""
    return AudienceCursor.objects.get_or_create(name=CURSOR, defaults={"position": rollups.position()})[0]


def _has_problems(audience: Audience) -> bool:
    rule = queries.rule_of(audience)
    return rule is None or bool(rules.problems_of(rule, rules.catalogue()))


def _stale_members(verbs: dict[str, set[str]], *, after: int, upto: int) -> list[int]:
    found: set[int] = set()
    rows = Activity.objects.filter(pk__gt=after, pk__lte=upto, verb__in=list(verbs))
    for verb, actor_id, object_type, object_id, props in rows.values_list(
        "verb", "actor_id", "object_type", "object_id", "props"
    ).iterator(chunk_size=2_000):
        named = {"actor": actor_id, "object": object_id if object_type == MEMBER else None, **props}
        found |= {named[whom] for whom in verbs[verb] if isinstance(named.get(whom), int)}
    return sorted(found)


def _look_at(audience: Audience, rule: rules.Rule, ids: list[int], catalogue: Any, *, now: datetime) -> int:
    moved = 0
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        try:
            wanted = rules.matching(rule, catalogue=catalogue, moment=queries.moment(now)).filter(pk__in=part)
        except rules.Broken as broken:
            Audience.objects.filter(pk=audience.pk).update(
                missing=sorted({problem.name for problem in broken.problems})
            )
            return moved
        fitting = set(wanted.values_list("pk", flat=True))
        listed = AudienceMember.objects.filter(audience=audience, member_id__in=part)
        inside = set(listed.values_list("member_id", flat=True))
        _remove(audience, sorted(inside - fitting))
        _add(audience, sorted(fitting - inside))
        moved += len(inside ^ fitting)
    return moved


def _list(audience: Audience, wanted: set[int]) -> dict[str, Any]:
    """Let exactly these in; return for the list of changes how many came and left."""
    known = set(pickable().filter(pk__in=wanted).values_list("pk", flat=True))
    inside = set(AudienceMember.objects.filter(audience=audience).values_list("member_id", flat=True))
    _remove(audience, sorted(inside - known))
    _add(audience, sorted(known - inside))
    return {"who": {"come": len(known - inside), "leave": len(inside - known)}} if known != inside else {}


@transaction.atomic
def _add(audience: Audience, member_ids: list[int]) -> None:
    AudienceMember.objects.bulk_create(
        [AudienceMember(audience_id=audience.pk, member_id=member_id) for member_id in member_ids],
        batch_size=CHUNK,
        ignore_conflicts=True,
    )
    _forget(member_ids)


@transaction.atomic
def _remove(audience: Audience, member_ids: list[int]) -> None:
    for start in range(0, len(member_ids), CHUNK):
        part = member_ids[start : start + CHUNK]
        AudienceMember.objects.filter(audience=audience, member_id__in=part).delete()
    _forget(member_ids)


def _forget(member_ids: list[int]) -> None:
    if len(member_ids) > FORGET_ONE_BY_ONE:
        signin.forget_all()
        return
    for member_id in member_ids:
        signin.forget_member(member_id)


def _save(audience: Audience) -> None:
    """Save; the slug of a new one is its number, which no rename changes."""
    is_new = audience.pk is None
    if is_new:
        audience.slug = f"new-{audience.kind}"
    audience.save()
    if is_new:
        audience.slug = f"audience-{audience.pk}"
        audience.save(update_fields=["slug"])
        signin.forget_all()  # managers are in it from now on


def _note(
    viewer: Viewer, audience: Audience, *, before: Any, now: datetime, moved: dict[str, Any] | None = None
) -> None:
    after = {**_described(audience), **(moved or {})} if audience.pk else None
    log_manager_action(
        "audience.changed",
        member_id=viewer.member_id,
        subject=f"audience:{audience.pk}",
        before=before,
        after=after,
        now=now,
    )
    record(
        AUDIENCE_CHANGED, actor_id=viewer.member_id, object_type="audience", object_id=audience.pk, at=now,
        props={"kind": audience.kind},
    )  # fmt: skip
    bump_generation(SITE)


def _described(audience: Audience) -> dict[str, Any]:
    words = {"label": audience.label, "shown_label": audience.shown_label}
    return {**words, "kind": audience.kind, "rule": audience.rule}
