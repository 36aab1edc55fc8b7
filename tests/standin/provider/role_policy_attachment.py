"""iam RolePolicyAttachment."""

from tests.standin.cloud import iam
from tests.standin.provider.kind import FIXED, Asked, Fields, Kind, planned
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import PluginSDK


class RolePolicyAttachment(Kind):
    """Found by role and policy; the external name is made of them, and only says that it is there."""

    name, plural, service = "RolePolicyAttachment", "rolepolicyattachments", "iam"
    make, what = PluginSDK(), "IAM Role Policy Attachment"
    fields = planned(policyArn=FIXED, role=FIXED)

    def doing(self, operation: str, fields: Fields) -> str:
        """Both names, and no id."""
        verb, preposition = ("detaching", "from") if operation == "delete" else ("attaching", "to")
        return f"{verb} IAM Policy ({fields.get('policyArn', '')}) {preposition} IAM Role ({fields.get('role', '')})"

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """There is nothing to be found before the external name is known, attached or not."""
        if not asked.name:
            return None
        role_name = asked.observed.get("role") or asked.desired.get("role", "")
        policy = asked.observed.get("policyArn") or asked.desired.get("policyArn", "")
        role: iam.Role | None = aws.find("GetRole", role_name=role_name)
        if role is None or policy not in role.attached:
            return None
        return {"id": asked.name, "policyArn": policy, "role": role_name}

    def create(self, aws: Session, asked: Asked) -> str:
        """AttachRolePolicy, which does not mind that it is attached already."""
        role = asked.desired.get("role", "")
        aws.call("AttachRolePolicy", role_name=role, policy_arn=asked.desired.get("policyArn", ""))
        return f"{role}/{asked.desired.get('policyArn', '')}"

    def delete(self, aws: Session, state: Fields) -> None:
        """DetachRolePolicy."""
        aws.unless_gone("DetachRolePolicy", role_name=state["role"], policy_arn=state["policyArn"])
