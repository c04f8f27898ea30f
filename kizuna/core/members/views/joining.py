"""Join: the invitation's door, the last step, and the first moment as a member."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kizuna.core.members import actions, entrance, flow, limits, policies, queries
from kizuna.core.members.actions import Person
from kizuna.core.members.forms.entrance import AboutForm
from kizuna.core.members.models import Invitation, Member
from kizuna.core.members.policies import Refused
from kizuna.core.members.requests import Request
from kizuna.core.members.views.entrance import JOINING, signed_in_by_code


@never_cache
@require_GET
def invitation(request: Request, token: str) -> HttpResponse:
    """Take an invitation's link. The secret leaves the address at once; opening the link uses nothing up."""
    now = timezone.now()
    limits.require_invitation_look(request, now=now)
    found = queries.invitation_by_token(token, now=now)
    if found is None or not policies.is_backed(found):
        return render(request, "members/invitation_void.html", status=410)
    if request.viewer.is_member:
        return render(request, "members/invitation_other.html", status=409)
    request.session[JOINING] = {"email": found.email, "next": "", "invitation": found.pk}
    return redirect("members:about")


@never_cache
@require_http_methods(["GET", "POST"])
def about(request: Request) -> HttpResponse:
    """Ask who joins and what they agree to: step 3 of 3."""
    joining = request.session.get(JOINING)
    if joining is None or request.viewer.is_member:
        return redirect("account_signup")
    now = timezone.now()
    known = queries.member_by_email(joining["email"])
    if not entrance.has_way_in(known, email=joining["email"], now=now) or (known and not known.is_imported):
        return render(request, "members/invitation_void.html", status=410)
    if reason := flow.refusal_to_join(request, email=joining["email"]):
        raise Refused(reason)
    form = _about_form(request, email=joining["email"], known=known)
    if request.method == "POST" and form.is_valid():
        try:
            return _joined(request, form, joining)
        except Refused as refused:
            form.refuse(refused)
    context = {"form": form, "email": joining["email"], "is_invited": "invitation" in joining}
    return render(request, "members/about.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def joined(request: Request) -> HttpResponse:
    """Welcome a new member and offer a passkey for next time."""
    policies.require_sign_in(request.viewer)
    return render(request, "members/joined.html", {"next": flow.safe_next(request) or "/"})


def _about_form(request: Request, *, email: str, known: Member | None) -> AboutForm:
    now = timezone.now()
    invited = actions.open_invitation_for(email=email, now=now)
    form = AboutForm(
        request.POST or None,
        initial=_initial(known, invited),
        documents=queries.documents_in_force(now=now),
        asks_message=known is None and invited is None and queries.joining_mode() == "approval",
    )
    asked = [item for item in queries.attributes() if item.edits == "member" and item.asked != "later"]
    form.ask(asked, language=request.viewer.language, answers={}, at_joining=True)
    return form


def _initial(known: Member | None, invited: Invitation | None) -> dict[str, str]:
    if known is not None:
        return {"name": known.name, "kana": known.kana, "company": known.company, "handle": known.handle}
    return {"name": invited.name} if invited else {}


def _joined(request: Request, form: AboutForm, joining: dict) -> HttpResponse:
    now = timezone.now()
    limits.require_join(request, now=now)
    said = form.cleaned_data
    member = actions.join(
        email=joining["email"],
        person=Person(
            name=said["name"],
            kana=said["kana"],
            company=said["company"],
            handle=said["handle"] or actions.free_handle(name=said["name"], kana=said["kana"]),
            language=request.viewer.language,
            message=said.get("message", ""),
            answers=form.answers(),
        ),
        documents=form.shown,
        purposes=form.purposes(),
        now=now,
        came_by=flow.came_by(request),
    )
    request.session.pop(JOINING)
    method = "invitation" if "invitation" in joining else "code"
    response = signed_in_by_code(request, member, next_url=joining["next"], method=method, signup=True)
    if flow.CAME_BY in request.COOKIES:
        response.delete_cookie(flow.CAME_BY, samesite="Lax")
    return response
