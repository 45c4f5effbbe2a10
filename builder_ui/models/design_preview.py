"""The live preview: the page around the form, and what the form itself is told beside its inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder_ui.design_frame import DesignFrame
from builder_ui.models.parts import Option


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """`source`: the address of the form, without what is chosen; `roles` and `fills`: as whom, and with what in it."""

    frame: DesignFrame
    form: str
    source: str
    roles: tuple[Option, ...]
    fills: tuple[Option, ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class PreviewedForm:
    """`reasons`: a sentence beside each field that a condition hides, closes or requires; `unseen`: labels of fields
    the role has no right to; `notes`: what is said of the whole form; `passed`: it could be saved as it is."""

    reasons: Mapping[str, str]
    unseen: tuple[str, ...]
    notes: tuple[str, ...]
    passed: bool = False
