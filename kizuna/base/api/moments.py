"""Moments in what programs send."""

from datetime import datetime
from typing import Annotated

from django.utils import timezone
from pydantic import AfterValidator


def _with_zone(value: datetime) -> datetime:
    return timezone.make_aware(value) if timezone.is_naive(value) else value


# A moment without a time zone is one of the community's own.
Moment = Annotated[datetime, AfterValidator(_with_zone)]
