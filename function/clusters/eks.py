"""EKS clusters: as PodIdentities list them, and as entries of the catalogue with the agent and OIDC providers they need."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NotRequired, TypedDict

from function.clusters.entry import (
    Agent,
    EntryCluster,
    EntryPlan,
    LastKnown,
    Resolution,
    Surroundings,
    as_before,
    not_seen,
    part,
)
from function.clusters.listed import OF_ENTRIES, Listed
from function.clusters.oidc_providers import (
    PREFIX,
    Audiences,
    OIDCProviders,
    Provider,
    check_providers,
    issuer_unknown,
    plan_providers,
    providers_ready,
    references,
)
from function.conditions import AGENT_READY, Condition
from function.errors import FieldError, Path, quoted
from function.naming import resource_name
from function.observed import ObservedResource
from function.resources.managed import ComposedResource
from function.resources.readiness import why
from function.spec.arn import DEFAULT_PARTITION, NO_PARTITION, Arn, partition_of
from function.spec.issuer import DEFAULT_AUDIENCE, Issuer
from function.spec.management import ProviderConfigRef
from function.spec.model import Maybe, Rule, Strict
from function.spec.patterns import AccountId, AddonVersion, Audience, EKSClusterName, OIDCIssuer, Region

ADDON = "eks-pod-identity-agent"
"""EKS's name of the agent's add-on."""

ADDON_PREFIX = "addon-"
"""What the composition resource names of add-ons begin with."""

_ABSENT = "the cluster has no agent, so that its pods get no credentials from EKS Pod Identity"
_AT: Path = ("spec", "eks")
_READ = "spec.eks.clusterName, spec.eks.region, and the account that spec.aws.providerConfigRef reaches"
_OBSERVE = "observe: true, which reads it from the real cluster"


_ISSUER = re.compile(r"(?:oidc\.eks|oidc-eks(?=[a-z0-9.-]+\.api\.))\.([a-z0-9-]+)\.((?:amazonaws|api)\.[a-z.]+)(/.*)?")
_OTHERS_OF_EKS = re.compile(r"oidc\.[a-z0-9-]+\.eks\.amazonaws\.|eks\.[a-z0-9-]+\.amazonaws\.|[a-z0-9.-]+\.eks\.amazonaws\.")
_PATH = re.compile(r"/id/[0-9A-Za-z]+")


def wrong_issuer(issuer: Issuer, region: str) -> str | None:
    """Why this can be the issuer of no EKS cluster of the region. Issuers that are not EKS's own are not judged."""
    host, slash, path = issuer.name.partition("/")
    name = f"{host.lower()}{slash}{path}"
    match = _ISSUER.fullmatch(name)
    if match is None:
        form = f"https://oidc.eks.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}/id/..."
        return f"{quoted(issuer)} is no issuer of EKS, which are {form}" if _OTHERS_OF_EKS.match(name) else None
    if match[1] != region:
        return f"{quoted(issuer)} is of region {match[1]}, the cluster is in {region}"
    if match[2] in ("amazonaws.com", "amazonaws.com.cn") and match[2].endswith(".cn") != region.startswith("cn-"):
        return f"{quoted(issuer)}: issuers of EKS end in .cn in the regions of China, and in no others"
    if not _PATH.fullmatch(match[3] or ""):
        return f"{quoted(issuer)}: issuers of EKS end in /id/ and the cluster's id, without a / after it"
    return None


class EKSCluster(Listed):
    """An EKS cluster's facts."""

    HINTS = OF_ENTRIES
    KIND: ClassVar[str] = "eks"
    TITLE: ClassVar[str] = "an EKS cluster"

    cluster_name: Maybe[EKSClusterName] = None
    """Its name in EKS. Default: the item's `name`. Example: `stage-apne2`."""
    region: Region
    """The region it runs in. Example: `ap-northeast-2`."""
    account_id: AccountId
    """The account that owns it, 12 digits in quotes. Example: `"678801588313"`."""
    oidc_issuer: Maybe[OIDCIssuer] = None
    """The URL of its OIDC issuer, which IRSA needs; the role's account has to have an OIDC provider for it. Default: none, the
    cluster has EKS Pod Identity only. Example:
    `https://oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`."""
    audience: Maybe[Audience] = None
    """The audience of the pods' tokens, for IRSA. Default: `sts.amazonaws.com`. Example: `sts.amazonaws.com`."""

    def name_in_eks(self, handle: str) -> str:
        """The cluster's name in EKS; `handle` is what the item of spec.clusters calls it."""
        return self.cluster_name or handle

    def arn(self, handle: str, partition: str) -> Arn:
        """The cluster's ARN: what the session tag eks-cluster-arn and aws:SourceArn hold."""
        return Arn.of_cluster(partition, self.region, self.account_id, self.name_in_eks(handle))

    def where(self, handle: str) -> tuple[str, ...]:
        """What tells it from other clusters."""
        return ("eks", self.account_id, self.region, self.name_in_eks(handle))

    @property
    def issuer(self) -> Issuer | None:
        """The issuer of its tokens, where it is written."""
        return self.oidc_issuer

    @property
    def audience_for_aws(self) -> str:
        """The audience of its pods' tokens for AWS."""
        return self.audience or DEFAULT_AUDIENCE


class EKSFacts(TypedDict):
    """The facts of an EKS cluster, or of the one that a vcluster runs in."""

    clusterName: str
    """Its name in EKS. Example: `prod-apne2`."""
    region: str
    """The region it runs in. Example: `ap-northeast-2`."""
    accountId: str
    """The account that owns it. Example: `"678801588313"`."""
    arn: str
    """Its ARN. Example: `arn:aws:eks:ap-northeast-2:678801588313:cluster/prod-apne2`."""
    oidcIssuer: NotRequired[str]
    """The URL of its OIDC issuer, where it is known. Example:
    `https://oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`."""
    audience: NotRequired[str]
    """The audience of the pods' tokens, where it is written. Example: `sts.amazonaws.com`."""


class PodIdentityAgent(Strict):
    """The EKS Pod Identity Agent, without which pods get no credentials from associations."""

    RULES = (Rule("!has(self.version) || self.addon", "version needs addon: true"),)

    addon: bool
    """`true`: EKS's add-on `eks-pod-identity-agent` is installed, or taken over if it exists. Under Auto Mode, which has the
    agent built in, nothing is installed. `false`: the cluster has no agent. Where something else installs it, leave
    podIdentityAgent out. Example: `true`."""
    version: Maybe[AddonVersion] = None
    """The add-on's version. Default: the one that EKS chooses, or that is installed. Example: `v1.3.8-eksbuild.2`."""


@dataclass(frozen=True, slots=True)
class _RealCluster:
    """What is seen of the real cluster."""

    arn: Arn
    issuer: str | None
    auto_mode: bool


class EKS(EntryCluster):
    """An EKS cluster: its facts, or where to read them, and what it needs once."""

    RULES = (
        Rule("has(self.accountId) || (has(self.observe) && self.observe)", "accountId is needed without observe"),
        Rule(
            "!has(self.oidcProviders) || size(self.oidcProviders) == 0 || has(self.oidcIssuer) "
            "|| (has(self.observe) && self.observe)",
            "oidcProviders need oidcIssuer, without observe",
        ),
    )
    KIND: ClassVar[str] = "eks"
    TITLE: ClassVar[str] = "an EKS cluster"
    NOT_FACTS: ClassVar[tuple[str, ...]] = ("podIdentityAgent", "oidcProviders", "audiences")
    BELIEVABLE: ClassVar[Mapping[str, str]] = {"accountId": r"[0-9]{12}", "oidcIssuer?": r"https://[^\s?#]+"}

    cluster_name: EKSClusterName = ""
    """Its name in EKS. Default: `metadata.name`. Example: `prod-apne2`."""
    region: Region
    """The region it runs in. Example: `ap-northeast-2`."""
    observe: bool = False
    """Whether account, issuer and Auto Mode are read from the real cluster, by a managed resource that only observes it. Values
    that are written as well have to match. Default: `false`, they are as written. Example: `true`."""
    account_id: Maybe[AccountId] = None
    """The account that owns it, 12 digits in quotes. Default: with `observe` the real cluster's; required without. Example:
    `"678801588313"`."""
    oidc_issuer: Maybe[OIDCIssuer] = None
    """The URL of its OIDC issuer, which IRSA needs. Default: with `observe` the real cluster's, without it none. Example:
    `https://oidc.eks.ap-northeast-2.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`."""
    audience: Maybe[Audience] = None
    """The audience of the pods' tokens, for IRSA. Default: `sts.amazonaws.com`. Example: `sts.amazonaws.com`."""
    auto_mode: Maybe[bool] = None
    """Whether EKS Auto Mode is on, which has the Pod Identity Agent built in. Default: with `observe` as the real cluster has
    it, without it `false`. Example: `true`."""
    pod_identity_agent: Maybe[PodIdentityAgent] = None
    """The EKS Pod Identity Agent. Default: it is not managed, and AgentReady is Unknown unless Auto Mode is known to be on.
    Example: `{addon: true, version: v1.3.8-eksbuild.2}`."""
    oidc_providers: OIDCProviders = []
    """The accounts whose roles use IRSA: in each an OIDC provider is made, or taken over where there is one. Default: none.
    Example: `[{accountId: "678801588313", providerConfigRef: {name: prod}}]`."""
    audiences: Audiences = []
    """Further audiences that the OIDC providers admit, beside `audience`. Those that somebody else adds to one stay. Default:
    none. Example: `[sts.amazonaws.com.cn]`."""

    def references(self) -> Iterator[tuple[Path, ProviderConfigRef]]:
        """The provider configs of its OIDC providers."""
        return references(self.oidc_providers, self.KIND)

    def check(self, name: str) -> Iterator[FieldError]:  # noqa: ARG002 - of other kinds
        """Errors that need more than one field."""
        if not self.observe and self.account_id is None:
            yield FieldError((*_AT, "accountId"), f"is required: write it, or {_OBSERVE}")
        if not self.observe and self.oidc_providers and self.oidc_issuer is None:
            yield FieldError((*_AT, "oidcIssuer"), f"is required for oidcProviders: write it, or {_OBSERVE}")
        if partition_of(self.region) is None:
            yield FieldError((*_AT, "region"), f"{quoted(self.region)} {NO_PARTITION}")
        if self.oidc_issuer and (message := wrong_issuer(self.oidc_issuer, self.region)):
            yield FieldError((*_AT, "oidcIssuer"), message)
        agent = self.pod_identity_agent
        if agent is not None and agent.version is not None and not agent.addon:
            yield FieldError((*_AT, "podIdentityAgent", "version"), "is the add-on's: write addon: true, or leave version out")
        yield from check_providers(self.oidc_providers, self.KIND)

    def plan(self, around: Surroundings) -> EntryPlan:
        """The observed cluster, the agent's add-on, the OIDC providers."""
        cluster = self._cluster(around) if self.observe else None
        resolution, auto_mode = self._resolve(around.seen(cluster), around.known)
        addon = self._addon(around, auto_mode=auto_mode)
        providers, oidc_ready = self._providers(around, resolution)
        agent = self._agent(addon, around, auto_mode=auto_mode)
        return EntryPlan(
            resolution,
            cluster,
            (*((addon,) if addon else ()), *(each.resource for each in providers)),
            agent,
            self._agent_ready(agent, addon, around),
            oidc_ready,
        )

    def _cluster(self, around: Surroundings) -> ComposedResource:
        """The cluster as a managed resource. With other credentials it may be another: they are part of the key."""
        key = resource_name("eks-cluster", around.namespace, around.provider_config("aws"), self.region, self.cluster_name)
        fields = {"region": self.region}
        versions = ("v1beta1", "v1beta2")
        return around.resource(key, ("eks", "aws"), "Cluster", self.cluster_name, fields, versions=versions, observe_only=True)

    def _resolve(self, resource: ObservedResource | None, known: LastKnown) -> tuple[Resolution, bool | None]:
        """The facts, and whether EKS Auto Mode is on, None where that is not known yet."""
        if not self.observe:
            return Resolution(self._facts(self.account_id or "", self.oidc_issuer)), bool(self.auto_mode)
        seen = _see(resource)
        if seen is None:
            before = part(known.of_spec, self.KIND)
            if self._agrees(before):
                facts = self._facts(before["accountId"], before.get("oidcIssuer"))
                return Resolution(facts, message=as_before(self.cluster_name, resource, _READ)), None
            return Resolution(None, "Waiting", not_seen(self.cluster_name, resource, "its ARN", _READ)), None
        if wrong := "; ".join(self._contradictions(seen)):
            message = f"{wrong}: correct the spec, or spec.aws.providerConfigRef, through which it is read"
            return Resolution(None, "Contradiction", message), None
        issuer = seen.issuer or self.oidc_issuer or _issuer_of(seen.arn, known)
        return Resolution(self._facts(seen.arn.account, issuer)), seen.auto_mode

    def _facts(self, account: str, issuer: str | None) -> dict[str, EKSFacts]:
        arn = Arn.of_cluster(partition_of(self.region) or DEFAULT_PARTITION, self.region, account, self.cluster_name)
        facts: EKSFacts = {
            "clusterName": self.cluster_name,
            "region": self.region,
            "accountId": account,
            "arn": str(arn),
        }
        if issuer:
            facts["oidcIssuer"] = str(issuer)
        if self.audience:
            facts["audience"] = self.audience
        return {self.KIND: facts}

    def _agrees(self, before: Mapping[str, Any]) -> bool:
        """Whether what was known is of this cluster, and is nothing that the spec contradicts by now."""
        issuer = before.get("oidcIssuer")
        return (
            isinstance(before.get("accountId"), str)
            and (before.get("clusterName"), before.get("region")) == (self.cluster_name, self.region)
            and self.account_id in (None, before["accountId"])
            and (self.oidc_issuer is None or (isinstance(issuer, str) and Issuer(issuer).name == self.oidc_issuer.name))
        )

    def _contradictions(self, seen: _RealCluster) -> Iterator[str]:
        for field, written, real in (
            ("region", self.region, seen.arn.region),
            ("accountId", self.account_id, seen.arn.account),
            ("clusterName", self.cluster_name, seen.arn.resource.removeprefix("cluster/")),
        ):
            if written is not None and written != real:
                yield f"spec.eks.{field} is {quoted(written)}, the observed cluster's is {quoted(real)} ({seen.arn})"
        if self.oidc_issuer and seen.issuer and self.oidc_issuer.name != Issuer(seen.issuer).name:
            yield f"spec.eks.oidcIssuer is {quoted(self.oidc_issuer)}, the observed cluster's is {quoted(seen.issuer)}"
        if self.auto_mode is not None and self.auto_mode != seen.auto_mode:
            yield f"spec.eks.autoMode is {quoted(self.auto_mode)}, the observed cluster's is {quoted(seen.auto_mode)}"

    def _addon(self, around: Surroundings, *, auto_mode: bool | None) -> ComposedResource | None:
        """The Pod Identity Agent. By its external name the provider finds the one that is installed already.

        An existing add-on stays until Auto Mode is known to be on. A new one waits until Auto Mode is known to be off.
        """
        agent = self.pod_identity_agent
        if agent is None or not agent.addon or auto_mode:
            return None
        key = resource_name("addon", around.namespace, self.region, self.cluster_name, ADDON)
        if auto_mode is None and key not in around.observed:
            return None
        fields = {"addonName": ADDON, "clusterName": self.cluster_name, "region": self.region}
        fields |= {"addonVersion": agent.version} if agent.version else {}
        return around.resource(key, ("eks", "aws"), "Addon", f"{self.cluster_name}:{ADDON}", fields)

    def _providers(self, around: Surroundings, resolution: Resolution) -> tuple[tuple[Provider, ...], Condition]:
        """The OIDC providers; while the issuer is not known, no more of them than exist."""
        listed = self.oidc_providers
        issuer = resolution.facts[self.KIND].get("oidcIssuer") if resolution.facts else None
        some = issuer or _issuer_before(around)
        if some is None:
            return (), issuer_unknown(len(listed), ())
        partition = partition_of(self.region) or DEFAULT_PARTITION
        audiences = (self.audience or DEFAULT_AUDIENCE, *self.audiences)
        providers = plan_providers(listed, (Issuer(some),), partition, audiences, around)
        if issuer is None:
            existing = tuple(each for each in providers if each.resource.name in around.observed)
            return existing, issuer_unknown(len(listed), existing)
        return providers, providers_ready(providers, around.observed)

    def _agent(self, addon: ComposedResource | None, around: Surroundings, *, auto_mode: bool | None) -> Agent:
        if auto_mode:
            return "AutoMode"
        if addon is not None and addon.name in around.observed:
            return "Addon" if around.observed[addon.name].conditions().ready == "True" else "Unknown"
        return "Absent" if self.pod_identity_agent and not self.pod_identity_agent.addon else "Unknown"

    def _agent_ready(self, agent: Agent, addon: ComposedResource | None, around: Surroundings) -> Condition:
        """Whether pods can get credentials from EKS Pod Identity."""
        if agent == "AutoMode":
            return Condition(AGENT_READY, "True", "AutoMode", "EKS Auto Mode has the agent built in")
        if agent == "Absent":
            return Condition(AGENT_READY, "False", "Absent", f"{_ABSENT}: spec.eks.podIdentityAgent.addon is false")
        if self.pod_identity_agent is None:
            message = "spec.eks.podIdentityAgent is not written: whether the agent is in the cluster is not known here"
            return Condition(AGENT_READY, "Unknown", "NotManaged", message)
        if addon is None:
            return Condition(AGENT_READY, "False", "Waiting", "the add-on waits until it is known whether EKS Auto Mode is on")
        seen = around.seen(addon)
        state = seen.conditions() if seen else None
        if state is None or not state.good:
            return Condition(AGENT_READY, "False", "Waiting", f"the add-on {why(state)}")
        return Condition(AGENT_READY, "True", "Available", "the add-on is installed")


def _see(resource: ObservedResource | None) -> _RealCluster | None:
    """The real cluster, None where the provider has not seen it."""
    if resource is None:
        return None
    provided = resource.within("status", "atProvider")
    arn = provided.text("arn")
    if not arn:
        return None
    oidc = (each for identity in provided.items("identity") for each in identity.items("oidc"))
    issuer = next(filter(None, (each.text("issuer") for each in oidc)), None)
    return _RealCluster(Arn(arn), issuer, provided.flag("computeConfig", "enabled"))


def _issuer_of(arn: Arn, known: LastKnown) -> str | None:
    """The issuer that was known of the cluster with this ARN."""
    before = part(known.facts, "eks")
    issuer = before.get("oidcIssuer")
    return issuer if before.get("arn") == arn and isinstance(issuer, str) else None


def _issuer_before(around: Surroundings) -> str | None:
    """The issuer of the OIDC providers that exist. They stay until the cluster's issuer is known."""
    before = around.known.facts.get("eks")
    issuer = before.get("oidcIssuer") if isinstance(before, Mapping) else None
    if isinstance(issuer, str):
        return issuer
    urls = (around.observed[name].text("spec", "forProvider", "url") for name in around.observed.starting(PREFIX))
    return next(filter(None, urls), None)
