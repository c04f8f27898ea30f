"""The description of the API (OpenAPI): what the operations say of themselves, and how every one of them refuses."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from kizuna.interfaces.api.problems import CONTENT_TYPE

FIELD_ERROR = {
    "type": "object",
    "required": ["field", "detail"],
    "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
}
PROBLEM = {
    "title": "Problem",
    "description": "Why it was refused (RFC 9457), in the language that `Accept-Language` prefers, else that of the token's member.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Names the reason for programs, where there are several."},
        "errors": {"type": "array", "items": FIELD_ERROR, "description": "What is wrong where."},
    },
}
REFUSED = {
    "description": "400, 401, 403, 404, 405, 409, 413, 415, 422, 429 or 503: refused, nothing was done. Retry-After says when "
    "to come again where that helps.",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class DescribedAPI(NinjaAPI):
    """An API whose description says of every operation how it refuses."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        document["components"]["schemas"]["Problem"] = PROBLEM
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = REFUSED
        return document
