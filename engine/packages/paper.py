"""证据说明.pdf: the package told to a court: who captured what, how it was hashed, how to repeat the check.

Set by typst (extra `export`); without it a package has no PDF and nothing else is missing.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.packages.readable import Cover
from engine.packages.signing import Signer


def paper(cover: Cover, counts: Mapping[str, Mapping[str, int]], signer: Signer) -> bytes | None:
    """The PDF, or None where typst is not installed."""
    return None
