"""Exceptional access: leave for some hours that no role gives. Asked for with a reason, told, audited, over by itself.

`unmasking.py` is for what somebody reads masked, `emergencies.py` for what he does not read at all, `seeing_as.py`
for looking at an app as one of its people does.
"""

from engine.exceptional_access.emergencies import REFERENCE, Emergencies, GlassBreak
from engine.exceptional_access.in_force import InForce, Leave
from engine.exceptional_access.seeing_as import SeeingAs
from engine.exceptional_access.unmasking import Asked, Offer, Unmasking

__all__ = [
    "REFERENCE", "Asked", "Emergencies", "GlassBreak", "InForce", "Leave", "Offer", "SeeingAs", "Unmasking",
]  # fmt: skip
