"""The description says of every operation how it refuses, and refusals look as it says."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def document():
    return Client().get("/api/v1/openapi.json").json()


def test_every_operation_says_how_it_refuses(document):
    answers = [operation["responses"] for path in document["paths"].values() for operation in path.values()]
    assert len(answers) > 50
    assert all(list(answer["default"]["content"]) == ["application/problem+json"] for answer in answers)


@pytest.mark.parametrize(("path", "status"), [("/api/v1/topics", 401), ("/api/v1/topics/9999999999999999999999", 404)])
def test_a_refusal_has_what_the_description_requires(document, path, status):
    answer = Client().get(path)
    described = document["components"]["schemas"]["Problem"]
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(described["required"]) <= set(answer.json()) <= set(described["properties"])


@pytest.mark.parametrize("body", ['"AAA"', "true", "[]", "null", "1"])
def test_a_body_that_is_no_object_is_refused(aoi, api, body):
    """A text has a `title` that one could read, too; a topic of that name must not come of it."""
    for path in ("/topics", "/inquiries", "/accounts"):
        answer = api(aoi).call("POST", path, data=body, content_type="application/json")
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_a_part_that_is_no_object_is_refused(aoi, api):
    assert api(aoi).call("POST", "/invitation-batches", {"invitations": ["AAA"]}).status_code == 422


@pytest.mark.parametrize("method", ["get", "post", "delete", "patch"])
def test_an_unknown_address_is_not_there_by_any_method(method):
    answer = getattr(Client(enforce_csrf_checks=True), method)("/api/v1/tasks/null%2Cnull/handover")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
