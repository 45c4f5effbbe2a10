"""Applications of this installation: published versions, drafts, and how one becomes the other.

`published.py` serves and publishes, `drafts.py` keeps what is being made, `requirements.py` looks at the
neighbours.
"""

from engine.applications.drafts import Draft, Drafts
from engine.applications.published import Applications

__all__ = ["Applications", "Draft", "Drafts"]
