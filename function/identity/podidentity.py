"""The PodIdentity that users write, but for its clouds: its fields, whose it is, and whom it lists."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from function.clusters.kinds import Cluster
from function.errors import FieldError, Path, Read, quoted
from function.identity.subjects import Identity, Owner, ServiceAccount, expand
from function.spec.management import ManagementPolicies, Scope, check_policies
from function.spec.model import AtMost, ListMap, NotEmpty, Strict
from function.spec.patterns import DNSLabel, DNSSubdomain
from function.spec.reader import Parsed, parse

# What Crossplane itself puts into an XR's spec: Crossplane's docs, "Composite resources" and "Claims".
_MACHINERY = frozenset({"crossplane"})
_LEGACY_MACHINERY = frozenset(
    {
        "claimRef",
        "compositionRef",
        "compositionSelector",
        "compositionRevisionRef",
        "compositionRevisionSelector",
        "compositionUpdatePolicy",
        "resourceRefs",
        "writeConnectionSecretToRef",
    }
)


class Spec(Strict):
    """A cloud identity for Kubernetes service accounts."""

    HINTS = {"deletionpolicy": "write managementPolicies without Delete where the cloud shall keep what there is"}

    clusters: Annotated[list[Cluster], Field(max_length=16), NotEmpty, ListMap(("name",))]
    """Where the pods run, each cluster with a name of its own. Example:
    `[{name: prod, eks: {region: ap-northeast-2, accountId: "678801588313"}}]`."""
    service_accounts: Annotated[list[ServiceAccount], Field(max_length=64), NotEmpty]
    """Who gets the identity. Example: `[{name: demo-sa, namespace: default}]`."""
    management_policies: ManagementPolicies = ["*"]
    """What Crossplane may do with every managed resource. Without `Delete`, the resources in the cloud stay when this is
    deleted. Default: `["*"]`. Example: `[Observe, Create, Update, LateInitialize]`."""
    service_account_management: Literal["None", "Annotate", "Own"] = "None"
    """What is done to the service accounts in the clusters, by provider-kubernetes. `None`: nothing; the status says what they
    have to carry. `Annotate`: service accounts that exist get the annotations that IRSA, or an IAM service account of Google
    Cloud, needs; they keep them when this is deleted. `Own`: the service accounts are made, and deleted with this. Default:
    `None`. Example: `Annotate`."""
    deletion_order: Literal["None", "Ordered"] = "None"
    """Whether a role is deleted only when the associations with it are gone, and a service account of Google Cloud only when
    its IAM members are, by means of Crossplane's Usages. Default: `None`. Example: `Ordered`."""
    tags: Annotated[dict[str, str], AtMost(128)] = Field(default_factory=dict)
    """Tags on everything that can be tagged. Default: none. Example: `{team: data}`."""


class _Namespaced(Strict):
    """What names a PodIdentity, or a claim."""

    namespace: DNSLabel
    name: DNSSubdomain


class _ClusterScoped(Strict):
    """What names an XPodIdentity."""

    name: DNSSubdomain


def scope_of(xr: Mapping[str, Any]) -> Scope:
    """A namespaced XR composes namespaced resources; one without a namespace, as claims have it, cluster-scoped ones."""
    return Scope(namespaced=bool(_metadata(xr).get("namespace")))


def owner_of(xr: Mapping[str, Any]) -> Read[Owner]:
    """The PodIdentity itself, or the claim. Never from labels: whoever writes a claim writes the labels of its XR.

    Trust policies and names in the cloud hold it, and whoever may write an XPodIdentity may write its claimRef: what no API
    server would take as a namespace or a name is an error, at its field.
    """
    metadata = _metadata(xr)
    if metadata.get("namespace"):
        return _owner(_Namespaced, metadata, ("metadata",))
    spec = xr.get("spec")
    claim = spec.get("claimRef") if isinstance(spec, Mapping) else None
    if claim is None:
        return _owner(_ClusterScoped, metadata, ("metadata",))
    if not isinstance(claim, Mapping):
        return Read(_NOBODY, (FieldError(("spec", "claimRef"), f"must be an object, not {quoted(claim)}"),))
    return _owner(_Namespaced, claim, ("spec", "claimRef"))


_NOBODY = Owner("", "")
"""Stands in for an owner that could not be read; the errors that say so keep it from being rendered."""


def _owner(model: type[_Namespaced | _ClusterScoped], raw: Mapping[str, Any], at: Path) -> Read[Owner]:
    read = parse(model, {name: raw[name] for name in model.model_fields if name in raw}, at)
    if read.value is None or read.errors:
        return Read(_NOBODY, read.errors)
    return Read(Owner(getattr(read.value, "namespace", ""), read.value.name))


def _metadata(xr: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = xr.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def written(raw: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """A spec without what Crossplane itself puts there."""
    machinery = _MACHINERY if scope.namespaced else _MACHINERY | _LEGACY_MACHINERY
    return {name: value for name, value in raw.items() if name not in machinery}


def identity_of(
    parsed: Parsed[Spec], owner: Owner, scope: Scope, without_agent: frozenset[str]
) -> tuple[Identity, list[FieldError]]:
    """The identity as far as it could be read, and the errors of its fields together."""
    spec = parsed.value or Spec.model_construct(clusters=[], service_accounts=[])
    known = parsed.value is not None and parsed.whole(("spec", "clusters"))
    subjects, hosts, errors = expand(owner, spec.clusters, spec.service_accounts, handles_known=known)
    policies = spec.management_policies
    errors += _check_clusters(spec.clusters, scope)
    identity = Identity(
        owner,
        scope,
        tuple(spec.clusters),
        subjects,
        tuple(policies),
        spec.tags,
        spec.service_account_management,
        spec.deletion_order,
        hosts,
        without_agent,
    )
    if parsed.whole(("spec", "managementPolicies")):
        errors += check_policies(list(policies))
    return identity, parsed.new(errors)


def _check_clusters(clusters: list[Cluster], scope: Scope) -> Iterator[FieldError]:
    for index, cluster in enumerate(clusters):
        at: Path = ("spec", "clusters", index)
        if cluster.kubernetes_provider_config_ref is not None:
            yield from cluster.kubernetes_provider_config_ref.check(scope, (*at, "kubernetesProviderConfigRef"))
        if cluster.vcluster is not None:
            yield from cluster.vcluster.check_at((*at, "vcluster"))
