"""Inviting by programs: one by one and thousands at once, with how far it has come and sending again."""

import pytest

from kizuna.base.jobs.runner import run_waiting
from kizuna.core.members.models import Invitation

pytestmark = pytest.mark.django_db


def test_one_is_invited_listed_sent_again_and_cancelled(api, aoi):
    call = api(aoi)
    asked = {"email": "new@example.com", "name": "新木", "role": "moderator"}
    made = call.post("/invitations", asked)
    assert made.status_code == 201
    row = made.json()
    assert (row["email"], row["role"], row["state"]) == ("new@example.com", "moderator", "open")
    refused = call.post("/invitations", asked)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "email")
    run_waiting()
    assert call.get("/invitations?state=open").json()["items"][0]["sent_count"] == 1
    assert call.call("POST", f"/invitations/{row['id']}/mail", {}).status_code == 200
    run_waiting()
    assert call.get("/invitations").json()["items"][0]["sent_count"] == 2
    assert call.call("DELETE", f"/invitations/{row['id']}", {}).status_code == 204
    assert call.get("/invitations?state=cancelled").json()["items"][0]["id"] == row["id"]
    assert call.call("POST", f"/invitations/{row['id']}/mail", {}).status_code == 403


def test_many_are_invited_in_the_background_and_the_others_named_by_their_place(api, aoi, chie):
    rows = [{"email": f"c{number}@example.com", "name": "改\n行"} for number in range(250)]
    rows[1] = {"email": "no address"}
    rows[2] = {"email": chie.email}
    rows[3] = {"email": "C0@example.com"}
    rows[4] = {"email": ""}
    call = api(aoi)
    made = call.post("/invitation-batches", {"invitations": rows})
    assert made.status_code == 202
    assert (made.json()["row_count"], made.json()["is_done"]) == (250, False)
    run_waiting()
    done = call.get(f"/invitation-batches/{made.json()['id']}").json()
    assert (done["is_done"], done["done_count"], done["invited_count"], done["skipped_count"]) == (True, 250, 246, 4)
    assert [(fault["row"], fault["reason"]) for fault in done["skipped"]] == [
        (2, "bad_address"), (3, "already_member"), (4, "already_invited"), (5, "bad_address"),
    ]  # fmt: skip
    assert set(Invitation.objects.values_list("name", "language", "sent_count")) == {("改 行", "ja", 1)}


@pytest.mark.parametrize(
    "sent",
    [
        {"invitations": []},
        {"invitations": [{"email": "a@example.com", "language": "fr"}]},
        {"invitations": [{"email": "a@example.com"}], "role": "king"},
    ],
)
def test_what_cannot_be_is_refused_whole(api, aoi, sent):
    assert api(aoi).post("/invitation-batches", sent).status_code in (403, 422)
    assert not Invitation.objects.exists()


def test_a_manager_gives_no_role_beyond_their_own(api, db):
    from tests.cast import make_member

    admin = make_member("admin-one", "admin")
    answer = api(admin).post("/invitations", {"email": "a@example.com", "role": "owner"})
    assert answer.status_code == 403
    assert not Invitation.objects.exists()
