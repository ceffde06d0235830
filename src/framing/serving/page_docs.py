"""`/docs`: the OpenAPI description as one plain page. FastAPI's own loads scripts from elsewhere."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any


def docs_page(openapi: Mapping[str, Any]) -> str:
    """HTML without script or style."""
    rows = [
        _endpoint(path, method, facts, openapi)
        for path, methods in openapi["paths"].items()
        for method, facts in methods.items()
    ]
    title = escape(openapi["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
        f"<p>{escape(openapi['info'].get('description', ''))}"
        f' <a href="/openapi.json">openapi.json</a></p>{"".join(rows)}</html>'
    )


def _endpoint(path: str, method: str, facts: Mapping[str, Any], openapi: Mapping[str, Any]) -> str:
    examples = "".join(f"<pre>{escape(json.dumps(e, indent=1))}</pre>" for e in _examples(facts, openapi))
    return f"<h2>{method.upper()} {escape(path)}</h2><p>{escape(facts.get('description', ''))}</p>{examples}"


def _examples(facts: Mapping[str, Any], openapi: Mapping[str, Any]) -> list[Any]:
    content = facts.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    found: list[Any] = openapi.get("components", {}).get("schemas", {}).get(name, {}).get("examples", [])
    return found
