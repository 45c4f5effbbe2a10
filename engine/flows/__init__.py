"""The flow interpreter: approvals and what follows from them, over the records of a form."""

from engine.flows.flows import Flows as Flows
