"""Packages: records with their evidence in one file that a stranger can check without us."""

from engine.packages.packages import Package as Package, Packages as Packages
from engine.packages.request import Request as Request
