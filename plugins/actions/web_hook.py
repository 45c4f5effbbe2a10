"""Tell another system: a signed POST of JSON to its address. Nothing sealed leaves unless it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from metamodel.plugin_api import (
    Action,
    Effect,
    HttpCall,
    Options,
    Registry,
    Texts,
    labelled,
    pointer,
    problem,
)
from plugins.actions.assignments import Assignments

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class WebHookOptions(Options, frozen=True):
    url: Annotated[str, labelled("网址", "Address")]
    data: Annotated[Assignments, labelled("发送的内容", "What is sent")] = {}
    sealed: Annotated[bool, labelled("允许发送加密字段的内容", "Sealed values may leave")] = False


class WebHook(Action):
    name = "web_hook"
    label = {"zh": "外发通知", "en": "Tell another system"}
    icon = "external"
    doc = {
        "zh": "把内容以带签名的 JSON 发送到指定网址；失败自动重试",
        "en": "Sends JSON, signed, to an address; tried again when it fails",
    }
    texts = {
        "rule.bad_web_address": Texts(
            "请填写以 https:// 开头的网址",
            "Give an address that begins with https://",
            "网址中不能有用户名、密码或空格；http:// 只用于内网测试",
            "It holds no name, password or blank; http:// is for trying things in the house only",
        ),
    }
    Options = WebHookOptions

    def check_options(self, options: WebHookOptions, scope: ActionScope) -> list[Problem]:
        found = [] if _is_address(options.url) else [problem("rule.bad_web_address", "/url")]
        for name, text in options.data.items():
            found += scope.check_expression(text, "/data" + pointer(name), plain=not options.sealed)
        return found

    def plan(self, options: WebHookOptions, subject: Subject) -> list[Effect]:
        data = subject.evaluate_all(options.data)
        return [HttpCall(subject.app, subject.form, subject.record, options.url, data)]


def _is_address(url: str) -> bool:
    """Whether it may be asked is decided when it is: names change what they stand for."""
    try:
        found = urlsplit(url)
        return (
            found.scheme in ("https", "http")
            and bool(found.hostname)
            and "@" not in found.netloc
            and " " not in url
        )
    except ValueError:
        return False


def register(registry: Registry) -> None:
    registry.add(WebHook())
