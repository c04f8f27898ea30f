"""Uploads are what they say, carry nothing hidden, and are seen by nobody who may not."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.test import Client
from PIL import Image

from kizuna.core.files import actions, lending, queries, screening, storage, uploads
from kizuna.core.files.models import File
from kizuna.core.members.policies import Refused
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF

pytestmark = pytest.mark.django_db


def photo(fmt: str = "JPEG", size: tuple[int, int] = (640, 480), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 60, 40)).save(out, fmt, **options)
    return out.getvalue()


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "secret-place 35.681236,139.767125"
    return photo(exif=exif)


@pytest.fixture
def upload(chie, viewer_of, now):
    def make(raw: bytes, name: str = "店.jpg") -> File:
        return actions.store(viewer=viewer_of(chie), name=name, raw=raw, now=now)

    return make


def test_it_strips_where_a_photo_was_taken(upload):
    file = upload(with_gps())
    assert b"secret-place" not in storage.read(file.key)
    assert file.content_type == "image/webp"
    assert file.name == "店.webp"


def test_it_drops_what_is_hidden_behind_an_image(upload):
    file = upload(photo() + b"<script>alert(1)</script>")
    assert b"<script>" not in storage.read(file.key)


@pytest.mark.parametrize(
    "raw",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>\x00",
        b"MZ\x90\x00",
        b"PK\x03\x04broken",
        b"GIF89a\x01\x00",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        b"",
    ],
)
def test_it_refuses_what_it_does_not_know(raw):
    with pytest.raises(Refused):
        screening.screened_image(raw)


def test_it_refuses_a_pixel_bomb_before_decoding():
    header = photo("PNG", (10, 10))
    bomb = header[:16] + (60_000).to_bytes(4, "big") * 2 + header[24:]
    with pytest.raises(Refused):
        screening.screened_image(bomb)


def test_markup_is_kept_as_plain_text_to_download(upload, client_of, chie):
    file = upload(b"<html><script>alert(1)</script></html>", "page.html")
    response = client_of(chie).get(f"/f/{file.key}/{file.name}")
    assert file.name == "page.txt"
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["../../etc/passwd.png", "..\\x.png", "a\u202egnp.exe", "\x00.png", "." * 300, ""])
def test_names_cannot_leave_their_folder(name):
    safe = actions.safe_name(name, extension=".webp")
    assert re.fullmatch(r"[^/\\\x00-\x1f\u202e]{1,110}\.webp", safe)


@pytest.mark.parametrize("key", ["../../../etc/passwd", "0" * 31, "g" * 32, ""])
def test_a_key_is_never_a_path(key):
    with pytest.raises(ValueError, match="not a file key"):
        storage.path_of(key)


@pytest.mark.parametrize(("name", "word"), [("a.exe", "PDF"), ("a.PNG", "HEIC"), ("a", "PDF")])
def test_a_refusal_is_about_what_the_file_was_taken_for(client_of, chie, name, word):
    sent = SimpleUploadedFile(name, b"MZ\x00\x01")
    answer = client_of(chie).post("/f/upload/", {"file": sent})
    assert answer.status_code == 422
    assert word in answer.json()["error"]


def test_an_unattached_file_is_its_uploaders_alone(upload, client_of, aoi, chie):
    file = upload(photo())
    path = f"/f/{file.key}/{file.name}"
    assert client_of(chie).get(path).status_code == 200
    assert client_of(aoi).get(path).status_code == 404
    assert client_of().get(path).status_code == 404


def test_it_follows_its_audience_at_once(upload, client_of, opened, aoi, chie, ben, db):
    from tests.cast import make_member

    reader = make_member("reader")
    file = upload(photo())
    place = {"target_type": "place", "target_id": 7}
    actions.attach(keys=[file.key], uploader_id=chie.pk, audience_id=PUBLIC, container_audience_id=PUBLIC, **place)
    path = f"/f/{file.key}/{file.name}"
    assert client_of().get(path).headers["Cache-Control"].startswith("public")
    actions.change_audience(target_type="place", target_ids=[7], audience_id=MEMBERS, container_audience_id=PUBLIC)
    assert client_of().get(path).status_code == 404
    assert client_of(reader).get(path).status_code == 200
    actions.change_audience(target_type="place", target_ids=[7], audience_id=MEMBERS, container_audience_id=STAFF)
    assert client_of(reader).get(path).status_code == 404
    assert client_of(aoi).get(path).status_code == 200


def test_a_link_to_the_file_of_another_grants_nothing(upload, aoi):
    file = upload(photo())
    place = {"target_type": "post", "target_id": 1, "audience_id": PUBLIC, "container_audience_id": PUBLIC}
    assert actions.attach(keys=[file.key], uploader_id=aoi.pk, **place) == 0


def test_it_makes_smaller_copies_and_serves_the_nearest(upload, client_of, chie):
    file = upload(photo(size=(1200, 300)))
    actions.make_variants(file_id=file.pk)
    response = client_of(chie).get(f"/f/{file.key}/{file.name}?w=400")
    body = b"".join(response.streaming_content)
    assert Image.open(io.BytesIO(body)).width == 480


def test_uploads_without_a_place_go_after_thirty_days(upload, now):
    from datetime import timedelta

    file = upload(photo())
    path = storage.path_of(file.key)
    assert actions.remove_unattached(now=now + timedelta(days=29)) == 0
    assert actions.remove_unattached(now=now + timedelta(days=31)) == 1
    assert not path.exists()


def test_a_full_disk_is_said_and_nothing_is_kept(client_of, chie, monkeypatch):
    import errno
    import os

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    response = client_of(chie).post("/f/upload/", {"file": SimpleUploadedFile("a.png", photo("PNG"))})
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert not File.objects.exists()


def test_upload_answers_with_markdown(client_of, chie):
    response = client_of(chie).post("/f/upload/", {"file": SimpleUploadedFile("a]b.png", photo("PNG"))})
    assert response.status_code == 201
    markdown = response.json()["markdown"]
    assert markdown.startswith("![a)b.webp](")
    assert queries.keys_in(markdown) == [response.json()["key"]]


def test_a_visitor_cannot_upload(client_of):
    response = client_of().post("/f/upload/", {"file": SimpleUploadedFile("a.png", photo("PNG"))})
    assert response.status_code == 401


def test_a_picture_of_a_member_is_shown_and_taken_away(client_of, chie, ben, opened):
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    drawn = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    client = client_of(chie)
    client.post("/account/avatar/", {"file": SimpleUploadedFile("me.png", drawn.getvalue())})
    chie.refresh_from_db()
    assert chie.avatar_key
    assert client_of().get(chie.avatar_url).status_code == 200
    first = chie.avatar_url
    client.post("/account/avatar/", {"remove": "1"})
    chie.refresh_from_db()
    assert not chie.avatar_key
    assert client_of(ben).get(first).status_code == 404


def test_a_picture_that_is_none_is_refused(client_of, chie):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client_of(chie).post("/account/avatar/", {"file": SimpleUploadedFile("me.png", b"<svg onload=alert(1)>")})
    chie.refresh_from_db()
    assert not chie.avatar_key


def test_the_picture_goes_with_its_member(client_of, chie, ben, viewer_of, now):
    from io import BytesIO

    from PIL import Image

    from kizuna.base.jobs.runner import run_waiting
    from kizuna.core.files import actions
    from kizuna.core.members.actions import erase_member

    drawn = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    actions.change_avatar(viewer=viewer_of(chie), name="me.png", raw=drawn.getvalue(), now=now)
    chie.refresh_from_db()
    url = chie.avatar_url
    assert client_of(ben).get(url).status_code == 200
    erase_member(viewer=viewer_of(chie), member_id=chie.pk, now=now)
    run_waiting()
    assert client_of(ben).get(url).status_code == 404


def test_what_a_visitor_sends_is_not_kept_while_it_is_read(client_of, monkeypatch):
    written = []
    monkeypatch.setattr(MemoryFileUploadHandler, "receive_data_chunk", lambda _self, raw, _start: written.append(raw))
    answer = client_of().post("/f/upload/", {"file": SimpleUploadedFile("a.png", photo("PNG"))})
    assert answer.status_code == 401
    assert not written


def test_a_file_past_the_limit_is_cut_off_and_refused(client_of, chie, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_DOCUMENT_BYTES", 100_000)
    monkeypatch.setattr(screening, "MAX_DOCUMENT_BYTES", 100_000)
    kept = []
    received = MemoryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        MemoryFileUploadHandler,
        "receive_data_chunk",
        lambda self, raw, start: kept.append(len(raw)) or received(self, raw, start),
    )
    answer = client_of(chie).post("/f/upload/", {"file": SimpleUploadedFile("a.txt", b"a" * 1_000_000)})
    assert answer.status_code == 413
    assert 100_000 < sum(kept) < 300_000


def test_a_link_lends_one_file_until_its_day_and_no_longer(upload, client_of, chie, now):
    file, other = upload(photo()), upload(photo())
    until = now + timedelta(days=30)
    url = lending.lent_url(file, until=until)
    word = url.partition("?lent=")[2]
    assert url == lending.lent_url(file, until=until), "the same file and day make the same link"
    assert lending.lent(file.key, word, now=now) == file
    for key, tried in (
        (other.key, word),
        (file.key, ""),
        (file.key, f"9{word}"),
        (file.key, word[:-1]),
        (file.key, "あ"),
    ):
        assert lending.lent(key, tried, now=now) is None
    with pytest.raises(lending.Expired):
        lending.lent(file.key, word, now=until)
    visitor = Client()
    answer = visitor.get(f"/f/{file.key}/{file.name}", {"lent": word})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert visitor.get(f"/f/{file.key}/{file.name}", {"lent": f"9{word}"}).status_code == 404
    File.objects.filter(pk=file.pk).update(is_removed=True)
    assert lending.lent(file.key, word, now=now) is None
