"""HEAD is answered as GET is, without the body: link checkers, monitors and previews of shared links ask so."""

import pytest

pytestmark = pytest.mark.django_db
PAGES = (
    "/",
    "/k/",
    "/latest/",
    "/search/?q=a",
    "/signin/",
    "/brand.css",
    "/sitemap.xml",
    "/api/v1/openapi.json",
    "/no/",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_asks_for_the_head_of_a_page(client_of, opened, path):
    client = client_of()
    whole, head = client.get(path), client.head(path)
    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]
    assert int(head.headers["Content-Length"]) > 0


def test_a_member_asks_for_the_head_of_a_page_with_a_form(client_of, chie):
    assert client_of(chie).head("/account/").status_code == 200


def test_what_only_takes_posts_refuses_it_as_it_refuses_get(client_of, chie):
    client = client_of(chie)
    assert client.head("/read-mark/").status_code == client.get("/read-mark/").status_code == 405


def test_a_streamed_answer_has_no_body_either(client_of):
    response = client_of().head("/static/kizuna/knot.svg")
    assert (response.status_code, response.streaming, b"".join(response)) == (200, True, b"")
