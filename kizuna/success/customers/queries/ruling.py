"""Rules that narrow the list of customers: kept with a saved view, or written into the address as one word."""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from kizuna.base import rules
from kizuna.base.rules.facts import in_words
from kizuna.base.rules.tree import MAX_BYTES
from kizuna.core.activity.rollups import day_zone
from kizuna.core.community.settings import in_language
from kizuna.core.members.policies import can_use_desk
from kizuna.core.members.viewer import Viewer
from kizuna.success.customers import seeing
from kizuna.success.customers.facts import ACCOUNT
from kizuna.success.customers.models import Account, AccountAttribute, SavedView
from kizuna.success.customers.queries.kept import views_with_rule
from kizuna.success.customers.queries.visible import views_visible_to

OWN_FIELD = "account_attribute."  # how facts of the manager's own fields begin


@dataclass(frozen=True)
class Ruling:
    """The rule of a list, its saved view if it has one, and what keeps it from being asked (then it finds nobody).

    Of a rule that rests on fields hidden from the viewer only the view and the names of those groups are told.
    """

    rule: rules.Rule | None = None
    view: SavedView | None = None
    problems: tuple[rules.Problem, ...] = ()
    is_unreadable: bool = False
    hidden: tuple[str, ...] = ()
    catalogue: Any = None

    @property
    def is_stopped(self) -> bool:
        return self.is_unreadable or bool(self.problems or self.hidden)

    def missing(self, language: str) -> list[str]:
        """Return what the rule names that is gone: a fact by its name, a choice by its fact's label and its value."""
        facts = self.catalogue.facts if self.catalogue else {}
        gone = _words_of_fields_gone([item.name for item in self.problems], language)
        found = {
            f"{in_words(facts[item.name].label, language)}: {item.detail}"
            if item.name in facts
            else gone.get(item.name, item.name)
            for item in self.problems
        }
        return sorted(found)

    def narrowed(self, accounts: QuerySet[Account], *, today: date, is_walked: bool = False) -> QuerySet[Account]:
        """Return those of the accounts for whom the rule holds on a day: nobody while it is stopped."""
        if self.is_stopped:
            return accounts.none()
        if self.rule is None:
            return accounts
        among = accounts.exclude(state=Account.State.MERGED)
        return rules.matching(
            self.rule, catalogue=self.catalogue, moment=moment_of(today), among=among, is_walked=is_walked
        )

    def sentence(self, language: str) -> str:
        """Return the rule in words."""
        return rules.sentence(self.rule, catalogue=self.catalogue, language=language) if self.rule else ""


NO_RULE = Ruling()


def moment_of(day: date) -> rules.Moment:
    """Return the moment at which a rule asks about a day of the community."""
    zone = day_zone()
    return rules.Moment(datetime.combine(day, time(12), tzinfo=zone), zone)


def ruling_for(viewer: Viewer, *, view: int, word: str) -> Ruling:
    """Return the rule of a saved view that the viewer may see, or that a word of the address says. Raises Http404."""
    if view:
        saved = views_visible_to(viewer).filter(pk=view).first()
        if saved is None:
            raise Http404
        return ruling_of(viewer, saved)
    return _checked(viewer, read_word(word), None) if word else NO_RULE


def ruling_of(viewer: Viewer, view: SavedView) -> Ruling:
    """Return the rule of a saved view; one without a rule narrows nothing."""
    if view.rule is None:
        return Ruling(view=view)
    try:
        rule: rules.Rule | None = rules.parse(view.rule)
    except rules.BadRule:
        rule = None
    return _checked(viewer, rule, view)


def catalogue_for(viewer: Viewer) -> rules.Catalogue:
    """Return the facts that the viewer may ask."""
    return rules.catalogue().without_groups(seeing.hidden_groups(viewer))


def word_of(rule: rules.Rule) -> str:
    """Return a rule as one word for an address."""
    packed = zlib.compress(json.dumps(rule.to_json(), ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_word(word: str) -> rules.Rule | None:
    """Return the rule that a word stands for, None when it is none of ours."""
    try:
        packed = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(packed, 2 * MAX_BYTES)
        return rules.parse(json.loads(text.decode())) if unpacking.eof else None
    except (binascii.Error, zlib.error, ValueError, RecursionError):  # BadRule and bad JSON are ValueErrors
        return None


def views_by_rule(viewer: Viewer) -> list[SavedView]:
    """Return the saved views with a rule that the viewer may see."""
    if not can_use_desk(viewer):
        return []
    return [view for view in views_with_rule() if view.is_shared or view.owner_id == viewer.member_id][:50]


def reason(ruling: Ruling, account: Account, *, language: str, today: date) -> rules.Verdict | None:
    """Return why a customer is in or out, None without a rule that can be read."""
    if ruling.rule is None:
        return None
    return rules.explained(
        ruling.rule, account.pk, catalogue=ruling.catalogue, moment=moment_of(today), language=language
    )


def _words_of_fields_gone(names: list[str], language: str) -> dict[str, str]:
    """Return what managers' fields that are used no more were called, by the names of their facts."""
    slugs = [name.removeprefix(OWN_FIELD) for name in names if name.startswith(OWN_FIELD)]
    fields = AccountAttribute.objects.filter(slug__in=slugs) if slugs else ()
    return {f"{OWN_FIELD}{field.slug}": in_language(field.label, language) or field.slug for field in fields}


def _checked(viewer: Viewer, rule: rules.Rule | None, view: SavedView | None) -> Ruling:
    if rule is None or rule.entity != ACCOUNT:
        return Ruling(view=view, is_unreadable=True)
    catalogue = rules.catalogue()
    if hidden := _hidden_groups(viewer, rule, catalogue):
        return Ruling(view=view, hidden=tuple(sorted(hidden)))
    catalogue = catalogue.without_groups(seeing.hidden_groups(viewer))
    problems = tuple(rules.problems_of(rule, catalogue))
    return Ruling(rule=rule, view=view, problems=problems, catalogue=catalogue)


def _hidden_groups(viewer: Viewer, rule: rules.Rule, catalogue: rules.Catalogue) -> set[str]:
    """Return the groups hidden from the viewer that the rule asks, inside relations too."""
    named = {item.fact for item in rules.conditions_of(rule.root) if isinstance(item, rules.Condition)}
    asked = {catalogue.facts[name].field_group for name in named if name in catalogue.facts}
    return asked & seeing.hidden_groups(viewer)
