"""The composed resources of a PodIdentity in AWS. Which fields each has: the TypedDicts here, by the CRDs' names.

Source: the CRDs of provider-upjet-aws v2.7.0, against which every rendered object is checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NotRequired, TypedDict

from function.clouds.aws.permissions.reader import ComposedPolicy, RolePermissions
from function.clouds.aws.plan import Associations, ComposedRole, Plan, PlannedRole
from function.clouds.aws.resource_names import (
    ADOPTED,
    IMPORTED,
    association_key,
    attachment_key,
    inline_key,
    policy_key,
)
from function.clusters.eks import EKSCluster
from function.identity import service_accounts
from function.identity.subjects import Identity, Subject
from function.naming import DERIVED_NAME, Derived
from function.resources.managed import EXTERNAL_NAME, ComposedResource, managed_resource

_AN_HOUR = 3600
"""IAM's default for a session, in seconds."""


class InlinePolicyField(TypedDict, total=False):
    """An entry of a Role's inlinePolicy; the empty one says that there is none, and takes away what there was."""

    name: str
    policy: str


class ExclusiveFields(TypedDict):
    """What an iam Role says of its permissions, which it then owns alone."""

    inlinePolicy: NotRequired[list[InlinePolicyField]]
    managedPolicyArns: NotRequired[list[str]]


class RoleFields(ExclusiveFields):
    """iam Role."""

    assumeRolePolicy: str
    description: str
    maxSessionDuration: int
    path: str
    permissionsBoundary: str
    tags: NotRequired[dict[str, str]]


class PolicyFields(TypedDict):
    """iam Policy."""

    description: str
    path: str
    policy: str
    tags: NotRequired[dict[str, str]]


class RolePolicyFields(TypedDict):
    """iam RolePolicy: one inline policy of a role."""

    policy: str
    role: str


class RolePolicyAttachmentFields(TypedDict):
    """iam RolePolicyAttachment."""

    policyArn: str
    role: str


class PodIdentityAssociationFields(TypedDict):
    """eks PodIdentityAssociation, without the namespace and service account in which its siblings differ."""

    clusterName: str
    disableSessionTags: bool
    region: str
    roleArn: str
    targetRoleArn: NotRequired[str]
    tags: NotRequired[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Composed:
    """All composed resources."""

    role: list[ComposedResource]
    """The role and what is attached to it; or an existing role alone, where it is observed."""
    target: list[ComposedResource]
    associations: dict[Subject, ComposedResource]
    accounts: dict[Subject, ComposedResource]
    """The service accounts in their clusters."""
    adopted: dict[Subject, str] = field(default_factory=dict)
    """Ids of associations that were adopted because EKS named them in a conflict."""

    @property
    def all(self) -> tuple[ComposedResource, ...]:
        """Everything."""
        return (*self.role, *self.target, *self.associations.values(), *self.accounts.values())


def compose(plan: Plan) -> Composed:
    """The resources of a plan."""
    adopted: dict[Subject, str] = {}
    return Composed(
        role=list(_role(plan.identity, plan.role)),
        target=list(_role(plan.identity, plan.target)) if plan.target else [],
        associations=dict(_associations(plan, plan.associations, adopted)) if plan.associations else {},
        accounts=service_accounts.render(plan.identity, plan.annotations),
        adopted=adopted,
    )


def _role(identity: Identity, role: PlannedRole) -> Iterator[ComposedResource]:
    version = f"{identity.scope.group('iam', 'aws')}/v1beta1"
    if isinstance(role, ComposedRole):
        yield managed_resource(
            role.key,
            version,
            "Role",
            _role_fields(identity, role),
            provider_config=role.provider_config,
            management_policies=identity.management_policies,
            external_name=role.name,
            annotations={DERIVED_NAME: str(Derived(role.derived_for, identity.owner))} if role.derived_for else None,
        )
        yield from _permissions(identity, role, version)
    elif role.observe and role.provider_config:
        yield managed_resource(
            role.key,
            version,
            "Role",
            {},
            provider_config=role.provider_config,
            management_policies=("Observe",),
            external_name=role.arn.name,
        )


def _role_fields(identity: Identity, role: ComposedRole) -> RoleFields:
    fields: RoleFields = {
        "assumeRolePolicy": role.trust.json,
        **_exclusive_fields(role.permissions),  # type: ignore[typeddict-item] # of the keys that may be left out
        "path": role.path,
        # If left out, the old value returns: late initialisation fills a missing field from what AWS still has.
        "description": role.description or "",
        "maxSessionDuration": role.max_session_duration or _AN_HOUR,
        "permissionsBoundary": str(role.permissions_boundary_arn or ""),
    }
    if identity.tags:
        fields["tags"] = dict(identity.tags)
    return fields


def _exclusive_fields(permissions: RolePermissions) -> ExclusiveFields:
    """What a Role itself says of its permissions, where it owns them alone.

    It carries inline policies and the list of ARNs, and beside it stands an attachment for each ARN, since only a deleted
    attachment detaches the last one. Without ARNs the Role has no list: the provider cannot hold an empty one and takes it away
    at every reconcile, and Crossplane would put it back for ever.
    """
    if permissions.additive:
        return {}
    # Left out or empty, the provider would leave the last inline policy in place.
    fields: ExclusiveFields = {
        "inlinePolicy": [{"name": p.name, "policy": p.document.json} for p in permissions.inline] or [{}]
    }
    if permissions.attached:
        fields["managedPolicyArns"] = [str(arn) for arn in permissions.attached]
    return fields


def _permissions(identity: Identity, role: ComposedRole, version: str) -> Iterator[ComposedResource]:
    """The resources beside a Role: its managed policies, all attachments and, with `Additive`, its inline policies."""

    def resource(key: str, kind: str, fields: Mapping[str, Any], external_name: str | None = None) -> ComposedResource:
        return managed_resource(
            key,
            version,
            kind,
            fields,
            provider_config=role.provider_config,
            management_policies=identity.management_policies,
            external_name=external_name,
        )

    account, name, permissions = role.account, role.name, role.permissions
    for policy in permissions.composed:
        yield resource(policy_key(account, policy.name), "Policy", _policy_fields(identity, policy), policy.name)
    for inline in permissions.inline if permissions.additive else ():
        inline_fields: RolePolicyFields = {"policy": inline.document.json, "role": name}
        yield resource(inline_key(account, name, inline.name), "RolePolicy", inline_fields, inline.name)
    for arn in permissions.attached:
        attachment: RolePolicyAttachmentFields = {"policyArn": str(arn), "role": name}
        yield resource(attachment_key(account, name, arn), "RolePolicyAttachment", attachment)


def _policy_fields(identity: Identity, policy: ComposedPolicy) -> PolicyFields:
    fields: PolicyFields = {
        "description": policy.description or "",
        "path": policy.path,
        "policy": policy.document.json,
    }
    if identity.tags:
        fields["tags"] = dict(identity.tags)
    return fields


def _associations(
    plan: Plan, associations: Associations, adopted: dict[Subject, str]
) -> Iterator[tuple[Subject, ComposedResource]]:
    clusters = {c.name: c.eks for c in plan.identity.clusters if c.eks and c.name in associations.handles}
    shared = {handle: _association(plan, associations, handle, eks) for handle, eks in clusters.items()}
    for subject in plan.identity.subjects:
        handle = subject.cluster
        if handle not in shared:
            continue
        manifest = shared[handle].manifest
        namespace, service_account = plan.identity.host(subject)
        name = association_key(plan.cluster_arns[handle], namespace, service_account, chained=plan.chained)
        imported = _imported(associations, subject, name)
        if imported:
            identifier, how = imported
            if how == ADOPTED:
                adopted[subject] = identifier
            manifest = {**manifest, "metadata": {"annotations": {EXTERNAL_NAME: identifier, IMPORTED: how}}}
        yield subject, ComposedResource(name, manifest, {"namespace": namespace, "serviceAccount": service_account})


def _imported(associations: Associations, subject: Subject, key: str) -> tuple[str, str] | None:
    """The id of an association that is taken over, and how it came to us."""
    if named := associations.named.get(subject):
        return named, "true"
    kept = associations.kept.get(key)
    if kept and kept.id:
        return kept.id, ADOPTED if kept.adopted else "true"
    conflict = associations.conflicts.get(key)
    if conflict and associations.adopt and not conflict.of_addon:
        return conflict.id, ADOPTED
    return None


def _association(plan: Plan, associations: Associations, handle: str, eks: EKSCluster) -> ComposedResource:
    """What the associations of a cluster have in common."""
    fields: PodIdentityAssociationFields = {
        "clusterName": eks.name_in_eks(handle),
        "disableSessionTags": plan.disable_session_tags,
        "region": eks.region,
        "roleArn": str(plan.role.arn),
    }
    if plan.target is not None:
        fields["targetRoleArn"] = str(plan.target.arn)
    tags = {**plan.identity.tags, **associations.tags}
    if tags:
        fields["tags"] = tags
    return managed_resource(
        "",
        f"{plan.identity.scope.group('eks', 'aws')}/v1beta1",
        "PodIdentityAssociation",
        fields,
        provider_config=associations.provider_config,
        management_policies=plan.identity.management_policies,
    )
