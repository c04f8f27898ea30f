"""What allauth asks between the first proof and the sign-in."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login

from kizuna.core.members import queries
from kizuna.core.members.requests import Request


class SecondStep(AuthenticateStage):
    """Ask for a second proof where the member switched two-step sign-in on, or the community asks its staff for one.

    A passkey alone does not switch it on: it is a convenience of one device and must not lock the others out. Who signs
    in with a passkey has shown both the device and a finger, a face or a PIN, and is asked nothing more.
    """

    def _should_handle(self, request: Request) -> bool:
        member = self.login.user
        if member is None or did_use_passwordless_login(request, member):
            return False
        if any(proof.get("has_second_step") for proof in get_authentication_records(request, member)):
            return False  # whoever said who they are has asked for it
        if is_mfa_enabled(member, [Authenticator.Type.TOTP]):
            return True
        return queries.needs_second_proof(queries.viewer_of(member)) and queries.has_second_proof(member.pk)
