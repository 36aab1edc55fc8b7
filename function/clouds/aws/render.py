"""The AWS resources of a PodIdentity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from function.clouds.aws import resources
from function.clouds.aws.iam.arn import cluster_arn
from function.clouds.aws.request import AWSRequest, ComposedRole
from function.clusters import Cluster
from function.composition import EXTERNAL_NAME, ManagedResource, Manifest, managed_resource
from function.naming import resource_name
from function.subjects import Identity, Subject

DERIVED_NAME = "podidentity.dev/derived-name"
"""An annotation on a Role whose name was derived: whatever derives names later, this one is kept."""


def role_key(account: str, name: str) -> str:
    """The composition resource name of a role."""
    return resource_name("role", account, name)


@dataclass(frozen=True, slots=True)
class Rendered:
    """All composed resources."""

    role: list[ManagedResource]
    """The role and what is attached to it; empty where an existing role is associated."""
    associations: dict[Subject, ManagedResource]


def render(identity: Identity, request: AWSRequest) -> Rendered:
    """Render what was asked for."""
    return Rendered(
        role=[] if request.role is None else [*_role(identity, request, request.role)],
        associations=dict(_associations(identity, request)) if request.associate else {},
    )


def _spec(identity: Identity, request: AWSRequest, for_provider: resources.Forwarded) -> dict[str, Any]:
    return {
        "forProvider": for_provider.render(),
        "managementPolicies": list(identity.management_policies),
        "providerConfigRef": dict(request.provider_config_ref),
    }


def _role(identity: Identity, request: AWSRequest, role: ComposedRole) -> Iterator[ManagedResource]:
    version = f"{identity.flavour.group('iam', 'aws')}/v1beta1"
    inline = [resources.InlinePolicyField(name=p.name, policy=p.document) for p in role.inline_policies]
    for_provider = resources.Role(
        assume_role_policy=role.trust_policy,
        description=role.description,
        # Left out or empty, the provider would leave the last inline policy in place.
        inline_policy=inline or [resources.InlinePolicyField()],
        managed_policy_arns=list(role.managed_policy_arns),
        max_session_duration=role.max_session_duration,
        path=role.path,
        permissions_boundary=role.permissions_boundary_arn,
        tags=dict(identity.tags) or None,
    )
    annotations = {EXTERNAL_NAME: role.name} | ({DERIVED_NAME: "true"} if role.derived else {})
    key = role_key(request.account, role.name)
    yield managed_resource(key, version, "Role", _spec(identity, request, for_provider), annotations)
    # The list on the Role is exclusive, but only a deleted attachment detaches the last policy.
    for arn in role.managed_policy_arns:
        attachment = resources.RolePolicyAttachment(policy_arn=arn, role=role.name)
        key = resource_name("attachment", request.account, role.name, arn)
        yield managed_resource(key, version, "RolePolicyAttachment", _spec(identity, request, attachment))


def _associations(identity: Identity, request: AWSRequest) -> Iterator[tuple[Subject, ManagedResource]]:
    shared = {cluster.name: _association(identity, request, cluster) for cluster in identity.clusters}
    for subject in identity.subjects:
        arn, manifest = shared[subject.cluster]
        name = resource_name("association", arn, subject.namespace, subject.service_account)
        if subject in request.existing:
            manifest = {**manifest, "metadata": {"annotations": {EXTERNAL_NAME: request.existing[subject]}}}
        own = {"namespace": subject.namespace, "serviceAccount": subject.service_account}
        yield subject, ManagedResource(name, manifest, own)


def _association(identity: Identity, request: AWSRequest, cluster: Cluster) -> tuple[str, Manifest]:
    """The cluster's ARN, and what its associations have in common."""
    name = cluster.eks.cluster_name or cluster.name
    for_provider = resources.PodIdentityAssociation(
        cluster_name=name,
        disable_session_tags=request.disable_session_tags,
        region=cluster.eks.region,
        role_arn=request.role_arn,
        tags=_tags(identity, request),
    )
    manifest = {
        "apiVersion": f"{identity.flavour.group('eks', 'aws')}/v1beta1",
        "kind": "PodIdentityAssociation",
        "spec": _spec(identity, request, for_provider),
    }
    return cluster_arn(request.partition, cluster.eks.region, cluster.eks.account_id, name), manifest


def _tags(identity: Identity, request: AWSRequest) -> dict[str, str] | None:
    tags: Mapping[str, str] = {**identity.tags, **request.association_tags}
    return dict(tags) or None
