"""iam Policy."""

from collections.abc import Mapping

from tests.standin.cloud import managed_policies
from tests.standin.provider import tags
from tests.standin.provider.kind import TAGS, Asked, Field, Fields, Kind, planned
from tests.standin.provider.policy_documents import equivalent, shown
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, PluginSDK


class Policy(Kind):
    """Found by its ARN, which is worked out of the account, the path that the spec says, and the external name."""

    name, plural, service = "Policy", "policies", "iam"
    make, what = PluginSDK(), "IAM Policy"
    fields = planned(
        description=Field("", replaces=True),
        path=Field("/", replaces=True),
        policy=Field(same=equivalent),
        tags=TAGS,
    )
    name_argument = "name"
    named_after_itself = True

    def external_name(self, state: Fields) -> str:
        """The last part of the ARN; the path is no part of it."""
        return str(state["id"]).rpartition("/")[2]

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """One that was seen before is looked for where it was: the spec may say another path by now."""
        arn = f"arn:aws:iam::{aws.account}:policy{asked.desired.get('path', '/')}{asked.name}"
        if asked.observed.get("id") and self.external_name(asked.observed) == asked.name:
            arn = asked.observed["id"]
        policy: managed_policies.Policy | None = aws.find("GetPolicy", policy_arn=arn)
        if policy is None:
            return None
        return {
            "arn": policy.arn,
            "attachmentCount": policy.attachments,
            "description": policy.description,
            "id": policy.arn,
            "path": policy.path,
            "policy": shown(asked.desired.get("policy"), policy.document),
            "policyId": policy.policy_id,
            "tags": dict(policy.tags),
            "tagsAll": dict(policy.tags),
        }

    def create(self, aws: Session, asked: Asked) -> str:
        """CreatePolicy."""
        desired = asked.desired
        aws.call(
            "CreatePolicy",
            policy_name=asked.name,
            policy_document=desired.get("policy", ""),
            path=desired.get("path", "/"),
            description=desired.get("description", ""),
            tags=dict(desired.get("tags") or {}),
        )
        return asked.name

    def update(self, aws: Session, asked: Asked, state: Fields, changed: Mapping[str, Change]) -> None:
        """A new version, which counts at once."""
        arn = state["id"]
        if "policy" in changed:
            _prune(aws, arn)
            aws.call("CreatePolicyVersion", policy_arn=arn, policy_document=asked.desired["policy"])
        if "tags" in changed:
            tags.align(aws, "Policy", changed["tags"], policy_arn=arn)

    def delete(self, aws: Session, state: Fields) -> None:
        """The older versions go first. Nothing is detached: IAM refuses as long as a role has it."""
        for version in _older_versions(aws, state["id"]):
            aws.unless_gone("DeletePolicyVersion", policy_arn=state["id"], version_id=version)
        aws.unless_gone("DeletePolicy", policy_arn=state["id"])


def _prune(aws: Session, arn: str) -> None:
    """Make room for one version more."""
    older = _older_versions(aws, arn)
    if len(older) + 1 == managed_policies.VERSIONS:
        aws.call("DeletePolicyVersion", policy_arn=arn, version_id=older[0])


def _older_versions(aws: Session, arn: str) -> list[str]:
    policy: managed_policies.Policy = aws.call("GetPolicy", policy_arn=arn)
    return [version for version in policy.versions if version != policy.default]
