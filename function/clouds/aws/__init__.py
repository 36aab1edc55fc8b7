"""AWS: IAM roles, their trust and permissions, and EKS pod identity associations.

`reader.py` makes a plan of `spec.aws`, `resources.py` composes what it asks for, `answer.py` says what became of it.
"""

from function.clouds.aws.answer import AWSStatus, answer, while_spec_is_invalid
from function.clouds.aws.plan import Plan
from function.clouds.aws.previous import Previous, previous
from function.clouds.aws.reader import read
from function.clouds.aws.resources import Composed, compose
from function.clouds.aws.spec import AWS

__all__ = ["AWS", "AWSStatus", "Composed", "Plan", "Previous", "answer", "compose", "previous", "read", "while_spec_is_invalid"]
