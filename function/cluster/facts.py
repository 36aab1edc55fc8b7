"""A cluster's facts: as they are written, as they are observed, or as they were known before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from function.clouds.aws.iam.arn import cluster_arn, partition_of
from function.clouds.aws.web_identity import issuer_name
from function.cluster.known import Known
from function.cluster.sighting import EKSSighting, GKESighting, see_eks, see_gke
from function.cluster.spec import EKS, GKE, Kubernetes
from function.cluster.status import ClusterFacts, EKSFacts, GKEFacts
from function.errors import quoted
from function.observed import ObservedResource
from function.waiting import why

_RESOLVED = "all facts of the cluster are known"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The facts, or why they are not known."""

    facts: ClusterFacts | None
    reason: str = "Resolved"
    message: str = _RESOLVED
    auto_mode: bool | None = None
    """Whether EKS Auto Mode is on, None where it is not known yet."""


def of_eks(eks: EKS, resource: ObservedResource | None, known: Known) -> Resolution:
    """The facts of an EKS cluster; `known` is what the status held."""
    if not eks.observe:
        return Resolution(_eks(eks, eks.account_id or "", eks.oidc_issuer), auto_mode=bool(eks.auto_mode))
    seen = see_eks(resource)
    if seen is None:
        before = _part(known.of_spec(), "eks")
        if _agrees(eks, before):
            facts = _eks(eks, before["accountId"], before.get("oidcIssuer"))
            return Resolution(facts, message=_as_before(eks.cluster_name, resource))
        return Resolution(None, "Waiting", _waiting(eks.cluster_name, resource, "its ARN"))
    if wrong := "; ".join(_contradictions(eks, seen)):
        message = f"{wrong}: correct the spec, or spec.aws.providerConfigRef, through which it is read"
        return Resolution(None, "Contradiction", message)
    issuer = seen.issuer or eks.oidc_issuer or _issuer_of(seen.arn, known.facts)
    return Resolution(_eks(eks, seen.account, issuer), auto_mode=seen.auto_mode)


def of_gke(gke: GKE, resource: ObservedResource | None, known: Known) -> Resolution:
    """The facts of a GKE cluster; `known` is what the status held."""
    if not gke.observe:
        return Resolution(_gke(gke, gke.project_id or "", gke.workload_pool or f"{gke.project_id}.svc.id.goog"))
    seen = see_gke(resource)
    if seen is None:
        if before := _gke_before(gke, known.of_spec()):
            facts = _gke(gke, before["projectId"], before["workloadPool"])
            return Resolution(facts, message=_as_before(gke.cluster_name, resource))
        return Resolution(None, "Waiting", _waiting(gke.cluster_name, resource, "its project"))
    if wrong := "; ".join(_gke_contradictions(gke, seen)):
        message = f"{wrong}: correct the spec, or spec.gcp.providerConfigRef, through which it is read"
        return Resolution(None, "Contradiction", message)
    pool = seen.pool or _pool_of(gke, seen.project, known.facts)
    if pool is None:
        message = f"cluster {gke.cluster_name} has no workload identity pool: enable Workload Identity Federation for GKE on it"
        return Resolution(None, "NoWorkloadPool", message)
    return Resolution(_gke(gke, seen.project, pool))


def of_kubernetes(kubernetes: Kubernetes) -> Resolution:
    """The facts of any other cluster, all written."""
    return Resolution(
        {"kubernetes": {"oidcIssuer": kubernetes.oidc_issuer, "audience": kubernetes.audience_or_default}}, auto_mode=False
    )


def _eks(eks: EKS, account: str, issuer: str | None) -> ClusterFacts:
    arn = cluster_arn(partition_of(eks.region) or "aws", eks.region, account, eks.cluster_name)
    facts: EKSFacts = {"clusterName": eks.cluster_name, "region": eks.region, "accountId": account, "arn": arn}
    if issuer:
        facts["oidcIssuer"] = issuer
    return {"eks": facts}


def _gke(gke: GKE, project: str, pool: str) -> ClusterFacts:
    facts: GKEFacts = {
        "projectId": project,
        "clusterName": gke.cluster_name,
        "location": gke.location,
        "workloadPool": pool,
    }
    if gke.project_number:
        facts["projectNumber"] = gke.project_number
    return {"gke": facts}


def _agrees(eks: EKS, before: Mapping[str, Any]) -> bool:
    """Whether what was known is of this cluster, and is nothing that the spec contradicts by now."""
    issuer = before.get("oidcIssuer")
    return (
        isinstance(before.get("accountId"), str)
        and (before.get("clusterName"), before.get("region")) == (eks.cluster_name, eks.region)
        and eks.account_id in (None, before["accountId"])
        and (eks.oidc_issuer is None or (isinstance(issuer, str) and issuer_name(issuer) == issuer_name(eks.oidc_issuer)))
    )


def _gke_before(gke: GKE, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was known of this cluster and is nothing that the spec contradicts by now; empty where that is not so."""
    before = _part(known, "gke")
    agrees = (
        isinstance(before.get("projectId"), str)
        and isinstance(before.get("workloadPool"), str)
        and (before.get("clusterName"), before.get("location")) == (gke.cluster_name, gke.location)
        and gke.project_id in (None, before["projectId"])
        and gke.workload_pool in (None, before["workloadPool"])
    )
    return before if agrees else {}


def _issuer_of(arn: str, known: Mapping[str, Any]) -> str | None:
    """The issuer that was known of the cluster with this ARN."""
    before = _part(known, "eks")
    issuer = before.get("oidcIssuer")
    return issuer if before.get("arn") == arn and isinstance(issuer, str) else None


def _pool_of(gke: GKE, project: str, known: Mapping[str, Any]) -> str | None:
    """The workload identity pool that was known of this cluster of this project."""
    before = _part(known, "gke")
    here = {"projectId": project, "location": gke.location, "clusterName": gke.cluster_name}
    pool = before["workloadPool"] if before.items() >= here.items() else None
    return pool if gke.workload_pool in (None, pool) else None


def _contradictions(eks: EKS, seen: EKSSighting) -> Iterator[str]:
    for field, written, real in (
        ("region", eks.region, seen.region),
        ("accountId", eks.account_id, seen.account),
        ("clusterName", eks.cluster_name, seen.name),
    ):
        if written is not None and written != real:
            yield f"spec.eks.{field} is {quoted(written)}, the observed cluster's is {quoted(real)} ({seen.arn})"
    if eks.oidc_issuer and seen.issuer and issuer_name(eks.oidc_issuer) != issuer_name(seen.issuer):
        yield f"spec.eks.oidcIssuer is {quoted(eks.oidc_issuer)}, the observed cluster's is {quoted(seen.issuer)}"
    if eks.auto_mode is not None and eks.auto_mode != seen.auto_mode:
        yield f"spec.eks.autoMode is {quoted(eks.auto_mode)}, the observed cluster's is {quoted(seen.auto_mode)}"


def _gke_contradictions(gke: GKE, seen: GKESighting) -> Iterator[str]:
    if gke.project_id is not None and gke.project_id != seen.project:
        yield f"spec.gke.projectId is {quoted(gke.project_id)}, the observed cluster's is {quoted(seen.project)}"
    if gke.workload_pool is not None and seen.pool is not None and gke.workload_pool != seen.pool:
        yield f"spec.gke.workloadPool is {quoted(gke.workload_pool)}, the observed cluster's is {quoted(seen.pool)}"


def _waiting(cluster: str, resource: ObservedResource | None, what: str) -> str:
    state = None if resource is None else resource.conditions()
    if state is not None and state.good:
        return f"the observed cluster {cluster} does not say {what} yet"
    return f"the observed cluster {cluster} {why(state)}"


def _as_before(cluster: str, resource: ObservedResource | None) -> str:
    return f"the facts are those that were known before; {_waiting(cluster, resource, 'more')}"


def _part(known: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    # The facts beside a vcluster are its host's, which another entry answers for.
    found = known.get(kind) if "vcluster" not in known else None
    return found if isinstance(found, Mapping) else {}
