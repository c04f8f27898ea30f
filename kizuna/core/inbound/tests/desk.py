"""A route for these tests: whoever writes to desk@sakura.test is written down."""

from kizuna.base.registry import MailRoute
from kizuna.core.inbound.arrivals import Arrived, Taken
from kizuna.core.members.actions import system_viewer

TAKEN: list[Arrived] = []


def wants(*, address: str) -> bool:
    return address in {"desk@sakura.test", "desk@elsewhere.example"}


def take(*, arrived: Arrived, now) -> Taken:
    TAKEN.append(arrived)
    return Taken(target_type="desk", target_id=len(TAKEN))


def uploader(*, arrived: Arrived):
    return system_viewer()


def hosts():
    return ["elsewhere.example"]


ROUTE = MailRoute("desk", "Desk", wants, take, uploader, hosts)
NAMES = [f"{__name__}.ROUTE"]
