"""The flow interpreter: approvals and what follows from them, over the records of a form."""

from engine.flows.flows import Flows as Flows
from engine.flows.views import (
    EdgeView as EdgeView,
    FlowView as FlowView,
    NodeView as NodeView,
    RequestView as RequestView,
    StepView as StepView,
)
