"""Make the two communities of the demo, once, with sign-ins whose passwords are this installation's own."""

import json
import multiprocessing
import os
import secrets
import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from kizuna.base.hosting import Community, UnknownCommunity, directory, entered
from kizuna.core.community import actions as community_actions
from kizuna.core.community import settings as keys
from kizuna.core.home import actions as home
from kizuna.core.members import actions as members
from kizuna.core.members.models import Member
from kizuna.core.members.queries import viewer_of
from kizuna.core.members.viewer import PUBLIC
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.discussions.models import Space
from kizuna.interfaces.cli.commands.migrate import migrate_community
from kizuna.interfaces.integrations.demo import misebako, usage
from kizuna.interfaces.integrations.importers.running import Order, run_import
from kizuna.interfaces.widget import actions as widget
from kizuna.success.service import actions as service

SAMPLE, REAL = "misebako", "thunderbird"
# Handles of the sample whose sign-ins are printed, with what they are there.
PEOPLE = {"kimura": "member", "koga": "moderator", "okubo": "success manager", "saeki": "owner"}
KEEPER = "keeper"  # who owns the real one
# Whose words these are and under which licence stands beside every page of the real one.
SOURCES = [
    {"label": {"ja": "出典：Mozilla Support", "en": "Source: Mozilla Support"}, "url": "https://support.mozilla.org/"},
    {
        "label": {"ja": "ライセンス：CC BY-SA 3.0", "en": "Licence: CC BY-SA 3.0"},
        "url": "https://creativecommons.org/licenses/by-sa/3.0/",
    },
]
# Imports tell of every batch; a person wants to see that it goes on.
SECONDS_BETWEEN_LINES = 4
Say = Callable[[str], None]


class NotLoaded(RuntimeError):
    """A community of the demo could not be loaded; its own message stands above."""


def load_demo(*, now: datetime, say: Say) -> None:
    """Load what is not there yet."""
    folder = Path(settings.BASE_DIR) / "demo"
    # The sample comes first in the directory, so that it answers on the plain address of this machine.
    sample, real = _community(SAMPLE), _community(REAL)
    # The second community has a database of its own, so a second processor may load it. Forked before any connection.
    other = multiprocessing.get_context("fork").Process(
        target=_load_beside, args=(real, _real, folder / REAL), kwargs={"now": now, "say": say}
    )
    other.start()
    try:
        _load(sample, _sample, folder / SAMPLE, now=now, say=say)
        other.join()
    finally:
        if other.is_alive():  # the sample could not be loaded, or somebody pressed Ctrl-C: what was read stays
            other.terminate()
            other.join()
    if other.exitcode:
        raise NotLoaded(REAL)


def address_of(slug: str, *, port: int) -> str:
    """Return where a community of the demo answers on this machine."""
    host = "127.0.0.1" if directory().for_host("127.0.0.1").slug == slug else f"{slug}.localhost"
    return f"http://{host}:{port}/"


def read_sign_ins(slug: str) -> list[dict[str, str]]:
    """Return who may sign in to a community of the demo: role, handle, email, password."""
    file = _sign_ins_file(slug)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def _load_beside(community: Community, load: Callable[..., None], folder: Path, *, now: datetime, say: Say) -> None:
    """Load in a process of its own, which the first one ends: Ctrl-C reaches both."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _load(community, load, folder, now=now, say=say)


def _load(community: Community, load: Callable[..., None], folder: Path, *, now: datetime, say: Say) -> None:
    """Bring the database to today's schema and fill it, unless it was filled before."""
    mark = community.folder / "demo-loaded"
    if not mark.exists():
        say(f"{community.slug}: making the database")
    migrate_community(community, verbosity=0)
    if not mark.exists():
        with entered(community):
            load(folder, now=now, say=lambda line: say(f"{community.slug}: {line}"))
        mark.touch()


def _sample(folder: Path, *, now: datetime, say: Say) -> None:
    if not Member.objects.filter(handle="saeki").exists():  # it may have stopped after the filling and before the mark
        with transaction.atomic():
            people = misebako.load(folder, now=now, say=say)
            _place_widget(people["saeki"], now=now)
            _keep_sign_ins(SAMPLE, [_sign_in(people[handle], role, now=now) for handle, role in PEOPLE.items()])
    # Usage goes through files and folds in transactions of its own, as everywhere; its events have ids, so each counts once.
    owner = Member.objects.get(handle="saeki")
    say(f"  {usage.load_usage(folder, owner=owner, now=now)} usage events")
    while service.count_stale():  # the board has its numbers at the first look
        pass


def _place_widget(owner: Member, *, now: datetime) -> None:
    """Let the widget stand on the sample page of Studio: nothing else is listed."""
    value = {
        "is_on": True,
        "origins": [],
        "greeting": {"ja": "お困りのことを、ことばで探せます。", "en": "Describe what troubles you."},
        "phone": "03-5550-0100（平日 9:00〜12:00、13:00〜18:00）",
    }
    widget.place(viewer=viewer_of(owner), value=value, now=now)


def _real(folder: Path, *, now: datetime, say: Say) -> None:
    if not Member.objects.filter(handle=KEEPER).exists():
        _open_real(now=now)
    run_import(
        Order(format="sumo", paths=[str(folder)], source="sumo", space="support", space_kind="question", columns={}),
        now=now,
        say=_now_and_then(say),
    )


@transaction.atomic
def _open_real(*, now: datetime) -> None:
    """Name the community, open it, and make its one space, which everybody may read."""
    keeper = members.make_member(
        viewer=members.system_viewer(),
        email="keeper@thunderbird.example",
        handle=KEEPER,
        name="Keeper",
        roles=["owner"],
        language="en",
        now=now,
    )
    values = {
        keys.NAME: {"ja": "Thunderbird サポート", "en": "Thunderbird support"},
        keys.TAGLINE: {"ja": "実在の質問と回答（CC BY-SA）", "en": "Real questions and answers (CC BY-SA)"},
        keys.DESCRIPTION: {
            "ja": "メールソフト Thunderbird の、実在の質問と回答です。Mozilla Support の投稿者によるものです（CC BY-SA）。",
            "en": "Real questions about the mail program Thunderbird and their answers, by Mozilla Support contributors (CC BY-SA).",
        },
        keys.DEFAULT_LANGUAGE: "en",
        keys.BRAND_HUE: 230,
        keys.IS_OPEN: True,
    }
    for key, value in values.items():
        community_actions.change_setting(key, value=value, member_id=None, now=now)
    owner = viewer_of(keeper)
    home.save_links(viewer=owner, links=SOURCES, now=now)
    discussions.create_space(
        viewer=owner,
        slug="support",
        kind=Space.Kind.QUESTION,
        name={"ja": "サポート", "en": "Support"},
        description={"ja": "Thunderbird の使い方の質問と回答です。", "en": "Questions about using Thunderbird."},
        icon="circle-question-mark",
        audience_id=PUBLIC,
        now=now,
    )
    discussions.archive_space(viewer=owner, space=Space.objects.get(slug="general"), now=now)
    _keep_sign_ins(REAL, [_sign_in(keeper, "owner", now=now)])


def _sign_in(member: Member, role: str, *, now: datetime) -> dict[str, str]:
    """Give somebody a password of this installation's own."""
    password = f"{secrets.token_urlsafe(9)}-{secrets.token_urlsafe(3)}"
    members.set_password(member=member, password=password, now=now)
    return {"role": role, "handle": member.handle, "email": member.email, "password": password}


def _now_and_then(say: Say) -> Say:
    """Return `say` for lines that come thick and fast."""
    last = time.monotonic()

    def say_some(line: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            say(line)

    return say_some


def _community(slug: str) -> Community:
    """Return the community, entered into the directory when it is missing."""
    try:
        return directory().get(slug)
    except UnknownCommunity:
        return directory().add(slug=slug, hosts=[f"{slug}.localhost"])


def _sign_ins_file(slug: str) -> Path:
    return directory().home / f"demo-sign-ins-{slug}.json"


def _keep_sign_ins(slug: str, rows: list[dict[str, str]]) -> None:
    with open(
        _sign_ins_file(slug), "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)
    ) as out:
        json.dump(rows, out, indent=1)
