"""iam RolePolicy: one inline policy of a role."""

from collections.abc import Mapping

from tests.standin.cloud import iam
from tests.standin.provider.kind import FIXED, Asked, Field, Fields, Kind, planned
from tests.standin.provider.policy_documents import equivalent, shown
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, PluginSDK


class RolePolicy(Kind):
    """Found by its role, and by its name among the role's policies; one that is there is taken over."""

    name, plural, service = "RolePolicy", "rolepolicies", "iam"
    make, what = PluginSDK(), "IAM Role Policy"
    fields = planned(role=FIXED, policy=Field(same=equivalent))
    name_argument = "name"
    named_after_itself = True

    def external_name(self, state: Fields) -> str:
        """The id is ROLE:NAME, the external name is the name alone."""
        return str(state["id"]).rpartition(":")[2]

    def doing(self, operation: str, fields: Fields) -> str:
        """Create and update are the same call."""
        if operation == "delete":
            return super().doing(operation, fields)
        role = fields.get("role", "")
        return f"putting IAM Role ({role}) Policy ({fields['id'].removeprefix(f'{role}:')})"

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """Looked for at the role where it was last seen."""
        role_name = asked.observed.get("role") or asked.desired.get("role", "")
        role: iam.Role | None = aws.find("GetRole", role_name=role_name)
        if role is None or asked.name not in role.inline:
            return None
        document = shown(asked.desired.get("policy"), role.inline[asked.name])
        return {"id": f"{role_name}:{asked.name}", "policy": document, "role": role_name}

    def create(self, aws: Session, asked: Asked) -> str:
        """PutRolePolicy."""
        document, role = asked.desired.get("policy", ""), asked.desired.get("role", "")
        aws.call("PutRolePolicy", role_name=role, policy_name=asked.name, policy_document=document)
        return asked.name

    def update(self, aws: Session, asked: Asked, state: Fields, changes: Mapping[str, Change]) -> None:
        """PutRolePolicy, which replaces it."""
        for change in changes.values():
            aws.call("PutRolePolicy", role_name=state["role"], policy_name=asked.name, policy_document=change.new)

    def delete(self, aws: Session, state: Fields) -> None:
        """DeleteRolePolicy; the role's other policies stay."""
        aws.unless_gone("DeleteRolePolicy", role_name=state["role"], policy_name=self.external_name(state))
