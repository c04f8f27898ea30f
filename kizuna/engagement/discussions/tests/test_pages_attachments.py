"""Files that come with a form, as they do from a browser that runs no scripts."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kizuna.core.files import actions as files
from kizuna.core.files import storage
from kizuna.core.files.models import File
from kizuna.core.members.viewer import PUBLIC
from kizuna.engagement.discussions.models import Draft, Post, Topic
from kizuna.engagement.discussions.tests.page_cast import text_of

pytestmark = pytest.mark.django_db
QUESTION = {"space": "qa", "title": "画面が真っ白です", "body": "写真を付けます。", "tags": "", "urgency": "normal"}


def photo(name: str = "店 の写真.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret-place 35.681236,139.767125"
    Image.new("RGB", (64, 48), (200, 60, 40)).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="text/html")


def program(name: str = "page.exe") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"MZ\x00\x01")


@pytest.fixture
def topic(ask, chie):
    return ask(chie)


def test_a_question_takes_its_files_along(client_of, questions, chie):
    document = SimpleUploadedFile("手順.txt", "一、二、三".encode())
    answer = client_of(chie).post("/ask/", {**QUESTION, "attachments": [photo(), document]})
    assert answer.status_code == 302
    topic = Topic.objects.get()
    image, text = File.objects.order_by("pk")
    assert [image.target_type, image.target_id, image.audience_id] == ["post", topic.posts.get().pk, PUBLIC]
    assert text.target_id == topic.posts.get().pk
    body = topic.posts.get().body
    assert (
        body
        == f"写真を付けます。\n\n![店 の写真.webp](</f/{image.key}/店 の写真.webp>)\n\n[手順.txt](</f/{text.key}/手順.txt>)"
    )
    assert b"secret-place" not in storage.read(image.key)
    assert f"/f/{image.key}/" in text_of(client_of(chie).get(f"/t/{topic.pk}/"))


def test_a_reply_may_be_a_file_alone(client_of, topic, chie):
    answer = client_of(chie).post(f"/t/{topic.pk}/posts/", {"body": "", "after": "0", "attachments": [photo()]})
    assert answer.status_code == 302
    assert Post.objects.latest("pk").body.startswith("![店 の写真.webp](")


def test_a_post_that_is_changed_gets_further_files(client_of, topic, chie):
    post = topic.posts.get(number=1)
    sent = {"title": topic.title, "body": post.body, "tags": "", "attachments": [photo("あとから.png")]}
    assert client_of(chie).post(f"/p/{post.pk}/edit/", sent).status_code == 302
    post.refresh_from_db()
    assert "あとから.webp" in post.body
    assert File.objects.get().target_id == post.pk


def test_a_refused_file_is_named_at_its_field_and_the_rest_is_kept(client_of, questions, chie):
    answer = client_of(chie).post("/ask/", {**QUESTION, "attachments": [photo(), program("<b>悪い.exe")]})
    page = text_of(answer)
    assert answer.status_code == 422
    assert not Topic.objects.exists()
    assert re.search(r'id="id_attachments_error">.*&lt;b&gt;悪い\.exe.*画像', page)
    assert "<b>悪い" not in page
    kept = File.objects.get()
    assert f"写真を付けます。\n\n![店 の写真.webp](&lt;/f/{kept.key}/店 の写真.webp&gt;)" in page
    assert 'value="画面が真っ白です"' in page


def test_a_form_refused_for_another_reason_keeps_the_file(client_of, questions, chie):
    client = client_of(chie)
    page = text_of(client.post("/ask/", {**QUESTION, "title": "", "attachments": [photo()]}))
    body = re.search(r"<textarea[^>]*name=\"body\"[^>]*>\n(.*?)</textarea>", page, re.S)[1]
    body = body.replace("&lt;", "<").replace("&gt;", ">")
    assert client.post("/ask/", {**QUESTION, "body": body}).status_code == 302
    assert File.objects.get().target_id == Post.objects.get().pk


def test_a_draft_keeps_the_file_that_came_with_it(client_of, questions, chie):
    client = client_of(chie)
    client.post("/ask/", {**QUESTION, "attachments": [photo()], "save": "draft"})
    assert f"/f/{File.objects.get().key}/" in Draft.objects.get().body
    answer = client.post("/ask/", {**QUESTION, "attachments": [program()], "save": "draft"})
    assert answer.status_code == 422
    assert "id_attachments_error" in text_of(answer)


def test_too_many_and_too_large_ones_are_refused_before_they_are_read(client_of, questions, chie, monkeypatch):
    monkeypatch.setattr(files.screening, "MAX_DOCUMENT_BYTES", 1000)
    large = SimpleUploadedFile("大.txt", b"a" * 1001)
    answer = client_of(chie).post("/ask/", {**QUESTION, "attachments": [large]})
    assert "大.txt" in text_of(answer)
    assert "20MB" in text_of(answer).replace(" ", "")
    monkeypatch.undo()
    many = [SimpleUploadedFile(f"{place}.txt", b"a") for place in range(files.MOST_AT_ONCE + 1)]
    answer = client_of(chie).post("/ask/", {**QUESTION, "attachments": many})
    assert answer.status_code == 422
    assert File.objects.count() == files.MOST_AT_ONCE
    assert "id_attachments_error" in text_of(answer)


def test_a_full_disk_is_told_at_the_field(client_of, questions, chie, monkeypatch):
    def full(*_args, **_options):
        raise storage.StorageFull

    monkeypatch.setattr(storage, "write", full)
    page = text_of(client_of(chie).post("/ask/", {**QUESTION, "attachments": [photo()]}))
    assert re.search(r'id="id_attachments_error">.*いまはファイルを保存できません', page)
    assert "写真を付けます。" in page


def test_nobody_without_a_sign_in_leaves_a_file(client_of, topic):
    answer = client_of().post(f"/t/{topic.pk}/posts/", {"body": "書いたもの", "after": "0", "attachments": [photo()]})
    assert answer.status_code == 401
    assert not File.objects.exists()
    assert "書いたもの" in text_of(answer)
    assert 'type="file" id="kept-files" name="attachments"' in text_of(answer)


def test_no_file_is_kept_for_a_topic_that_cannot_be_seen(client_of, questions, chie):
    assert client_of(chie).post("/t/987654/posts/", {"body": "", "attachments": [photo()]}).status_code == 404
    assert not File.objects.exists()


def test_an_article_takes_its_files_along(client_of, aoi):
    sent = {"title": "手順", "kind": "article", "body": "図のとおり。", "audience": PUBLIC, "owner": aoi.pk}
    answer = client_of(aoi).post("/k/new/", {**sent, "attachments": [photo()]})
    assert answer.status_code == 302
    assert File.objects.get().target_type == "article"
