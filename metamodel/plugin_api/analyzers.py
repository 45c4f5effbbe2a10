"""Analyzers: what is found in records by looking at them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from metamodel.analyses import Finding, House, Material, Reads
from metamodel.expressions.types import Type
from metamodel.plugin_api.declaring import Options, OptionsType, Plugin


class Analyzer(Plugin):
    """Finds values or words in records, many at once. Pure: the engine reads before and writes after.

    Values go to fields of the record, words to the sealed dictionary.
    """

    kind = "analyzer"

    Options: ClassVar[OptionsType] = Options

    @abstractmethod
    def reads(self, options: Any) -> Reads: ...

    def fills(self, options: Any) -> Mapping[str, Type]:
        """The fields of the record that it sets, and what its findings are."""
        return {}

    @abstractmethod
    def find(self, options: Any, materials: Sequence[Material], house: House) -> list[Finding]:
        """A finding for each material, in order."""
        ...
