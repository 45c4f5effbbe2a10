"""Tags: several choices, new ones as one goes."""

from __future__ import annotations

from typing import Annotated

from metamodel.plugin_api import Registry, labelled
from plugins.fields.choice import ChoiceOptions
from plugins.fields.multi_select import MultiSelect, MultiSelectOptions


class TagsOptions(MultiSelectOptions, frozen=True, dict=True):
    open: Annotated[bool, labelled("允许新标签", "New tags may be added")] = True


class Tags(MultiSelect):
    name = "tags"
    label = {"zh": "标签", "en": "Tags"}
    icon = "tag"
    keywords: tuple[str, ...] = ("标记", "label")
    doc = {"zh": "标签，可随手新增", "en": "Tags; new ones as one goes"}
    input = "tags"
    examples = (("企业微信, 新的 标签", ["wecom", "新的 标签"]), (["重要商机"], ["重要商机"]))
    Options = TagsOptions

    def open(self, options: ChoiceOptions) -> bool:
        return isinstance(options, TagsOptions) and options.open


def register(registry: Registry) -> None:
    registry.add(Tags())
