"""What the community manager changes about the community as a whole. Policy here, rows in `core.community` and `core.files`."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kizuna.base import registry
from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.community.queries import setting
from kizuna.core.community.settings import SettingKey
from kizuna.core.files import actions as files
from kizuna.core.members import signin
from kizuna.core.members.policies import can_manage, can_own, require
from kizuna.core.members.viewer import PUBLIC, Viewer

NOT_YOURS = _("Only administrators may change this.")
BRAND_TARGET = "brand"


@transaction.atomic
def change_settings(*, viewer: Viewer, values: dict[SettingKey, Any], now: datetime) -> None:
    """Store the settings that differ from what they are."""
    require(can_manage(viewer), NOT_YOURS)
    for key, value in values.items():
        community.change_setting(key, value=value, member_id=viewer.member_id, now=now)


@transaction.atomic
def change_time_zone(*, viewer: Viewer, name: str, now: datetime) -> None:
    """Let days begin at midnight of another place, and have what is counted by days counted again by the worker."""
    require(can_manage(viewer), NOT_YOURS)
    if name == setting(keys.TIME_ZONE):
        return
    community.change_setting(keys.TIME_ZONE, value=name, member_id=viewer.member_id, now=now)
    signin.forget_all()  # what is known of those signed in holds their clock
    for count in registry.of(registry.CountByDay):
        count.begin()


def change_logo(*, viewer: Viewer, name: str, raw: bytes, now: datetime) -> None:
    """Screen and keep a logo; everybody may see it, visitors of a closed community too."""
    require(can_manage(viewer), NOT_YOURS)
    file = files.store(viewer=viewer, name=name, raw=raw, now=now, images_only=True)
    with transaction.atomic():
        files.attach(
            keys=[file.key],
            uploader_id=viewer.member_id,
            target_type=BRAND_TARGET,
            target_id=file.pk,
            audience_id=PUBLIC,
            container_audience_id=PUBLIC,
        )
        url = f"/f/{file.key}/{file.name}"
        community.change_setting(keys.LOGO, value=url, member_id=viewer.member_id, now=now)


def remove_logo(*, viewer: Viewer, now: datetime) -> None:
    require(can_manage(viewer), NOT_YOURS)
    community.change_setting(keys.LOGO, value="", member_id=viewer.member_id, now=now)


def open_community(*, viewer: Viewer, now: datetime) -> None:
    """Give visitors the public audience. The owner's decision alone."""
    require(can_own(viewer), _("Only the owner may open or close the community."))
    community.change_setting(keys.IS_OPEN, value=True, member_id=viewer.member_id, now=now)


def close_community(*, viewer: Viewer, now: datetime) -> None:
    """Take every page away from visitors, at once."""
    require(can_own(viewer), _("Only the owner may open or close the community."))
    community.change_setting(keys.IS_OPEN, value=False, member_id=viewer.member_id, now=now)


def add_word(*, viewer: Viewer, word: str, effect: str, now: datetime) -> None:
    """Add a word rule; the same word in another disguise replaces the old rule."""
    require(can_manage(viewer), NOT_YOURS)
    community.save_word_rule(word=word, effect=effect, member_id=viewer.member_id, now=now)


def remove_word(*, viewer: Viewer, rule_id: int, now: datetime) -> None:
    require(can_manage(viewer), NOT_YOURS)
    community.delete_word_rule(rule_id=rule_id, member_id=viewer.member_id, now=now)


def save_links(*, viewer: Viewer, links: list[dict[str, Any]], now: datetime) -> None:
    """Replace the links of the side navigation, in this order."""
    require(can_manage(viewer), NOT_YOURS)
    community.replace_links(links=links, member_id=viewer.member_id, now=now)
