"""Evaluation contexts: the moment, the person and the organisation an expression may ask about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from engine.access.people import People
from engine.access.viewer import SYSTEM, Viewer
from engine.expressions import EvaluationContext
from engine.records.program import Programs
from engine.records.rows import Rows
from metamodel.expressions.types import Type
