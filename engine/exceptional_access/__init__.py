"""Exceptional access: leave for some hours that no role gives. Asked for with a reason, told, audited, over by itself.

`unmasking.py` is for what somebody reads masked, `emergencies.py` for what he does not read at all.
"""

from engine.exceptional_access.emergencies import REFERENCE, Emergencies, GlassBreak
from engine.exceptional_access.in_force import InForce, Leave
from engine.exceptional_access.unmasking import Asked, Offer, Unmasking

__all__ = ["REFERENCE", "Asked", "Emergencies", "GlassBreak", "InForce", "Leave", "Offer", "Unmasking"]
