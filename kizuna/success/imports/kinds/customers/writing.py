"""Write a planned batch of customers and people, and take such a batch back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kizuna.success.customers import actions
from kizuna.success.customers.models import Account, Contact
from kizuna.success.imports.kinds.customers.people import ContactWork
from kizuna.success.imports.kinds.customers.planning import AccountWork
from kizuna.success.imports.records import ADDED, ENDED, SET, Context, Plan, Undoing, Undone

ACCOUNT, ATTRIBUTES, NAMES, CONTACT, EMPLOYMENT = "account", "attributes", "names", "contact", "employment"


def write(*, plans: Sequence[Plan], context: Context) -> list[list[list[Any]]]:
    """Write plans that are not bad. Returns for each what it did."""
    done: dict[int, list[list[Any]]] = {item.row.line: [] for item in plans}
    owned = [item.work.account for item in plans if item.work.owns_account]
    _write_accounts(owned, done, context)
    _write_people([item for item in plans if item.work.contact], done, context)
    _note_matches(owned, context)
    return [done[item.row.line] for item in plans]


def _write_accounts(works: Sequence[AccountWork], done: dict[int, list], context: Context) -> None:
    assert context.run_id is not None
    viewer, now = context.viewer, context.now
    new = [work for work in works if work.is_new]
    rows = [{**work.fields, "aliases": work.aliases, "domains": work.domains} for work in new]
    made = actions.create_accounts(viewer=viewer, rows=rows, now=now, import_id=context.run_id)
    for work, account in zip(new, made, strict=True):
        work.id = account.pk
        done[work.line].append([ACCOUNT, account.pk, ADDED])
    touched = {
        work.id: work for work in works if work.id and not work.is_new and (work.fields or work.aliases or work.domains)
    }
    changes = {pk: {**work.fields, "aliases": work.aliases, "domains": work.domains} for pk, work in touched.items()}
    differing = actions.change_accounts(viewer=viewer, changes=changes, now=now, import_id=context.run_id)
    for pk, work in touched.items():
        if pk in differing:
            done[work.line].append([ACCOUNT, pk, SET, differing[pk]])
        if work.aliases or work.domains:
            done[work.line].append([NAMES, pk, ADDED, {"aliases": work.aliases, "domains": work.domains}])
    _write_attributes([work for work in works if work.attributes], done, context)


def _write_attributes(works: Sequence[AccountWork], done: dict[int, list], context: Context) -> None:
    values = {work.id: work.attributes for work in works if work.id}
    found = actions.set_attributes_of(viewer=context.viewer, values=values, now=context.now)
    for work in works:
        if work.id in found and not work.is_new:
            done[work.line].append([ATTRIBUTES, work.id, SET, found[work.id]])


def _write_people(plans: Sequence[Plan], done: dict[int, list], context: Context) -> None:
    assert context.run_id is not None
    viewer, now = context.viewer, context.now
    works: list[tuple[Plan, ContactWork]] = [(item, item.work.contact) for item in plans]
    new = [(item, work) for item, work in works if work.is_new]
    made = actions.make_contacts(
        viewer=viewer, rows=[work.fields for _item, work in new], now=now, import_id=context.run_id
    )
    people: dict[str, Contact] = {work.key: work.contact for _item, work in works if work.contact}
    for (item, work), contact in zip(new, made, strict=True):
        people[work.key] = contact
        done[item.row.line].append([CONTACT, contact.pk, ADDED])
    changes = {work.contact.pk: work.fields for _item, work in works if work.contact and work.fields}
    differing = actions.change_contacts(viewer=viewer, changes=changes, now=now, import_id=context.run_id)
    for item, work in works:
        if work.contact and work.fields and work.contact.pk in differing:
            done[item.row.line].append([CONTACT, work.contact.pk, SET, differing.pop(work.contact.pk)])
    beginning = [(item, work, people[work.key]) for item, work in works if work.begins is not None]
    rows = [
        (contact, item.work.account.id, work.begins["department"], work.begins["title"])
        for item, work, contact in beginning
        if work.begins is not None
    ]
    begun = actions.begin_employments(viewer=viewer, rows=rows, now=now)
    for (item, work, _contact), employment in zip(beginning, begun, strict=True):
        if work.ends:
            done[item.row.line].append([EMPLOYMENT, work.ends, ENDED])
        done[item.row.line].append([EMPLOYMENT, employment.pk, ADDED])


def _note_matches(works: Sequence[AccountWork], context: Context) -> None:
    """Tell the review list of links made by name, and of new customers that are perhaps known ones."""
    matches = [work.finding.match(work.words, new_id=work.id if work.is_new else None) for work in works]
    found = [match for match in matches if match is not None]
    actions.note_matches(found=found, now=context.now)


def undo(*, rows: Sequence[Undoing], context: Context) -> list[Undone]:
    """Take back what rows did, the last first."""
    undone = {row.line: Undone(row.line) for row in rows}
    parts: dict[tuple[str, str], list[tuple[Undoing, list[Any]]]] = defaultdict(list)
    for row in rows:
        for entry in row.done:
            parts[entry[0], entry[2]].append((row, entry))
    _undo_people(parts, undone, context)
    for row, entry in parts[NAMES, ADDED]:
        actions.take_back_names(viewer=context.viewer, account_id=entry[1], **entry[3])
        undone[row.line].back += 1
    _undo_attributes(parts[ATTRIBUTES, SET], undone, context)
    _undo_changes(Account, ACCOUNT, parts[ACCOUNT, SET], undone, context)
    stays = actions.take_back_accounts(viewer=context.viewer, added=_times(parts[ACCOUNT, ADDED]))
    _note(parts[ACCOUNT, ADDED], stays, undone)
    return list(undone.values())


def _undo_people(parts: dict, undone: dict[int, Undone], context: Context) -> None:
    viewer = context.viewer
    begun, ended = parts[EMPLOYMENT, ADDED], parts[EMPLOYMENT, ENDED]
    stays = actions.take_back_employments(viewer=viewer, added=list(_times(begun)), ended=_times(ended))
    _note(begun, stays, undone)
    _note(ended, stays, undone)
    _undo_changes(Contact, CONTACT, parts[CONTACT, SET], undone, context)
    # Who is still at work somewhere is not removed: the period itself points at them.
    stays = actions.take_back_contacts(viewer=viewer, added=_times(parts[CONTACT, ADDED]))
    _note(parts[CONTACT, ADDED], stays, undone)


def _undo_changes(
    model: type[Account] | type[Contact],
    thing: str,
    entries: list[tuple[Undoing, list[Any]]],
    undone: dict[int, Undone],
    context: Context,
) -> None:
    here: dict[int, Any] = model._default_manager.in_bulk([entry[1] for _row, entry in entries])
    changes: dict[int, dict[str, Any]] = {}
    for row, entry in entries:
        if entry[1] not in here:
            undone[row.line].kept.append((thing, entry[1], "gone"))
            continue
        back, moved_on = actions.differing_still(here[entry[1]], entry[3])
        if back:
            changes[entry[1]] = back
            undone[row.line].back += 1
        undone[row.line].kept += [(thing, entry[1], "changed_since")] if moved_on else []
    act = actions.change_accounts if thing == ACCOUNT else actions.change_contacts
    act(viewer=context.viewer, changes=changes, now=context.now, import_id=context.run_id or 0)


def _undo_attributes(entries: list, undone: dict[int, Undone], context: Context) -> None:
    for row, entry in entries:
        kept = actions.give_attributes_back(
            viewer=context.viewer, account_id=entry[1], differences=entry[3], now=context.now
        )
        undone[row.line].back += 1 if len(kept) < len(entry[3]) else 0
        undone[row.line].kept += [(ACCOUNT, entry[1], "changed_since")] if kept else []


def _times(entries: list[tuple[Undoing, list[Any]]]) -> dict[int, datetime]:
    return {entry[1]: row.at for row, entry in entries}


def _note(entries: list[tuple[Undoing, list[Any]]], stays: dict[int, str], undone: dict[int, Undone]) -> None:
    for row, entry in entries:
        if entry[1] in stays:
            undone[row.line].kept.append((entry[0], entry[1], stays[entry[1]]))
        else:
            undone[row.line].back += 1
