"""Clusters outside EKS and GKE, known by the issuer of their tokens: as PodIdentities list them, and as entries."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, NotRequired, TypedDict

from pydantic import Field

from function.clusters.entry import EntryCluster, EntryPlan, Resolution, Surroundings
from function.clusters.listed import Listed
from function.clusters.oidc_providers import (
    Audiences,
    OIDCProviders,
    check_providers,
    plan_providers,
    providers_ready,
    references,
)
from function.errors import FieldError, Path, quoted
from function.spec.arn import DEFAULT_PARTITION
from function.spec.issuer import DEFAULT_AUDIENCE, Issuer
from function.spec.management import ProviderConfigRef
from function.spec.model import Distinct, Maybe, Strict
from function.spec.patterns import Audience, OIDCIssuer, Partition

AdditionalIssuers = Annotated[list[OIDCIssuer], Field(max_length=3), Distinct]


class _ByIssuer(Strict):
    """The facts of a cluster outside EKS and GKE."""

    oidc_issuer: OIDCIssuer
    """The URL of its service account issuer, which AWS has to reach; the role's account has to have an OIDC provider for it,
    and the cluster the pod identity webhook (amazon-eks-pod-identity-webhook). Example: `https://oidc.example.com/clusters/edge`."""
    audience: Maybe[Audience] = None
    """The audience of the pods' tokens. Default: `sts.amazonaws.com`. Example: `sts.amazonaws.com`."""
    additional_issuers: AdditionalIssuers = []
    """Further issuers of its tokens that are trusted as well, for the time in which the API server's
    `--service-account-issuer` changes: before the change the new one, after it the old one, until no token of it is left.
    Default: none. Example: `[https://oidc.example.com/clusters/edge-2026]`."""
    partition: Maybe[Partition] = None
    """The partition of AWS in which its pods assume roles. Default: that of the ARNs in the PodIdentity's `spec.aws`, or `aws`;
    where an entry has oidcProviders, `aws`. Example: `aws-us-gov`."""


class KubernetesCluster(_ByIssuer, Listed):
    """The facts of a cluster outside EKS: k3s, kOps, Control Plane mk8s, on any cloud or none."""

    KIND: ClassVar[str] = "kubernetes"
    TITLE: ClassVar[str] = "a cluster outside GKE"

    def where(self, handle: str) -> tuple[str, ...]:  # noqa: ARG002 - its issuer says it
        """What tells it from other clusters."""
        return ("kubernetes", self.oidc_issuer.name)

    @property
    def issuer(self) -> Issuer | None:
        """The issuer of its tokens."""
        return self.oidc_issuer

    @property
    def issuers(self) -> tuple[Issuer, ...]:
        """All issuers of its tokens."""
        return (self.oidc_issuer, *self.additional_issuers)

    @property
    def audience_for_aws(self) -> str:
        """The audience of its pods' tokens for AWS."""
        return self.audience or DEFAULT_AUDIENCE


class KubernetesFacts(TypedDict):
    """The facts of any other cluster, or of the one that a vcluster runs in."""

    oidcIssuer: str
    """The URL of its OIDC issuer. Example: `https://oidc.example.com/clusters/edge`."""
    audience: str
    """The audience of the pods' tokens for AWS. Example: `sts.amazonaws.com`."""
    additionalIssuers: NotRequired[list[str]]
    """Further issuers whose tokens are trusted. Example: `[https://oidc.example.com/clusters/edge-2026]`."""
    partition: NotRequired[str]
    """The partition of AWS, where it is written. Example: `aws-us-gov`."""


class Kubernetes(_ByIssuer, EntryCluster):
    """A cluster outside EKS and GKE, and the OIDC providers that it needs."""

    KIND: ClassVar[str] = "kubernetes"
    TITLE: ClassVar[str] = "a cluster outside GKE"
    NOT_FACTS: ClassVar[tuple[str, ...]] = ("oidcProviders", "audiences")

    oidc_providers: OIDCProviders = []
    """The accounts whose roles use IRSA: in each an OIDC provider is made, or taken over where there is one. Default: none.
    Example: `[{accountId: "678801588313", providerConfigRef: {name: prod}}]`."""
    audiences: Audiences = []
    """Further audiences that the OIDC providers admit, beside `audience`. Those that somebody else adds to one stay. Default:
    none. Example: `[openshift]`."""

    def references(self) -> Iterator[tuple[Path, ProviderConfigRef]]:
        """The provider configs of its OIDC providers."""
        return references(self.oidc_providers, self.KIND)

    def check(self, name: str) -> Iterator[FieldError]:  # noqa: ARG002 - of other kinds
        """Errors that need more than one field."""
        yield from check_providers(self.oidc_providers, self.KIND)
        names = {self.oidc_issuer.name}
        for index, issuer in enumerate(self.additional_issuers):
            if issuer.name in names:
                yield FieldError(("spec", self.KIND, "additionalIssuers", index), f"{quoted(issuer)} is written already")
            names.add(issuer.name)

    def plan(self, around: Surroundings) -> EntryPlan:
        """The OIDC providers; the facts are all written."""
        audience = self.audience or DEFAULT_AUDIENCE
        facts: KubernetesFacts = {"oidcIssuer": str(self.oidc_issuer), "audience": audience}
        if self.additional_issuers:
            facts["additionalIssuers"] = [str(each) for each in self.additional_issuers]
        if self.partition or self.oidc_providers:
            # The providers are in it, so that roles elsewhere could not trust them.
            facts["partition"] = self.partition or DEFAULT_PARTITION
        issuers, partition = (self.oidc_issuer, *self.additional_issuers), self.partition or DEFAULT_PARTITION
        providers = plan_providers(self.oidc_providers, issuers, partition, (audience, *self.audiences), around)
        ready = providers_ready(providers, around.observed)
        once = tuple(each.resource for each in providers)
        return EntryPlan(Resolution({self.KIND: facts}), once=once, oidc_providers_ready=ready)
