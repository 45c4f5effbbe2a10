"""The organisation as it is changed: people, departments, who holds which role, leaving and handing over.

Reading it is `access.people`; here is the one door for changing it on somebody's behalf.
"""

from engine.organisation.handing_over import Belongings, HandingOver, HandOvers
from engine.organisation.importing import Importing, Preview
from engine.organisation.personnel import Personnel
from engine.organisation.warnings import Warning, warnings_of

__all__ = [
    "Belongings",
    "HandOvers",
    "HandingOver",
    "Importing",
    "Personnel",
    "Preview",
    "Warning",
    "warnings_of",
]
