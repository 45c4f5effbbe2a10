"""Who may have which route: one row for every method and path of the application.

A route nobody classified fails `test_matrix.py`. `who` says which personas get past the door (everybody
else must be refused, and must have changed nothing); whether an answer tells more than its reader may
know is looked at for all of them alike, by the markers in `vault.py`.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.security.vault import (
    APP,
    AUDITOR,
    BROKEN,
    CLERK,
    DUTIES,
    GRANTED,
    GUESTS,
    LIFTED,
    NOBODY,
    PERSONAS,
    PROBE,
    RIVAL,
    ROLES,
    SEEING,
    SELLER,
    STAND_IN,
    UNMASKED,
    WAITING,
    Vault,
)

Who = Callable[[Vault, str, Mapping[str, str]], bool | None]
Sent = Mapping[str, Any] | str | None
Body = Sent | Callable[[Vault, Mapping[str, str]], Sent]
EVERYBODY = frozenset(PERSONAS)
SIGNED_IN = EVERYBODY - {NOBODY}
IN_APP = frozenset(ROLES)
FORM_READERS = {
    "customer": frozenset({SELLER, RIVAL, CLERK}),
    "talk": frozenset({SELLER, RIVAL, CLERK}),
    "letter": frozenset({SELLER, RIVAL, CLERK, GRANTED, UNMASKED, BROKEN, LIFTED, WAITING}),
    "wish": frozenset({SELLER, RIVAL, CLERK, STAND_IN, *GUESTS}),
    "slip": frozenset({SELLER, RIVAL}),
}
MANAGERS = {duty: persona for persona, duties in DUTIES.items() for duty in duties}


# -- doors -----------------------------------------------------------------------------------------


def public(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    return True


def either(vault: Vault, persona: str, values: Mapping[str, str]) -> None:
    """No door of persons: it asks for a password, a code or a token that these requests have not."""


def signed_in(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    return persona in SIGNED_IN


def in_app(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Somebody with a role in the app."""
    return persona in IN_APP


def reads_form(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Somebody with any way to rows of the form, a running grant included."""
    return persona in FORM_READERS[values["form_id"]]


def reads_record(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    target = vault.target(values["form_id"], values["record"])
    return target is not None and persona in target.readers


def proves(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Records of an archive have proofs."""
    return values["form_id"] == "letter" and reads_record(vault, persona, values)


def comments(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Whoever reads it otherwise than under a grant alone; who has one made the wish himself."""
    alone = persona in (GRANTED, UNMASKED, BROKEN) and values["form_id"] != "wish"
    return reads_record(vault, persona, values) and not alone


def wrote(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """The comment that is asked for, on its record."""
    return persona == SELLER and values["record"] == vault.ids["seller_customer"]


def creates(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Somebody who may file a new record of the form."""
    return (
        persona
        in {"customer": {SELLER, RIVAL}, "wish": FORM_READERS["wish"] - {CLERK, STAND_IN}}[values["form_id"]]
    )


def updates_record(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Somebody whose role lets him change something of this record; an approver's to-do does not."""
    forms = {
        SELLER: ("customer", "talk", "letter", "wish"),
        RIVAL: ("customer", "talk", "letter"),
        CLERK: ("customer",),
    }
    return reads_record(vault, persona, values) and values["form_id"] in forms.get(persona, ())


def deletes(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Somebody whose role lets him delete this record."""
    return persona == SELLER and values["form_id"] == "slip"


def reads_customers(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Somebody who may pick a customer, because he reads some."""
    return persona in FORM_READERS["customer"]


def manages(*duties: str) -> Who:
    """Somebody with any of these duties."""
    holders = {MANAGERS[duty] for duty in duties}
    return lambda vault, persona, values: persona in holders


def only(*personas: str) -> Who:
    return lambda vault, persona, values: persona in personas


def asks_about_record(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    """Why one sees it: who does; who sees it: whoever manages people or access."""
    there = vault.target(values["form_id"], values["record"]) is not None
    return reads_record(vault, persona, values) or (
        there and persona in (MANAGERS["people"], MANAGERS["access"])
    )


def _reads_file(vault: Vault, persona: str, values: Mapping[str, str]) -> bool:
    return persona in _file_readers(vault)[values["file_id"]]


def _file_readers(vault: Vault) -> Mapping[str, frozenset[str]]:
    """Those who read the field that holds the file."""
    return {
        vault.ids["seller_paper"]: frozenset({SELLER}),
        vault.ids["rival_paper"]: frozenset({RIVAL}),
        vault.ids["letter_scan"]: frozenset({SELLER, BROKEN}),
        vault.ids["lent_scan"]: frozenset({RIVAL, GRANTED, UNMASKED, BROKEN}),
        vault.ids["later_scan"]: frozenset({RIVAL}),
    }


# -- rows ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One request: path with query, and what is sent."""

    method: str
    path: str
    values: Mapping[str, str]
    body: Sent = None


@dataclass(frozen=True)
class Route:
    """`values`: what stands in the path, where it is not the usual (`@hold`: the vault's id of that);
    `queries`: what is asked behind it; `last`: it spoils what others ask for (1), takes it away (2), or ends the
    session (3);
    `quiet`: who may not change it is answered as if he had, and nothing is changed;
    `refuses`: statuses by which who gets in may be told that what he sends will not do; otherwise it is 2xx or 3xx;
    `seeing`: whether who sees as the seller gets in, where that is not as usual: he may read what the seller may."""

    who: Who
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    queries: Sequence[str] = ("",)
    body: Body = None
    last: int = 0
    quiet: bool = False
    refuses: Sequence[int] = ()
    seeing: bool | None = None


# Where who sees as somebody may look: the app's lists, records, boards and search, nothing of the person's own.
SEEN = (
    rf"(/api/v1)?/apps/{APP}(?!/(tasks|requests|openapi)|/reports$|/unmask)"
    r"(?!/forms/\w+/(bulk|export|imports?|package|recycle-bin|unmask)\b)"
)
SEEN_TOO = r"/(healthz|live|static/|people/options)"


def may(vault: Vault, persona: str, call: Call, route: Route) -> bool | None:
    """Whether this persona gets past the door; None: there is no door of persons."""
    if persona != SEEING:
        return route.who(vault, persona, call.values)
    if route.seeing is not None:
        return route.seeing
    as_seller = route.who(vault, SELLER, call.values)
    if as_seller is None or re.match(SEEN_TOO, call.path):
        return as_seller
    return bool(as_seller) and call.method == "GET" and bool(re.match(SEEN, call.path))


SEARCHES = ("", f"?q={PROBE}", "?q=报价", f"?q=secret:{PROBE}", "?sort=secret")
COLUMNS = "?columns=name,secret,phone,amount,words,scan"
CONDITIONS = (f"?secret__contains={PROBE}", "?amount__ge=5000000000", "?sort=-amount")
NO_SECRET = (400,)  # some of these forms have no such field
RECORD = "/apps/{app_id:str}/forms/{form_id:str}/records/{record:str}"
FORM = "/apps/{app_id:str}/forms/{form_id:str}"
CHANNEL = "/apps/{app_id:str}/channels/{channel_id:str}"
WIDGET = "/apps/{app_id:str}/reports/{report_id:str}/widgets/{widget_id:str}"
API = "/api/v1"
PUBLIC_LINKS = f"{API}/design/{{app_id:str}}/forms/{{form_id:str}}/public-links"
ORGANISATION = "/admin/people"
RUN = {"form_id": ["customer"], "run_id": ["@import"]}
PUBLIC_LINK = {"form_id": ["customer"], "link": ["@public_link"]}
REVOKED_ONE = {"person": ["revoked"]}
PLACES = {
    "department_id": ["house"], "person_id": ["revoked"], "kind": ["people", "departments"], "role_id": ["guest"],
}  # fmt: skip
WIDGETS = ("sum", "biggest", "by_price", "rows", "letters", "cloud")
CUSTOMER = {"name": "新客户", "source": "phone"}
RELABEL = {"on": 0, "patch": [{"op": "add", "path": "/app/description", "value": "新"}]}
STATE = {"values": {"name": "x"}, "changed": ["name"], "seq": 1}
EXPRESSION = {"form": "customer", "expression": "name == 'x'", "expects": "boolean", "at": 2}


def changed(vault: Vault, values: Mapping[str, str]) -> dict[str, Any]:
    """A change of each form that its writers may make."""
    known = {"wish": {"reason": "另一个"}, "letter": {"labels": ["新"]}, "slip": {"text": "新"}}
    return known.get(values["form_id"], {"source": "phone"})


ROUTES: dict[str, Route] = {
    # -- without signing in
    "GET /healthz": Route(public),
    "GET /readyz": Route(public),
    "GET /sign-in": Route(public, queries=("", "?next=https://example.com/")),
    "POST /sign-in": Route(either, body={"person": "seller", "password": "wrong", "next": "/"}),
    "POST /sign-out": Route(either, last=3),
    "GET /static/{version:str}/{path:path}": Route(public, {"version": ["x"], "path": ["css/base.css"]}),
    "POST /hooks/{channel:str}": Route(public, {"channel": ["box"]}, body="{}", seeing=False),
    "POST /sign-in/code": Route(either, body={"code": "000000"}),
    "POST /sign-in/factor": Route(either, body={"code": "000000"}),
    "GET /sign-in/again": Route(either),
    "POST /sign-in/again": Route(either, body=json.dumps({"person": "seller", "password": "wrong"})),
    "GET /forgot": Route(either),  # where no letters leave the house there is none
    "POST /forgot": Route(either, body={"person": "seller"}),
    "GET /session": Route(either),
    "GET /sign-in/with/{provider:int}": Route(either, {"provider": ["1"]}),
    "GET /sign-in/with/{provider:int}/back": Route(either, {"provider": ["1"]}, ("?code=x&state=y",)),
    "GET /invitation/{token:str}": Route(either, {"token": ["guessed"]}),
    "POST /invitation/{token:str}": Route(either, {"token": ["guessed"]}, body={"password": "x", "again": "x"}),
    # -- a form for people without an account: by a token alone
    "GET /f/{token:str}": Route(public, {"token": ["@public_token"]}, ("", "?done=yes")),
    "POST /f/{token:str}": Route(either, {"token": ["guessed"]}, body={"name": "x", "_opened": "x"}),
    "POST /f/{token:str}/state": Route(
        public, {"token": ["@public_token"]}, body=json.dumps(STATE), seeing=False),
    "GET /f/{token:str}/options/{name:str}": Route(either, {"token": ["guessed"], "name": ["owner"]}),
    "GET /design/{app_id:str}/forms/{form_id:str}/public": Route(manages("design"), {"form_id": ["customer"]}),
    "POST /design/{app_id:str}/forms/{form_id:str}/public": Route(
        manages("design"), {"form_id": ["customer"]},
        body={"do": "make", "name": "x", "field": "name", "per_day": "5"}, last=1),
    f"GET {PUBLIC_LINKS}": Route(manages("design"), {"form_id": ["customer"]}),
    f"POST {PUBLIC_LINKS}": Route(
        manages("design"), {"form_id": ["customer"]}, body=json.dumps({"name": "x", "fields": ["name"]}), last=1),
    f"PUT {PUBLIC_LINKS}/{{link:str}}": Route(
        manages("design"), PUBLIC_LINK, body=json.dumps({"name": "x", "fields": ["name"]})),
    f"POST {PUBLIC_LINKS}/{{link:str}}/renew": Route(manages("design"), PUBLIC_LINK, last=1),
    f"DELETE {PUBLIC_LINKS}/{{link:str}}": Route(manages("design"), PUBLIC_LINK, last=1),
    # -- one's own
    "GET /": Route(signed_in),
    "GET /live": Route(signed_in),
    "GET /tasks": Route(signed_in, queries=("", "?state=all")),
    "GET /requests": Route(signed_in),
    "GET /notifications": Route(signed_in),
    "GET /notifications/panel": Route(signed_in),
    "POST /notifications/read": Route(signed_in, body={}),
    "POST /me/preferences": Route(signed_in, body={"theme": "dark"}),
    "GET /me": Route(signed_in),
    "GET /me/second-factor": Route(signed_in, refuses=(409,)),  # none was begun
    "POST /me/second-factor": Route(either, body={"old": "wrong"}),
    "POST /me/second-factor/confirm": Route(signed_in, body={"code": "000000"}),
    "POST /me/second-factor/off": Route(either, body={"old": "wrong"}),
    "POST /me/recovery-codes": Route(either, body={"old": "wrong"}),
    "POST /me/password": Route(either, body={"old": "wrong", "password": "x", "again": "x"}),
    "POST /me/identities/{provider:int}": Route(signed_in, {"provider": ["1"]}, body={}),
    "POST /me/identities/{provider:int}/unlink": Route(either, {"provider": ["1"]}, body={}),
    "POST /me/sessions": Route(signed_in, body={"session": "00"}),
    "POST /me/tokens": Route(either, body={"name": "新", "scopes": "read"}),
    "POST /me/absences": Route(signed_in, body={"delegate": "clerk", "first": "2026-01-01", "last": "2026-01-02"}),
    "POST /me/absences/end": Route(signed_in, body={"absence": "1"}),
    f"GET {API}/absences": Route(signed_in),
    f"POST {API}/absences": Route(signed_in, body={"delegate": "clerk", "first": "2026-01-01", "last": "2026-01-02"}),
    f"DELETE {API}/absences/{{absence:str}}": Route(only(SELLER), {"absence": ["@absence"]}, last=1),
    "POST /me/tokens/revoke": Route(signed_in, body={"token": "1"}),
    "GET /people/options": Route(signed_in, queries=("", "?q=s")),
    f"GET {API}/apps": Route(signed_in),
    f"GET {API}/tasks": Route(signed_in, queries=("", "?state=all", f"?q={PROBE}")),
    f"GET {API}/tasks/counts": Route(signed_in),
    f"GET {API}/requests": Route(signed_in),
    f"GET {API}/notifications": Route(signed_in),
    f"POST {API}/notifications/read": Route(signed_in, body={"all": True}),
    f"POST {API}/files": Route(only(SELLER, RIVAL, CLERK, *GUESTS, MANAGERS["people"])),
    "GET /tasks/{task:str}": Route(only(SELLER, CLERK, STAND_IN)),
    "POST /tasks/{task:str}/close": Route(only(SELLER, CLERK, STAND_IN), body={"outcome": "done"}, last=1),
    "POST /tasks/{task:str}/transfer": Route(only(SELLER, CLERK, STAND_IN), body={"to": ""}),
    f"GET {API}/tasks/{{task:str}}": Route(only(SELLER, CLERK, STAND_IN)),
    f"POST {API}/tasks/{{task:str}}/close": Route(only(SELLER, CLERK, STAND_IN), body={"outcome": "done"}, last=1),
    f"POST {API}/tasks/{{task:str}}/transfer": Route(only(SELLER, CLERK, STAND_IN), body={"to": ""}),
    "GET /notifications/{number:str}": Route(only(RIVAL)),
    # -- an app
    "GET /apps/{app_id:str}": Route(in_app),
    "GET /apps/{app_id:str}/tasks": Route(in_app),
    "GET /apps/{app_id:str}/requests": Route(in_app),
    "GET /apps/{app_id:str}/search": Route(in_app, queries=("", f"?q={PROBE}", "?q=报价")),
    f"GET {API}/apps/{{app_id:str}}": Route(in_app),
    f"GET {API}/apps/{{app_id:str}}/openapi.json": Route(in_app),
    # -- a form
    f"GET {FORM}": Route(reads_form, queries=(*SEARCHES, "?where=secret:not_blank:")),
    f"GET {FORM}/export": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer", "letter"]},
                                ("", f"?q={PROBE}", "?columns=name,secret,phone,amount,paper,words")),
    f"GET {FORM}/export/form": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer", "letter"]},
                                     ("", f"?q={PROBE}")),
    f"GET {FORM}/bulk": Route(reads_form, queries=("?kind=edit&all=yes", "?kind=edit&field=secret&all=yes")),
    f"POST {FORM}/bulk": Route(reads_form, {"form_id": ["customer"]}, body={"field": "source", "source": "phone",
                                                                           "all": "yes"}, last=1),
    f"POST {FORM}/saved": Route(reads_form, {"form_id": ["customer"]}, body={"name": "x", "query": "q=1"}),
    f"POST {FORM}/saved/{{number:str}}/remove": Route(
        only(SELLER), {"form_id": ["customer"], "number": ["@saved"]}, body={}, last=1, quiet=True),
    f"POST {FORM}/draft": Route(creates, {"form_id": ["customer", "wish"]}, body='{"values": {"name": ["x"]}}'),
    f"POST {FORM}/draft/drop": Route(signed_in, {"form_id": ["customer"]}, body={}),
    f"POST {FORM}/place": Route(reads_form, {"form_id": ["customer"]}, body={"view": "none", "record": "1", "to": "x"}),
    f"GET {FORM}/import": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer"]}),
    f"GET {FORM}/import/template": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer"]}),
    f"POST {FORM}/import": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer"]}, body={"file": "1"}),
    f"GET {FORM}/import/{{run_id:str}}": Route(only(SELLER), RUN, seeing=False),
    f"GET {FORM}/import/{{run_id:str}}/errors": Route(only(SELLER), RUN, seeing=False),
    f"POST {FORM}/import/{{run_id:str}}/check": Route(only(SELLER), RUN, body={"column": "name"}),
    f"POST {FORM}/import/{{run_id:str}}/begin": Route(only(SELLER), RUN, body={}),
    f"POST {FORM}/import/{{run_id:str}}/stop": Route(only(SELLER), RUN, body={}, last=1),
    f"GET {API}{FORM}/export": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer", "letter"]},
                                     ("", "?as=xlsx", f"?q={PROBE}", "?columns=name,secret,phone,amount,paper,words")),
    f"GET {API}{FORM}/imports": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer"]}),
    f"GET {API}{FORM}/imports/template": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer"]}),
    f"POST {API}{FORM}/imports": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer"]}, body='{"file": "1"}'),
    **{
        f"GET {API}{FORM}/imports/{{import_id:str}}{rest}": Route(
            only(SELLER), {"form_id": ["customer"], "import_id": ["@import"]}, seeing=False)
        for rest in ("", "/columns", "/wrong", "/workbook")
    },
    **{
        f"POST {API}{FORM}/imports/{{import_id:str}}/{act}": Route(
            only(SELLER), {"form_id": ["customer"], "import_id": ["@import"]}, body="{}", last=1)
        for act in ("check", "begin", "stop")
    },
    f"GET {FORM}/condition": Route(reads_form, queries=("?field=secret", "?field=owner")),
    f"GET {FORM}/new": Route(creates, {"form_id": ["customer", "wish"]}),
    f"POST {FORM}": Route(creates, {"form_id": ["customer"]}, body=CUSTOMER),
    f"POST {FORM}/state": Route(
        creates, {"form_id": ["customer", "wish"]}, body=json.dumps(STATE), seeing=True),
    f"GET {FORM}/options/{{name:str}}": Route(reads_customers, {"form_id": ["talk", "letter"], "name": ["customer"]},
                                              ("", f"?q={PROBE}")),
    f"GET {API}{FORM}/records": Route(
        reads_form, queries=(*SEARCHES, *CONDITIONS, COLUMNS), refuses=NO_SECRET),
    f"GET {API}{FORM}/search": Route(reads_form, queries=SEARCHES[1:], refuses=NO_SECRET),
    f"POST {API}{FORM}/records": Route(creates, {"form_id": ["customer"]}, body=json.dumps(CUSTOMER)),
    f"POST {API}{FORM}/records:batch": Route(creates, {"form_id": ["customer"]},
                                             body=json.dumps({"create": [CUSTOMER]})),
    f"PUT {API}{FORM}/records/by/{{field:str}}/{{value:str}}": Route(
        only(SELLER, RIVAL), {"form_id": ["customer"], "field": ["name"], "value": ["外来"]},
        body=json.dumps({"source": "phone"}), last=1),
    f"POST {API}{FORM}/state": Route(
        creates, {"form_id": ["customer", "wish"]}, body=json.dumps(STATE), seeing=True),
    f"GET {API}{FORM}/options/{{field:str}}": Route(
        reads_customers, {"form_id": ["talk", "letter"], "field": ["customer"]}, ("", f"?q={PROBE}")),
    # -- a record
    f"GET {RECORD}": Route(reads_record, queries=("?tab=details", "?tab=history", "?tab=looks", "?tab=chat",
                                                  "?tab=vault.line_of_time")),
    f"POST {RECORD}": Route(updates_record, body=changed, last=1, quiet=True),
    f"GET {RECORD}/print": Route(reads_record),
    f"GET {RECORD}/edit": Route(updates_record),
    f"GET {RECORD}/proof": Route(proves, queries=("", "?download=1")),
    f"POST {RECORD}/flow": Route(
        reads_record, {"form_id": ["wish"]}, body={"action": "comment", "comment": "x"}, last=1),
    f"POST {RECORD}/press/{{rule:str}}": Route(reads_record, {"form_id": ["customer"], "rule": ["star"]}, last=1),
    f"GET {API}{RECORD}": Route(reads_record),
    f"PATCH {API}{RECORD}": Route(
        updates_record, body=lambda v, values: json.dumps({"values": changed(v, values)}), last=1),
    f"GET {API}{RECORD}/history": Route(reads_record),
    f"DELETE {API}{RECORD}": Route(
        deletes, {"record": ["@slip", "@seller_customer", "@rival_customer", "@letter"]}, last=2),
    f"POST {API}{FORM}/records:delete": Route(
        only(SELLER), {"form_id": ["slip"]}, body=lambda v, values: json.dumps({"records": [v.ids["listed_slip"]]}),
        last=2, quiet=True),
    f"GET {API}{FORM}/recycle-bin": Route(reads_form, {"form_id": ["customer", "slip"]}),
    f"GET {FORM}/recycle-bin": Route(reads_form, {"form_id": ["customer", "slip"]}),
    f"POST {API}{FORM}/recycle-bin/restore": Route(
        only(SELLER), {"form_id": ["slip"]}, body=lambda v, values: json.dumps({"records": [v.ids["binned_slip"]]}),
        last=1, quiet=True),
    f"GET {API}{RECORD}/comments": Route(reads_record),
    f"POST {API}{RECORD}/comments": Route(comments, body=json.dumps({"text": "说一句"}), last=1),
    f"DELETE {API}{RECORD}/comments/{{comment:str}}": Route(wrote, {"comment": ["@comment"]}, last=1),
    f"POST {RECORD}/delete": Route(
        deletes, {"record": ["@paged_slip", "@seller_customer", "@rival_customer", "@letter"]}, body={}, last=2),
    f"POST {FORM}/recycle-bin/restore": Route(
        only(SELLER), {"form_id": ["slip"]}, body=lambda v, values: {"record": v.ids["paged_binned_slip"]}, last=1,
        quiet=True),
    f"POST {RECORD}/comments": Route(comments, body={"text": "说一句"}, last=1),
    f"POST {RECORD}/comments/{{comment:str}}/remove": Route(
        wrote, {"comment": ["@other_comment"]}, body={}, last=1),
    f"POST {RECORD}/linked/{{field:str}}": Route(reads_record, {"field": ["name"]}, body={"add": "1"}),
    f"POST {API}{RECORD}/linked/{{field:str}}": Route(
        reads_record, {"field": ["name"]}, body=json.dumps({"add": ["1"]})),
    f"GET {RECORD}/people": Route(reads_record, queries=("?q=", "?q=z", "?as=page")),
    f"GET {API}{RECORD}/proof": Route(proves),
    f"GET {API}{RECORD}/flow": Route(signed_in),  # nothing for those who may not read it
    f"GET {API}{RECORD}/buttons": Route(reads_record),
    f"GET {API}{RECORD}/tasks": Route(signed_in),  # the same
    f"POST {API}{RECORD}/press/{{rule:str}}": Route(reads_record, {"form_id": ["customer"], "rule": ["star"]}, last=1),
    "GET /files/{file_id:str}": Route(_reads_file, seeing=False),
    "GET /files/{file_id:str}/look": Route(_reads_file, seeing=False),
    f"GET {API}/files/{{file_id:str}}": Route(_reads_file, seeing=False),
    # -- flows, rules, reports
    f"POST {API}/apps/{{app_id:str}}/flows/{{flow:str}}": Route(
        only(SELLER, CLERK, STAND_IN), body=lambda v, values: {"record": v.ids["seller_wish"]}, last=1),
    f"POST {API}/apps/{{app_id:str}}/flows/{{flow:str}}/preview": Route(
        only(SELLER, RIVAL, *GUESTS), body=json.dumps({"values": {}})),
    f"POST {API}/flows/{{instance:str}}/{{action:str}}": Route(
        only(SELLER, CLERK, STAND_IN), {"action": ["comment"]}, body=json.dumps({"comment": "x"}), last=1),
    f"POST {API}/apps/{{app_id:str}}/rules:try": Route(
        only(*FORM_READERS["letter"]), body=json.dumps({"rule": "watch"})),
    f"GET {API}/apps/{{app_id:str}}/rules/runs": Route(manages("design", "audit")),
    "GET /apps/{app_id:str}/rule-log": Route(manages("design", "audit")),
    "GET /apps/{app_id:str}/rules": Route(
        only(*FORM_READERS["letter"], *FORM_READERS["customer"], MANAGERS["design"], MANAGERS["audit"]),
        queries=("", "?q=x"), seeing=False),
    "GET /apps/{app_id:str}/rules/{rule:str}/try": Route(
        only(*FORM_READERS["letter"]), {"rule": ["watch"]}, ("", "?last=100"), seeing=False),
    f"GET {API}/apps/{{app_id:str}}/reports": Route(in_app),
    f"GET {API}/apps/{{app_id:str}}/reports/{{report:str}}": Route(only(SELLER, RIVAL, CLERK)),
    f"GET {API}/apps/{{app_id:str}}/reports/{{report:str}}/widgets/{{widget:str}}": Route(only(SELLER, RIVAL, CLERK)),
    f"GET {API}/apps/{{app_id:str}}/reports/{{report:str}}/widgets/{{widget:str}}/records": Route(
        only(SELLER, RIVAL, CLERK), {"widget": ["biggest"]}, ("?key=x",), refuses=(400,)),
    "GET /apps/{app_id:str}/reports/{report_id:str}": Route(only(SELLER, RIVAL, CLERK)),
    f"GET {WIDGET}": Route(only(SELLER, RIVAL, CLERK)),
    f"GET {WIDGET}/drill": Route(only(SELLER, RIVAL, CLERK), {"widget_id": ["biggest"]}, ("?key=x",), refuses=(400,)),
    # -- the drafts of an app
    f"GET {API}/design/{{app_id:str}}/draft": Route(manages("design"), queries=("", "?revision=1")),
    f"GET {API}/design/{{app_id:str}}/draft/newer": Route(manages("design"), queries=("", "?since=1000000")),
    f"GET {API}/design/{{app_id:str}}/history": Route(manages("design")),
    f"GET {API}/design/{{app_id:str}}/problems": Route(manages("design")),
    f"GET {API}/design/{{app_id:str}}/preview": Route(manages("design")),
    f"POST {API}/design/{{app_id:str}}/expressions": Route(manages("design"), body=json.dumps(EXPRESSION)),
    f"POST {API}/design/{{app_id:str}}/expressions/complete": Route(manages("design"), body=json.dumps(EXPRESSION)),
    f"POST {API}/design/{{app_id:str}}/expressions/build": Route(
        manages("design"), body=json.dumps({"form": "customer", "builder": {"join": "and", "parts": []}})
    ),
    f"PATCH {API}/design/{{app_id:str}}/draft": Route(manages("design"), body=json.dumps(RELABEL)),
    f"POST {API}/design/{{app_id:str}}/publish": Route(
        manages("design"), body=json.dumps({"revision": 1_000_000}), last=1),
    f"GET {API}/design/{{app_id:str}}/parked": Route(manages("design")),
    f"POST {API}/design/{{app_id:str}}/parked": Route(
        manages("design"), body=json.dumps({"form": "slip", "path": "old"}), last=1),
    f"POST {API}/design/{{app_id:str}}/conversion": Route(
        manages("design"), body=json.dumps({"form": "customer", "field": "name", "type": "integer"})),
    "GET /design/{app_id:str}/forms/{form_id:str}/conversion": Route(
        manages("design"), {"form_id": ["customer"]}, ("?field=name&type=integer", "?field=source&type=text")),
    f"POST {API}/design": Route(manages("design"), body=json.dumps({"document": {"app": {"id": "fresh"}}}), last=1),
    "POST /design/{app_id:str}/conditions": Route(manages("design"), body=json.dumps(EXPRESSION)),
    "GET /design/{app_id:str}/forms/{form_id:str}/records": Route(
        manages("design"), {"form_id": ["customer"]}, queries=("", "?q=a")
    ),
    "GET /design/{app_id:str}/forms/{form_id:str}/options/{field:str}": Route(
        manages("design"), {"form_id": ["customer"], "field": ["source"]}
    ),
    "GET /design/{app_id:str}/forms/{form_id:str}/preview/options/{field:str}": Route(
        manages("design"), {"form_id": ["customer"], "field": ["source"]}
    ),
    "GET /design/{app_id:str}/forms/{form_id:str}/uses/{field:str}": Route(
        manages("design"), {"form_id": ["customer"], "field": ["source"]}
    ),
    "GET /design/{app_id:str}/forms/{form_id:str}/preview": Route(manages("design"), {"form_id": ["customer"]}),
    "GET /design/{app_id:str}/forms/{form_id:str}/preview/page": Route(
        manages("design"), {"form_id": ["customer"]}, ("", "?fill=blank")
    ),
    "POST /design/{app_id:str}/forms/{form_id:str}/preview/page": Route(
        manages("design"), {"form_id": ["customer"]}, body=CUSTOMER
    ),
    "POST /design/{app_id:str}/forms/{form_id:str}/preview/state": Route(
        manages("design"), {"form_id": ["customer"]}, body=json.dumps(STATE)
    ),
    "GET /design/{app_id:str}/permissions": Route(manages("design"), queries=("", "?role=seller", "?role=no")),
    "GET /design/{app_id:str}/permissions/body": Route(manages("design"), queries=("", "?role=seller&revision=1")),
    "GET /design/{app_id:str}/permissions/effects": Route(manages("design")),
    "GET /design/{app_id:str}/permissions/uses": Route(manages("design"), queries=("?role=seller",)),
    "GET /design/{app_id:str}/permissions/name": Route(manages("design"), queries=("?label=x",)),
    "GET /design/{app_id:str}/capture": Route(manages("design"), queries=("", "?at=x-0.y")),
    "GET /design/{app_id:str}/capture/body": Route(
        manages("design"), queries=("", "?revision=1&written=x-0.y,&fresh=,")),
    "GET /design/{app_id:str}/menu": Route(manages("design"), queries=("", "?at=0.0")),
    "GET /design/{app_id:str}/menu/body": Route(manages("design"), queries=("", "?at=99999.x")),
    "GET /design/{app_id:str}/forms/{form_id:str}/retention": Route(manages("design"), queries=("", "?at=x")),
    "GET /design/{app_id:str}/forms/{form_id:str}/retention/body": Route(
        manages("design"), queries=("", "?revision=1")),
    "GET /design/{app_id:str}/forms/{form_id:str}/views": Route(manages("design"), queries=("", "?at=x")),
    "GET /design/{app_id:str}/forms/{form_id:str}/views/body": Route(
        manages("design"), queries=("", "?at=x&revision=1")),
    "GET /design/{app_id:str}/forms/{form_id:str}/views/uses": Route(manages("design"), queries=("?at=x",)),
    "POST /design/{app_id:str}/forms/{form_id:str}/views/names": Route(
        manages("design"), body=json.dumps({"revision": 0, "view": "mine", "id": "own"})
    ),
    "GET /design/{app_id:str}/forms/{form_id:str}/views/preview": Route(manages("design"), queries=("", "?view=x")),
    "GET /see-as": Route(manages("design", "access")),
    "GET /see-as/people": Route(manages("design", "access"), queries=("", "?q=a")),
    "POST /see-as": Route(manages("design", "access"), body={"app": APP, "person": "", "reason": ""}),
    "POST /see-as/end": Route(signed_in, last=1, seeing=True),
    "GET /design/{app_id:str}/problems": Route(manages("design"), queries=("", "?revision=1")),
    "GET /design/{app_id:str}/forms/{form_id:str}": Route(manages("design")),
    "GET /design/{app_id:str}/forms/{form_id:str}/canvas": Route(manages("design")),
    "GET /design/{app_id:str}/forms/{form_id:str}/panel": Route(manages("design"), queries=("", "?at=field:name")),
    "GET /design/{app_id:str}/forms/{form_id:str}/types": Route(
        manages("design"), {"form_id": ["customer"]}, ("?field=name", "?field=name&to=long_text")),
    "POST /design/{app_id:str}/forms/{form_id:str}/names": Route(
        manages("design"), body=json.dumps({"field": "name", "label": "x"})),
    "POST /design/{app_id:str}/forms/{form_id:str}/headings": Route(manages("design"), body=json.dumps({"text": "x"})),
    # -- the life of an app
    "GET /design": Route(manages("design")),
    "GET /design/new": Route(manages("design"), queries=("", "?how=sheet")),
    "GET /design/new/icons": Route(manages("design")),
    "POST /design/new": Route(manages("design"), body={"how": "blank", "label": "新应用", "app": "brand_new"}, last=1),
    "POST /design/new/guess": Route(manages("design"), body={"how": "headings", "headings": "甲,乙"}),
    "GET /design/import": Route(manages("design")),
    "POST /design/import": Route(manages("design"), body={"file": ""}),
    "POST /design/import/take": Route(manages("design"), body={"app": "vault", "revision": "0"}),
    "GET /design/{app_id:str}": Route(manages("design")),
    "GET /design/{app_id:str}/export": Route(manages("design"), queries=("", "?version=1&as=folder")),
    "GET /design/{app_id:str}/publish": Route(manages("design")),
    "POST /design/{app_id:str}/publish": Route(manages("design"), body={"revision": "1000000"}, last=1),
    "GET /design/{app_id:str}/versions": Route(manages("design"), queries=("", "?old=1&new=0")),
    "GET /design/{app_id:str}/versions/{number:int}/document": Route(manages("design"), {"number": ["1"]}),
    "GET /design/{app_id:str}/bindings": Route(manages("design")),
    "POST /design/{app_id:str}/bindings": Route(manages("design"), body={"role": "guest", "person": "revoked"}, last=1),
    "GET /design/{app_id:str}/tests": Route(manages("design")),
    "POST /design/{app_id:str}/tests/run": Route(manages("design"), body={"test": "none"}, last=1),
    "POST /design/{app_id:str}/tests/record": Route(manages("design"), body={"do": "start"}, last=1),
    # -- the house
    "GET /apps/{app_id:str}/channels": Route(manages("channels")),
    f"GET {CHANNEL}": Route(manages("channels")),
    f"POST {CHANNEL}/try": Route(manages("channels"), body={}),
    f"POST {CHANNEL}/quarantine": Route(manages("channels"), body=lambda v, values: {"id": v.ids["quarantined"],
                                                                             "action": "retry"}),
    f"POST {CHANNEL}/settings": Route(manages("channels"), body={"secret": "s3cret"}),
    # -- the audit trail
    f"GET {RECORD}/access": Route(asks_about_record),
    f"GET {FORM}/unmask": Route(reads_form, queries=("", "?record=1&record=x", "?all=yes")),
    "POST /apps/{app_id:str}/unmask": Route(
        only(LIFTED, WAITING), last=1,
        body=lambda v, values: {"record": f"letter:{v.ids['later']}", "reason": "想看看号码"}),
    "POST /unmaskings/{unmasking:str}/end": Route(only(LIFTED, AUDITOR), {"unmasking": ["@lifted"]}, body={}, last=1),
    "GET /admin/access": Route(signed_in),
    "POST /admin/access/grants/{grant:str}/end": Route(
        only(AUDITOR), {"grant": ["@granted_grant"]}, body={}, last=1),
    "POST /admin/access/emergency/{app_id:str}/{role:str}": Route(
        only(BROKEN), {"role": ["medic"]}, body={"reason": "系统告警，需立即核对原文"}, last=1
    ),
    "GET /admin/audit": Route(manages("audit"), queries=("", "?words=zebra", "?form=customer&app=vault")),
    "GET /admin/audit/figures": Route(manages("audit")),
    "GET /admin/audit/export": Route(manages("audit")),
    "POST /printed": Route(
        only(SELLER, CLERK), seeing=True,
        body=lambda v, values: {"page": f"/apps/vault/forms/customer/records/{v.ids['seller_customer']}"}),
    "GET /admin/web-hooks": Route(manages("channels")),
    "POST /admin/secrets": Route(manages("channels"), body={"name": "x", "address": "", "secret": ""}),
    "POST /admin/secrets/{name:str}/remove": Route(
        manages("channels"), {"name": ["vendor_key"]}, body={}, last=1),
    "POST /admin/web-hooks/{app_id:str}/{call:str}": Route(
        manages("channels"), {"call": ["@call"]}, body={"action": "discard"}, last=1),
    f"GET {API}/audit": Route(manages("audit"), queries=("", "?words=zebra")),
    f"GET {API}{RECORD}/looks": Route(manages("audit")),
    f"GET {API}/openapi.json": Route(signed_in),
    # -- accounts and keys
    "GET /admin/accounts": Route(manages("people")),
    "GET /admin/accounts/policy": Route(manages("people")),
    "POST /admin/accounts/policy": Route(manages("people"), body={}),
    "POST /admin/accounts/providers": Route(manages("people"), body={}),
    "GET /admin/accounts/of/{person:str}": Route(manages("people"), REVOKED_ONE),
    **{f"POST /admin/accounts/of/{{person:str}}/{act}": Route(manages("people"), REVOKED_ONE, body={}) for act in (
        "invite", "second-factor/remove", "sessions", "tokens/revoke", "unlock")},
    "GET /admin/keys": Route(manages("keys")),
    "POST /admin/keys/copies": Route(manages("keys"), body={}),
    "GET /admin/keys/bytes": Route(manages("keys", "verify"), queries=("", "?record=@letter")),
    # -- retention
    **{f"GET /admin/retention{page}": Route(manages("retention")) for page in (
        "", "/forecast", "/holds", "/shredded")},
    "POST /admin/retention/holds": Route(manages("retention"), body={}),
    "POST /admin/retention/holds/{hold:str}/release": Route(
        manages("retention"), {"hold": ["@hold"]}, body={"reason": "已结案"}, last=1),
    "POST /admin/retention/two-people": Route(manages("retention"), body={}),
    "POST /admin/retention/go-on": Route(manages("retention"), body={}),
    "POST /admin/retention/rules/{app_id:str}/{form_id:str}/{rule_id:str}": Route(
        manages("retention"), {"form_id": ["letter"], "rule_id": ["none"]}, body={}),
    "POST /admin/retention/shredded/{app_id:str}/{form_id:str}/{record:str}/lift": Route(
        manages("retention"), {"form_id": ["letter"]}, body={}),
    # -- the organisation
    **{f"GET {ORGANISATION}{page}": Route(manages("people"), PLACES) for page in (
        "", "/department/{department_id:str}", "/departments/new", "/import", "/import/workbook", "/move", "/new",
        "/options/{kind:str}", "/person/{person_id:str}", "/person/{person_id:str}/edit",
        "/person/{person_id:str}/hand-over", "/person/{person_id:str}/hand-overs",
        "/person/{person_id:str}/leave", "/posts", "/roles", "/roles/{app_id:str}/{role_id:str}", "/warnings")},
    **{f"POST {ORGANISATION}{page}": Route(manages("people"), PLACES, body={}) for page in (
        "/department/{department_id:str}", "/department/{department_id:str}/close",
        "/department/{department_id:str}/reopen", "/departments/new", "/import", "/new",
        "/person/{person_id:str}/edit", "/person/{person_id:str}/hand-over", "/person/{person_id:str}/leave",
        "/person/{person_id:str}/return", "/posts", "/roles/{app_id:str}/{role_id:str}")},
    f"POST {ORGANISATION}/move": Route(manages("people"), body={"department": "house", "person": "revoked"}),
    # -- packages
    f"GET {FORM}/package": Route(only(SELLER, RIVAL, CLERK), {"form_id": ["customer", "letter"]}),
    f"POST {FORM}/package": Route(
        only(SELLER, RIVAL, CLERK), {"form_id": ["letter"]}, body={"reason": "x", "scope": "only"}, last=1,
        quiet=True,
    ),
    "GET /packages": Route(signed_in),
    "GET /packages/{package:str}": Route(only(SELLER), {"package": ["@package"]}, seeing=False),
    "GET /packages/verifiers/{name:str}": Route(signed_in, {"name": ["verify.py", "verify.html"]}),
    # -- evidence
    "GET /evidence": Route(signed_in),
    "POST /evidence/verify": Route(manages("verify"), body={}, last=1),
    "GET /evidence/report.pdf": Route(manages("verify", "audit")),
    "POST /evidence/settings": Route(manages("verify", "keys"), body={"public": "yes"}, last=1),
    "POST /evidence/witnesses": Route(manages("verify", "keys"), body={}),
    "POST /evidence/witnesses/{witness:str}/show": Route(
        manages("verify", "keys"), {"witness": ["@witness"]}, body={}),
    "POST /evidence/witnesses/{witness:str}/dismiss": Route(
        manages("verify", "keys"), {"witness": ["@witness"]}, body={}, last=1),
    "GET /ledger/{log:str}/checkpoint": Route(manages("verify", "audit"), {"log": ["records"]}),
    "GET /ledger/{log:str}/tile/{place:path}": Route(
        manages("verify", "audit"), {"log": ["records"], "place": ["0/000.p/1"]}),
    f"GET {API}/ledger/{{log:str}}/inclusion": Route(signed_in, {"log": ["records"]}, ("?position=0&size=1",)),
    f"GET {API}/ledger/{{log:str}}/checkpoint": Route(signed_in, {"log": ["records", "audit"]}),
    f"GET {API}/ledger/{{log:str}}/consistency": Route(signed_in, {"log": ["records"]}, ("?first=1&second=2",)),
}  # fmt: skip


# What is sent here is not meant to do: who gets in is told so by one of these, and by nothing else but 2xx or 3xx.
# 404 stands only where what is sent names nothing; what stands in a path is there.
WILL_NOT_DO: dict[str, tuple[int, ...]] = {
    **dict.fromkeys((  # half a form, or nothing at all
        "POST /admin/accounts/policy", "POST /admin/accounts/providers", "POST /admin/keys/copies",
        "POST /admin/people/import", "POST /admin/people/new", "POST /admin/people/person/{person_id:str}/edit",
        "POST /admin/people/person/{person_id:str}/leave", "POST /admin/people/posts",
        "POST /admin/people/roles/{app_id:str}/{role_id:str}", "POST /admin/retention/holds",
        "POST /admin/retention/rules/{app_id:str}/{form_id:str}/{rule_id:str}",
        "POST /admin/retention/shredded/{app_id:str}/{form_id:str}/{record:str}/lift", "POST /admin/secrets",
        f"POST {API}/absences", "POST /me/absences", "POST /me/absences/end", "POST /me/identities/{provider:int}",
        "POST /me/second-factor/confirm", f"POST {API}{FORM}/imports", f"POST {FORM}/import",
        f"POST {FORM}/place", f"POST {RECORD}/linked/{{field:str}}", f"POST {API}{RECORD}/linked/{{field:str}}",
        f"POST {API}/files", "POST /design/import", "POST /design/{app_id:str}/forms/{form_id:str}/names",
        "POST /evidence/witnesses", "POST /see-as",
    ), (400, 404, 409, 422)),
    **dict.fromkeys((  # somebody closed it who came before
        f"POST {API}/tasks/{{task:str}}/close", "POST /tasks/{task:str}/close",
        f"POST {API}/tasks/{{task:str}}/transfer", "POST /tasks/{task:str}/transfer",
        "POST /unmaskings/{unmasking:str}/end",
    ), (404, 409, 422)),
    **dict.fromkeys((  # it runs, or there is a newer one
        f"POST {API}/apps/{{app_id:str}}/flows/{{flow:str}}", f"PATCH {API}{RECORD}", f"POST {RECORD}",
        "POST /admin/access/emergency/{app_id:str}/{role:str}", f"POST {FORM}/import/{{run_id:str}}/begin",
        f"POST {API}{FORM}/imports/{{import_id:str}}/begin", f"POST {API}/design/{{app_id:str}}/publish",
        "POST /design/{app_id:str}/publish",
    ), (409, 422)),
}  # fmt: skip
ROUTES |= {name: replace(ROUTES[name], refuses=statuses) for name, statuses in WILL_NOT_DO.items()}


# -- what is asked -----------------------------------------------------------------------------------


def usual_values(vault: Vault) -> dict[str, Sequence[str]]:
    """What stands for a name in a path where its row says nothing else."""
    return {
        "app_id": [APP], "form_id": ["customer", "letter", "talk"], "report": ["figures"],
        "report_id": ["figures"], "widget": WIDGETS, "widget_id": WIDGETS, "channel_id": ["box"],
        "flow": ["approve"], "instance": [vault.ids["seller_flow"]], "task": [vault.ids["seller_task"]],
        "number": [vault.ids["rival_notification"]], "file_id": list(_file_readers(vault)),
    }  # fmt: skip


def calls(vault: Vault, name: str, route: Route) -> Iterator[Call]:
    """Every request the row stands for. LookupError where nobody said what stands in the path."""
    method, _, template = name.partition(" ")
    for values in _combinations(vault, name, template, route):
        path = template
        for parameter, value in values.items():
            path = re.sub(rf"\{{{parameter}:\w+\}}", lambda _, value=value: value, path)
        body = route.body(vault, values) if callable(route.body) else route.body
        for query in route.queries:
            asked = re.sub(r"@(\w+)", lambda found: vault.ids[found[1]], query)
            yield Call(method, path + asked, values, body)


def _combinations(vault: Vault, name: str, template: str, route: Route) -> Iterator[dict[str, str]]:
    names = re.findall(r"\{(\w+):\w+\}", template)
    one_form = (
        {"form_id": ["letter"]} if "/design/" in template else {}
    )  # who designs one form designs them all
    known = usual_values(vault) | one_form | dict(route.values)
    missing = [one for one in names if one not in known and one != "record"]

    def true(some: Sequence[str]) -> list[str]:
        return [vault.ids[one[1:]] if one.startswith("@") else one for one in some]

    if missing:
        raise LookupError(f"{name}: say in its row of tests/security/routes.py what {missing} may be")
    if "record" not in names:
        yield from (
            dict(zip(names, one, strict=True)) for one in itertools.product(*(true(known[n]) for n in names))
        )
        return
    others = [one for one in names if one not in ("form_id", "record")]
    for target in vault.targets:
        if "form_id" in route.values and target.form not in route.values["form_id"]:
            continue
        if "record" in route.values and target.record not in true(route.values["record"]):
            continue
        for one in itertools.product(*(true(known[n]) for n in others)):
            yield {**dict(zip(others, one, strict=True)), "form_id": target.form, "record": target.record}
