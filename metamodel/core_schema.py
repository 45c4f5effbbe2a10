"""The core of the published JSON Schema: the shape of an application document, plugins aside.

Data, and the few functions that make it shorter to write. `schema.py` adds the options of
the registered plugins and validates; meaning (references, types of expressions) is not here.
"""

from __future__ import annotations

from typing import Any

from metamodel.layouts import KINDS as LAYOUT_KINDS, LEAST_HEIGHT, MOST_HEIGHT
from metamodel.row_totals import NARROWEST, TOTALS, WIDEST

Schema = dict[str, Any]

FORMAT = 1
ID_PATTERN = "^[a-z][a-z0-9_]{0,62}$"
PATH_PATTERN = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
DURATION_PATTERN = r"^P(?=[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?$"
PAGES = ("search", "channels", "evidence", "tasks", "requests", "rule_log")
MANAGES = ("access", "audit", "channels", "design", "keys", "people", "retention", "verify")


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def list_of(item: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": item, **more}


def shape(needed: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """An object with these keys and no others; a trailing underscore spares a Python keyword."""
    known = {name.rstrip("_"): schema for name, schema in properties.items()}
    return {
        "type": "object", "properties": known, "required": list(needed), "additionalProperties": False,
    }  # fmt: skip


def one_of(*values: str) -> Schema:
    return {"enum": list(values)}


TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
ANYTHING: Schema = {"type": "object"}
PATHS = list_of(ref("path"))

SIMPLE: dict[str, Schema] = {
    "id": {"type": "string", "pattern": ID_PATTERN},
    "path": {"type": "string", "pattern": PATH_PATTERN},
    "sort": {"type": "string", "pattern": PATH_PATTERN.replace("^", "^-?", 1)},
    "expression": TEXT,
    # a text, or an object of texts by language
    "label": {"type": ["string", "object"], "additionalProperties": TEXT, "minProperties": 1},
}

# the whole of it, or what of its text the patterns find
MASK: Schema = {
    "type": ["boolean", "object"], "required": ["patterns"], "additionalProperties": False,
    "properties": {"patterns": list_of(TEXT, minItems=1, uniqueItems=True)},
}  # fmt: skip

FIELD = shape(
    ("id", "type"),
    id=ref("id"), type=TEXT, label=ref("label"), help=ref("label"), options=ANYTHING,
    options_version={"type": "integer", "minimum": 1},
    required=FLAG, evidence=FLAG, sealed=FLAG, searchable=FLAG, unique=FLAG, mask=MASK,
    default=ref("expression"), visible=ref("expression"), required_if=ref("expression"),
    writable=ref("expression"), valid=ref("expression"), hand_over=ref("expression"), fields=list_of(ref("field")),
    # of a sub-form's column only
    width={"type": "integer", "minimum": NARROWEST, "maximum": WIDEST}, total=one_of(*TOTALS),
)  # fmt: skip

VIEW = shape(
    ("id",),
    id=ref("id"), label=ref("label"), kind=TEXT, columns=PATHS, filter=ref("expression"),
    sort=list_of(ref("sort")), options=ANYTHING, default_for=list_of(ref("id"), uniqueItems=True),
)  # fmt: skip

PLACED_FIELD: Schema = {
    "type": ["string", "object"], "pattern": ID_PATTERN, "required": ["field"], "additionalProperties": False,
    "properties": {"field": ref("id"), "span": {"type": "integer", "minimum": 1, "maximum": 3}},
}  # fmt: skip

BLOCK = shape(
    ("kind",),
    kind=one_of(*LAYOUT_KINDS), id=ref("id"), label=ref("label"), visible=ref("expression"),
    columns={"type": ["integer", "array"], "minimum": 1, "maximum": 3, "items": ref("path")},
    fields=list_of(ref("placed_field")), folded=FLAG, tabs=list_of(ref("tab")), text=ref("label"),
    rule=ref("id"), url=TEXT, height={"type": "integer", "minimum": LEAST_HEIGHT, "maximum": MOST_HEIGHT},
    app=ref("id"), form=ref("id"), link=ref("id"), sort=list_of(ref("sort")),
    limit={"type": "integer", "minimum": 1, "maximum": 100},
)  # fmt: skip
TAB = shape(
    ("id",), id=ref("id"), label=ref("label"), visible=ref("expression"), blocks=list_of(ref("block"))
)

PERIOD: Schema = {"type": "string", "pattern": DURATION_PATTERN}
RETENTION_RULE = shape(
    ("id",),
    id=ref("id"), label=ref("label"), where=ref("expression"), from_=ref("id"), keep=PERIOD, at_most=PERIOD,
    then=one_of("shred", "store_only"), source=ref("label"), preset=TEXT,
)  # fmt: skip
RETENTION: Schema = {  # a list of rules; or in short the one rule there is
    **shape(("keep",), keep=PERIOD, then=one_of("shred"), from_=ref("id")),
    "type": ["array", "object"], "items": ref("retention_rule"),
}  # fmt: skip

KEYWORDS = shape(  # the form's records are keyword lists, or words: where code and words stand
    ("word",),
    code=ref("id"), rows=ref("id"), word=ref("id"), also=ref("id"), enabled=ref("id"), side=ref("id"),
)  # fmt: skip

FORM = shape(
    ("id", "fields"),
    id=ref("id"), label=ref("label"), description=ref("label"), icon=TEXT, kind=one_of("record", "archive"),
    title=TEXT, fields=list_of(ref("field")), layout=list_of(ref("block")), views=list_of(ref("view")),
    search={"type": "object", "additionalProperties": ref("path")}, retention=ref("retention"),
    print=list_of(ref("block")), keywords=ref("keywords"),
    duplicates=list_of(list_of(ref("id"), minItems=1, uniqueItems=True)),
)  # fmt: skip

RULE = shape(
    ("id", "when", "then"),
    id=ref("id"), label=ref("label"), description=ref("label"),
    when=ref("when"),
    if_=ref("expression"), then=list_of(ref("action"), minItems=1),
    priority={"type": "integer"}, enabled=FLAG, run_as=TEXT,
)  # fmt: skip

EDGE = shape(
    ("from", "to"),
    from_=ref("id"), to=ref("id"), on=TEXT, if_=ref("expression"), label=ref("label"),
)  # fmt: skip
PLACED = shape(("id", "type"), id=ref("id"), type=TEXT, label=ref("label"), options=ANYTHING)
FLOW = shape(
    ("id", "form"),
    id=ref("id"), label=ref("label"), description=ref("label"), form=ref("id"), nodes=list_of(ref("node")),
    edges=list_of(ref("edge")), start=one_of("created", "manual"), applicant=ref("id"),
)  # fmt: skip

REPORT_FILTER = shape(
    ("id", "kind", "fields"),
    id=ref("id"), kind=one_of("period", "choice"), label=ref("label"), default=TEXT,
    # what it means in a form, or in another app's: {"conversation": "happened_at", "crm.ticket": "opened_at"}
    fields={"type": "object", "additionalProperties": ref("path")},
)  # fmt: skip
REPORT = shape(
    ("id",),
    id=ref("id"), label=ref("label"), description=ref("label"), filters=list_of(ref("report_filter")),
    widgets=list_of(ref("widget")),
)  # fmt: skip

PERMISSION = shape(
    rows=ref("expression"),
    actions=list_of(one_of("read", "create", "update", "delete", "export"), uniqueItems=True),
    fields={"type": "object", "additionalProperties": one_of("hide", "mask", "read", "write")},
    unmasked=ref("expression"), views=list_of(ref("id"), uniqueItems=True),
)  # fmt: skip

UNMASK = shape(minutes={"type": "integer", "minimum": 1, "maximum": 1440}, confirm=list_of(TEXT))
EMERGENCY = shape(
    ("forms", "alarm"),
    forms=list_of(ref("id"), minItems=1, uniqueItems=True),
    hours={"type": "integer", "minimum": 1, "maximum": 72},
    alarm=list_of(TEXT, minItems=1),
)  # fmt: skip

ROLE = shape(
    ("id",),
    id=ref("id"), label=ref("label"), description=ref("label"),
    forms={"type": "object", "additionalProperties": ref("permission")},
    reports={"type": "object", "additionalProperties": one_of("rows", "totals")},
    manages=list_of(one_of(*MANAGES), uniqueItems=True),
    combines=TEXT, watermark=FLAG, unmask=UNMASK, emergency=EMERGENCY,
)  # fmt: skip

CHANNEL = shape(
    ("id", "connector"),
    id=ref("id"), label=ref("label"), description=ref("label"), enabled=FLAG,
    connector=TEXT, options=ANYTHING, watch=list_of(ref("watch")),
)  # fmt: skip
WATCH = shape(("label", "form"), label=ref("label"), form=ref("id"), filter=ref("expression"))

MENU_ITEM = shape(
    id=ref("id"), label=ref("label"), icon=TEXT,
    form=ref("id"), view=ref("id"), report=ref("id"), page=one_of(*PAGES), link=TEXT,
)  # fmt: skip
MENU_GROUP = shape(("items",), id=ref("id"), label=ref("label"), icon=TEXT, items=list_of(ref("menu_item")))

# -- app tests: what a step does, and what an expectation is about (the first of these keys it has)
STEPS = (
    "message", "wait", "create", "update", "delete", "restore", "press", "begin", "flow", "task", "say", "package",
    "expect",
)  # fmt: skip
EXPECTATIONS = ("tasks_of", "notifications_of", "search", "report", "timeline", "form", "flow")
COUNT: Schema = {"type": "integer", "minimum": 0}
TEXTS: Schema = {"type": ["string", "array"], "items": TEXT}

TEST_MESSAGE = shape(
    ("channel", "from"),
    channel=ref("id"), from_=TEXT, to=list_of(TEXT), names={"type": "object", "additionalProperties": TEXT},
    text=TEXT, room=TEXT, kind=one_of("single", "group", "call", "thread"), files=list_of(TEXT),
    action=one_of("send", "edit", "recall", "consent", "system"), type=TEXT, refers_to=TEXT, name=TEXT,
    times={"type": "integer", "minimum": 1, "maximum": 1000}, every=TEXT,
)  # fmt: skip

TEST_EXTREME = shape(("by", "row"), by=ref("id"), row=ANYTHING)  # the row with the most of a measure
TEST_LINE = shape((), values=ANYTHING, says=TEXT)  # a line of a timeline
TEST_EXPECTATION = shape(
    (),
    as_=TEXT, count=COUNT, least=COUNT, rule=ref("id"), flow=TEXT, about=TEXT, title=TEXT,
    tasks_of=TEXT, hits=COUNT, due={"type": ["string", "object"]}, state=TEXT, notifications_of=TEXT,
    form=TEXT, where=ref("expression"), record=TEXT, values=ANYTHING, has=ANYTHING, lacks=ANYTHING,
    hides=list_of(ref("id")), export=FLAG, name=TEXT, search=TEXT,
    report=ref("id"), widget=ref("id"), filters={"type": "object", "additionalProperties": TEXT},
    rows=COUNT, first=ANYTHING, last=ANYTHING, row=ANYTHING, denied=FLAG,
    highest=ref("test_extreme"), lowest=ref("test_extreme"),
    timeline=ref("id"), of=TEXT, lines=list_of(ref("test_line"), minItems=1),
    hidden={"anyOf": [COUNT, shape((), least=COUNT, most=COUNT)]},
    waiting_for=list_of(TEXT), path=list_of(ref("id")),
)  # fmt: skip

TEST_STEP = shape(
    (),
    message=ref("test_message"), wait=TEXT, as_=TEXT, create=TEXT, update=TEXT, values=ANYTHING, name=TEXT,
    delete=TEXT, restore=TEXT, say=TEXT, about=ref("id"),
    press=ref("id"), begin=ref("id"), on=TEXT, flow=TEXT, do=TEXT, comment=TEXT,
    to={"anyOf": [TEXT, list_of(TEXT)]},
    package=TEXT, search=TEXT, where=ref("expression"), count=COUNT, says=TEXT,
    task=shape((), rule=ref("id"), flow=ref("id"), about=TEXT), expect=ref("test_expectation"), refused=TEXT,
    note=ref("label"),
)  # fmt: skip

TEST = shape(
    ("id", "steps"),
    id=ref("id"), label=ref("label"), at=TEXT, data=TEXTS, steps=list_of(ref("test_step"), minItems=1),
)  # fmt: skip

REQUIRED_FIELD: Schema = {
    "type": ["string", "object"], "required": ["type"], "additionalProperties": False,
    "properties": {"type": TEXT, "sealed": FLAG, "app": ref("id"), "form": ref("id")},
}  # fmt: skip
REQUIREMENT = shape(
    ("app",),
    app=ref("id"),
    forms={
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": ref("required_field")},
    },
)

DOCUMENT = shape(
    ("muniment", "app"),
    muniment={"const": FORMAT}, **{"$schema": TEXT},
    app=shape(("id",), id=ref("id"), label=ref("label"), description=ref("label"), icon=TEXT),
    requires=list_of(ref("requirement")), forms=list_of(ref("form")), rules=list_of(ref("rule")),
    flows=list_of(ref("flow")), reports=list_of(ref("report")), roles=list_of(ref("role")),
    channels=list_of(ref("channel")), menus=list_of(ref("menu_group")), tests=list_of(ref("test")),
)  # fmt: skip

DEFINITIONS: dict[str, Schema] = {
    **SIMPLE,
    "field": FIELD,
    "view": VIEW,
    "placed_field": PLACED_FIELD,
    "block": BLOCK,
    "tab": TAB,
    "retention": RETENTION,
    "retention_rule": RETENTION_RULE,
    "keywords": KEYWORDS,
    "form": FORM,
    "rule": RULE,
    "action": shape(("action",), action=TEXT, with_=ANYTHING),
    "when": {"type": "object", "properties": {"trigger": TEXT}, "required": ["trigger"]},
    "node": PLACED,
    "widget": PLACED,
    "edge": EDGE,
    "flow": FLOW,
    "report": REPORT,
    "report_filter": REPORT_FILTER,
    "permission": PERMISSION,
    "role": ROLE,
    "channel": CHANNEL,
    "watch": WATCH,
    "menu_item": MENU_ITEM,
    "menu_group": MENU_GROUP,
    "test_message": TEST_MESSAGE,
    "test_extreme": TEST_EXTREME,
    "test_line": TEST_LINE,
    "test_expectation": TEST_EXPECTATION,
    "test_step": TEST_STEP,
    "test": TEST,
    "required_field": REQUIRED_FIELD,
    "requirement": REQUIREMENT,
}
