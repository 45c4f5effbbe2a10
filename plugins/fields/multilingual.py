"""One text in several languages: everybody reads his own, and the first there is where it is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    ANY,
    BadValue,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Part,
    Problem,
    Registry,
    Storage,
    Texts,
    clean_text,
    excerpt,
    labelled,
    options_of,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

LANGUAGES: Mapping[str, str] = {
    "zh": "中文", "en": "English", "zh_hant": "繁體中文", "ja": "日本語", "ko": "한국어", "fr": "Français",
    "de": "Deutsch", "es": "Español", "pt": "Português", "ru": "Русский", "ar": "العربية", "vi": "Tiếng Việt",
    "th": "ไทย", "id": "Bahasa Indonesia",
}  # fmt: skip


class MultilingualOptions(Options, frozen=True):
    languages: Annotated[tuple[str, ...], labelled("语言", "Languages", max_length=14)] = ("zh", "en")
    long: Annotated[bool, labelled("多行", "Several lines")] = False
    max_length: Annotated[int, labelled("最多字数", "Maximum length", ge=1)] | None = None


class Multilingual(Field):
    name = "multilingual"
    label = {"zh": "多语言文本", "en": "Multilingual text"}
    icon = "language"
    doc = {
        "zh": "同一段文字的几种语言，各人看到自己的",
        "en": "A text in several languages; each reads his own",
    }
    keywords: tuple[str, ...] = ("翻译", "双语", "i18n", "translation")
    texts = {
        "field.unknown_language": Texts("不认识语言“{language}”", "There is no language “{language}”"),
        "field.no_languages": Texts("请至少选一种语言", "Choose a language at least"),
        "value.not_multilingual": Texts(
            "“{text}”不是多语言文本",
            "“{text}” is not a text in languages",
            "例如 {{zh, en}}",
            "Like {{zh, en}}",
        ),
    }
    group = "text"
    storage = Storage.JSON
    type = ANY
    searchable = True
    sortable = False
    operators = ("blank", "not_blank")
    input = "parts"
    examples: Examples = (
        ({"zh": " 合同 ", "en": "Contract"}, {"zh": "合同", "en": "Contract"}),
        ("合同", {"zh": "合同"}),
        ({"zh": "甲", "en": ""}, {"zh": "甲"}),
        ('{"en": "Offer"}', {"en": "Offer"}),
    )
    Options: ClassVar[OptionsType] = MultilingualOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        languages = options_of(field, MultilingualOptions).languages
        if not languages:
            return [problem("field.no_languages", "/options/languages")]
        return [
            problem("field.unknown_language", f"/options/languages/{place}", language=language)
            for place, language in enumerate(languages)
            if language not in LANGUAGES
        ]

    def parse(self, raw: Any, field: FieldDefinition) -> dict[str, str] | None:
        options = options_of(field, MultilingualOptions)
        given = raw if isinstance(raw, dict) else self._written(raw, options)
        if given.keys() - set(options.languages):
            raise BadValue("value.not_multilingual", text=excerpt(raw))
        texts = {
            name: self._text(given[name], options)
            for name in options.languages
            if given.get(name) is not None
        }
        return {name: text for name, text in texts.items() if text} or None

    def _written(self, raw: Any, options: MultilingualOptions) -> Mapping[str, Any]:
        """A JSON object, or a text in the first language."""
        text = clean_text(raw)
        if text.lstrip().startswith("{") and len(text) < 1_000_000:
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                found = None
            if isinstance(found, dict):
                return found
        return {options.languages[0] if options.languages else "zh": text}

    def _text(self, raw: Any, options: MultilingualOptions) -> str:
        text = clean_text(raw).replace("\r\n", "\n").strip()
        return text if options.long else " ".join(text.split())

    def check(self, value: Mapping[str, str], field: FieldDefinition) -> list[Problem]:
        most = options_of(field, MultilingualOptions).max_length
        longest = max(map(len, value.values()), default=0)
        return [problem("value.too_many_letters", limit=most)] if most and longest > most else []

    def display(self, value: Mapping[str, str], field: FieldDefinition, display: Display) -> str:
        known = next((text for name, text in value.items() if display.language.startswith(name)), "")
        return known or next(iter(value.values()), "")

    def search_text(self, value: Mapping[str, str], field: FieldDefinition) -> str:
        return "\n".join(value.values())

    def mask(self, value: Mapping[str, str], field: FieldDefinition, hide: Callable[[str], str]) -> Any:
        return {name: hide(text) for name, text in value.items()}

    def parts(self, field: FieldDefinition) -> Sequence[Part]:
        options = options_of(field, MultilingualOptions)
        control = "textarea" if options.long else "text"
        return [Part(name, LANGUAGES.get(name, name), control) for name in options.languages]

    def divided(self, value: Mapping[str, str], field: FieldDefinition) -> Mapping[str, str]:
        return value


def register(registry: Registry) -> None:
    registry.add(Multilingual())
