"""What arrived by mail from a person, for copies and erasures."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kizuna.base.registry import Person, PersonalData, PersonalFile
from kizuna.core.inbound import storage
from kizuna.core.inbound.actions.forgetting import forget_person, mails_of


def arrived(*, person: Person) -> Iterator[Any]:
    """Yield the mails that came from the person's addresses, oldest first."""
    columns = ("received_at", "from_address", "recipient", "subject", "text", "state")
    yield from mails_of(person).order_by("id").values(*columns).iterator(chunk_size=500)


def originals(*, person: Person) -> Iterator[PersonalFile]:
    """Yield the mails themselves, while they are kept."""
    for mail in mails_of(person).exclude(raw_key="").order_by("id").iterator(chunk_size=500):
        path = storage.path_of(mail.raw_key)
        if path.exists():
            yield PersonalFile(name=f"mail-{mail.pk}.eml", path=path)


ARRIVED = PersonalData(
    "inbound.arrived", _("Mails that came in"), (), arrived, files=originals, erase=forget_person, is_outside=True
)
