"""The Kubernetes service accounts themselves, annotated or made by provider-kubernetes, for `spec.serviceAccountManagement`.

Source: provider-kubernetes v1.2, which applies an Object's manifest with a field manager of its own, so that an annotation
joins the others; seen with the real one: tests/e2e/test_provider_kubernetes.py.
"""

from collections.abc import Iterator, Mapping

from function.clusters.kinds import Cluster
from function.errors import FieldError, Path, quoted
from function.identity.subjects import Identity, Subject
from function.naming import resource_name
from function.observed import ObservedResource
from function.resources.managed import ComposedResource, managed_resource

PREFIX = "account-"
"""What the composition resource names of service accounts begin with."""

Annotations = Mapping[str, Mapping[str, str]]
"""The annotations of the service accounts, by cluster handle. If empty, they get none of ours.

Where a cluster is left out, they are left alone.
"""

_ALL = frozenset({"Observe", "Create", "Update", "Delete", "LateInitialize"})
_ANNOTATING = ("Observe", "Update")


def render(identity: Identity, annotations: Annotations) -> dict[Subject, ComposedResource]:
    """The Objects through which service accounts are annotated or made; none where there is nothing to do."""
    clusters = {cluster.name: cluster for cluster in identity.clusters if _concerned(identity, cluster, annotations)}
    wanted = (subject for subject in identity.subjects if subject.cluster in clusters)
    return {s: _object(identity, clusters[s.cluster], s, annotations.get(s.cluster, {})) for s in wanted}


def check(identity: Identity, annotations: Annotations) -> Iterator[FieldError]:
    """Clusters that cannot be reached, and two that are reached the same way."""
    seen: set[tuple[str | None, str]] = set()
    for index, cluster in enumerate(identity.clusters):
        at: Path = ("spec", "clusters", index, "kubernetesProviderConfigRef")
        if not _concerned(identity, cluster, annotations):
            continue
        reference = cluster.kubernetes_provider_config_ref
        if reference is None:
            message = f"is required: serviceAccountManagement {identity.service_account_management} writes to this cluster"
            yield FieldError(at, message)
            continue
        if (reference.kind, reference.name) in seen:
            yield FieldError(at, f"{quoted(reference.name)} leads to an earlier cluster, and can lead to one only")
        seen.add((reference.kind, reference.name))


def carried(resource: ObservedResource | None, annotations: Mapping[str, str]) -> bool:
    """Whether a service account was seen, through the Object that manages it, with all it has to carry."""
    if resource is None:
        return False
    found = resource.object("status", "atProvider", "manifest", "metadata")
    there = found.get("annotations")
    return bool(found) and annotations.items() <= (there if isinstance(there, dict) else {}).items()


def _concerned(identity: Identity, cluster: Cluster, annotations: Annotations) -> bool:
    """Whether service accounts of a cluster are written to."""
    management = identity.service_account_management
    return management == "Own" or (management == "Annotate" and cluster.name in annotations)


def _object(identity: Identity, cluster: Cluster, subject: Subject, annotations: Mapping[str, str]) -> ComposedResource:
    reference = cluster.kubernetes_provider_config_ref
    config = reference.render(identity.scope) if reference else {}
    metadata: dict[str, object] = {"name": subject.service_account, "namespace": subject.namespace}
    if annotations:
        metadata |= {"annotations": dict(annotations)}
    manifest = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    # One key for both ways, so that going from one to the other deletes no service account.
    key = resource_name("account", config.get("kind", ""), config.get("name", ""), subject.namespace, subject.service_account)
    version = "kubernetes.m.crossplane.io/v1alpha1" if identity.scope.namespaced else "kubernetes.crossplane.io/v1alpha2"
    fields = {"manifest": manifest}
    return managed_resource(key, version, "Object", fields, provider_config=config, management_policies=_policies(identity))


def _policies(identity: Identity) -> list[str]:
    """The management policies of the Object: as in the spec for `Own`, at most Observe and Update for `Annotate`."""
    written = identity.management_policies
    if identity.service_account_management == "Own":
        return list(written)
    allowed = _ALL if "*" in written else frozenset(written)
    return [policy for policy in _ANNOTATING if policy in allowed]
