"""Tables of `docs/document.md`, made from what is registered so that they cannot go stale.

`scripts/refresh_docs.py` writes them between their marks; a test compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import msgspec

from metamodel.core_schema import DEFINITIONS, DOCUMENT
from metamodel.expressions.function_table import render_function_table
from metamodel.labels import label_text
from metamodel.plugin_api import KINDS, OPERATORS, Field, OptionsType, Plugin, Registry, type_label
from metamodel.problems import CORE_CODES, TEXTS, Texts
from metamodel.reports import PERIODS

# What can be wrong with a document, by area; what can be wrong with a value or a request is not here.
AREAS = (
    "app", "folder", "shape", "options", "id", "label", "reference", "requires", "form", "field", "trigger",
    "action", "analyzer", "connector", "node", "widget", "expression", "formula", "rollup", "title", "search", "sort",
    "layout", "view", "retention", "rule", "role", "channel", "menu", "flow", "report", "app_test", "merge",
)  # fmt: skip


def problem_codes(registry: Registry) -> str:
    """| code | severity | zh | en | of everything a document can be told."""
    texts = document_texts(registry)
    order = sorted(texts, key=lambda code: (AREAS.index(_area(code)), code))
    rows = (f"| `{code}` | {texts[code].severity} | {texts[code].zh} | {texts[code].en} |" for code in order)
    return _table("| code | severity | zh | en |", rows)


def document_texts(registry: Registry) -> dict[str, Texts]:
    """Our own codes and those of the registered plugins, of the areas above."""
    known = {code: TEXTS[code] for code in CORE_CODES}
    for kind in KINDS:
        for plugin in registry.all(kind).values():
            known.update(plugin.texts)
    return {code: texts for code, texts in known.items() if _area(code) in AREAS}


def field_types(registry: Registry) -> str:
    """| type | label | options |: the field types and what each is told."""
    return _plugin_table("type", registry.all("field").values())


GROUPS: Mapping[str, str] = {
    "text": "Text", "number": "Numbers", "choice": "Choice", "time": "Time", "people": "People", "file": "Files",
    "relation": "Relations and computed", "system": "System", "layout": "Rows",
}  # fmt: skip


def field_guide(registry: Registry) -> str:
    """`docs/field-types.md`: by group of the palette, what each keeps, gives expressions, and can do."""
    types: Mapping[str, Field] = registry.all("field")
    return "\n\n".join(
        f"## {title}\n\n" + "\n\n".join(_guide(one) for one in types.values() if one.group == group)
        for group, title in GROUPS.items()
    )


def _guide(type_: Field) -> str:
    """A paragraph: what it is, then what it does in a list that says only what is so."""
    facts = [
        f"kept as {type_.storage.value}" if type_.input != "none" else "computed, never typed",
        f"in expressions {'a list' if type_.many else _said(type_)}",
        *([f"the values of `{type_.twin}` with another control"] if type_.twin else []),
        *(["searchable"] if type_.searchable else []),
        *(["sortable"] if type_.sortable else []),
        *(["may be a person's: seal it as evidence"] if type_.personal else []),
    ]
    asked = ", ".join(OPERATORS[name]["en"] for name in type_.operators)
    options = _options(type_.Options)
    example = next((f"`{_short(sent)}` is kept as `{_short(kept)}`" for sent, kept in type_.examples), "")
    lines = [
        f"### `{type_.name}` {label_text(type_.label, 'zh')} · {label_text(type_.label, 'en')}",
        "",
        f"{label_text(type_.doc, 'zh')}。{label_text(type_.doc, 'en')}.",
        "",
        f"- {'; '.join(facts)}",
        f"- filters: {asked or 'none'}; figures: {', '.join(type_.aggregates) or 'none'}",
        *([f"- options: {options}"] if options else []),
        *([f"- {example}"] if example else []),
    ]
    return "\n".join(lines)


def _said(type_: Field) -> str:
    return type_label(type_.type)["en"]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.replace("`", "'").split())[:60]


def rule_parts(registry: Registry) -> str:
    """Triggers and actions with their options."""
    parts = [*registry.all("trigger").values(), *registry.all("action").values()]
    return _plugin_table("trigger or action", parts)


def flow_nodes(registry: Registry) -> str:
    return _plugin_table("node", registry.all("node").values())


def widgets(registry: Registry) -> str:
    return _plugin_table("widget", registry.all("widget").values())


def analyzers(registry: Registry) -> str:
    return _plugin_table("analyzer", registry.all("analyzer").values())


def patterns(registry: Registry) -> str:
    """With an example each: what is found, and what is left of it."""
    rows = (
        f"| `{one.name}` | {label_text(one.label, 'zh')} | {label_text(one.label, 'en')} "
        f"| {one.examples[0][0]} | {one.examples[0][1]} |"
        for one in registry.all("pattern").values()
    )
    return _table("| pattern | zh | en | a text | masked |", rows)


def periods(registry: Registry) -> str:
    rows = (f"| `{name}` | {words['zh']} | {words['en']} |" for name, words in PERIODS.items())
    return _table("| period | zh | en |", rows)


def connectors(registry: Registry) -> str:
    return _plugin_table("connector", registry.all("connector").values())


def document_keys() -> dict[str, set[str]]:
    """The keys of each kind of object in the core schema, which the page must explain."""
    known = {name: schema for name, schema in DEFINITIONS.items() if "properties" in schema}
    keys = {name: set(schema["properties"]) for name, schema in known.items()}
    return {
        **keys,
        "document": set(DOCUMENT["properties"]),
        "app": set(DOCUMENT["properties"]["app"]["properties"]),
    }


TABLES = {
    "problem-codes": problem_codes,
    "field-types": field_types,
    "field-guide": field_guide,
    "rule-parts": rule_parts,
    "flow-nodes": flow_nodes,
    "connectors": connectors,
    "widgets": widgets,
    "analyzers": analyzers,
    "patterns": patterns,
    "periods": periods,
    "functions": render_function_table,
}


def _area(code: str) -> str:
    return code.partition(".")[0]


def _plugin_table(what: str, plugins: Iterable[Plugin]) -> str:
    rows = (
        f"| `{plugin.name}` | {label_text(plugin.label, 'zh')} | {label_text(plugin.label, 'en')} "
        f"| {_options(getattr(plugin, 'Options', None))} |"
        for plugin in plugins
    )
    return _table(f"| {what} | zh | en | options |", rows)


def _options(options: OptionsType | None) -> str:
    fields = msgspec.structs.fields(options) if options is not None else ()
    return "; ".join(
        f"`{one.encode_name}`{' (needed)' if one.required else ''}{_words(one.type)}" for one in fields
    )


def _words(annotation: object) -> str:
    """The English words that an option's annotation carries, however deep."""
    for one in getattr(annotation, "__metadata__", ()):
        label = (getattr(one, "extra", None) or {}).get("label")
        if label is not None:
            return f" {label_text(label, 'en')}"
    return next(filter(None, map(_words, getattr(annotation, "__args__", ()))), "")


def _table(head: str, rows: Iterable[str]) -> str:
    line = "|" + "---|" * (head.count("|") - 1)
    return "\n".join([head, line, *rows])
