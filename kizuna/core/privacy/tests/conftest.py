"""A person with traces everywhere: member, contact, notes, mail, searches, usage."""

import json
import shutil
from dataclasses import dataclass
from typing import Any

import pytest

from kizuna.base import hosting
from kizuna.base.jobs.runner import run_waiting
from kizuna.core.files import actions as files
from kizuna.core.notifications.models import OutgoingMail
from kizuna.core.search.models import Search
from kizuna.success.customers import actions as customers
from kizuna.success.customers.models import Contact
from kizuna.success.usage import folding
from kizuna.success.usage.intake import journal, usage_folder
from kizuna.success.usage.wire import journal_line
from tests.cast import NOW, make_member

MARK = "zqmiura"  # stands in everything that must go
NAME = "三浦 香織"


@dataclass
class Traces:
    member: Any
    contact: Contact
    account: Any
    note: Any
    file: Any


@pytest.fixture
def lake(sakura):
    """Return the community's folder of usage, empty before and after."""

    def empty() -> None:
        if found := hosting.current().caches.pop("usage_journal", None):
            found.close()
        shutil.rmtree(usage_folder(), ignore_errors=True)
        shutil.rmtree(sakura.folder / "exports", ignore_errors=True)
        (sakura.folder / "erasures.jsonl").unlink(missing_ok=True)

    empty()
    yield usage_folder()
    empty()


def bring(*events: dict, key: int = 1) -> None:
    """Write usage events as the interface does, and fold them."""
    lines = [journal_line(one, kind="", key=key, received_at=NOW, sent_at=None) for one in events]
    journal().append(b"".join(lines))
    hosting.current().caches.pop("usage_journal").close()
    folding.fold_waiting(clock=lambda: NOW, seconds=60)


def event(number: int, user: str, **fields) -> dict:
    return {"type": "track", "messageId": f"m-{number}", "userId": user, "event": "Opened", **fields}


@pytest.fixture
def traces(lake, emi, viewer_of, now) -> Traces:
    """Return a person with something of every kind."""
    desk = viewer_of(emi)
    member = make_member(
        "miura", name=NAME, bio=MARK, company=MARK, email=f"{MARK}@example.com", email_key=f"{MARK}@example.com"
    )
    account = customers.create_account(viewer=desk, fields={"name": "株式会社青波堂"}, now=now)
    fields = {
        "name": NAME,
        "kana": "ミウラ カオリ",
        "email": f"{MARK}@example.com",
        "phone": "03-1234-5678",
        "external_id": f"u-{MARK}",
        "department": MARK,
        "title": MARK,
    }
    contact = customers.add_contact(viewer=desk, account=account, fields=fields, now=now)
    customers.link_member(viewer=desk, contact=contact, member=member, now=now)
    file = files.store(viewer=desk, name="card.txt", raw=MARK.encode(), now=now)
    note = customers.write_note(
        viewer=desk,
        account=account,
        contact=contact,
        body=f"{MARK} [名刺](/f/{file.key}/card.txt)",
        is_internal=True,
        now=now,
    )
    customers.write_note(
        viewer=desk,
        account=account,
        body="三浦　香織さんに電話（03-1234-5678）。社長も同席。",
        is_internal=True,
        now=now,
    )
    customers.change_account(
        viewer=desk, account=account, fields={"fit": "yes", "fit_reason": "三浦香織さんが積極的"}, now=now
    )
    Search.objects.create(text=MARK, folded=MARK, member=member, at=now, result_count=0, has_answer=False)
    OutgoingMail.objects.create(
        message_id="<1@x>", kind="letter", address=f"{MARK}@example.com", text=MARK, created_at=now
    )
    bring(
        event(1, f"u-{MARK}", properties={"note": MARK}),
        event(2, f"u-{MARK}", context={"groupId": "acme"}),
        {"type": "identify", "messageId": "m-3", "userId": f"u-{MARK}", "traits": {"email": f"{MARK}@example.com"}},
        event(4, "u-other"),
    )
    return Traces(member, contact, account, note, file)


def work() -> None:
    """Run what waits."""
    run_waiting()


def dumped(folder) -> str:
    """Return every byte of the lake's events and every row of the database as text."""
    import gzip

    from kizuna.interfaces.integrations.bundles import rows

    texts = [gzip.open(path).read().decode() for path in sorted(folder.glob("day=*/*.gz"))]
    texts += [path.read_text() for path in sorted(folder.glob("recent.jsonl"))]
    for model in rows.tables():
        texts += list(rows.dumped(model))
    return json.dumps(texts, ensure_ascii=False)


@pytest.fixture
def time_machine_at():
    """Return a context manager that moves the clock."""
    import time_machine

    return lambda moment: time_machine.travel(moment, tick=False)
