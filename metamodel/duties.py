"""Separation of duties: what one person should not do all alone, and who would.

Who runs the house, who builds its apps, who watches both, and who reads what customers said are different
people by default. A role that unites them says why; giving somebody roles that do is asked twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from metamodel.human_text import show_list
from metamodel.problems import Problem, problem

if TYPE_CHECKING:
    from metamodel.checking import Checking
    from metamodel.forms import Form
    from metamodel.roles import Role

MANAGED: Mapping[str, frozenset[str]] = {
    "running": frozenset({"people", "channels", "keys"}),
    "designing": frozenset({"design"}),
    "watching": frozenset({"audit", "verify", "access"}),
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "running": {"zh": "系统管理", "en": "running the system"},
    "designing": {"zh": "应用设计", "en": "designing apps"},
    "watching": {"zh": "审计", "en": "auditing"},
    "reading": {"zh": "查看存档内容", "en": "reading what is archived"},
}


def duties_of(role: Role, forms: Iterable[Form]) -> frozenset[str]:
    """Names of WORDS: what the role manages, and `reading` where it opens the words of an archive."""
    found = {duty for duty, managed in MANAGED.items() if managed & role.manages}
    return frozenset(found | {"reading" for form in forms if _opens(role, form)})


def conflicting(duties: Iterable[str]) -> tuple[str, ...]:
    """All of them, in the order of WORDS, where they should not be one person's; nothing where they may."""
    held = frozenset(duties)
    return tuple(duty for duty in WORDS if duty in held) if len(held) > 1 else ()


def check_duties(role: Role, checking: Checking) -> Iterator[Problem]:
    """A warning, unless the role says why it `combines` them."""
    found = conflicting(duties_of(role, checking.app.forms))
    if found and not role.combines.strip():
        words = {language: said(found, language) for language in ("zh", "en")}
        yield problem("role.conflicting_duties", role.path, duties=words)


def said(duties: Iterable[str], language: str) -> str:
    words = (WORDS[duty]["zh" if language.startswith("zh") else "en"] for duty in duties)
    return show_list(words, language)


def _opens(role: Role, form: Form) -> bool:
    permission = role.forms.get(form.id)
    if permission is None or not form.is_archive or "read" not in permission.actions:
        return False
    words = (field for field in form.fields if field.sealed and field.searchable)
    return any(permission.field_access(field.id) != "hide" for field in words)
