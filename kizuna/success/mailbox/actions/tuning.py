"""Set up support addresses, signatures and templates."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from kizuna.core.community.actions import log_manager_action
from kizuna.core.inbound.parsing.headers import is_address
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import Viewer
from kizuna.success.mailbox import facts_in_words, policies
from kizuna.success.mailbox.models import ReplyTemplate, Signature, SupportAddress

LONGEST_TEMPLATE = 8_000
LONGEST_NAME = 80
LONGEST_ACKNOWLEDGEMENT = 4_000
TAKEN = _("There is one by this name already.")


@transaction.atomic
def save_address(
    *,
    viewer: Viewer,
    support: SupportAddress | None,
    address: str,
    name: str,
    category: str,
    has_tags: bool,
    is_active: bool,
    now: datetime,
    acknowledges: bool = False,
    acknowledgement: Mapping[str, str] | None = None,
) -> SupportAddress:
    """Add a support address or change one."""
    policies.require_manager(viewer)
    address, key = address.strip(), normalised_email(address)
    if not is_address(address) or "+" in address.partition("@")[0]:
        raise Refused(_("This is no address that mail can be received at."), field="address")
    if not name.strip():
        raise Refused(_("Please say whom customers see as the sender."), field="name")
    for field, text in (("name", name), ("category", category)):
        if len(text.strip()) > LONGEST_NAME:
            raise Refused(_("Please write no more than 80 letters."), field=field)
    words = {language: _received_words(language, text) for language, text in (acknowledgement or {}).items()}
    others = SupportAddress.objects.filter(address_key=key)
    if others.exclude(pk=support.pk if support else 0).exists():
        raise Refused(_("This address is there already."), field="address")
    row = support or SupportAddress(created_at=now, position=SupportAddress.objects.count())
    row.address, row.address_key, row.name, row.category = address, key, name.strip(), category.strip()
    row.acknowledges, row.acknowledgement = acknowledges, {name: text for name, text in words.items() if text}
    row.has_tags, row.is_active, row.changed_at, row.changed_by_id = has_tags, is_active, now, viewer.member_id
    row.save()
    log_manager_action(
        "support_address.saved", member_id=viewer.member_id, subject=f"support_address:{row.pk}", after=key, now=now
    )
    return row


def _received_words(language: str, text: str) -> str:
    """Return the words that say that an inquiry was received, as they are kept. Raises Refused for unknown facts."""
    text, field = text.replace("\r\n", "\n").strip(), f"acknowledgement_{language}"
    if len(text) > LONGEST_ACKNOWLEDGEMENT:
        raise Refused(_("Please write no more than 4,000 letters."), field=field)
    _require_facts(text, names=facts_in_words.RECEIVED_NAMES, field=field)
    return text


def _require_facts(text: str, *, names: Sequence[str], field: str) -> None:
    if unknown := facts_in_words.unknown_names(text, names=names):
        raise Refused(
            _("There is no fact called %(names)s.") % {"names": ", ".join(f"{{{{{one}}}}}" for one in unknown[:5])},
            field=field,
        )


@transaction.atomic
def save_signature(*, viewer: Viewer, text: str, now: datetime) -> None:
    """Keep what stands below the viewer's own answers; an empty one is taken away."""
    policies.require_worker(viewer)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        Signature.objects.filter(member_id=viewer.own_id).delete()
        return
    Signature.objects.update_or_create(member_id=viewer.own_id, defaults={"text": text[:1000], "changed_at": now})


@transaction.atomic
def save_template(
    *, viewer: Viewer, template: ReplyTemplate | None, name: str, body: str, now: datetime
) -> ReplyTemplate:
    """Add a template or change one. Raises Refused for places that name no fact."""
    policies.require_worker(viewer)
    body = body.replace("\r\n", "\n").strip()
    _require_facts(body, names=facts_in_words.NAMES, field="body")
    if not name.strip() or not body or len(body) > LONGEST_TEMPLATE:
        raise Refused(_("A template needs a name and a text of up to 8,000 letters."), field="body")
    row = template or ReplyTemplate()
    row.name, row.body, row.changed_at, row.changed_by_id = name.strip()[:80], body, now, viewer.member_id
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(TAKEN, field="name", code="taken") from None
    return row


@transaction.atomic
def archive_template(*, viewer: Viewer, template: ReplyTemplate, now: datetime) -> None:
    """Put a template away; answers that were written with it stay."""
    policies.require_worker(viewer)
    ReplyTemplate.objects.filter(pk=template.pk).update(
        is_archived=True, changed_at=now, changed_by_id=viewer.member_id
    )


def use_template(*, template: ReplyTemplate) -> None:
    """Count that a template was put into an answer."""
    ReplyTemplate.objects.filter(pk=template.pk).update(used_count=F("used_count") + 1)
