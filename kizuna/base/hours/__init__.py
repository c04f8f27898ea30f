"""Business hours: when there is somebody to answer, and how many minutes of that lie between two moments. Pure, without Django.

Words: period (from one time of the day to another), closing day, opening day, business minutes. Doors: everything here.
"""

from kizuna.base.hours.counting import add_minutes, is_open, minutes_between, next_opening
from kizuna.base.hours.week import DAYS, Day, Hours, Period, day_of, hours_of, stored

__all__ = [
    "DAYS",
    "Day",
    "Hours",
    "Period",
    "add_minutes",
    "day_of",
    "hours_of",
    "is_open",
    "minutes_between",
    "next_opening",
    "stored",
]
