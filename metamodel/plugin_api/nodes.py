"""Nodes of flows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from metamodel.labels import Label
from metamodel.node_steps import Do, NodeStep
from metamodel.plugin_api.declaring import Options, OptionsType, Plugin
from metamodel.plugin_api.rules import ActionScope, Visit
from metamodel.problems import Problem


class Node(Plugin):
    """A kind of flow node. Pure: it says what should happen when a token comes, the engine performs.

    `way` is how a token leaves: by the edge of an `outcome`, by the first edge whose `if` holds
    (`condition`), or by `all` edges at once. `joins`: one token has to come by every edge.
    `waits`: it may keep a token until somebody answers or a moment comes.
    """

    kind = "node"
    opens: bool = False  # a flow begins here
    ends: bool = False  # a flow ends here
    joins: bool = False
    waits: bool = False
    way: Literal["outcome", "condition", "all"] = "outcome"
    acts: str = ""  # the option that holds actions, which the engine binds
    example_options: ClassVar[Mapping[str, Any]] = {}  # over the form of tests/metamodel/flow_makers.py

    Options: ClassVar[OptionsType] = Options

    def check_options(self, options: Any, scope: ActionScope) -> list[Problem]:
        """Is this sane? Paths are relative to the options."""
        return []

    def outcomes(self, options: Any) -> Mapping[str, Label]:
        """What the edges out of it are told apart by (`on`), and how that reads; '' is an unnamed one."""
        return {"": ""}

    def begins_for(self, options: Any, roles: frozenset[str]) -> bool:
        """May somebody with these roles begin the flow here?"""
        return True

    def begins_while(self, options: Any) -> str:
        """The condition of the record under which a flow may be begun here; blank: always."""
        return ""

    def cancels(self, options: Any) -> bool:
        """Does ending here give up whatever else the flow waits for?"""
        return False

    @abstractmethod
    def enter(self, options: Any, visit: Visit) -> Sequence[NodeStep]:
        """A token has come. The last step is one of Pass, AskPeople, Pause, Finish; Do may stand before it."""

    def leave(self, options: Any, visit: Visit, outcome: str) -> Sequence[Do]:
        """It was answered with this outcome and the token is about to go."""
        return ()
