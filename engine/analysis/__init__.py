"""What analyzers found: a sealed dictionary of words, and which records they stand in."""

from engine.analysis.words import Analysis as Analysis
