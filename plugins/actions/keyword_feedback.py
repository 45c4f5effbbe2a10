"""A keyword hit was a false alarm: counts it at each word of the list that stands in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    Effect,
    KeywordFeedback as KeywordFeedbackEffect,
    Options,
    Registry,
    Texts,
    labelled,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class KeywordFeedbackOptions(Options, frozen=True):
    list: Annotated[str, labelled("关键词库的代码", "Code of the keyword list")]
    text: Annotated[str, labelled("在哪段文字里（公式）", "In which text (expression)")]
    field: Annotated[str, labelled("计数的列", "Column that counts")] = "false_alarms"


class KeywordFeedback(Action):
    name = "keyword_feedback"
    label = {"zh": "计一次误报", "en": "Count a false alarm"}
    icon = "flag"
    doc = {"zh": "给命中的关键词各记一次误报", "en": "Counts a false alarm at each word that was hit"}
    texts = {
        "rule.no_keywords": Texts(
            "本应用没有关键词库",
            "This app has no keyword lists",
            "给一个表单设置 keywords",
            "Give a form `keywords`",
        ),
        "rule.no_counter": Texts(
            "关键词的表格里没有列“{field}”", "The rows of words have no column “{field}”"
        ),
    }
    Options = KeywordFeedbackOptions

    def check_options(self, options: KeywordFeedbackOptions, scope: ActionScope) -> list[Problem]:
        form = next((form for form in scope.app.forms if form.keywords is not None), None)
        if form is None or form.keywords is None:
            return [problem("rule.no_keywords")]
        rows = form.field(form.keywords.rows)
        columns = [column.id for column in rows.fields] if rows else []
        unknown = (
            [] if options.field in columns else [problem("rule.no_counter", "/field", field=options.field)]
        )
        return [*unknown, *scope.check_expression(options.text, "/text")]

    def plan(self, options: KeywordFeedbackOptions, subject: Subject) -> list[Effect]:
        text = subject.evaluate(options.text)
        whole = "\n".join(map(str, text)) if isinstance(text, list) else str(text or "")
        return [KeywordFeedbackEffect(subject.app, options.list, whole, options.field)] if whole else []


def register(registry: Registry) -> None:
    registry.add(KeywordFeedback())
