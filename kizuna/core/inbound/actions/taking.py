"""Take a kept mail to whoever wants its address. What it becomes and the note of it are one transaction."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kizuna.base import hosting
from kizuna.base.hosting import links
from kizuna.base.jobs import running
from kizuna.base.registry import MailRoute, of
from kizuna.core.audit import actions as audit
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.files import actions as files
from kizuna.core.inbound import parsing, storage
from kizuna.core.inbound.actions.reporting import note_report
from kizuna.core.inbound.arrivals import Arrived, Taken
from kizuna.core.inbound.models import InboundMail
from kizuna.core.inbound.proof import Proven, prove
from kizuna.core.inbound.queries import is_report_address
from kizuna.core.inbound.scanning import infected
from kizuna.core.inbound.settings import RECEIVER
from kizuna.core.members.policies import Refused, require_manager
from kizuna.core.members.viewer import Viewer

State = InboundMail.State
UNREADABLE = Taken(State.UNREADABLE, "unreadable")
LOST = Taken(State.UNREADABLE, "bytes_lost")


def take(*, mail_id: int, now: datetime) -> None:
    """Do what a waiting mail asks for. Everything outside the database is asked before the transaction."""
    mail = InboundMail.objects.filter(pk=mail_id, state=State.WAITING).first()
    if mail is None:
        return
    try:
        raw = storage.read(mail.raw_key)
        parsed = parsing.parse(raw, envelope_from=mail.envelope_from, own_mark=own_mark())
    except FileNotFoundError:
        _end(mail, LOST, now=now)
        return
    except parsing.Unreadable:
        _end(mail, UNREADABLE, now=now)
        return
    proof = prove(raw, from_address=parsed.from_address, receiver=community.setting(RECEIVER))
    _deliver(mail, parsed, proof, now=now, is_by_hand=False)


def take_by_hand(*, viewer: Viewer, mail: InboundMail, now: datetime) -> InboundMail:
    """Take a mail that was set aside after all, as its route would take a person's. Raises Refused."""
    require_manager(viewer)
    if mail.state not in {State.ASIDE, State.NOBODY} or not mail.raw_key:
        raise Refused(_("This mail cannot be taken any more."))
    try:
        raw = storage.read(mail.raw_key)
        parsed = parsing.parse(raw, envelope_from=mail.envelope_from, own_mark=own_mark())
    except (FileNotFoundError, parsing.Unreadable):
        raise Refused(_("This mail cannot be read any more.")) from None
    proof = prove(raw, from_address=parsed.from_address, receiver=community.setting(RECEIVER))
    _deliver(mail, replace(parsed, automatic=""), proof, now=now, is_by_hand=True)
    audit.note("inbound_mail.taken", actor_id=viewer.member_id, subject=("inbound_mail", mail.pk), now=now)
    return InboundMail.objects.get(pk=mail.pk)


def own_mark() -> str:
    """Return what stands in the header of everything this community sends."""
    return f"{hosting.current().slug}@{links.mail_host()}"


def route_of(address: str) -> MailRoute | None:
    """Return who wants mail to this address."""
    return next((route for route in of(MailRoute) if route.wants(address=address)), None)


def _deliver(mail: InboundMail, parsed: parsing.Parsed, proof: Proven, *, now: datetime, is_by_hand: bool) -> None:
    with translation.override(community.setting(keys.DEFAULT_LANGUAGE)):
        route = route_of(mail.recipient)
        arrived = Arrived(
            mail.pk, mail.recipient, mail.message_id, parsed, proof, mail.received_at, is_by_hand=is_by_hand
        )
        if route is not None and parsed.report is None and not parsed.automatic:
            arrived = _with_files(route, arrived, now=now)
        with transaction.atomic():
            locked = InboundMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
            if locked.state != mail.state:  # another worker was faster
                return
            taken = _taken(route, arrived, now=now)
            _note(locked, arrived, taken, route=route, now=now)
            if not is_by_hand:
                running.checkpoint({})  # gives up when another worker has the job by now


def _taken(route: MailRoute | None, arrived: Arrived, *, now: datetime) -> Taken:
    parsed = arrived.parsed
    if parsed.report is not None and not arrived.is_by_hand:
        return note_report(parsed.report, now=now)
    if parsed.automatic:
        return Taken(State.ASIDE, parsed.automatic)
    if route is None:
        return Taken(State.NOBODY, "report_address" if is_report_address(arrived.recipient) else "no_route")
    return route.take(arrived=arrived, now=now)


def _with_files(route: MailRoute, arrived: Arrived, *, now: datetime) -> Arrived:
    """Screen and keep what is enclosed; a file that cannot be kept is named with the reason."""
    viewer = route.uploader(arrived=arrived)
    if viewer is None or not arrived.parsed.files:
        return arrived
    kept, refused = [], []
    for enclosed in arrived.parsed.files:
        try:
            if found := infected(enclosed.content):
                refused.append((enclosed.name, _("A virus was found: %(name)s") % {"name": found}))
                continue
            kept.append(files.store(viewer=viewer, name=enclosed.name, raw=enclosed.content, now=now).key)
        except Refused as why:
            refused.append((enclosed.name, str(why.reason)))
    if arrived.parsed.files_left_out:
        number = str(arrived.parsed.files_left_out)
        refused.append((number, _("More files than one mail may bring.")))
    return replace(arrived, file_keys=tuple(kept), files_refused=tuple(refused))


def _end(mail: InboundMail, taken: Taken, *, now: datetime) -> None:
    InboundMail.objects.filter(pk=mail.pk, state=State.WAITING).update(state=taken.state, why=taken.why, handled_at=now)


def _note(mail: InboundMail, arrived: Arrived, taken: Taken, *, route: MailRoute | None, now: datetime) -> None:
    parsed, proof = arrived.parsed, arrived.proof
    mail.state, mail.why, mail.route = taken.state, taken.why[:400], route.name if route else ""
    mail.target_type, mail.target_id = taken.target_type, taken.target_id
    mail.from_name, mail.from_address = parsed.from_name[:200], parsed.from_address.lower()[:254]
    mail.subject, mail.text = parsed.subject[:300], parsed.text
    mail.dkim, mail.spf, mail.is_proven, mail.proof_detail = proof.dkim, proof.spf, proof.is_own, proof.detail
    mail.files_refused = [list(pair) for pair in arrived.files_refused]
    mail.sent_at, mail.handled_at = parsed.sent_at, now
    mail.save()
