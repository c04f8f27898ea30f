"""People as others see them: who may see whom, how they are found, and Studio's pages."""

import pytest
from django.utils import timezone

from kizuna.core.community.models import ManagerAction
from kizuna.core.members import actions, queries
from kizuna.core.members.models import HandleReservation, Member, RoleGrant
from kizuna.core.members.policies import Refused
from tests.cast import make_member


def named(handle, name, kana="", **fields):
    member = make_member(handle, name=name, kana=kana, **fields)
    actions.accounts.describe(member)
    member.save()
    return member


@pytest.fixture
def kimura(db):
    return named("kimura", "木村 葵", "きむら あおい", company="青波堂")


@pytest.mark.parametrize(
    "text", ["木村", "きむら", "キムラ", "kimura", "KIMU", "むらあお", "青波", "ｋｉｍｕｒａ", "木村 葵"]
)
def test_a_name_is_found_in_any_spelling(kimura, chie, viewer_of, text):
    found = queries.page_of_members(viewer_of(chie), text=text).members
    assert [member.handle for member in found] == ["kimura"]


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1 --", "\\", "木村 存在しない"])
def test_operators_and_wrong_words_find_nobody(kimura, chie, viewer_of, text):
    assert not [row for row in queries.page_of_members(viewer_of(chie), text=text).members if row.handle == "kimura"]


def test_the_directory_goes_by_reading_and_every_member_is_on_one_page_of_it(chie, viewer_of):
    for number in range(7):
        named(f"m{number}", "同じ名前", "おなじ")
    seen, after = [], ""
    while True:
        page = queries.page_of_members(viewer_of(chie), after=after, limit=3)
        seen += [member.handle for member in page.members]
        if not page.after:
            break
        after = page.after
    assert len(seen) == len(set(seen)) == 8


def test_a_bad_page_key_is_a_404(client_of, chie):
    assert client_of(chie).get("/members/?after=x").status_code == 404


@pytest.mark.parametrize("state", ["waiting", "suspended", "erased"])
def test_only_active_members_are_shown(client_of, chie, state):
    other = named("other", "別の人", state=state)
    assert client_of(chie).get("/m/other/").status_code == 404
    assert other.name not in client_of(chie).get("/members/").content.decode()


@pytest.mark.parametrize(
    ("audience", "visitor", "member", "staff"), [(1, 200, 200, 200), (2, 404, 200, 200), (3, 404, 404, 200)]
)
def test_a_profile_is_seen_by_its_audience(client_of, chie, ben, opened, audience, visitor, member, staff):
    named("other", "別の人", audience_id=audience, bio="自己紹介")
    statuses = [client_of(who).get("/m/other/").status_code for who in (None, chie, ben)]
    assert statuses == [visitor, member, staff]
    found = [client_of(who).get("/members/").content.decode().count("別の人") > 0 for who in (chie, ben)]
    assert found == [member == 200, staff == 200]


def test_a_closed_community_shows_nobody_to_visitors(client_of, kimura):
    assert client_of().get("/m/kimura/").status_code == 404


def test_a_profile_shows_no_address_and_escapes_what_was_typed(client_of, chie, opened):
    named("other", "<b>x</b>", bio="<script>alert(1)</script>")
    page = client_of().get("/m/other/").content.decode()
    assert "other@example.com" not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_visitors_get_no_cookie_on_a_profile(client_of, kimura, opened):
    assert not client_of().get("/m/kimura/").cookies


def test_an_old_handle_leads_to_the_new_page_and_nobody_else_takes_it(client_of, kimura, chie, viewer_of):
    actions.change_handle(viewer=viewer_of(kimura), handle="aoi_kimura", now=timezone.now())
    assert client_of(chie).get("/m/kimura/").headers["Location"] == "/m/aoi_kimura/"
    with pytest.raises(Refused) as refused:
        actions.change_handle(viewer=viewer_of(chie), handle="kimura", now=timezone.now())
    assert refused.value.field == "handle"
    kimura.refresh_from_db()
    actions.change_handle(viewer=viewer_of(kimura), handle="kimura", now=timezone.now())
    assert set(HandleReservation.objects.values_list("handle", flat=True)) == {"aoi_kimura"}


def test_mentions_are_found_by_reading_and_only_by_members(client_of, kimura, chie):
    assert client_of(chie).get("/members/mentions/?q=きむ").json() == [{"handle": "kimura", "name": "木村 葵"}]
    assert client_of(chie).get("/members/mentions/?q=").json() == []
    assert client_of().get("/members/mentions/?q=きむ").status_code == 302


def test_changing_the_profile_changes_what_is_shown_and_found(client_of, chie):
    client = client_of(chie)
    said = {"name": "千恵子", "kana": "ちえこ", "company": "花屋", "bio": "こんにちは", "audience": "2"}
    assert client.post("/account/", said).status_code == 302
    chie.refresh_from_db()
    assert (chie.name, chie.audience_id, chie.card_version) == ("千恵子", 2, 2)
    assert "千恵子" in client.get("/members/?q=ちえこ").content.decode()
    page = client.get("/account/").content.decode()
    assert page.split("<main")[1].count('"/m/chie/"') == 1


def test_a_name_turns_nothing_around_it_and_a_biography_keeps_its_lines(client_of, chie):
    said = {"name": "千恵\u202e さん", "company": "\u2067花屋", "bio": "一行目\n二行目", "audience": "2"}
    assert client_of(chie).post("/account/", said).status_code == 302
    chie.refresh_from_db()
    assert (chie.name, chie.company, chie.bio) == ("千恵 さん", "花屋", "一行目\n二行目")


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "\u202e"), ("audience", "99"), ("bio", "x" * 1001)]
)
def test_a_refused_profile_says_so_at_the_field_and_keeps_the_rest(client_of, chie, field, value):
    said = {"name": "千恵", "bio": "書いたもの", "audience": "1", field: value}
    response = client_of(chie).post("/account/", said)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert "書いたもの" in response.content.decode() or field == "bio"


def test_language_and_theme_are_chosen(client_of, chie):
    client = client_of(chie)
    client.post("/account/preferences/", {"language": "en", "theme": "dark"})
    page = client.get("/account/preferences/").content.decode()
    assert '<html lang="en" data-theme="dark">' in page
    assert client.post("/account/theme/", {"theme": "light"}).status_code == 204
    assert Member.objects.get(pk=chie.pk).theme == "light"


STUDIO = ["/studio/members/", "/studio/invitations/", "/studio/terms/", "/studio/terms/terms/draft/"]


@pytest.mark.parametrize("path", STUDIO)
def test_studio_is_for_managers(client_of, aoi, chie, emi, path):
    assert client_of(aoi).get(path).status_code == 200
    assert client_of(chie).get(path).status_code == 403
    assert client_of(emi).get(path).status_code == 403
    assert client_of().get(path).status_code == 302


def test_a_moderator_sees_members_but_neither_invites_nor_gives_roles(client_of, ben, chie):
    client = client_of(ben)
    assert client.get("/studio/members/").status_code == 200
    assert client.get("/studio/invitations/").status_code == 403
    assert client.post(f"/studio/members/{chie.pk}/roles/", {"role": "owner"}).status_code == 403
    assert not RoleGrant.objects.filter(member=chie).exists()


def test_studio_finds_members_by_address(client_of, aoi, chie, ben):
    page = client_of(aoi).get("/studio/members/?q=chie@").content.decode()
    assert "@chie · chie@" in page
    assert "@ben<" not in page


def test_roles_are_ticked_in_studio(client_of, aoi, chie):
    client = client_of(aoi)
    client.post(f"/studio/members/{chie.pk}/roles/", {"role": ["moderator", "analyst"]})
    client.post(f"/studio/members/{chie.pk}/roles/", {"role": ["analyst"]})
    assert list(RoleGrant.objects.filter(member=chie).values_list("role", flat=True)) == ["analyst"]
    assert ManagerAction.objects.filter(subject=f"member:{chie.pk}").count() == 3


def test_an_admin_who_saves_roles_leaves_those_beyond_their_right(client_of, aoi):
    admin = make_member("admin_one", "admin")
    client_of(admin).post(f"/studio/members/{aoi.pk}/roles/", {"role": []})
    assert RoleGrant.objects.filter(member=aoi, role="owner").exists()


def test_suspending_in_studio_asks_why_at_the_field(client_of, aoi, chie):
    client = client_of(aoi)
    response = client.post(f"/studio/members/{chie.pk}/suspension/", {"reason": ""})
    assert response.status_code == 422
    assert 'id="id_reason_error"' in response.content.decode()
    assert client.post(f"/studio/members/{chie.pk}/suspension/", {"reason": "spam"}).status_code == 302
    assert client.post(f"/studio/members/{chie.pk}/restoration/").status_code == 302
    assert Member.objects.get(pk=chie.pk).is_active


def test_a_sign_in_of_another_community_is_a_visitor_here(communities, client_of, aoi):
    from contextvars import Context

    from kizuna.base.hosting import entered
    from kizuna.core.members import signin

    def cookie_of_minato():
        with entered(communities["minato"]):
            from django.core.signing import Signer

            return Signer(salt="kizuna.signin.minato").sign(f"{aoi.pk}.1.1.key")

    client = client_of()
    client.cookies[signin.COOKIE] = Context().run(cookie_of_minato)
    assert client.get("/account/").status_code == 302


def test_the_directory_costs_few_queries(client_of, chie, django_assert_max_num_queries):
    for number in range(30):
        named(f"m{number}", f"名前{number}")
    client = client_of(chie)
    client.get("/members/")
    with django_assert_max_num_queries(12):
        client.get("/members/")
