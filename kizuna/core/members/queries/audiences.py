"""Read audiences: who is in, where they are used, whom a rule would let in."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404

from kizuna.base import hosting, registry, rules
from kizuna.base.rules.counting import SAMPLED_FROM
from kizuna.core.activity.rollups import day_zone
from kizuna.core.community import queries as community
from kizuna.core.community.settings import in_language
from kizuna.core.members.facts import pickable
from kizuna.core.members.models import Audience, AudienceMember, Member
from kizuna.core.members.queries.viewers import DEFINED
from kizuna.core.members.viewer import Viewer

EXAMPLES = 5


@dataclass(frozen=True)
class Use:
    """A thing that has an audience of its own."""

    what: str
    title: str
    url: str
    audience_id: int


@dataclass(frozen=True)
class LiveCount:
    """How many fit now: exact, or estimated from a sample with an interval of 95 %."""

    count: int
    population: int
    low: int | None = None
    high: int | None = None
    sample: int = 0


def moment(now: datetime) -> rules.Moment:
    """Return the day on which rules about members are asked."""
    return rules.Moment(now, day_zone())


def audiences() -> list[Audience]:
    """Return the audiences that managers define, by age."""
    return list(Audience.objects.filter(kind__in=DEFINED).order_by("id"))


def audience_for_studio(audience_id: int) -> Audience:
    """Return an audience that managers define, or Http404."""
    found = Audience.objects.filter(pk=audience_id, kind__in=DEFINED).first()
    if found is None:
        raise Http404
    return found


def audience_sizes() -> dict[int, int]:
    """Return how many are listed in each audience."""
    rows = AudienceMember.objects.filter(member__in=pickable()).values("audience").annotate(n=Count("pk"))
    return {row["audience"]: row["n"] for row in rows}


def members_of(audience: Audience) -> QuerySet[Member]:
    """Return the active members listed in an audience."""
    return pickable().filter(pk__in=AudienceMember.objects.filter(audience=audience).values("member_id"))


def uses(language: str) -> dict[int, list[Use]]:
    """Return what uses each audience."""
    found: dict[int, list[Use]] = defaultdict(list)
    for declared in registry.of(registry.AudienceUse):
        for title, url, audience_id in declared.uses(language=language):
            found[audience_id].append(Use(str(declared.label), title, url, audience_id))
    return found


def audience_label(audience: Audience, language: str) -> str:
    """Return the name of an audience."""
    return in_language(audience.label, language) or audience.slug


def shown_names(viewer: Viewer) -> dict[int, str]:
    """Return the names of the audiences that the viewer is in, as far as these are told to those in them."""
    names = _shown_labels()
    return {pk: in_language(names[pk], viewer.language) for pk in viewer.audience_ids if pk in names}


def _shown_labels() -> dict[int, dict[str, str]]:
    """Return the names that are told, from the process's memory while the site's generation stands."""
    number, caches = community.site_generation(), hosting.current().caches
    known = caches.get("audiences.shown")
    if known is None or known[0] != number:
        rows = Audience.objects.values_list("pk", "kind", "label", "shown_label")
        told = {pk: label if kind == Audience.Kind.BUILT_IN else shown for pk, kind, label, shown in rows}
        known = caches["audiences.shown"] = (number, {pk: label for pk, label in told.items() if any(label.values())})
    return known[1]


def rule_of(audience: Audience) -> rules.Rule | None:
    """Return the rule of an audience by rule, None when it has none that can be read."""
    try:
        return rules.parse(audience.rule) if audience.kind == Audience.Kind.RULE else None
    except rules.BadRule:
        return None


def missing_in(audience: Audience, *, catalogue: Any = None) -> list[str]:
    """Return what the rule of an audience names that is gone now, whether the job that stops it came by already or not."""
    rule = rule_of(audience)
    if rule is None:
        return list(audience.missing)
    return sorted({problem.name for problem in rules.problems_of(rule, catalogue or rules.catalogue())})


def matching(rule: rules.Rule, *, now: datetime, catalogue: Any = None) -> QuerySet[Any]:
    """Return the members for whom a rule holds. Raises rules.Broken."""
    return rules.matching(rule, catalogue=catalogue or rules.catalogue(), moment=moment(now))


def live_count(rule: rules.Rule, *, now: datetime, sampled_from: int = SAMPLED_FROM) -> LiveCount:
    """Count who fits while a rule is edited: in a large community a fixed sample, with its interval. Raises rules.Broken."""
    found = rules.counted(
        rule, catalogue=rules.catalogue(), moment=moment(now), may_sample=True, sampled_from=sampled_from
    )
    if not found.is_sampled or not found.size:
        return LiveCount(found.hits, found.population)
    # The maths brings scipy along, which a web process loads only when somebody edits a rule of a large community.
    share = import_module("kizuna.stats.intervals.proportions").wilson(found.hits, found.size)
    low, high = (round(limit * found.population) for limit in (share.low, share.high))
    return LiveCount(found.estimate, found.population, low, high, found.size)


def examples(rule: rules.Rule, *, now: datetime) -> list[Member]:
    """Return some who fit, those who came last first."""
    return list(matching(rule, now=now).order_by("-last_seen_on", "-pk")[:EXAMPLES])


def difference(audience: Audience | None, wanted: QuerySet[Any]) -> tuple[int, int]:
    """Return how many would come in and how many would leave."""
    if audience is None:
        return wanted.count(), 0
    listed = AudienceMember.objects.filter(audience=audience)
    coming = wanted.exclude(pk__in=listed.values("member_id")).count()
    leaving = listed.filter(member__in=pickable()).exclude(member_id__in=wanted.values("pk")).count()
    return coming, leaving


def reason(audience: Audience, member_id: int | None, *, language: str, now: datetime) -> rules.Verdict | None:
    """Return why a member is in or out of an audience by rule."""
    rule = rule_of(audience)
    if rule is None or member_id is None:
        return None
    return rules.explained(rule, member_id, catalogue=rules.catalogue(), moment=moment(now), language=language)
