"""In which account and partition the role is, and how the pods of each cluster get their credentials."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from function.clouds.aws.spec import AWS, InlinePolicy, ManagedPolicy, Permissions
from function.clusters.eks import EKSCluster, wrong_issuer
from function.clusters.kinds import Cluster
from function.errors import FieldError, Path, Read, listed, quoted
from function.spec.arn import DEFAULT_PARTITION, NO_PARTITION, PARTITIONS, Arn, partition_of

AT: Path = ("spec", "aws")
POD_IDENTITY, IRSA = "PodIdentity", "IRSA"
_ASSOCIATION = "association role must be in the cluster's account"
ONE_PER_ACCOUNT = f"{_ASSOCIATION}; write one PodIdentity per account"
USE_TARGET_ROLE = f"{_ASSOCIATION}; use targetRole for another account"

_ACCOUNT_DIGITS = 12

_Numbered = Sequence[tuple[int, Cluster]]


@dataclass(frozen=True, slots=True)
class Account:
    """Where a role has to be; None where the XR does not say so yet."""

    id: str | None
    partition: str | None

    def foreign(self, arn: Arn, *, aws_owned: bool) -> str | None:
        """Why an ARN cannot be used in this account; policies of AWS itself can, in any."""
        if not arn.aws_partition:
            return None
        if message := self.foreign_partition(arn):
            return message
        if self.id and arn.account != self.id and not (aws_owned and arn.account == "aws"):
            return f"{quoted(arn)} is in account {arn.account}, the role in {self.id}"
        return None

    def foreign_partition(self, arn: Arn) -> str | None:
        """Why an ARN cannot be used in any account of this partition."""
        if not arn.aws_partition or not self.partition or arn.aws_partition == self.partition:
            return None
        return f"partition mismatch: {quoted(arn)} is in {arn.aws_partition}, the clusters are in {self.partition}"


@dataclass(frozen=True, slots=True)
class Placement:
    """The account of the role that the pods get, and the credentials of each cluster's pods by the cluster's handle."""

    account: Account
    credentials: Mapping[str, tuple[str, ...]]

    def with_credentials(self, kind: str) -> frozenset[str]:
        """The handles of the clusters whose pods get this kind of credentials."""
        return frozenset(handle for handle, kinds in self.credentials.items() if kind in kinds)


def place(clusters: Iterable[Cluster], spec: AWS, *, credentials_known: bool) -> Read[Placement]:
    """Where the role is and how pods get it, and what is wrong with the clusters in that."""
    numbered = list(enumerate(clusters))
    credentials = _credentials(numbered, spec, (spec.credentials or None) if credentials_known else None)
    partition = _partition(numbered, spec)
    associated = [(i, c) for i, c in numbered if POD_IDENTITY in credentials.value.get(c.name, ())]
    account = _account(associated, numbered, spec)
    errors = (
        *credentials.errors,
        *partition.errors,
        *_wrong_issuers(numbered),
        *_repeated(numbered),
        *_additional(numbered),
        *account.errors,
    )
    return Read(Placement(Account(account.value, partition.value), credentials.value), errors)


def _credentials(clusters: _Numbered, spec: AWS, wanted: Sequence[str] | None) -> Read[dict[str, tuple[str, ...]]]:
    errors: list[FieldError] = []
    chosen: dict[str, tuple[str, ...]] = {}
    for index, cluster in clusters:
        supported = _supported(cluster)
        some = supported[:1] if wanted is None else tuple(kind for kind in supported if kind in wanted)
        chosen[cluster.name] = some
        if cluster.facts and not supported:
            errors.append(_unusable(index, cluster))
        elif supported and not some:
            errors.append(_unsupported(index, cluster))
        elif spec.source_role_arn is not None and not cluster.eks:
            message = "needs an EKS cluster: only EKS assumes sourceRoleArn for pods"
            errors.append(FieldError(("spec", "clusters", index, "kubernetes"), message))
    used = {kind for kinds in chosen.values() for kind in kinds}
    for position, kind in enumerate(wanted or ()):
        if kind not in used and not errors:
            errors.append(FieldError((*AT, "credentials", position), f"no cluster can use {kind}: {_LACKING[kind]}"))
    return Read(chosen, tuple(errors))


_LACKING = {POD_IDENTITY: "it needs an EKS cluster", IRSA: "none has an oidcIssuer"}


def _supported(cluster: Cluster) -> tuple[str, ...]:
    """What a cluster can do, the default first."""
    if cluster.eks:
        return (POD_IDENTITY, IRSA) if cluster.eks.oidc_issuer else (POD_IDENTITY,)
    return (IRSA,) if cluster.kubernetes else ()


def _unusable(index: int, cluster: Cluster) -> FieldError:
    kind, title = (cluster.facts.KIND, cluster.facts.TITLE) if cluster.facts else ("", "")
    message = (
        f"spec.aws cannot use {title}: EKS Pod Identity needs an EKS cluster; for IRSA write the cluster as kubernetes with "
        "its oidcIssuer instead"
    )
    return FieldError(("spec", "clusters", index, kind), message)


def _unsupported(index: int, cluster: Cluster) -> FieldError:
    at: Path = ("spec", "clusters", index)
    if cluster.eks:
        return FieldError((*at, "eks", "oidcIssuer"), "is required: spec.aws.credentials has IRSA alone")
    message = "EKS Pod Identity needs an EKS cluster; add IRSA to spec.aws.credentials"
    return FieldError((*at, "kubernetes"), message)


def _partition(clusters: _Numbered, spec: AWS) -> Read[str | None]:
    partition: str | None = None
    errors: list[FieldError] = []
    for index, cluster in clusters:
        eks = _owned(cluster)
        if eks is None:
            continue
        at, here = ("spec", "clusters", index, "eks", "region"), partition_of(eks.region)
        partition = partition or here
        if here is None:
            errors.append(FieldError(at, f"{quoted(eks.region)} {NO_PARTITION}"))
        elif here != partition:
            errors.append(FieldError(at, f"is in partition {here}, an earlier cluster in {partition}"))
    for index, cluster in clusters:
        if cluster.kubernetes and (here := cluster.kubernetes.partition):
            partition = partition or here
            if here != partition:
                message = f"is {here}, another cluster is in {partition}: a role is in one partition"
                errors.append(FieldError(("spec", "clusters", index, "kubernetes", "partition"), message))
    if partition is None and any(cluster.kubernetes for _, cluster in clusters):
        partition = next(_partitions_written(spec), DEFAULT_PARTITION)
    return Read(partition, tuple(errors))


def _partitions_written(spec: AWS) -> Iterator[str]:
    """The partitions of the ARNs that have to be in the role's: its own first, then policies, then what they are about."""
    permissions = spec.permissions or Permissions()
    arns = (spec.role.arn, spec.source_role_arn, spec.role.permissions_boundary_arn, *permissions.managed_policy_arns)
    yield from (arn.aws_partition for arn in arns if arn and arn.aws_partition)
    policies: list[InlinePolicy | ManagedPolicy] = [*permissions.inline_policies, *permissions.managed_policies]
    for policy in policies:
        short = (resource for statement in policy.statements or () for resource in statement.resources)
        for resource in (*short, *_resources(policy)):
            partition = resource.removeprefix("arn:").partition(":")[0]
            if partition in PARTITIONS:
                yield partition


def _resources(policy: InlinePolicy | ManagedPolicy) -> Iterator[str]:
    """The resources of a policy's document. What is none is told where the policy is read."""
    document: Any = policy.document
    if policy.document_json is not None:
        try:
            document = json.loads(policy.document_json)
        except (ValueError, RecursionError):
            return
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        values = statement.get("Resource") if isinstance(statement, Mapping) else None
        yield from (value for value in (values if isinstance(values, list) else [values]) if isinstance(value, str))


def _wrong_issuers(clusters: _Numbered) -> Iterator[FieldError]:
    for index, cluster in clusters:
        eks = cluster.eks
        if eks and eks.oidc_issuer and (message := wrong_issuer(eks.oidc_issuer, eks.region)):
            yield FieldError(("spec", "clusters", index, "eks", "oidcIssuer"), message)


def _repeated(clusters: _Numbered) -> Iterator[FieldError]:
    """One cluster under two handles, be it by its ARN or by its issuer; vclusters of it are others."""
    seen: set[tuple[str, tuple[str, str] | None]] = set()
    owners: dict[str, str | None] = {}
    issuers: dict[str, str] = {}
    for index, cluster in clusters:
        at: Path = ("spec", "clusters", index, cluster.facts.KIND if cluster.facts else "kubernetes")
        partition = partition_of(cluster.eks.region) if cluster.eks else None
        arn = cluster.eks.arn(cluster.name, partition) if cluster.eks and partition else None
        issuer = cluster.issuer.name if cluster.issuer else None
        if arn and (arn, cluster.within) in seen:
            yield FieldError(at, f"an earlier entry is the same {cluster.words}, {arn}")
        elif issuer and (((issuer, cluster.within) in seen and not cluster.shares_issuer) or owners.get(issuer, arn) != arn):
            yield FieldError((*at, "oidcIssuer"), f"an earlier entry has the same issuer, {issuer}: each cluster has its own")
        elif arn and issuer and issuers.setdefault(arn, issuer) != issuer:
            message = f"is {issuer}, and an earlier entry of the same cluster has {issuers[arn]}: a cluster has one issuer"
            yield FieldError((*at, "oidcIssuer"), message)
        seen.update((name, cluster.within) for name in (arn, issuer) if name)
        if issuer:
            owners.setdefault(issuer, arn)


def _additional(clusters: _Numbered) -> Iterator[FieldError]:
    """Additional issuers that are written already, or are another cluster's, whose pods would be admitted, too."""
    owners: dict[str, Cluster] = {}
    for _, cluster in clusters:
        for issuer in cluster.issuers[:1]:
            owners.setdefault(issuer.name, cluster)
    for index, cluster in clusters:
        main = {issuer.name for issuer in cluster.issuers[:1]}
        for place, issuer in enumerate(cluster.issuers[1:]):
            at: Path = ("spec", "clusters", index, "kubernetes", "additionalIssuers", place)
            owner = owners.setdefault(issuer.name, cluster)
            if issuer.name in main:
                yield FieldError(at, f"{quoted(issuer)} is written already")
            elif owner.where != cluster.where:
                yield FieldError(
                    at, f"{quoted(issuer)} is an issuer of cluster {owner.name}, whose pods would be admitted, too"
                )
            main.add(issuer.name)


def _account(associated: _Numbered, clusters: _Numbered, spec: AWS) -> Read[str | None]:
    """The role's account. Where EKS associates it, that is the clusters'; with IRSA alone it can be any."""
    source, written = spec.source_role_arn, spec.role.arn.account if spec.role.arn else None
    errors = list(_of_other_accounts(associated, (source.account or None) if source else None))
    first = next((eks.account_id for _, cluster in associated if (eks := _owned(cluster))), None)
    if spec.account_id and first and spec.account_id != first and source is None:
        message = f"is {spec.account_id}, the clusters' account is {first}: {USE_TARGET_ROLE}"
        errors.append(FieldError((*AT, "accountId"), message))
    if first:
        return Read((spec.account_id or first) if source else first, tuple(errors))
    if spec.account_id or spec.role.arn:
        return Read(spec.account_id or written or None, tuple(errors))
    accounts = sorted({eks.account_id for _, cluster in clusters if (eks := _owned(cluster))})
    if len(accounts) == 1:
        return Read(accounts[0], tuple(errors))
    if len(accounts) > 1:
        message = f"is required: the clusters are in accounts {listed(accounts)}, and the role can be in one"
        errors.append(FieldError((*AT, "accountId"), message))
    elif any(cluster.kubernetes for _, cluster in clusters):
        errors.append(FieldError((*AT, "accountId"), "is required: no EKS cluster says which account the role is in"))
    return Read(None, tuple(errors))


def _owned(cluster: Cluster) -> EKSCluster | None:
    """The facts of an EKS cluster whose account could be read."""
    return cluster.eks if cluster.eks and len(cluster.eks.account_id) == _ACCOUNT_DIGITS else None


def _of_other_accounts(clusters: _Numbered, source: str | None) -> Iterator[FieldError]:
    expected, whose = source, "the source role's"
    for index, cluster in clusters:
        eks = _owned(cluster)
        if eks is None:
            continue
        expected, whose = (expected, whose) if expected else (eks.account_id, "an earlier cluster's")
        if eks.account_id != expected:
            message = f"is {eks.account_id}, {whose} is {expected}: {ONE_PER_ACCOUNT}"
            yield FieldError(("spec", "clusters", index, "eks", "accountId"), message)
