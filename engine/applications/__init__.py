"""Applications of this installation: published versions, drafts, and how one becomes the other.

`published.py` serves and publishes, `requirements.py` looks at the neighbours.
"""

from engine.applications.published import Applications, Draft

__all__ = ["Applications", "Draft"]
