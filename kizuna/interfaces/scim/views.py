"""The endpoints of the directory: users, groups, and what the service says of itself."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from scim2_models import Context, ListResponse, PatchOp, Resource, SearchRequest

from kizuna.core.identities import actions, queries
from kizuna.interfaces.scim import resources
from kizuna.interfaces.scim.answering import NoWay, answer, said, scim
from kizuna.interfaces.scim.filtering import narrowed
from kizuna.interfaces.scim.resources import MOST, POLICY, Group, User, shown_group, shown_user

LONGEST_SEARCH = 20_000  # rows that a filter no index knows is asked of


@scim("GET")
def service_provider_config(request: HttpRequest) -> HttpResponse:
    """Say what the service can do."""
    return answer(resources.config(), ctx=Context.RESOURCE_QUERY_RESPONSE)


@scim("GET")
def described(request: HttpRequest, kind: str, name: str = "") -> HttpResponse:
    """Show the schemas or the kinds of resources, or one of them."""
    found = {"Schemas": resources.schemas, "ResourceTypes": resources.resource_types}[kind]()
    if request.GET.get("filter"):
        raise NoWay(403, "These are not filtered.")
    if not name:
        items = list(found.values())
        listed = ListResponse[type(items[0])](  # type: ignore[misc, operator]
            total_results=len(items), items_per_page=len(items), start_index=1, resources=items
        )
        return answer(listed, ctx=Context.RESOURCE_QUERY_RESPONSE)
    if name not in found:
        raise Http404
    return answer(found[name], ctx=Context.RESOURCE_QUERY_RESPONSE)


@scim("GET", "POST")
def users(request: HttpRequest) -> HttpResponse:
    """List people, or take a new one."""
    if request.method == "GET":
        rows = queries.directory_users().prefetch_related("memberships__group")
        return _listed(request, User, rows, shown_user)
    asked = _parameters(request, User)
    new = User.model_validate(said(request), scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY)
    row = actions.provision_user(entry=resources.entry_of(new), actor_id=_actor(request), now=timezone.now())
    return answer(shown_user(row), ctx=Context.RESOURCE_CREATION_RESPONSE, status=201, asked=asked)


@scim("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, user_id: str) -> HttpResponse:
    """Show, replace, change or let go one person."""
    row = _row(queries.directory_users(), user_id)
    now, asked = timezone.now(), _parameters(request, User)
    if request.method == "DELETE":
        actions.remove_user(row=row, actor_id=_actor(request), now=now)
        return HttpResponse(status=204)
    if request.method == "GET":
        return answer(shown_user(row), ctx=Context.RESOURCE_QUERY_RESPONSE, asked=asked)
    wanted, ctx = _wanted(request, shown_user(row), User)
    row = actions.change_user(row=row, entry=resources.entry_of(wanted), actor_id=_actor(request), now=now)
    return answer(shown_user(row), ctx=ctx, asked=asked)


@scim("GET", "POST")
def groups(request: HttpRequest) -> HttpResponse:
    """List groups, or take a new one."""
    asked = _parameters(request, Group)
    if request.method == "GET":
        # Entra asks for lists without members, of which there may be very many.
        left_out = request.GET.get("excludedAttributes", "").split(",")
        return _listed(
            request,
            Group,
            queries.directory_groups(),
            lambda row: shown_group(row, with_members="members" not in left_out),
        )
    new = Group.model_validate(said(request), scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY)
    row = actions.make_group(
        display_name=new.display_name or "", external_id=new.external_id or "", user_ids=_user_ids(new),
        actor_id=_actor(request), now=timezone.now(),
    )  # fmt: skip
    return answer(shown_group(row), ctx=Context.RESOURCE_CREATION_RESPONSE, status=201, asked=asked)


@scim("GET", "PUT", "PATCH", "DELETE")
def group(request: HttpRequest, group_id: str) -> HttpResponse:
    """Show, replace, change or remove one group."""
    row = _row(queries.directory_groups(), group_id)
    now, asked = timezone.now(), _parameters(request, Group)
    if request.method == "DELETE":
        actions.remove_group(group=row, actor_id=_actor(request), now=now)
        return HttpResponse(status=204)
    if request.method == "GET":
        return answer(shown_group(row), ctx=Context.RESOURCE_QUERY_RESPONSE, asked=asked)
    wanted, ctx = _wanted(request, shown_group(row), Group)
    row = actions.change_group(
        group=row, display_name=wanted.display_name or "", external_id=wanted.external_id or "",
        user_ids=_user_ids(wanted), actor_id=_actor(request), now=now,
    )  # fmt: skip
    return answer(shown_group(row), ctx=ctx, asked=asked)


@scim("POST")
def search(request: HttpRequest, kind: str = "") -> HttpResponse:
    """Search by a body instead of an address (RFC 7644 §3.4.3): people, groups, or both."""
    body = said(request)
    model: Any = {"Users": User, "Groups": Group}.get(kind, User | Group)
    asked = SearchRequest[model].model_validate(body, scim_ctx=Context.SEARCH_REQUEST, scim_policy=POLICY)
    found: list[Any] = []
    if kind != "Groups":
        found += _matching(
            User, queries.directory_users().prefetch_related("memberships__group"), shown_user, asked.filter
        )
    if kind != "Users":
        found += _matching(Group, queries.directory_groups(), shown_group, asked.filter)
    return _page(model, found, asked, shown=lambda item: item)


@scim("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Answer for addresses that do not exist."""
    raise Http404


def _wanted(request: HttpRequest, held: Any, model: type[Any]) -> tuple[Any, Context]:
    """Return the resource as it is to be: replaced by PUT, changed by PATCH."""
    body = said(request)
    if request.method == "PUT":
        wanted = model.model_validate(body, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY)
        wanted.replace(held)
        return wanted, Context.RESOURCE_REPLACEMENT_RESPONSE
    patch = PatchOp[model].model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY)  # type: ignore[valid-type]
    patch.patch(held, scim_policy=POLICY)
    return held, Context.RESOURCE_PATCH_RESPONSE


def _listed(
    request: HttpRequest, model: type[Any], rows: QuerySet[Any], shown: Callable[[Any], Resource[Any]]
) -> HttpResponse:
    asked = _parameters(request, model)
    if not asked.filter:
        return _page(model, rows, asked, shown=shown)
    by_index = narrowed(rows, asked.filter)
    if by_index is not None:
        return _page(model, by_index, asked, shown=shown)
    return _page(model, _matching(model, rows, shown, asked.filter), asked, shown=lambda item: item)


def _matching(
    model: type[Any], rows: QuerySet[Any], shown: Callable[[Any], Resource[Any]], wanted: Any
) -> list[Resource[Any]]:
    """Return the resources for which a filter holds, read through one by one."""
    if rows.count() > LONGEST_SEARCH:
        raise NoWay(400, "There are too many for this filter.", "tooMany")
    found = [shown(row) for row in rows]
    return [item for item in found if wanted.match(item)] if wanted else found


def _page(model: Any, found: Any, asked: Any, *, shown: Callable[[Any], Any]) -> HttpResponse:
    start, count = max(asked.start_index or 1, 1), min(MOST if asked.count is None else max(asked.count, 0), MOST)
    total = len(found) if isinstance(found, list) else found.count()
    items = [shown(row) for row in found[start - 1 : start - 1 + count]] if count else []
    listed = ListResponse[model](total_results=total, items_per_page=len(items), start_index=start, resources=items)
    return answer(listed, ctx=Context.RESOURCE_QUERY_RESPONSE, asked=asked)


def _parameters(request: HttpRequest, model: type[Any]) -> Any:
    names = ("attributes", "excludedAttributes", "startIndex", "count", "filter")
    given = {name: request.GET[name] for name in names if request.GET.get(name)}
    return SearchRequest[model].model_validate(given, scim_policy=POLICY)  # type: ignore[valid-type]


def _row(rows: QuerySet[Any], number: str) -> Any:
    found = (
        rows.filter(pk=int(number)).first() if number.isascii() and number.isdecimal() and len(number) < 19 else None
    )
    if found is None:
        raise Http404
    return found


def _user_ids(said_group: Group) -> list[int]:
    values = [str(item.value or "") for item in said_group.members or []]
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]


def _actor(request: HttpRequest) -> int | None:
    return request.viewer.member_id  # type: ignore[attr-defined, no-any-return]
