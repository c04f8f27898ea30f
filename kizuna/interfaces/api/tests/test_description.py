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
