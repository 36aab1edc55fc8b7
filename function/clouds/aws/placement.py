"""Where an identity lives: the role's account and partition, and how the pods of each cluster get their credentials."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from function.clouds.aws.eks import cluster_arn_of
from function.clouds.aws.iam.arn import Arn, partition_of
from function.clouds.aws.place import Place
from function.clouds.aws.spec import AWS
from function.clouds.aws.web_identity import issuer_name
from function.clusters import Cluster
from function.errors import FieldError, Path, listed, quoted

AT: Path = ("spec", "aws")
POD_IDENTITY, IRSA = "PodIdentity", "IRSA"
_ASSOCIATION = "association role must be in the cluster's account"
ONE_PER_ACCOUNT = f"{_ASSOCIATION}; write one PodIdentity per account"
USE_TARGET_ROLE = f"{_ASSOCIATION}; use targetRole for another account"

_ACCOUNT_DIGITS = 12
_DEFAULT_PARTITION = "aws"

Numbered = Sequence[tuple[int, Cluster]]


@dataclass(frozen=True, slots=True)
class Placement:
    """The place of the role that the pods get, and the credentials of each cluster's pods by the cluster's handle."""

    place: Place
    credentials: Mapping[str, tuple[str, ...]]

    def with_credentials(self, kind: str) -> frozenset[str]:
        """The handles of the clusters whose pods get this kind of credentials."""
        return frozenset(handle for handle, kinds in self.credentials.items() if kind in kinds)


def place(clusters: Iterable[Cluster], spec: AWS, *, credentials_known: bool) -> tuple[Placement, list[FieldError]]:
    """Where the role is and how pods get it, and what is wrong with the clusters in that."""
    numbered = list(enumerate(clusters))
    credentials, errors = _credentials(numbered, spec, (spec.credentials or None) if credentials_known else None)
    partition, faults = _partition(numbered, spec)
    errors += faults
    errors += _repeated(numbered)
    account, faults = _account([(i, c) for i, c in numbered if POD_IDENTITY in credentials.get(c.name, ())], numbered, spec)
    return Placement(Place(account, partition), credentials), [*errors, *faults]


def _credentials(
    clusters: Numbered, spec: AWS, wanted: Sequence[str] | None
) -> tuple[dict[str, tuple[str, ...]], list[FieldError]]:
    errors: list[FieldError] = []
    chosen: dict[str, tuple[str, ...]] = {}
    for index, cluster in clusters:
        supported = _supported(cluster)
        some = supported[:1] if wanted is None else tuple(kind for kind in supported if kind in wanted)
        chosen[cluster.name] = some
        if cluster.gke and not (cluster.eks or cluster.kubernetes):
            errors.append(FieldError(("spec", "clusters", index, "gke"), _NOT_ON_GKE))
        elif supported and not some:
            errors.append(_unsupported(index, cluster))
        elif spec.source_role_arn is not None and not cluster.eks:
            message = "EKS alone assumes sourceRoleArn for pods: it needs an EKS cluster"
            errors.append(FieldError(("spec", "clusters", index, "kubernetes"), message))
    used = {kind for kinds in chosen.values() for kind in kinds}
    for position, kind in enumerate(wanted or ()):
        if kind not in used and not errors:
            errors.append(FieldError((*AT, "credentials", position), f"no cluster can use {kind}: {_LACKING[kind]}"))
    return chosen, errors


_LACKING = {POD_IDENTITY: "it needs an EKS cluster", IRSA: "none has an oidcIssuer"}


_NOT_ON_GKE = (
    "spec.aws cannot use a GKE cluster: EKS Pod Identity needs an EKS cluster; for IRSA write the cluster as "
    "kubernetes with its oidcIssuer instead"
)


def _supported(cluster: Cluster) -> tuple[str, ...]:
    """What a cluster can do, the default first."""
    if cluster.eks:
        return (POD_IDENTITY, IRSA) if cluster.eks.oidc_issuer else (POD_IDENTITY,)
    return (IRSA,) if cluster.kubernetes else ()


def _unsupported(index: int, cluster: Cluster) -> FieldError:
    at: Path = ("spec", "clusters", index)
    if cluster.eks:
        return FieldError((*at, "eks", "oidcIssuer"), "is required: spec.aws.credentials has IRSA alone")
    message = "EKS Pod Identity needs an EKS cluster; add IRSA to spec.aws.credentials"
    return FieldError((*at, "kubernetes"), message)


def _partition(clusters: Numbered, spec: AWS) -> tuple[str | None, list[FieldError]]:
    partition, errors = None, []
    for index, cluster in clusters:
        if not cluster.eks or len(cluster.eks.account_id) != _ACCOUNT_DIGITS:
            continue
        at, here = ("spec", "clusters", index, "eks", "region"), partition_of(cluster.eks.region)
        partition = partition or here
        if here is None:
            errors.append(FieldError(at, f"{quoted(cluster.eks.region)} is not a region of any partition of AWS"))
        elif here != partition:
            errors.append(FieldError(at, f"is in partition {here}, an earlier cluster in {partition}"))
    if partition is None and any(cluster.kubernetes for _, cluster in clusters):
        arn = Arn.parse(spec.role.arn or "")
        partition = arn.partition if arn else _DEFAULT_PARTITION
    return partition, errors


def _repeated(clusters: Numbered) -> Iterator[FieldError]:
    """One cluster under two handles, be it by its ARN or by its issuer; vclusters of it are others."""
    seen: set[tuple[str, tuple[str, str] | None]] = set()
    owners: dict[str, str | None] = {}
    issuers: dict[str, str] = {}
    for index, cluster in clusters:
        facts = "eks" if cluster.eks else "kubernetes"
        at: Path = ("spec", "clusters", index, facts)
        partition = partition_of(cluster.eks.region) if cluster.eks else None
        arn = cluster_arn_of(cluster.name, cluster.eks, partition) if cluster.eks and partition else None
        issuer = issuer_name(cluster.oidc_issuer) if cluster.oidc_issuer else None
        if arn and (arn, cluster.within) in seen:
            yield FieldError(at, f"an earlier entry is the same {_what(cluster)}, {arn}")
        elif issuer and ((issuer, cluster.within) in seen or owners.get(issuer, arn) != arn):
            yield FieldError((*at, "oidcIssuer"), f"an earlier entry has the same issuer, {issuer}: each cluster has its own")
        elif arn and issuer and issuers.setdefault(arn, issuer) != issuer:
            message = f"is {issuer}, and an earlier entry of the same cluster has {issuers[arn]}: a cluster has one issuer"
            yield FieldError((*at, "oidcIssuer"), message)
        seen.update((name, cluster.within) for name in (arn, issuer) if name)
        if issuer:
            owners.setdefault(issuer, arn)


def _what(cluster: Cluster) -> str:
    return f"vcluster {cluster.vcluster.name} of the same cluster" if cluster.vcluster else "cluster"


def _account(associated: Numbered, clusters: Numbered, spec: AWS) -> tuple[str | None, list[FieldError]]:
    """The role's account. Where EKS associates it, that is the clusters'; with IRSA alone it can be any."""
    source = Arn.parse(spec.source_role_arn or "")
    errors = list(_of_other_accounts(associated, source.account if source else None))
    first = next((c.eks.account_id for _, c in associated if _owned(c) and c.eks), None)
    if spec.account_id and first and spec.account_id != first and spec.source_role_arn is None:
        message = f"is {spec.account_id}, the clusters' account is {first}: {USE_TARGET_ROLE}"
        errors.append(FieldError((*AT, "accountId"), message))
    if first:
        return (spec.account_id or first) if spec.source_role_arn else first, errors
    if spec.account_id or spec.role.arn:
        arn = Arn.parse(spec.role.arn or "")
        return spec.account_id or (arn.account if arn else None), errors
    accounts = sorted({c.eks.account_id for _, c in clusters if c.eks and _owned(c)})
    if len(accounts) == 1:
        return accounts[0], errors
    if len(accounts) > 1:
        message = f"is required: the clusters are in accounts {listed(accounts)}, and the role can be in one"
        errors.append(FieldError((*AT, "accountId"), message))
    elif any(cluster.kubernetes for _, cluster in clusters):
        errors.append(FieldError((*AT, "accountId"), "is required: no EKS cluster says which account the role is in"))
    return None, errors


def _owned(cluster: Cluster) -> bool:
    return cluster.eks is not None and len(cluster.eks.account_id) == _ACCOUNT_DIGITS


def _of_other_accounts(clusters: Numbered, source: str | None) -> Iterator[FieldError]:
    expected, whose = source, "the source role's"
    for index, cluster in clusters:
        if not cluster.eks or not _owned(cluster):
            continue
        expected, whose = (expected, whose) if expected else (cluster.eks.account_id, "an earlier cluster's")
        if cluster.eks.account_id != expected:
            message = f"is {cluster.eks.account_id}, {whose} is {expected}: {ONE_PER_ACCOUNT}"
            yield FieldError(("spec", "clusters", index, "eks", "accountId"), message)
