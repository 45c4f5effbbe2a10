"""A message came in by a channel. It is not a record yet: the rule's THEN makes it one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import Options, Problem, Registry, Texts, Trigger, labelled, problem

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope


class MessageReceivedOptions(Options, frozen=True):
    channel: Annotated[str, labelled("渠道（空为全部）", "Channel (blank: any)")] = ""


class MessageReceived(Trigger):
    name = "message_received"
    label = {"zh": "收到消息", "en": "Message received"}
    icon = "message"
    doc = {"zh": "任一渠道或某个渠道收到一条消息", "en": "A message came in, by any channel or a certain one"}
    texts = {"rule.unknown_channel": Texts("没有渠道“{channel}”", "There is no channel “{channel}”")}
    event = "message_received"
    on_message = True
    Options = MessageReceivedOptions

    def check_options(self, options: MessageReceivedOptions, scope: ActionScope) -> list[Problem]:
        if options.channel and scope.app.channel(options.channel) is None:
            return [problem("rule.unknown_channel", "/channel", channel=options.channel)]
        return []

    def matches(self, options: MessageReceivedOptions, event: Mapping[str, Any]) -> bool:
        return options.channel in ("", event["channel"])


def register(registry: Registry) -> None:
    registry.add(MessageReceived())
