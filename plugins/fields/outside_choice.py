"""One of a list that another system answers with; what is kept is its value, what is shown its label.

The list is fetched by the engine and kept: when the other system is gone, everything still reads as it did.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from urllib.parse import urlsplit

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    CHOICE_OPERATORS,
    BadValue,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    OutsideSource,
    Problem,
    Registry,
    Texts,
    clean_text,
    labelled,
    options_of,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

LONGEST = 200
NOT_OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "cookie", "accept-encoding"}
)
_SECRET, _HEADER = re.compile(r"[a-z][a-z0-9_]{0,62}"), re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the list is; `path`, `value` and `label` are JMESPath."""

    url: Annotated[str, labelled("网址", "Address")] = ""
    path: Annotated[str, labelled("列表在答复中的位置", "Where the list is in the answer")] = "@"
    value: Annotated[str, labelled("每一项的值", "Value of an item")] = "value"
    label: Annotated[str, labelled("每一项的文字", "Words of an item")] = "label"
    ttl: Annotated[int, labelled("多少分钟更新一次", "Minutes between updates", ge=1, le=10_080)] = 60
    secret: Annotated[
        str, labelled("密钥的名称（在 管理 › 外发 里设置）", "Name of the secret (set under Web hooks)")
    ] = ""
    header: Annotated[str, labelled("密钥放在哪个请求头", "Header it is sent in")] = "Authorization"
    prefix: Annotated[str, labelled("密钥前面的文字", "Words before it")] = "Bearer "


class OutsideChoiceOptions(Options, frozen=True):
    source: Annotated[Source, labelled("来源", "Source")] = Source()


class OutsideChoice(Field):
    name = "outside_choice"
    label = {"zh": "外部选项", "en": "Choice from outside"}
    icon = "globe"
    doc = {"zh": "选项来自另一系统的列表", "en": "One of a list that another system keeps"}
    texts = {
        "field.bad_source": Texts(
            "请填写以 https:// 开头的网址", "Give an address that begins with https://"
        ),
        "field.bad_header": Texts("“{text}”不能用作请求头", "“{text}” cannot be a header"),
        "field.bad_secret": Texts(
            "密钥的名称只能有小写字母、数字和下划线",
            "A secret's name has small letters, digits and underscores",
            "这里写名称，密钥本身在 管理 › 外发 里设置",
            "Its name stands here, the secret is set under Web hooks",
        ),
        "field.bad_path": Texts("“{text}”不是 JMESPath 表达式", "“{text}” is no JMESPath expression"),
    }
    group = "choice"
    keywords: tuple[str, ...] = ("外部数据", "接口", "api", "http", "remote", "lookup")
    operators: tuple[str, ...] = CHOICE_OPERATORS
    aggregates = CHOICE_AGGREGATES
    searchable = True
    input = "record"
    example_options: ClassVar[dict[str, Any]] = {
        "source": {"url": "https://example.com/sites.json", "path": "data", "value": "id", "label": "name"}
    }
    examples: Examples = (("S01", "S01"), ({"value": "S01"}, "S01"))
    Options: ClassVar[OptionsType] = OutsideChoiceOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        source = options_of(field, OutsideChoiceOptions).source
        found = [] if _is_address(source.url) else [problem("field.bad_source", "/options/source/url")]
        for name in ("path", "value", "label"):
            text = getattr(source, name)
            if not _is_path(text):
                found.append(problem("field.bad_path", f"/options/source/{name}", text=text[:100]))
        if source.secret and not _SECRET.fullmatch(source.secret):
            found.append(problem("field.bad_secret", "/options/source/secret"))
        if not _HEADER.fullmatch(source.header) or source.header.lower() in NOT_OURS:
            found.append(problem("field.bad_header", "/options/source/header", text=source.header[:100]))
        if len(source.prefix) > LONGEST or not (source.prefix.isascii() and source.prefix.isprintable()):
            found.append(problem("field.bad_header", "/options/source/prefix", text=source.prefix[:100]))
        return found

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        if isinstance(raw, dict):
            raw = raw.get("value")
        if isinstance(raw, (list, tuple)) and len(raw) == 1:
            raw = raw[0]
        text = clean_text(raw, limit=4 * LONGEST).strip()
        if len(text) > LONGEST:
            raise BadValue("value.too_long", limit=LONGEST)
        return text

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return display.name(self.source(field).names, value)

    def source(self, field: FieldDefinition) -> OutsideSource:
        given = options_of(field, OutsideChoiceOptions).source
        return OutsideSource(
            given.url,
            given.path,
            given.value,
            given.label,
            given.ttl,
            given.secret,
            given.header,
            given.prefix,
        )


def _is_address(url: str) -> bool:
    """Whether it may be asked is decided when it is."""
    try:
        found = urlsplit(url)
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url and "@" not in found.netloc
    return found.scheme in ("https", "http") and bool(found.hostname) and plain


def _is_path(text: str) -> bool:
    try:
        jmespath.compile(text)
    except JMESPathError:
        return False
    return len(text) <= LONGEST


def register(registry: Registry) -> None:
    registry.add(OutsideChoice())
