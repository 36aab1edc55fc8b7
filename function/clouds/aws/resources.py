"""The managed resources of provider-aws that are composed: only the fields that are set, under the CRDs' names.

Source: the CRDs of provider-upjet-aws v2.6.0, against which every rendered object is checked.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Forwarded(BaseModel):
    """`spec.forProvider` of a managed resource; a field that is None is not sent."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, frozen=True)

    def render(self) -> dict[str, Any]:
        """The fields as YAML has them."""
        return self.model_dump(by_alias=True, exclude_none=True)


class InlinePolicyField(Forwarded):
    """An entry of a Role's inlinePolicy; the empty one says that there is none, and takes away what there was."""

    name: str | None = None
    policy: str | None = None


class Role(Forwarded):
    """iam Role."""

    assume_role_policy: str
    description: str | None = None
    inline_policy: list[InlinePolicyField]
    managed_policy_arns: list[str]
    max_session_duration: int | None = None
    path: str
    permissions_boundary: str | None = None
    tags: dict[str, str] | None = None


class RolePolicyAttachment(Forwarded):
    """iam RolePolicyAttachment."""

    policy_arn: str
    role: str


class PodIdentityAssociation(Forwarded):
    """eks PodIdentityAssociation, without the namespace and service account in which its siblings differ."""

    cluster_name: str
    disable_session_tags: bool
    region: str
    role_arn: str
    tags: dict[str, str] | None = None
