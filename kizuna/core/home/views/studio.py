"""Studio: the community as a whole. Its name and looks, who joins, what visitors see, words and links."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuna.base.components.visitors import HEADER
from kizuna.base.registry import CountByDay, NavigationGroup, WaitingWork, of
from kizuna.core.community import queries as community
from kizuna.core.community import settings as keys
from kizuna.core.community.models import ManagerAction, NavigationLink, WordRule
from kizuna.core.files.storage import StorageFull
from kizuna.core.home import actions
from kizuna.core.home.changes import in_words
from kizuna.core.home.chrome import frame_for
from kizuna.core.home.forms import BrandForm, JoiningForm, LinkFormSet, SynonymsForm, TimeForm, WordForm
from kizuna.core.home.views.gates import for_managers, for_staff
from kizuna.core.home.views.square import home
from kizuna.core.members.models import Audience
from kizuna.core.members.policies import Refused, can_own
from kizuna.core.members.requests import Request
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF, Viewer

View = Callable[..., HttpResponse]


@for_staff
@require_safe
def studio_home(request: Request) -> HttpResponse:
    """Show what waits for this person, the pages of Studio they may use, and what was changed last."""
    viewer = request.viewer
    waiting = [(work, work.count(viewer=viewer)) for work in of(WaitingWork) if work.is_shown(viewer=viewer)]
    groups = [group for group in frame_for(viewer, area="studio").navigation if group.heading]
    changes = ManagerAction.objects.select_related("member").order_by("-at", "-id")[:10]
    context = {"waiting": waiting, "groups": groups, "changes": in_words(changes)}
    return render(request, "home/studio_home.html", context | {"is_open": community.setting(keys.IS_OPEN)})


@for_managers
@require_http_methods(["GET", "POST"])
def brand(request: Request) -> HttpResponse:
    form = BrandForm(request.POST or None, request.FILES or None, initial=BrandForm.initial_from(community.setting))
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        return redirect("home:studio-brand")
    context = {"form": form, "logo_url": community.setting(keys.LOGO)}
    return render(request, "home/studio_brand.html", context, status=422 if form.errors else 200)


def _saved(request: Request, form: BrandForm) -> bool:
    now = timezone.now()
    try:
        if sent := form.cleaned_data["logo"]:
            actions.change_logo(viewer=request.viewer, name=sent.name, raw=sent.read(), now=now)
        elif form.cleaned_data["remove_logo"]:
            actions.remove_logo(viewer=request.viewer, now=now)
    except Refused as refused:
        form.add_error("logo", str(refused.reason))
        return False
    except StorageFull:
        form.add_error("logo", _("There is no room for the file at the moment. Please try again later."))
        return False
    actions.change_settings(viewer=request.viewer, values=form.changed_settings(), now=now)
    messages.success(request, _("Saved."))
    return True


def _settings_page(form_class: Any, template: str, url_name: str) -> View:
    @for_managers
    @require_http_methods(["GET", "POST"])
    @wraps(form_class)
    def view(request: Request) -> HttpResponse:
        form = form_class(request.POST or None, initial=form_class.initial_from(community.setting))
        if request.method == "POST" and form.is_valid():
            actions.change_settings(viewer=request.viewer, values=form.changed_settings(), now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect(url_name)
        return render(request, template, {"form": form}, status=422 if form.errors else 200)

    return view


joining = _settings_page(JoiningForm, "home/studio_joining.html", "home:studio-joining")
synonyms = _settings_page(SynonymsForm, "home/studio_synonyms.html", "home:studio-synonyms")


@for_managers
@require_http_methods(["GET", "POST"])
def time_zone(request: Request) -> HttpResponse:
    """Choose whose days and clock hold, and show how far counting again has come."""
    form = TimeForm(request.POST or None, initial=TimeForm.initial_from(community.setting))
    if request.method == "POST" and form.is_valid():
        actions.change_time_zone(viewer=request.viewer, name=form.cleaned_data["time_zone"], now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("home:studio-time")
    counted = [(count.label, 100 * far[0] // far[1]) for count in of(CountByDay) if (far := count.progress())]
    context = {"form": form, "now": timezone.now(), "counted": counted, "zone": community.setting(keys.TIME_ZONE)}
    return render(request, "home/studio_time.html", context, status=422 if form.errors else 200)


@for_managers
@require_http_methods(["GET", "POST"])
def opening(request: Request) -> HttpResponse:
    """Show what visitors would see, then open or close."""
    if request.method == "POST":
        change = actions.open_community if request.POST.get("open") == "1" else actions.close_community
        try:
            change(viewer=request.viewer, now=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused.reason))
        return redirect("home:studio-opening")
    context = {
        "is_open": community.setting(keys.IS_OPEN),
        "can_own": can_own(request.viewer),
        **_spaces(request.viewer.language),
    }
    return render(request, "home/studio_opening.html", context)


def _spaces(language: str) -> dict[str, list]:
    """Return the names that visitors see, and those hidden from them with whom they are for."""
    everybody = tuple(Audience.objects.values_list("pk", flat=True))
    public, members, team = (_lines(language, ids) for ids in ((PUBLIC,), (PUBLIC, MEMBERS), (PUBLIC, MEMBERS, STAFF)))
    hidden = []
    for url, name in _lines(language, everybody).items():
        if url in public:
            continue
        rest = _("for the team only") if url in team else _("for its own audience only")
        hidden.append({"name": name, "whom": _("for members only") if url in members else rest})
    return {"shown": list(public.values()), "hidden": hidden}


def _lines(language: str, audience_ids: tuple[int, ...]) -> dict[str, str]:
    """Return address and name of what somebody with these audiences finds in the navigation."""
    viewer = Viewer(audience_ids=audience_ids, language=language)
    lines = (group.lines(viewer=viewer, language=language) for group in of(NavigationGroup))
    return {line.url: line.label for group in lines for line in group}


@for_managers
@require_safe
def opening_preview(request: Request) -> HttpResponse:
    """Show the home page as a visitor of the opened community would see it. Read-only, nothing is marked."""
    request.viewer = Viewer(audience_ids=(PUBLIC,), language=request.viewer.language, is_view_as=True)
    response = home(request)
    del response.headers[HEADER]  # made for a visitor's eyes, but for this manager alone
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"  # the page before shows it in a frame
    return response


@for_managers
@require_http_methods(["GET", "POST"])
def words(request: Request) -> HttpResponse:
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_word(viewer=request.viewer, now=timezone.now(), **form.cleaned_data)
        except ValueError:
            form.add_error("word", _("Please enter a word with at least one letter."))
        else:
            return redirect("home:studio-words")
    rules = WordRule.objects.order_by("skeleton")
    return render(request, "home/studio_words.html", {"form": form, "rules": rules}, status=422 if form.errors else 200)


@for_managers
@require_POST
def remove_word(request: Request, rule_id: int) -> HttpResponseRedirect:
    actions.remove_word(viewer=request.viewer, rule_id=rule_id, now=timezone.now())
    messages.success(request, _("The word was removed."))
    return redirect("home:studio-words")


@for_managers
@require_http_methods(["GET", "POST"])
def links(request: Request) -> HttpResponse:
    """Edit the links of the side navigation; the number says the place."""
    rows = [
        {"label_ja": link.label.get("ja", ""), "label_en": link.label.get("en", ""), "url": link.url, "place": place}
        for place, link in enumerate(NavigationLink.objects.all(), start=1)
    ]
    forms = LinkFormSet(request.POST or None, initial=rows)
    if request.method == "POST" and forms.is_valid():
        kept = [form.cleaned_data for form in forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        kept.sort(key=lambda link: link["place"] or 99)
        wanted = [{"label": {"ja": link["label_ja"], "en": link["label_en"]}, "url": link["url"]} for link in kept]
        actions.save_links(viewer=request.viewer, links=wanted, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("home:studio-links")
    failed = request.method == "POST"
    return render(request, "home/studio_links.html", {"forms": forms}, status=422 if failed else 200)
