"""Forms that people without an account fill in, by a link: what may stand in them, the links, what comes in."""

from engine.public_forms.filling import PublicForms
from engine.public_forms.links import PublicLink, Wanted

__all__ = ["PublicForms", "PublicLink", "Wanted"]
