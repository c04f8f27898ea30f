"""What a manager sets for all spaces: the words of reactions, and how long things wait."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.core.community import queries as community
from kizuna.core.community.actions import change_setting
from kizuna.core.community.settings import SettingKey
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.engagement.discussions import policies
from kizuna.engagement.discussions import settings as keys

# Numbers by the name of their field.
NUMBERS: dict[str, SettingKey] = {
    "members_first_hours": keys.MEMBERS_FIRST_HOURS,
    "solved_check_days": keys.SOLVED_CHECK_DAYS,
    "newcomer_hours": keys.NEWCOMER_HOURS,
}


@transaction.atomic
def set_rules(*, viewer: Viewer, reactions: Sequence[dict[str, str]], numbers: dict[str, int], now: datetime) -> None:
    """Keep the reactions in their order (a new one has no word yet, its labels are free) and the numbers by name.

    The reaction that counts as thanks stays, whatever it is called. A word that goes keeps its counts: they are shown
    again when it comes back. Raises Refused naming the field.
    """
    policies.require_spaces(viewer)
    words = [{**reaction, "word": reaction["word"] or f"w{token_hex(4)}"} for reaction in reactions]
    if keys.THANKS not in {reaction["word"] for reaction in words}:
        raise Refused(_("This reaction counts as thanks and needs a name."), field="reactions")
    _change(viewer, keys.REACTIONS, words, field="reactions", now=now)
    for name, number in numbers.items():
        _change(viewer, NUMBERS[name], number, field=name, now=now)


def _change(viewer: Viewer, key: SettingKey, value: object, *, field: str, now: datetime) -> None:
    if community.setting(key) == value:
        return
    try:
        change_setting(key, value=value, member_id=viewer.member_id, now=now)
    except ValueError:
        raise Refused(_("This does not fit. Please look at it once more."), field=field) from None
