"""The worker's doors to identities."""

from django.utils import timezone

from kizuna.base import outbound
from kizuna.base.jobs import job
from kizuna.core.identities import actions, queries
from kizuna.core.identities.actions.domains import PREFIX


@job("identities.forget")
def forget() -> None:
    """Remove what ran out."""
    actions.forget_old(now=timezone.now())


@job("identities.check_domains", effects="outside")
def check_domains() -> None:
    """Look again whether DNS still says what it said. When it does not answer, nothing changes."""
    for row in queries.domains_to_check():
        try:
            found = outbound.txt_records(f"{PREFIX}{row.domain}")
        except outbound.Unreachable:
            continue
        actions.note_checked(row=row, found=found, now=timezone.now())
