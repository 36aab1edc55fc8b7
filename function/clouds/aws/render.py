"""The AWS resources of a PodIdentity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from function import service_accounts
from function.clouds.aws import resources
from function.clouds.aws.eks import cluster_name_of
from function.clouds.aws.iam.arn import Arn
from function.clouds.aws.keys import ADOPTED, IMPORTED, association_key, role_key
from function.clouds.aws.permissions.render import inline_fields, render_permissions
from function.clouds.aws.request import Associations, AWSRequest, ComposedRole, ExistingRole
from function.clusters import EKSCluster
from function.composition import EXTERNAL_NAME, ManagedResource, Manifest, managed_resource
from function.naming import DERIVED_NAME
from function.subjects import Identity, Subject

_AN_HOUR = 3600
"""IAM's default for a session, in seconds."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """All composed resources."""

    role: list[ManagedResource]
    """The role and what is attached to it; an existing role alone, where it is looked at."""
    target: list[ManagedResource]
    associations: dict[Subject, ManagedResource]
    accounts: dict[Subject, ManagedResource]
    """The service accounts in their clusters."""
    adopted: dict[Subject, str] = field(default_factory=dict)
    """Ids of associations that were taken over since EKS named them."""

    @property
    def all(self) -> tuple[ManagedResource, ...]:
        """Everything."""
        return (*self.role, *self.target, *self.associations.values(), *self.accounts.values())


def render(identity: Identity, request: AWSRequest) -> Rendered:
    """Render what was asked for."""
    adopted: dict[Subject, str] = {}
    associations = dict(_associations(identity, request, request.associations, adopted)) if request.associations else {}
    annotations = {handle: token.annotations for handle, token in request.web_identities.items()}
    return Rendered(
        role=[*_role(identity, request.role)],
        target=[*_role(identity, request.target)],
        associations=associations,
        accounts=service_accounts.render(identity, annotations),
        adopted=adopted,
    )


def _spec(identity: Identity, provider_config: Mapping[str, str], for_provider: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "forProvider": for_provider,
        "managementPolicies": list(identity.management_policies),
        "providerConfigRef": dict(provider_config),
    }


def _role(identity: Identity, role: ComposedRole | ExistingRole | None) -> Iterator[ManagedResource]:
    version = f"{identity.flavour.group('iam', 'aws')}/v1beta1"
    if isinstance(role, ComposedRole):
        annotations = {EXTERNAL_NAME: role.name} | ({DERIVED_NAME: role.derived_for} if role.derived_for else {})
        spec = _spec(identity, role.provider_config, _for_role(identity, role))
        yield managed_resource(role_key(role.account, role.name), version, "Role", spec, annotations)
        yield from render_permissions(identity, role.permissions, role.account, role.name, role.provider_config)
    elif role is not None and role.observe and role.provider_config:
        arn = Arn.parse(role.arn)
        account, name = (arn.account, arn.path_and_name[1]) if arn else ("", "")
        spec = _spec(identity, role.provider_config, {}) | {"managementPolicies": ["Observe"]}
        # The key of a composed role: one that is handed over is looked at from then on, and never deleted.
        yield managed_resource(role_key(account, name), version, "Role", spec, {EXTERNAL_NAME: name})


def _for_role(identity: Identity, role: ComposedRole) -> resources.Role:
    for_provider: resources.Role = {
        "assumeRolePolicy": role.trust_policy,
        **inline_fields(role.permissions),  # type: ignore[typeddict-item] # of the keys that may be left out
        "path": role.path,
        # Left out, what they were comes back: the provider initialises a missing field late, from what AWS still has.
        "description": role.description or "",
        "maxSessionDuration": role.max_session_duration or _AN_HOUR,
        "permissionsBoundary": role.permissions_boundary_arn or "",
    }
    if identity.tags:
        for_provider["tags"] = dict(identity.tags)
    return for_provider


def _associations(
    identity: Identity, request: AWSRequest, associations: Associations, adopted: dict[Subject, str]
) -> Iterator[tuple[Subject, ManagedResource]]:
    clusters = {c.name: c.eks for c in identity.clusters if c.eks and c.name in associations.handles}
    shared = {handle: _association(identity, request, associations, handle, eks) for handle, eks in clusters.items()}
    for subject in identity.subjects:
        handle = subject.cluster
        if handle not in shared:
            continue
        manifest = shared[handle]
        namespace, service_account = identity.host(subject)
        name = association_key(request.cluster_arns[handle], namespace, service_account, chained=request.chained)
        taken = _taken(associations, subject, name)
        if taken:
            identifier, how = taken
            if how == ADOPTED:
                adopted[subject] = identifier
            manifest = {**manifest, "metadata": {"annotations": {EXTERNAL_NAME: identifier, IMPORTED: how}}}
        yield subject, ManagedResource(name, manifest, {"namespace": namespace, "serviceAccount": service_account})


def _taken(associations: Associations, subject: Subject, key: str) -> tuple[str, str] | None:
    """The id of an association that is taken over, and how it came to us."""
    if named := associations.taken.get(subject):
        return named, "true"
    kept = associations.kept.get(key)
    if kept and kept.id:
        return kept.id, ADOPTED if kept.adopted else "true"
    conflict = associations.conflicts.get(key)
    if conflict and associations.adopt and not conflict.of_addon:
        return conflict.id, ADOPTED
    return None


def _association(identity: Identity, request: AWSRequest, associations: Associations, handle: str, eks: EKSCluster) -> Manifest:
    """What the associations of a cluster have in common."""
    for_provider: resources.PodIdentityAssociation = {
        "clusterName": cluster_name_of(handle, eks),
        "disableSessionTags": request.disable_session_tags,
        "region": eks.region,
        "roleArn": request.role.arn,
    }
    if request.target is not None:
        for_provider["targetRoleArn"] = request.target.arn
    tags = {**identity.tags, **associations.tags}
    if tags:
        for_provider["tags"] = tags
    return {
        "apiVersion": f"{identity.flavour.group('eks', 'aws')}/v1beta1",
        "kind": "PodIdentityAssociation",
        "spec": _spec(identity, associations.provider_config, for_provider),
    }
