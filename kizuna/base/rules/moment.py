"""The day on which a rule is asked, in the community's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """`now` and the zone whose days count."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def first_day(self, days: int) -> date:
        """Return the first of the last `days` days, today being the last of them."""
        return self.today - timedelta(days=days - 1)

    def midnight(self, day: date) -> datetime:
        """Return the moment at which a day begins."""
        return datetime.combine(day, time.min, tzinfo=self.zone)
