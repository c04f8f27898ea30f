"""What directories really send, and that nobody is lost, taken over or let in by it."""

import pytest
from django.utils import timezone

from kizuna.core.audit.models import AuditNote
from kizuna.core.identities import actions as identities
from kizuna.core.identities.models import DirectoryGroup, DirectoryUser, ProvenDomain, Provider
from kizuna.core.members import actions as members
from kizuna.core.members import queries
from kizuna.core.members.actions import make_token, system_viewer
from kizuna.core.members.models import AudienceMember, Member, RoleGrant
from tests.cast import make_member

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def person(who: str, **fields) -> dict:
    return {"schemas": [USER], "userName": f"{who}@corp.example", "displayName": who, "active": True, **fields}


def patch(*operations: dict) -> dict:
    return {"schemas": [PATCH], "Operations": list(operations)}


@pytest.fixture
def people(ask):
    """Return the ids of three people of the directory."""
    return [ask("POST", "/Users", person(name))[1]["id"] for name in ("sato", "suzuki", "tanaka")]


@pytest.fixture
def proven(db):
    now = timezone.now()
    provider = Provider.objects.create(slug="p", kind="oidc", created_at=now)
    ProvenDomain.objects.create(domain="example.com", provider=provider, token="t", created_at=now, verified_at=now)


def member_of(user_id: str) -> Member:
    return DirectoryUser.objects.get(pk=user_id).member


def test_a_new_person_is_a_member_without_a_role_and_is_found_by_name(ask):
    status, body = ask(
        "POST", "/Users", person("sato", name={"familyName": "佐藤", "givenName": "花"}, externalId="E1")
    )
    assert status == 201
    member = member_of(body["id"])
    assert (member.email, member.name, member.state) == ("sato@corp.example", "sato", "active")
    assert not member.role_grants.exists()
    for text in (
        'userName eq "SATO@corp.example"',
        'externalId eq "E1"',
        'emails[type eq "work"] or userName sw "sato"',
    ):
        assert ask("GET", f"/Users?filter={text}")[1]["totalResults"] == 1
    assert ask("GET", '/Users?filter=userName eq "nobody"')[1]["totalResults"] == 0


ENDINGS = {
    "Entra": patch({"op": "Replace", "path": "active", "value": "False"}),
    "Okta": patch({"op": "replace", "value": {"active": False}}),
    "plain": patch({"op": "replace", "path": "active", "value": False}),
}


@pytest.mark.parametrize("sender", ENDINGS)
def test_deactivation_ends_every_sign_in_and_token_at_once(ask, people, client_of, sender):
    member = member_of(people[0])
    client = client_of(member)
    secret = make_token(viewer=system_viewer(), member=member, now=timezone.now())[1]
    assert client.get("/account/").status_code == 200
    assert ask("PATCH", f"/Users/{people[0]}", ENDINGS[sender])[1]["active"] is False
    assert client.get("/account/").status_code == 302
    from kizuna.core.members.tokens import viewer_from_token

    assert viewer_from_token(secret) is None
    assert ask("PATCH", f"/Users/{people[0]}", patch({"op": "add", "path": "active", "value": True}))[0] == 200
    member.refresh_from_db()
    assert member.state == "active"
    assert client.get("/account/").status_code == 302
    assert AuditNote.objects.filter(action="directory.ended").exists()


def test_put_without_active_and_delete(ask, people, client_of):
    status, _body = ask("PUT", f"/Users/{people[0]}", person("sato", active=False))
    assert (status, member_of(people[0]).state) == (200, "suspended")
    member = member_of(people[1])
    assert ask("DELETE", f"/Users/{people[1]}")[0] == 204
    assert ask("GET", f"/Users/{people[1]}")[0] == 404
    member.refresh_from_db()
    assert member.state == "suspended"


def test_who_was_suspended_by_a_person_is_not_let_in_again(ask, people, aoi):
    member = member_of(people[0])
    viewer = queries.viewer_of(aoi)
    members.suspend_member(viewer=viewer, member_id=member.pk, reason="x", now=timezone.now())
    for value in (False, True):
        ask("PATCH", f"/Users/{people[0]}", patch({"op": "replace", "path": "active", "value": value}))
    member.refresh_from_db()
    assert member.state == "suspended"


def test_entra_changes_by_filtered_paths_and_unknown_attributes(ask, people):
    changes = patch(
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "new@corp.example"},
        {"op": "Replace", "path": "displayName", "value": "佐藤 花"},
        {"op": "Add", "path": 'addresses[type eq "work"].country', "value": "JP"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "x"},
        {"op": "Add", "path": "nickName", "value": "h"},
    )
    status, body = ask("PATCH", f"/Users/{people[0]}", changes)
    assert status == 200, body
    member = member_of(people[0])
    assert (member.email, member.name) == ("new@corp.example", "佐藤 花")
    assert "JP" not in str(DirectoryUser.objects.get(pk=people[0]).extra)


# ── groups


@pytest.fixture
def team(ask, people):
    return ask(
        "POST", "/Groups", {"schemas": [GROUP], "displayName": "Sales", "members": [{"value": i} for i in people]}
    )[1]


def inside(group: dict) -> set[str]:
    return {str(pk) for pk in DirectoryGroup.objects.get(pk=group["id"]).memberships.values_list("user_id", flat=True)}


def test_a_group_is_an_audience(ask, people, team):
    audience = DirectoryGroup.objects.get().audience
    listed = set(AudienceMember.objects.filter(audience=audience).values_list("member_id", flat=True))
    assert listed == {member_of(user_id).pk for user_id in people}
    assert audience.label["ja"] == "Sales"


@pytest.mark.parametrize(
    "operation",
    [
        lambda one: {"op": "Remove", "path": "members", "value": [{"value": one}]},
        lambda one: {"op": "remove", "path": f'members[value eq "{one}"]'},
        lambda one: {"op": "Remove", "path": "members", "value": [{"value": one, "$ref": None}]},
    ],
)
def test_removing_one_never_clears_the_group(ask, people, team, operation):
    ask("PATCH", f"/Groups/{team['id']}", patch(operation(people[0])))
    assert inside(team) >= set(people[1:])


def test_removing_nobody_or_a_stranger_removes_nobody(ask, people, team):
    for value in ([], [{"value": "999999"}], [{"value": "x"}]):
        ask("PATCH", f"/Groups/{team['id']}", patch({"op": "Remove", "path": "members", "value": value}))
        assert inside(team) == set(people)
    ask("PATCH", f"/Groups/{team['id']}", patch({"op": "remove", "path": 'members[value eq "999999"]'}))
    assert inside(team) == set(people)


def test_adding_one_keeps_the_others(ask, people, team):
    one = ask("POST", "/Users", person("watanabe"))[1]["id"]
    ask("PATCH", f"/Groups/{team['id']}", patch({"op": "Add", "path": "members", "value": [{"value": one}]}))
    assert inside(team) == {*people, one}
    ask("PATCH", f"/Groups/{team['id']}", patch({"op": "replace", "path": "members", "value": [{"value": one}]}))
    assert inside(team) == {one}


def test_renaming_a_group_keeps_its_people(ask, people, team):
    changes = [
        {"op": "Replace", "path": "displayName", "value": "営業"},
        {"op": "replace", "value": {"displayName": "営業部"}},
    ]
    for change in changes:
        assert ask("PATCH", f"/Groups/{team['id']}", patch(change))[0] == 200
        assert inside(team) == set(people)
    audience = DirectoryGroup.objects.get().audience
    assert audience.label["ja"] == "営業部"
    assert AudienceMember.objects.filter(audience=audience).count() == 3


def test_a_group_gives_a_role_and_takes_only_what_it_gave(ask, people, team, aoi):
    viewer = queries.viewer_of(aoi, sign_in_id=1)
    kept = member_of(people[1])
    members.grant_role(viewer=viewer, member_id=kept.pk, role="moderator", now=timezone.now())
    identities.give_role_by_group(
        viewer=viewer, group=DirectoryGroup.objects.get(), role="moderator", now=timezone.now()
    )
    assert RoleGrant.objects.filter(role="moderator").count() == 3
    ask("PATCH", f"/Groups/{team['id']}", patch({"op": "replace", "path": "members", "value": []}))
    assert [grant.member_id for grant in RoleGrant.objects.filter(role="moderator")] == [kept.pk]


def test_no_group_makes_owners(ask, team, aoi):
    from kizuna.core.members.policies import Refused

    viewer = queries.viewer_of(aoi, sign_in_id=1)
    with pytest.raises(Refused):
        identities.give_role_by_group(
            viewer=viewer, group=DirectoryGroup.objects.get(), role="owner", now=timezone.now()
        )


# ── attacks


def test_only_the_directorys_own_token_opens_it(ask, aoi, chie):
    def secret(member, *scopes):
        return make_token(viewer=system_viewer(), member=member, scopes=scopes, now=timezone.now())[1]

    assert ask("GET", "/Users", bearer="")[0] == 401
    assert ask("GET", "/Users", bearer="kz_nonsense")[0] == 401
    for bearer in (secret(aoi), secret(aoi, "read", "write", "admin"), secret(chie, "scim")):
        assert ask("GET", "/Users", bearer=bearer)[0] == 403


def test_the_directorys_token_opens_nothing_else(client_of, token):
    heads = {"Authorization": f"Bearer {token}"}
    for path in ("/api/v1/members", "/api/v1/topics", "/api/v1/search?q=a"):
        assert client_of().get(path, headers=heads).status_code == 403
    assert client_of().get("/studio/", headers=heads).status_code == 302


def test_owners_are_not_touched(ask, proven, aoi):
    status, _body = ask("POST", "/Users", person("aoi", userName=aoi.email))
    assert status == 403
    aoi.refresh_from_db()
    assert aoi.state == "active"


def test_a_member_of_an_unproven_domain_is_not_taken_over(ask, chie):
    status, body = ask("POST", "/Users", person("chie", userName=chie.email))
    assert (status, body["scimType"]) == (409, "uniqueness")
    assert not DirectoryUser.objects.exists()


def test_a_member_of_a_proven_domain_is_taken_over_and_keeps_their_address(ask, proven, chie):
    status, body = ask("POST", "/Users", person("chie", userName=chie.email))
    assert (status, member_of(body["id"]).pk) == (201, chie.pk)
    change = patch({"op": "replace", "value": {"emails": [{"value": "mallory@evil.example", "primary": True}]}})
    assert ask("PATCH", f"/Users/{body['id']}", change)[0] == 403
    chie.refresh_from_db()
    assert chie.email == "chie@example.com"


def test_who_became_an_owner_later_is_let_be(ask, people):
    member = member_of(people[0])
    RoleGrant.objects.create(member=member, role="owner", granted_at=timezone.now())
    for method, body in (("PATCH", ENDINGS["plain"]), ("PUT", person("sato", active=False)), ("DELETE", None)):
        assert ask(method, f"/Users/{people[0]}", body)[0] == 403
    member.refresh_from_db()
    assert member.state == "active"


def test_names_numbers_and_addresses_are_taken_once(ask, people):
    assert ask("POST", "/Users", person("SATO"))[0] == 409
    assert ask("POST", "/Users", person("x", externalId="E"))[0] == 201
    assert ask("POST", "/Users", person("y", externalId="E"))[0] == 409
    assert ask("POST", "/Users", person("z", emails=[{"value": "sato@corp.example"}]))[0] == 409
    assert (
        ask(
            "PATCH", f"/Users/{people[0]}", patch({"op": "replace", "path": "userName", "value": "SUZUKI@corp.example"})
        )[0]
        == 409
    )


@pytest.mark.parametrize(
    "body",
    [
        [], "x", {}, {"schemas": [USER]}, {"schemas": ["urn:other"], "userName": "a"}, {"schemas": [USER], "userName": 1},
        {"schemas": [USER], "userName": ""}, {"schemas": [USER], "userName": "a\x00b"},
        {"schemas": [USER], "userName": "a", "emails": "x"}, {"schemas": [USER], "userName": "a", "emails": [{"value": "no"}]},
        {"schemas": [USER], "userName": "a", "active": {"a": 1}},
    ],
)  # fmt: skip
def test_nonsense_is_an_error_and_keeps_nothing(ask, body):
    status, said = ask("POST", "/Users", body)
    assert (status, said["schemas"]) == (400, ["urn:ietf:params:scim:api:messages:2.0:Error"])
    assert not DirectoryUser.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "userName",
        "userName eq",
        'userName eq "a',
        'password sw "a"',
        "(" * 500,
        'x" or 1=1 --',
        'userName eq "\'; DROP TABLE"',
    ],
)
def test_filters_of_any_form_are_answered(ask, people, text):
    from urllib.parse import quote

    assert ask("GET", f"/Users?filter={quote(text)}")[0] in (200, 400)
    assert DirectoryUser.objects.count() == 3


def test_hostile_names_are_plain_text(ask, client_of, aoi):
    _status, body = ask("POST", "/Users", person("x", displayName="<script>alert(1)</script>\u202e"))
    member = member_of(body["id"])
    assert member.name.isprintable()
    page = client_of(aoi).get("/studio/members/").content.decode()
    assert "<script>alert(1)" not in page


def test_other_methods_and_addresses_are_scim_errors(ask, people):
    assert ask("PUT", "/Users", {})[0] == 405
    for path in ("/Users/0", "/Users/x", "/Users/99999999999999999999999", "/Nothing", "/Groups/1"):
        assert ask("GET", path)[0] == 404
    assert ask("POST", "/Bulk", {})[0] == 404


def test_pages_of_a_list(ask, people):
    body = ask("GET", "/Users?startIndex=2&count=1")[1]
    assert (body["totalResults"], body["startIndex"], len(body["Resources"])) == (3, 2, 1)
    assert "Resources" not in ask("GET", "/Users?count=0")[1] or not ask("GET", "/Users?count=0")[1]["Resources"]
    assert ask("GET", "/Users?startIndex=-5&count=99999")[1]["totalResults"] == 3


def test_an_address_a_member_has_already_is_refused_in_a_change(ask, people):
    make_member("dora", email="dora@corp.example", email_key="dora@corp.example")
    change = patch({"op": "replace", "value": {"emails": [{"value": "dora@corp.example"}]}})
    assert ask("PATCH", f"/Users/{people[0]}", change)[0] == 409
