"""What people write and upload stays words and files: no page runs it, no feed breaks, no machine chokes."""

import time
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kizuna.core.community import actions as community
from kizuna.core.community import settings as keys
from kizuna.core.members import actions as members
from kizuna.engagement.discussions import actions
from tests.test_attacks import client_as, open_routes, send
from tests.test_routes import SANDBOXED, address_of, body_of, examples

pytestmark = pytest.mark.django_db
__all__ = ["client_as"]

ATTACKS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "</title><script>alert(1)</script>",
    "<svg/onload=alert(1)>", "javascript:alert(1)", "[x](javascript:alert(1))", "]]><x/>", "&lt;script&gt;", "a\x0bb\x1fc",
)  # fmt: skip


class Dangers(HTMLParser):
    """Collects what would run: scripts of others or inside the page, event attributes, addresses that are code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        source = given.get("src") or ""
        if tag == "script" and not source.startswith("/static/") and source != "/w/1.js":
            if given.get("type") not in ("importmap", "application/ld+json", "application/json"):
                self.found.append((tag, attributes))
        for name, value in attributes:
            is_code = (value or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text"))
            if (
                name.startswith("on")
                or name == "style"
                or (name in ("href", "src", "action", "formaction") and is_code)
            ):
                self.found.append((tag, name, value))


def test_words_stay_words_on_every_page_and_in_every_feed(client_as, world):
    aoi, gen, now = world.viewer("aoi"), world.viewer("gen"), world.now
    everything = " ".join(ATTACKS)
    title = everything.replace("\x0b", "\x0b\x00")
    topic = world.topic(
        "attack", "gen", "qa", title[:190], everything, tags=["<script>alert(1)</script>", '"><img src=x>']
    )
    world.reply("attack reply", "fumi", "attack", everything)
    world.article("attack", everything[:190], everything, 1, short_answer=everything, tags=('"><script>',))
    names = {"ja": everything[:60], "en": everything[:60]}
    actions.edit_space(viewer=aoi, space=world.spaces["talk"], name=names, description=names, now=now)
    profile = {"name": '"><script>alert(1)</script>', "company": "<svg/onload=alert(1)>", "bio": everything[:200]}
    members.change_profile(viewer=gen, kana="", audience_id=1, now=now, **profile)
    community.change_setting(keys.NAME, value={"ja": "</title><script>alert(1)</script>", "en": "x"}, member_id=None)
    given, wrong = (
        {**examples(world), "topic_id": topic.pk, "handle": "gen", "article_id": world.articles["attack"].pk},
        [],
    )
    for person in ("open", "aoi"):
        client = client_as(person)
        for name, pattern in open_routes(person):
            answer = send(client, "GET", address_of(name, pattern, given))
            kind = answer.headers.get("Content-Type", "")
            if (
                kind.startswith("text/html")
                and name not in SANDBOXED
                and (found := Dangers(answer.whole.decode()).found)
            ):
                wrong.append((person, name, found[:2]))
            if kind.partition(";")[0].endswith(("/xml", "+xml")):  # a workbook says openxml and is none
                ElementTree.fromstring(answer.whole)
    assert not wrong


def gif(side: int, frames: int) -> bytes:
    out = BytesIO()
    pictures = [Image.new("P", (side, side), number) for number in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:], duration=20)
    return out.getvalue()


def office(*, entry: str = "word/document.xml", size: int = 10, count: int = 1) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "x")
        for number in range(count):
            archive.writestr(entry if count == 1 else f"{entry}{number}", b"\0" * size)
    return out.getvalue()


UPLOADS = {
    "vector": ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", (201, 422)),
    "page": ("x.html", b"<html><script>alert(1)</script></html>", (201, 422)),
    "polyglot": ("x.gif", b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)", (422,)),
    "moving bomb": ("x.gif", lambda: gif(1_500, 50), (422,)),
    "zip bomb": ("x.docx", lambda: office(size=201_000_000), (422,)),
    "zip of many": ("x.docx", lambda: office(count=6_000), (422,)),
    "zip slip": ("x.docx", lambda: office(entry="word/../../../evil"), (422,)),
    "macro": ("x.docm", lambda: office(entry="word/vbaProject.bin"), (422,)),
    "path": ("../../../../etc/passwd", b"text", (201,)),
    "line break": ('x"\r\nSet-Cookie: a=b;.txt', b"text", (201,)),
    "reversed": ("report\u202etxt.exe", b"text", (201,)),
    "long name": ("x" * 4_000 + ".txt", b"text", (201,)),
    "nothing": ("x.txt", b"", (201, 422)),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload_is_what_it_is_and_nothing_else(client_as, name):
    file_name, content, expected = UPLOADS[name]
    client = client_as("chie")
    content = content() if callable(content) else content
    began = time.process_time()
    answer = client.post("/f/upload/", {"file": SimpleUploadedFile(file_name, content, content_type="text/html")})
    assert answer.status_code in expected
    assert time.process_time() - began < 3
    if answer.status_code != 201:
        assert answer.json()["error"]
        return
    kept = client.get(answer.json()["url"])
    body_of(kept)
    assert kept.headers["Content-Type"] in ("text/plain; charset=utf-8", "image/webp")
    assert kept.headers["Content-Disposition"].startswith("attachment") or kept.headers["Content-Type"] == "image/webp"
    assert "sandbox" in kept.headers["Content-Security-Policy"]
    assert not set(answer.json()["name"]) & set('/\\\r\n\u202e"')
