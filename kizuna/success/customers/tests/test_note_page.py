"""A note is written with colleagues named and files in it, and only who has the desk gets at either."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kizuna.success.customers.models import Note, NoteMention

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    return [person["handle"] for person in json.loads(response.content)]


def test_colleagues_are_offered_by_what_was_typed_and_members_are_not(client_of, emi, aoi, ken, chie, ben):
    client = client_of(emi)
    assert set(names(client.get("/desk/colleagues/?q="))) == {"emi", "ken", "aoi"}
    assert names(client.get("/desk/colleagues/?q=ao")) == ["aoi"]
    assert names(client.get("/desk/colleagues/", {"q": "千恵"})) == []
    for other in (chie, ben):
        assert client_of(other).get("/desk/colleagues/?q=ao").status_code == 404
    assert client_of().get("/desk/colleagues/?q=ao").status_code == 302


def test_a_file_in_a_note_is_for_those_with_the_desk(client_of, account, emi, aoi, ken, chie, ben):
    client, address = client_of(emi), f"/desk/customers/{account.pk}/timeline/"
    page = client.get(address).content.decode()
    for told in ('data-upload-url="/f/upload/"', 'data-mention-url="/desk/colleagues/"', 'name="body"'):
        assert told in page
    sent = client.post("/f/upload/", {"file": SimpleUploadedFile("plan.txt", "計画".encode())})
    url = json.loads(sent.content)["url"]
    client.post(f"/desk/customers/{account.pk}/notes/", {"body": f"@aoi [計画]({url})", "visibility": "customer"})
    note = Note.objects.get()
    assert NoteMention.objects.get(note=note).member == aoi
    shown = client_of(aoi).get(address).content.decode()
    assert re.search(rf'href="{re.escape(url)}"', shown)
    assert [client_of(who).get(url).status_code for who in (aoi, ken, ben, chie, None)] == [200, 200, 404, 404, 404]
    client.post(f"/desk/notes/{note.pk}/removal/")
    assert client_of(aoi).get(url).status_code == 404
