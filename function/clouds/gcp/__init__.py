"""Google Cloud: service accounts, who may act as them, and what they or the pods themselves are granted.

`reader.py` makes a plan of `spec.gcp`, `resources.py` composes what it asks for, `answer.py` says what became of it.
"""

from function.clouds.gcp.answer import GCPStatus, answer, while_spec_is_invalid
from function.clouds.gcp.plan import Plan
from function.clouds.gcp.previous import Previous, previous
from function.clouds.gcp.reader import read
from function.clouds.gcp.resources import Composed, compose
from function.clouds.gcp.spec import GCP

__all__ = ["GCP", "Composed", "GCPStatus", "Plan", "Previous", "answer", "compose", "previous", "read", "while_spec_is_invalid"]
