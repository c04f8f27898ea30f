"""What an app above members adds to signing in: further ways, what is closed, and what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Way:
    """A button on the sign-in page."""

    label: str
    url: str


@dataclass(frozen=True)
class EntranceDoor:
    """Another way in. Each function is asked on the way and answers with nothing when it has nothing to say.

    `ways(language=, next=)` returns buttons; `leads(request=, email=, next=)` where somebody with that address signs in
    instead of here; `refusal(request=, member=, methods=)` why a member who proved who they are may not come in this way;
    `refusal_to_join(request=, email=)` why somebody new may not; `finished(request=, member=, sign_in_id=, before=, now=)`
    follows a sign-in (`before`: the one it takes the place of), in its transaction; `signed_out(sign_in_id=)` returns
    where a person goes who signed out; `keeps_two_step(member_id=)` why the authenticator app must stay.
    """

    name: str
    ways: Callable[..., list[Way]]
    leads: Callable[..., str]
    refusal: Callable[..., Any]
    refusal_to_join: Callable[..., Any]
    finished: Callable[..., None]
    signed_out: Callable[..., str]
    keeps_two_step: Callable[..., Any]
