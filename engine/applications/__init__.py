"""Applications of this installation: published versions, drafts, and how one becomes the other.

`published.py` serves and publishes, `requirements.py` looks at neighbours, `column_copy.py` is the
job that fills a column after a type change.
"""

from engine.applications.column_copy import ColumnCopies
from engine.applications.published import Applications, Draft

__all__ = ["Applications", "ColumnCopies", "Draft"]
