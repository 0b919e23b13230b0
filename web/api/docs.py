"""The page that says what the API can do, drawn here from the OpenAPI document: no foreign script, no CDN."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
def docs(request: Request) -> Response:
    """Every operation with what it takes and answers, by noun."""
    document = request.app.openapi()
    schemas: dict[str, Any] = document["components"]["schemas"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for tag in operation.get("tags", ["hub"]):
                groups.setdefault(tag, []).append(_drawn(method, path, operation, schemas))
    return render(request, "api/docs.html", groups=groups, schemas=_fields_of_all(schemas))


def _drawn(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    body = next((_type(part["schema"]) for part in content.values()), "")
    return {
        "method": method.upper(),
        "path": path,
        "says": operation.get("description", ""),
        "parameters": [
            {"name": one["name"], "where": one["in"], "type": _type(one["schema"])}
            for one in operation.get("parameters", [])
        ],
        "body": body,
        "statuses": sorted(operation["responses"]),
        "answer": _answer(operation["responses"]),
    }


def _answer(responses: dict[str, Any]) -> str:
    for status, response in sorted(responses.items()):
        if status.startswith("2"):
            schemas = [part.get("schema") or {} for part in response.get("content", {}).values()]
            return _type(schemas[0]) if schemas else ""
    return ""


def _fields_of_all(schemas: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "says": schema.get("description", ""),
            "fields": [
                {
                    "name": field,
                    "type": _type(kind),
                    "is_required": field in schema.get("required", []),
                }
                for field, kind in schema["properties"].items()
            ],
        }
        for name, schema in sorted(schemas.items())
        if "properties" in schema
    }


def _type(schema: dict[str, Any]) -> str:
    """A schema in one short line: a name, a list of one, or the words to choose from."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    kind = schema.get("format") or schema.get("type", "any")
    return " | ".join(kind) if isinstance(kind, list) else str(kind)
