"""What allauth asks between the first proof and the sign-in."""

from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.http import HttpRequest


class SecondStep(AuthenticateStage):
    """Ask for a second proof where the member switched two-step sign-in on.

    A passkey alone does not switch it on: it is a convenience of one device and must not lock the others out. Who signs
    in with a passkey has shown both the device and a finger, a face or a PIN, and is asked nothing more.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        member = self.login.user
        if member is None or not is_mfa_enabled(member, [Authenticator.Type.TOTP]):
            return False
        return not did_use_passwordless_login(request, member)
