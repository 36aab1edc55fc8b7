"""The PodIdentity that users write: how to answer for a valid one, or every fault that it has."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from function import clouds, management
from function.catalogue import Required
from function.clusters import Cluster
from function.composition import Compose, Flavour
from function.errors import FieldError, InvalidSpec, Path, listed, quoted
from function.management import ManagementPolicies
from function.parsing import Parsed, parse
from function.resolving import Resolution, resolve
from function.schema import ListMap, NotEmpty, Strict
from function.subjects import Identity, Owner, ServiceAccount, expand

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

    clusters: Annotated[list[Cluster], NotEmpty, Field(max_length=16), ListMap(("name",))]
    """Where the pods run, each cluster with a name of its own. Example:
    `[{name: prod, eks: {region: ap-northeast-2, accountId: "678801588313"}}]`."""
    service_accounts: Annotated[list[ServiceAccount], NotEmpty, Field(max_length=64)]
    """Who gets the identity. Example: `[{name: demo-sa, namespace: default}]`."""
    management_policies: ManagementPolicies = ["*"]
    """What Crossplane may do with every managed resource; without `Delete` the cloud's things outlive this. Default: `["*"]`.
    Example: `[Observe, Create, Update, LateInitialize]`."""
    service_account_management: Literal["None", "Annotate", "Own"] = "None"
    """What is done to the service accounts in the clusters, by provider-kubernetes. `None`: nothing; the status says what they
    have to carry. `Annotate`: service accounts that exist get the annotations that IRSA, or an IAM service account of Google
    Cloud, needs; they keep them when this is deleted. `Own`: the service accounts are made, and deleted with this. Default:
    `None`. Example: `Annotate`."""
    deletion_order: Literal["None", "Ordered"] = "None"
    """Whether a role is deleted only when the associations with it are gone, and a service account of Google Cloud only when
    its IAM members are, by means of Crossplane's Usages. Default: `None`. Example: `Ordered`."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags on everything that can be tagged. Default: none. Example: `{team: data}`."""


def flavour_of(xr: Mapping[str, Any]) -> Flavour:
    """A namespaced XR composes namespaced resources; one without a namespace, as claims have it, cluster-scoped ones."""
    return Flavour(namespaced=bool(_metadata(xr, "namespace")))


def owner_of(xr: Mapping[str, Any]) -> Owner:
    """The PodIdentity itself, or the claim. Never from labels: whoever writes a claim writes the labels of its XR."""
    namespace, name = _metadata(xr, "namespace"), _metadata(xr, "name")
    if namespace:
        return Owner(namespace, name)
    spec = xr.get("spec")
    claim = spec.get("claimRef") if isinstance(spec, Mapping) else None
    if isinstance(claim, Mapping):
        return Owner(str(claim.get("namespace", "")), str(claim.get("name", "")))
    return Owner("", name)


def _metadata(xr: Mapping[str, Any], field: str) -> str:
    metadata = xr.get("metadata")
    value = metadata.get(field) if isinstance(metadata, Mapping) else None
    return value if isinstance(value, str) else ""


def resolve_clusters(xr: Mapping[str, Any], required: Required) -> Resolution:
    """The spec with the facts of those clusters in it that it only names."""
    raw, flavour = xr.get("spec"), flavour_of(xr)
    if not isinstance(raw, Mapping):
        return Resolution({})
    return resolve(raw, required, owner_of(xr).namespace, claim=not flavour.namespaced)


def plain_faults(xr: Mapping[str, Any]) -> Iterator[FieldError]:
    """Faults that can be told whatever the facts of the clusters are: those of single fields outside the clouds' sections."""
    raw = xr.get("spec")
    if isinstance(raw, Mapping):
        machinery = _MACHINERY if flavour_of(xr).namespaced else _MACHINERY | _LEGACY_MACHINERY
        written = {name: value for name, value in raw.items() if name not in (*machinery, *clouds.CLOUDS)}
        yield from parse(Spec, written, ("spec",), beside=clouds.CLOUDS).errors


def read(xr: Mapping[str, Any], history: clouds.History, without_agent: frozenset[str] = frozenset()) -> Compose:
    """Read an XR: how to answer for it. Raises InvalidSpec with every fault that can be told from it and its history."""
    raw, flavour, owner = xr.get("spec"), flavour_of(xr), owner_of(xr)
    if not isinstance(raw, Mapping):
        raise InvalidSpec([FieldError(("spec",), f"must be an object, not {quoted(raw)}")])
    machinery = _MACHINERY if flavour.namespaced else _MACHINERY | _LEGACY_MACHINERY
    written = {name: value for name, value in raw.items() if name not in machinery}
    sections = {name: written.pop(name) for name in clouds.CLOUDS if name in written}
    neutral = parse(Spec, written, ("spec",), beside=clouds.CLOUDS)
    errors = [*neutral.errors, *_one_cloud(sections)]
    identity, faults = _identity(neutral, owner, flavour, without_agent)
    errors += faults
    compose = None
    for name, section in sections.items():
        compose, faults = clouds.read(name, section, identity, history, errors)
        errors += neutral.new(faults)
    if errors or compose is None:
        raise InvalidSpec(errors)
    return compose


def _identity(
    neutral: Parsed[Spec], owner: Owner, flavour: Flavour, without_agent: frozenset[str]
) -> tuple[Identity, list[FieldError]]:
    """The neutral part as far as it could be read, and the faults of its fields together."""
    spec = neutral.value or Spec.model_construct(clusters=[], service_accounts=[])
    known = neutral.value is not None and neutral.whole(("spec", "clusters"))
    subjects, hosts, errors = expand(owner, spec.clusters, spec.service_accounts, handles_known=known)
    policies = spec.management_policies
    errors += _check_clusters(spec.clusters, flavour)
    identity = Identity(
        owner,
        flavour,
        tuple(spec.clusters),
        subjects,
        tuple(policies),
        spec.tags,
        spec.service_account_management,
        spec.deletion_order,
        hosts,
        without_agent,
    )
    if neutral.whole(("spec", "managementPolicies")):
        errors += management.check(list(policies))
    return identity, neutral.new(errors)


def _check_clusters(clusters: list[Cluster], flavour: Flavour) -> Iterator[FieldError]:
    for index, cluster in enumerate(clusters):
        at: Path = ("spec", "clusters", index)
        if cluster.kubernetes_provider_config_ref is not None:
            yield from cluster.kubernetes_provider_config_ref.check(flavour, (*at, "kubernetesProviderConfigRef"))
        if cluster.vcluster is not None:
            yield from cluster.vcluster.check((*at, "vcluster"))


def _one_cloud(sections: Mapping[str, object]) -> Iterator[FieldError]:
    if len(sections) != 1:
        wanted = " or ".join(f"spec.{cloud}" for cloud in clouds.CLOUDS)
        yield FieldError(("spec",), f"needs exactly one cloud, {wanted}; has {listed(sections) or 'none'}")
