"""Where allauth's flows meet ours: how a sign-in is finished, limited, worded and told by mail."""

from io import BytesIO
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import clear_authentication_records, get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from kizuna.base.hosting import links
from kizuna.base.hosting.sealing import seal, unseal
from kizuna.core.community import queries as community
from kizuna.core.members import actions, flow, mails, wording
from kizuna.core.members.actions.limits import TooManyAttempts
from kizuna.core.members.clients import address_of
from kizuna.core.members.limits import PASSWORD_BY_LOGIN, require_password_attempt
from kizuna.core.members.models import Member
from kizuna.core.members.models.member import normalised_email
from kizuna.core.members.requests import Request

WRONG_CODE = _("This code is not right. Please compare it once more.")


class AccountAdapter(DefaultAccountAdapter):
    """Signing in, passwords and notices."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not right."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The current password is not right."),
        "incorrect_code": WRONG_CODE,
        "invalid_password_reset": _("This link has been used or has expired."),
        "too_many_login_attempts": _("Too many attempts. Please wait a while and try again."),
    }

    def is_safe_url(self, url: str | None) -> bool:
        return flow.is_safe(context.request, url or "")

    def get_client_ip(self, request: Request) -> str:
        return address_of(request)

    def get_login_stages(self) -> list[str]:
        return ["kizuna.core.members.stages.SecondStep"]

    def pre_authenticate(self, request: Request, **credentials: Any) -> None:
        try:
            require_password_attempt(request, login=credentials.get("email", ""), now=timezone.now())
        except TooManyAttempts as refused:
            raise ValidationError(refused.reason, code="too_many_login_attempts") from None

    def authenticate(self, request: Request, **credentials: Any) -> Any:
        member = super().authenticate(request, **credentials)
        if member is not None:
            actions.forgive(PASSWORD_BY_LOGIN, key=normalised_email(credentials.get("email", "")))
        return member

    def login(self, request: Request, user: Any) -> None:
        flow.finish(request, member=user, method=_method(request, user), now=timezone.now())

    def pre_login(self, request: Request, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Refuse a way that is closed, after it was proven who asks: before, no answer tells who is a member."""
        if user.is_active and (reason := flow.refusal_to_enter(request, member=user)):
            clear_login(request)
            clear_authentication_records(request)
            messages.warning(request, reason)
            return HttpResponseRedirect(reverse("account_login"))
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: Request, user: Any, **kwargs: Any) -> HttpResponse:
        if flow.has_pending(request):
            return HttpResponseRedirect(reverse("members:resume"))
        target = kwargs.get("redirect_url") or ""
        if kwargs.get("signup"):
            return HttpResponseRedirect(flow.with_next(reverse("members:joined"), target))
        return HttpResponseRedirect(target if flow.is_safe(request, target) else settings.LOGIN_REDIRECT_URL)

    def respond_user_inactive(self, request: Request, user: Any) -> HttpResponse:
        page = "members:waiting" if user.state == Member.State.WAITING else "members:suspended"
        return HttpResponseRedirect(reverse(page))

    def set_password(self, user: Any, password: str) -> None:
        actions.set_password(member=user, password=password, now=timezone.now())

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        known = context.request.known
        return known is None or not known.is_confirmed(now=timezone.now())

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return links.absolute_url(reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token}))

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        mails.send("reset", to=user.email, language=user.language, button_url=context["password_reset_url"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if template_prefix != "account/email/unknown_account":
            raise LookupError(f"There is no mail for {template_prefix!r}.")
        language = self.request.viewer.language
        mails.send("unknown", to=email, language=language, button_url=links.absolute_url(reverse("account_signup")))

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        request = self.request
        wording.tell_by_mail(
            template_prefix.rpartition("/")[2],
            member=user,
            address=address_of(request),
            user_agent=self.get_http_user_agent(request)[:200],
        )

    def add_message(
        self,
        request: Request,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or wording.MESSAGES.get((message_template or "").rpartition("/")[2].removesuffix(".txt"))
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)


class MFAAdapter(DefaultMFAAdapter):
    """Second proofs: their secrets are stored encrypted, and they are named after the community."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def _get_site_name(self) -> str:
        return community.name(context.request.viewer.language)

    def build_totp_svg(self, url: str) -> str:
        """Return the picture with its own white ground: in the dark theme a camera would not read it."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return seal(text, purpose="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, purpose="mfa")

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


def _method(request: Request, member: Member) -> str:
    """Return in a word how the member proved who they are, for the list of sign-ins."""
    proofs = []
    for entry in get_authentication_records(request, member):
        if entry.get("passwordless"):
            return "passkey"
        kind = entry.get("type") or entry["method"]
        proofs.append("recovery" if kind == Authenticator.Type.RECOVERY_CODES else kind)
    return "+".join(dict.fromkeys(proofs))[:20] or "code"
