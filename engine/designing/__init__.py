"""Designing: what people who design an app do, and what they are told before anything becomes true.

`drafting.py` is the life of one draft. `runtime.designing` is asked by the API and the designers' pages.
"""

from engine.designing.drafting import Designed, Designing, Looked, Preview, Told

__all__ = ["Designed", "Designing", "Looked", "Preview", "Told"]
