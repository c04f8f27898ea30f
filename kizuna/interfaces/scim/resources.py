"""What the directory sees: users and groups with the few attributes that are kept, and what the service can do.

Attributes that nothing here needs are dropped, not stored: a telephone number that was never asked for is one less to lose.
"""

from typing import Annotated, Any

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    Email,
    ETag,
    Filter,
    GroupMembership,
    Meta,
    Mutability,
    Name,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from kizuna.base.hosting import links
from kizuna.core.identities.actions import Entry
from kizuna.core.identities.models import DirectoryGroup, DirectoryUser

ROOT = "/scim/v2"
MOST = 200
# As Entra writes: values in a remove, entries that a filter describes, attributes that nobody declared.
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


class User(Resource[Any]):
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    title: str | None = None
    preferred_language: str | None = None
    locale: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    groups: Annotated[list[GroupMembership] | None, Mutability.read_only] = None


class GroupMember(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    members: list[GroupMember] | None = None


# Set beside what is kept where a directory took "active" away instead of saying yes or no.
UNSAID = "kizuna-active-unsaid"
KEPT = ("name", "display_name", "title", "preferred_language", "locale", "emails")


def config() -> ServiceProviderConfig:
    """Return what this service can do."""
    return ServiceProviderConfig(
        documentation_uri=None,
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=False),
        authentication_schemes=[
            AuthenticationScheme(
                name="Bearer token",
                description="A token with the scope scim.",
                type=AuthenticationScheme.Type.oauthbearertoken,
                primary=True,
            )
        ],
        meta=Meta(resource_type="ServiceProviderConfig", location=location("ServiceProviderConfig")),
    )


def schemas() -> dict[str, Any]:
    """Return the schemas by their URN."""
    found = {}
    for model in (User, Group):
        schema = model.to_schema()
        schema.meta = Meta(resource_type="Schema", location=location("Schemas", str(model.__schema__)))
        found[str(model.__schema__)] = schema
    return found


def resource_types() -> dict[str, ResourceType]:
    """Return the kinds of resources by name."""
    found = {}
    for model in (User, Group):
        kind = ResourceType.from_resource(model)
        kind.meta = Meta(resource_type="ResourceType", location=location("ResourceTypes", model.__name__))
        found[model.__name__] = kind
    return found


def location(*parts: str) -> str:
    """Return the whole address of something of the directory."""
    return links.absolute_url("/".join((ROOT, *parts)))


def shown_user(row: DirectoryUser) -> User:
    """Return a person as the directory reads them."""
    groups = [
        GroupMembership(value=str(item.group_id), ref=None, display=item.group.display_name, type="direct")
        for item in row.memberships.all()
    ]
    said = User.model_validate(
        {"schemas": [str(User.__schema__)], "userName": row.user_name, **row.extra}, scim_policy=POLICY
    )
    said.id, said.external_id = str(row.pk), row.external_id or None
    said.active = None if row.extra.get(UNSAID) and row.is_active else row.is_active
    said.groups = groups or None
    said.meta = Meta(
        resource_type="User",
        created=row.created_at,
        last_modified=row.changed_at,
        location=location("Users", str(row.pk)),
    )
    return said


def shown_group(row: DirectoryGroup, *, with_members: bool = True) -> Group:
    """Return a group as the directory reads it."""
    inside = row.memberships.select_related("user").order_by("user_id") if with_members else ()
    members = [
        GroupMember(
            value=str(item.user_id),
            ref=Reference(location("Users", str(item.user_id))),
            type="User",
        )
        for item in inside
    ]
    return Group(
        id=str(row.pk),
        external_id=row.external_id or None,
        display_name=row.display_name,
        members=members or None,
        meta=Meta(
            resource_type="Group",
            created=row.created_at,
            last_modified=row.changed_at,
            location=location("Groups", str(row.pk)),
        ),
    )


def entry_of(said: User) -> Entry:
    """Return what a person's resource says, for the action."""
    kept = said.model_dump(include=set(KEPT))
    kept.pop("schemas", None)
    if said.active is None:
        kept[UNSAID] = True
    language = (said.preferred_language or said.locale or "").lower()
    return Entry(
        user_name=(said.user_name or "").strip()[:254],
        external_id=(said.external_id or "").strip()[:255],
        is_active=said.active is not False,
        email=_email_of(said),
        name=_name_of(said),
        language=next((code for code in ("ja", "en") if language.startswith(code)), ""),
        extra={name: value for name, value in kept.items() if value is not None},
    )


def _email_of(said: User) -> str:
    """Return the main address: the one marked, else that of work, else the first, else the user name where it is one."""
    entries = [item for item in said.emails or [] if item.value]
    marked = [item for item in entries if item.primary] or [item for item in entries if item.type == "work"] or entries
    name = (said.user_name or "").strip()
    return str(marked[0].value)[:254] if marked else name if "@" in name and len(name) <= 254 else ""


def _name_of(said: User) -> str:
    parts = said.name
    whole = parts and (parts.formatted or " ".join(filter(None, (parts.family_name, parts.given_name))))
    text = said.display_name or whole or ""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:80]


PROVIDER = ScimProvider([User, Group], policy=POLICY)
