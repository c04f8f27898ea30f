"""Make the two communities of the demo, once, with sign-ins whose passwords are this installation's own."""

import json
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kizuna.base.hosting import Community, UnknownCommunity, directory, entered
from kizuna.core.community import actions as community_actions
from kizuna.core.community import settings as keys
from kizuna.core.members import actions as members
from kizuna.core.members.models import Member
from kizuna.interfaces.cli.commands.migrate import migrate_community
from kizuna.interfaces.integrations.demo import misebako
from kizuna.interfaces.integrations.importers.running import Order, run_import

SAMPLE, REAL = "misebako", "thunderbird"
# Handles of the sample whose sign-ins are printed, with what they are there.
PEOPLE = {"kimura": "member", "koga": "moderator", "okubo": "success manager", "saeki": "owner"}
SIGN_INS = "demo-sign-ins.json"
Say = Callable[[str], None]


def load_demo(*, now: datetime, say: Say) -> list[dict[str, str]]:
    """Load what is not there yet and return the sign-ins: role, handle, email, password."""
    folder = Path(settings.BASE_DIR) / "demo"
    # The sample comes first in the directory, so that it answers on the plain address of this machine.
    _sample(folder / SAMPLE, now=now, say=say)
    _real(folder / REAL, now=now, say=say)
    return read_sign_ins()


def read_sign_ins() -> list[dict[str, str]]:
    file = _sign_ins_file()
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def _sample(folder: Path, *, now: datetime, say: Say) -> None:
    community = _community(SAMPLE, say=say)
    if community is None:
        return
    with entered(community):
        people = misebako.load(folder, now=now, say=say)
        rows = []
        for handle, role in PEOPLE.items():
            password = f"{secrets.token_urlsafe(9)}-{secrets.token_urlsafe(3)}"
            members.set_password(member=people[handle], password=password, now=now)
            rows.append({"role": role, "handle": handle, "email": people[handle].email, "password": password})
        _keep_sign_ins(rows)
    _mark_loaded(community)


def _real(folder: Path, *, now: datetime, say: Say) -> None:
    community = _community(REAL, say=say)
    if community is None:
        return
    with entered(community):
        if not Member.objects.filter(handle="keeper").exists():
            members.make_member(
                viewer=members.system_viewer(),
                email="",
                handle="keeper",
                name="Keeper",
                roles=["owner"],
                language="en",
                now=now,
            )
        values = {
            keys.NAME: {"ja": "Thunderbird サポート", "en": "Thunderbird support"},
            keys.TAGLINE: {"ja": "実在の質問と回答（CC BY-SA）", "en": "Real questions and answers (CC BY-SA)"},
            keys.DEFAULT_LANGUAGE: "en",
            keys.BRAND_HUE: 230,
            keys.IS_OPEN: True,
        }
        for key, value in values.items():
            community_actions.change_setting(key, value=value, member_id=None, now=now)
        run_import(
            Order(
                format="sumo", paths=[str(folder)], source="sumo", space="support", space_kind="question", columns={}
            ),
            now=now,
            say=say,
        )
    _mark_loaded(community)


def _community(slug: str, *, say: Say) -> Community | None:
    """Return the community to load, made when it is missing; None when it is loaded already."""
    try:
        community = directory().get(slug)
    except UnknownCommunity:
        community = directory().add(slug=slug, hosts=[f"{slug}.localhost"])
    if (community.folder / "demo-loaded").exists():
        return None
    say(f"loading {slug}")
    migrate_community(community, verbosity=0)
    return community


def _mark_loaded(community: Community) -> None:
    (community.folder / "demo-loaded").touch()


def _sign_ins_file() -> Path:
    return directory().home / SIGN_INS


def _keep_sign_ins(rows: list[dict[str, str]]) -> None:
    with open(_sign_ins_file(), "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        json.dump(rows, out, indent=1)
