"""OpenAPI 3.1 of one published app: its forms as schemas, its records as paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metamodel.application import App
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import Storage

SCHEMAS: Mapping[Storage, dict[str, Any]] = {
    Storage.TEXT: {"type": "string"},
    Storage.INTEGER: {"type": ["integer", "string"]},
    Storage.DECIMAL: {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    Storage.BOOLEAN: {"type": "boolean"},
    Storage.DATE: {"type": "string", "format": "date"},
    Storage.TIMESTAMP: {"type": "string", "format": "date-time"},
    Storage.JSON: {},
    Storage.BYTES: {"type": "string", "contentEncoding": "base64"},
}


def app_openapi(app: App, version: int, language: str) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for form in app.forms:
        paths.update(_paths(app, form, language))
    return {
        "openapi": "3.1.0",
        "info": {"title": app.text(language), "version": str(version)},
        "paths": paths,
        "components": {
            "schemas": {**{form.id: _schema(form, language) for form in app.forms}, "problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _schema(form: Form, language: str) -> dict[str, Any]:
    return {
        "type": "object",
        "title": form.text(language),
        "properties": {field.id: _field(field, language) for field in form.fields},
        "required": [f.id for f in form.fields if f.required and f.derived is None],
        "additionalProperties": False,
    }


def _field(field: FieldDefinition, language: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": field.text(language)}
    if field.type is not None:
        schema |= {"type": "array"} if field.type.many else SCHEMAS[field.type.storage]
        choices = [choice.value for choice in field.type.choices(field)] if field.options is not None else []
        if choices:
            schema["items" if field.type.many else "enum"] = {"enum": choices} if field.type.many else choices
    return schema | ({"readOnly": True} if field.derived is not None else {})


def _paths(app: App, form: Form, language: str) -> dict[str, Any]:
    base = f"/api/v1/apps/{app.id}/forms/{form.id}"
    body = {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{form.id}"}}}}
    found = {"description": "OK", "content": {"application/json": {}}}
    answers = {"200": found, **REFUSALS}
    name = form.text(language)
    record = {"name": "record", "in": "path", "required": True, "schema": {"type": "string"}}
    paths: dict[str, Any] = {
        f"{base}/records": {"get": {"summary": name, "parameters": QUERY, "responses": answers}},
        f"{base}/search": {"get": {"summary": name, "parameters": QUERY, "responses": answers}},
        f"{base}/records/{{record}}": {
            "parameters": [record],
            "get": {"summary": name, "responses": answers},
        },
    }
    if not form.is_archive:
        paths[f"{base}/records"]["post"] = {
            "summary": name,
            "requestBody": body,
            "responses": {"201": found, **REFUSALS},
        }
    paths[f"{base}/records/{{record}}"]["patch"] = {
        "summary": name,
        "requestBody": PATCH,
        "responses": answers,
    }
    return paths


QUERY = [
    {"name": name, "in": "query", "schema": {"type": "string"}}
    for name in ("q", "sort", "after", "limit", "columns")
]
PATCH = {
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["values"],
                "properties": {"values": {"type": "object"}, "revision": {"type": "integer"}},
            }
        }
    }
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "problems": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip
# Every way a request is refused; there is no other, and never one of 500 and above.
_REFUSED = {
    "description": "Problem details",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}},
}
REFUSALS = {str(status): _REFUSED for status in (400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429)}
