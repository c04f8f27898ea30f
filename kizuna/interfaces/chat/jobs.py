"""Doors for the worker."""

from django.utils import timezone

from kizuna.base.jobs import job
from kizuna.interfaces.chat import actions, sending


@job("chat.take_line", effects="outside")
def take_line(*, channel: int) -> None:
    actions.take_waiting(channel_id=channel, now=timezone.now())


@job("chat.name_line_user", effects="outside")
def name_line_user(*, user: int) -> None:
    actions.name_user(user_id=user)


@job("chat.say_line", effects="outside")
def say_line(*, user: int, said: str, key: str) -> None:
    sending.say(user_id=user, said=said, key=key)


@job("chat.do_press", effects="outside")
def do_press(*, press: int) -> None:
    actions.do_press(press_id=press, now=timezone.now())


@job("chat.tidy", effects="outside")
def tidy() -> None:
    """Look at what was left, forget what is old."""
    now = timezone.now()
    actions.take_left(now=now)
    actions.forget_old(now=now)
    actions.forget_presses(now=now)
