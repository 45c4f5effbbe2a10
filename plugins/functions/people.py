"""Functions about people: managers, departments, roles. The organisation is asked through the context.

All are volatile: who manages whom changes without any record changing, so a stored
formula may not use them. In SQL they are worked out beforehand unless a row decides.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from metamodel.plugin_api import (
    BOOLEAN,
    DEPARTMENT,
    NUMBER,
    PERSON,
    TEXT,
    Argument,
    Function,
    Registry,
    bilingual,
    list_of,
)

MAX_LEVEL = 50
_PERSON = Argument("person", PERSON)


def _my_id(context: Any) -> str | None:
    return (context.me or {}).get("id")


def manager_of(context: Any, person: str | None, level: int | Decimal | None = 1) -> str | None:
    if not person or level is None or not 1 <= level <= MAX_LEVEL:
        return None
    found: str | None = context.people.manager_of(person, int(level))
    return found


def managers_of(context: Any, person: str | None) -> list[str]:
    """From the direct manager upwards; a circle ends the chain."""
    chain: list[str] = []
    while person and len(chain) < MAX_LEVEL:
        person = context.people.manager_of(person, 1)
        if not person or person in chain:
            break
        chain.append(person)
    return chain


def department_of(context: Any, person: str | None) -> str | None:
    found: str | None = context.people.department_of(person) if person else None
    return found


def my_departments(context: Any) -> list[str]:
    me = context.me or {}
    if "departments_below" in me:
        return list(me["departments_below"])
    return list(context.people.departments_below(me["id"])) if me.get("id") else []


def my_colleagues(context: Any) -> list[str]:
    me = _my_id(context)
    return list(context.people.people_of(me, False)) if me else []


def my_people(context: Any) -> list[str]:
    me = _my_id(context)
    return list(context.people.people_of(me, True)) if me else []


def departments_of(context: Any, person: str | None) -> list[str]:
    return list(context.people.departments_below(person)) if person else []


def has_role(context: Any, role: str, person: str | None = None) -> bool:
    who = person or _my_id(context)
    return bool(who) and bool(context.people.has_role(who, role))


def people_with_role(context: Any, role: str) -> list[str]:
    return list(context.people.members_of(role))


def staff(context: Any) -> list[str]:
    return list(context.people.staff())


def is_me(context: Any, person: str | None) -> bool:
    return bool(person) and person == _my_id(context)


FUNCTIONS = (
    Function(
        "MANAGER_OF",
        (_PERSON, Argument("level", NUMBER, optional=True)),
        PERSON,
        manager_of,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("上级", "Manager"),
        doc=bilingual("某人的上级，第二个参数为往上几级", "A person's manager, or the one some levels up"),
        examples=(("MANAGER_OF(none)", {}, None),),
    ),
    Function(
        "MANAGERS_OF",
        (_PERSON,),
        list_of(PERSON),
        managers_of,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("各级上级", "Managers"),
        doc=bilingual("从直属上级到最高上级", "All managers above a person, the direct one first"),
        examples=(("SIZE(MANAGERS_OF(none))", {}, 0),),
    ),
    Function(
        "DEPARTMENT_OF",
        (_PERSON,),
        DEPARTMENT,
        department_of,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("部门", "Department"),
        doc=bilingual("某人的主部门", "A person's main department"),
        examples=(("DEPARTMENT_OF(none)", {}, None),),
    ),
    Function(
        "DEPARTMENTS_OF",
        (_PERSON,),
        list_of(DEPARTMENT),
        departments_of,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("部门及下级", "Departments"),
        doc=bilingual("某人所在部门及其全部下级部门", "A person's departments and everything below them"),
        examples=(("SIZE(DEPARTMENTS_OF(none))", {}, 0),),
    ),
    Function(
        "MY_DEPARTMENTS",
        (),
        list_of(DEPARTMENT),
        my_departments,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("我的部门及下级", "My departments"),
        doc=bilingual("当前用户所在部门及其全部下级部门", "Your departments and everything below them"),
        examples=(("'nowhere' in MY_DEPARTMENTS()", {}, False),),
    ),
    Function(
        "MY_COLLEAGUES",
        (),
        list_of(PERSON),
        my_colleagues,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("本部门的人", "My colleagues"),
        doc=bilingual("当前用户所在部门的人，含自己", "The people of your departments, yourself too"),
        examples=(("'nobody_at_all' in MY_COLLEAGUES()", {}, False),),
    ),
    Function(
        "MY_PEOPLE",
        (),
        list_of(PERSON),
        my_people,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("本部门及下级的人", "My people"),
        doc=bilingual(
            "当前用户所在部门及其全部下级部门的人，含自己",
            "The people of your departments and of everything below them, yourself too",
        ),
        examples=(("'nobody_at_all' in MY_PEOPLE()", {}, False),),
    ),
    Function(
        "HAS_ROLE",
        (Argument("role", TEXT), Argument("person", PERSON, optional=True)),
        BOOLEAN,
        has_role,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("有角色", "Has role"),
        doc=bilingual("当前用户（或某人）有没有这个角色", "Do you, or somebody, have this role?"),
        examples=(("HAS_ROLE('nobody_has_this')", {}, False),),
    ),
    Function(
        "PEOPLE_WITH_ROLE",
        (Argument("role", TEXT),),
        list_of(PERSON),
        people_with_role,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("角色的成员", "People with a role"),
        doc=bilingual("有这个角色的在职人员", "Everybody here who has this role"),
        examples=(("SIZE(PEOPLE_WITH_ROLE('nobody_has_this'))", {}, 0),),
    ),
    Function(
        "STAFF",
        (),
        list_of(PERSON),
        staff,
        group="people",
        context=True,
        volatile=True,
        label=bilingual("全体在职人员", "Staff"),
        doc=bilingual("所有在职人员", "Everybody who works here"),
        examples=(("SIZE(STAFF())", {}, 0),),
    ),
    Function(
        "IS_ME",
        (_PERSON,),
        BOOLEAN,
        is_me,
        group="people",
        context=True,
        volatile=True,
        sql=None,
        label=bilingual("是我", "Is me"),
        doc=bilingual("是不是当前用户", "Is it you?"),
        examples=(("IS_ME(none)", {}, False),),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
