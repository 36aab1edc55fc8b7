"""IAM of one account: roles, their inline policies and attachments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.standin.cloud import errors
from tests.standin.cloud.documents import check
from tests.standin.cloud.managed_policies import ManagedPolicies
from tests.standin.cloud.unique_ids import unique_id

Answer = dict[str, Any]


@dataclass
class Role:
    """A role as IAM keeps it."""

    arn: str
    name: str
    path: str
    unique_id: str
    created: str
    trust: str
    description: str = ""
    max_session_duration: int = 3600
    boundary: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    inline: dict[str, str] = field(default_factory=dict)
    attached: list[str] = field(default_factory=list)


class IAM:
    """The roles of one account, by name ignoring case, and the calls on them."""

    def __init__(self, account: str, policies: ManagedPolicies) -> None:
        self._account = account
        self._policies = policies
        self._roles: dict[str, Role] = {}
        self._made = 0

    def has(self, arn: str) -> bool:
        """Whether there is a role with exactly this ARN."""
        role = self._roles.get(arn.rpartition("/")[2].casefold())
        return role is not None and role.arn == arn

    def create_role(
        self,
        now: datetime,
        *,
        role_name: str,
        assume_role_policy: str,
        path: str = "/",
        description: str = "",
        max_session_duration: int = 3600,
        permissions_boundary: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> Answer:
        """CreateRole."""
        if role_name.casefold() in self._roles:
            raise errors.role_exists(role_name)
        check(assume_role_policy)
        self._made += 1
        role = Role(
            arn=f"arn:aws:iam::{self._account}:role{path}{role_name}",
            name=role_name,
            path=path,
            unique_id=unique_id("AROA", self._account, self._made),
            created=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            trust=assume_role_policy,
            description=description,
            max_session_duration=max_session_duration,
            boundary=permissions_boundary,
            tags=dict(tags or {}),
        )
        self._roles[role_name.casefold()] = role
        return {"arn": role.arn, "role_id": role.unique_id}

    def get_role(self, _: datetime, *, role_name: str) -> Role:
        """GetRole, with what ListRolePolicies and ListAttachedRolePolicies would say."""
        role = self._roles.get(role_name.casefold())
        if role is None:
            raise errors.no_such_role(role_name)
        return role

    def update_role(self, now: datetime, *, role_name: str, description: str, max_session_duration: int) -> Answer:
        """UpdateRole."""
        role = self.get_role(now, role_name=role_name)
        role.description, role.max_session_duration = description, max_session_duration
        return {}

    def update_assume_role_policy(self, now: datetime, *, role_name: str, policy_document: str) -> Answer:
        """UpdateAssumeRolePolicy."""
        role = self.get_role(now, role_name=role_name)
        check(policy_document)
        role.trust = policy_document
        return {}

    def put_role_permissions_boundary(self, now: datetime, *, role_name: str, permissions_boundary: str) -> Answer:
        """PutRolePermissionsBoundary."""
        self.get_role(now, role_name=role_name).boundary = permissions_boundary
        return {}

    def delete_role_permissions_boundary(self, now: datetime, *, role_name: str) -> Answer:
        """DeleteRolePermissionsBoundary."""
        self.get_role(now, role_name=role_name).boundary = ""
        return {}

    def put_role_policy(self, now: datetime, *, role_name: str, policy_name: str, policy_document: str) -> Answer:
        """PutRolePolicy."""
        role = self.get_role(now, role_name=role_name)
        errors.check_name("policyName", policy_name)
        check(policy_document)
        role.inline[policy_name] = policy_document
        return {}

    def delete_role_policy(self, now: datetime, *, role_name: str, policy_name: str) -> Answer:
        """DeleteRolePolicy."""
        if self.get_role(now, role_name=role_name).inline.pop(policy_name, None) is None:
            raise errors.no_such_inline_policy(policy_name)
        return {}

    def attach_role_policy(self, now: datetime, *, role_name: str, policy_arn: str) -> Answer:
        """AttachRolePolicy, which may be asked for twice."""
        role = self.get_role(now, role_name=role_name)
        if policy_arn not in role.attached:
            self._policies.attach(policy_arn)
            role.attached.append(policy_arn)
        return {}

    def detach_role_policy(self, now: datetime, *, role_name: str, policy_arn: str) -> Answer:
        """DetachRolePolicy."""
        role = self.get_role(now, role_name=role_name)
        if policy_arn not in role.attached:
            raise errors.not_attached(policy_arn)
        self._policies.detach(policy_arn)
        role.attached.remove(policy_arn)
        return {}

    def tag_role(self, now: datetime, *, role_name: str, tags: Mapping[str, str]) -> Answer:
        """TagRole."""
        self.get_role(now, role_name=role_name).tags.update(tags)
        return {}

    def untag_role(self, now: datetime, *, role_name: str, tag_keys: Sequence[str]) -> Answer:
        """UntagRole."""
        role = self.get_role(now, role_name=role_name)
        for key in tag_keys:
            role.tags.pop(key, None)
        return {}

    def delete_role(self, now: datetime, *, role_name: str) -> Answer:
        """DeleteRole."""
        role = self.get_role(now, role_name=role_name)
        if role.attached:
            raise errors.has_managed_policies()
        if role.inline:
            raise errors.has_inline_policies()
        del self._roles[role_name.casefold()]
        return {}
