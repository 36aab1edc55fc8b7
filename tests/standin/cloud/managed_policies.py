"""The managed policies of one account that are its own; every policy of AWS itself exists, and is not kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.standin.cloud import errors
from tests.standin.cloud.documents import check
from tests.standin.cloud.unique_ids import unique_id

Answer = dict[str, Any]

VERSIONS = 5
"""How many versions IAM keeps of a policy."""

_PATH = re.compile(r"/|/[!-~]+/")
_OF_AWS = re.compile(r"arn:[a-z-]+:iam::aws:policy/.+")


@dataclass
class Policy:
    """A policy as IAM keeps it."""

    arn: str
    name: str
    path: str
    policy_id: str
    created: str
    description: str
    versions: dict[str, str]
    """Documents by version, oldest first."""
    default: str = "v1"
    made: int = 1
    """How many versions there have been."""
    attachments: int = 0
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def document(self) -> str:
        """The one that counts."""
        return self.versions[self.default]


class ManagedPolicies:
    """Policies by ARN, and the calls on them; their names are unique whatever their paths, ignoring case."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._policies: dict[str, Policy] = {}
        self._made = 0

    def has(self, arn: str) -> bool:
        """Whether there is a policy with exactly this ARN."""
        return arn in self._policies

    def create_policy(
        self,
        now: datetime,
        *,
        policy_name: str,
        policy_document: str,
        path: str = "/",
        description: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> Answer:
        """CreatePolicy."""
        errors.check_name("policyName", policy_name)
        if not _PATH.fullmatch(path):
            raise errors.invalid_path()
        if policy_name.casefold() in {policy.name.casefold() for policy in self._policies.values()}:
            raise errors.policy_exists(policy_name)
        check(policy_document)
        self._made += 1
        policy = Policy(
            arn=f"arn:aws:iam::{self._account}:policy{path}{policy_name}",
            name=policy_name,
            path=path,
            policy_id=unique_id("ANPA", self._account, self._made),
            created=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            description=description,
            versions={"v1": policy_document},
            tags=dict(tags or {}),
        )
        self._policies[policy.arn] = policy
        return {"arn": policy.arn, "policy_id": policy.policy_id}

    def get_policy(self, _: datetime, *, policy_arn: str) -> Policy:
        """GetPolicy, with what ListPolicyVersions and GetPolicyVersion would say; the whole ARN counts, and its case."""
        if policy_arn not in self._policies:
            raise errors.no_such_policy(policy_arn)
        return self._policies[policy_arn]

    def create_policy_version(self, now: datetime, *, policy_arn: str, policy_document: str) -> Answer:
        """CreatePolicyVersion, which becomes the default."""
        policy = self.get_policy(now, policy_arn=policy_arn)
        check(policy_document)
        if len(policy.versions) == VERSIONS:
            raise errors.too_many_versions()
        policy.made += 1
        policy.default = f"v{policy.made}"
        policy.versions[policy.default] = policy_document
        return {"version_id": policy.default}

    def delete_policy_version(self, now: datetime, *, policy_arn: str, version_id: str) -> Answer:
        """DeletePolicyVersion."""
        policy = self.get_policy(now, policy_arn=policy_arn)
        if version_id == policy.default:
            raise errors.default_version()
        if policy.versions.pop(version_id, None) is None:
            raise errors.no_such_version(policy_arn, version_id)
        return {}

    def tag_policy(self, now: datetime, *, policy_arn: str, tags: Mapping[str, str]) -> Answer:
        """TagPolicy."""
        self.get_policy(now, policy_arn=policy_arn).tags.update(tags)
        return {}

    def untag_policy(self, now: datetime, *, policy_arn: str, tag_keys: Sequence[str]) -> Answer:
        """UntagPolicy."""
        policy = self.get_policy(now, policy_arn=policy_arn)
        for key in tag_keys:
            policy.tags.pop(key, None)
        return {}

    def delete_policy(self, now: datetime, *, policy_arn: str) -> Answer:
        """DeletePolicy."""
        policy = self.get_policy(now, policy_arn=policy_arn)
        if policy.attachments:
            raise errors.policy_attached()
        if len(policy.versions) > 1:
            raise errors.has_versions()
        del self._policies[policy_arn]
        return {}

    def attach(self, arn: str) -> None:
        """Count a role that it is attached to. Raises AWSError where neither AWS nor this account has such a policy."""
        if arn in self._policies:
            self._policies[arn].attachments += 1
        elif not _OF_AWS.fullmatch(arn):
            raise errors.not_attachable(arn)

    def detach(self, arn: str) -> None:
        """Count a role less."""
        if arn in self._policies:
            self._policies[arn].attachments -= 1
