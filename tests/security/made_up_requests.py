"""Requests made up from our OpenAPI, with some true names in their paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from tests.security.vault import APP, Vault

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
EXAMPLES = settings(
    max_examples=4, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def known(vault: Vault) -> dict[str, list[str]]:
    """True names of what a path may name."""
    return {
        "app_id": [APP], "form_id": ["customer", "letter", "wish"], "record": [t.record for t in vault.targets],
        "field": ["customer", "source", "labels"], "report": ["figures"], "widget": ["sum", "cloud", "rows"],
        "flow": ["approve"], "instance": [vault.ids["seller_flow"]], "rule": ["star"],
        "action": ["comment", "remind", "approve"], "task": [vault.ids["seller_task"]],
        "file_id": [vault.ids["seller_paper"]], "log": ["records", "audit"],
    }  # fmt: skip


def documents(vault: Vault, app: Litestar, token: str) -> Iterator[Any]:
    with TestClient(app) as client:
        for path in ("/api/v1/openapi.json", f"/api/v1/apps/{APP}/openapi.json"):
            answer = client.get(path, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
            yield schemathesis.openapi.from_dict(answer.json())


def tried(
    operation: Any, client: TestClient[Any], token: str, names: dict[str, list[str]], examples: int = 4
) -> str:
    """What is wrong with one operation's answers, '' if nothing is."""

    @settings(EXAMPLES, max_examples=examples)
    @given(case=operation.as_strategy(), chosen=st.data())
    def ask(case: Any, chosen: Any) -> None:
        for name in case.path_parameters or {}:
            if name in names and chosen.draw(st.integers(0, 3)):
                case.path_parameters[name] = chosen.draw(st.sampled_from(names[name]))
        case.headers.update({"authorization": f"Bearer {token}", "accept": "application/json"})
        answer = client.request(**_wire(case))
        case.validate_response(answer, checks=CHECKS)

    try:
        ask()
    except (Exception, BaseExceptionGroup) as error:
        return "; ".join(str(one)[:600] for one in getattr(error, "exceptions", (error,)))
    return ""


def _wire(case: Any) -> dict[str, Any]:
    """The request as it goes over the wire; uploads in the bytes of their parts."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    sent.pop("cookies", None)
    if "files" not in sent:
        return dict(sent)
    ready = requests.Request(**sent).prepare()
    return {"method": ready.method, "url": ready.url, "headers": dict(ready.headers), "content": ready.body}
