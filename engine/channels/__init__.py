"""Channels: raw messages in, durable before anybody looks inside, then records through rules."""

from engine.channels.channels import Channels as Channels, Report as Report
from engine.channels.quarantine import Quarantined as Quarantined
