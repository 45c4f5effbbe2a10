"""How long records are kept: rules and their activation, holds, shredding, storing only."""

from engine.retention.retention import Retention as Retention
