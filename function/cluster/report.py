"""What is said of a PodIdentityCluster: its status and conditions."""

from collections.abc import Mapping
from typing import Any, cast

from function.cluster.keys import ADDON, OIDC_PROVIDER
from function.cluster.status import Agent, ClusterFacts, ClusterStatus
from function.cluster.wanted import Wanted
from function.composition import Condition
from function.observed import Observed
from function.waiting import unread, why

FACTS_RESOLVED, AGENT_READY, OIDC_PROVIDERS_READY = "FactsResolved", "AgentReady", "OIDCProvidersReady"

CONDITIONS = ("SpecValid", FACTS_RESOLVED, AGENT_READY, OIDC_PROVIDERS_READY)
"""The types of the conditions that every answer has."""

_AGENTS: tuple[Agent, ...] = ("Addon", "AutoMode", "Absent", "Unknown")


def conditions(wanted: Wanted, observed: Observed) -> tuple[Condition, ...]:
    """All conditions but SpecValid."""
    return facts_resolved(wanted), agent_ready(wanted, observed), oidc_providers_ready(wanted, observed)


def status(wanted: Wanted, observed: Observed, digest: str) -> ClusterStatus:
    """The facts, or those that were known before, with the digest of the spec; and what there is of the agent."""
    found: ClusterStatus = {}
    if wanted.resolution.facts or wanted.before:
        found["cluster"] = wanted.resolution.facts or cast("ClusterFacts", wanted.before)
        found["specDigest"] = digest
    if agent := _agent(wanted, observed):
        found["podIdentityAgent"] = agent
    return found


def facts_resolved(wanted: Wanted) -> Condition:
    """Whether the facts are known."""
    found = wanted.resolution
    return Condition(FACTS_RESOLVED, "True" if found.facts else "False", found.reason, found.message)


def _agent(wanted: Wanted, observed: Observed) -> Agent | None:
    """What there is of the agent, None where the cluster is not EKS's."""
    if wanted.host is not None:
        said = wanted.host.entry.agent if wanted.host.entry else ""
        return next((agent for agent in _AGENTS if agent == said), None)
    eks = wanted.spec.eks
    if eks is None:
        return None
    if wanted.resolution.auto_mode:
        return "AutoMode"
    if wanted.addon is not None and wanted.addon.name in observed:
        return "Addon" if observed[wanted.addon.name].conditions().ready == "True" else "Unknown"
    return "Absent" if eks.pod_identity_agent and not eks.pod_identity_agent.addon else "Unknown"


def agent_ready(wanted: Wanted, observed: Observed) -> Condition:
    """Whether pods can get credentials from EKS Pod Identity."""
    agent = _agent(wanted, observed)
    eks, found = wanted.spec.eks, wanted.resolution.facts
    if wanted.host is not None and (found is None or "eks" in found):
        return _agent_of_host(wanted.host.name, agent)
    if eks is None:
        return Condition(AGENT_READY, "True", "NotNeeded", "EKS clusters alone have the Pod Identity Agent")
    if agent == "AutoMode":
        return Condition(AGENT_READY, "True", "AutoMode", "EKS Auto Mode has the agent built in")
    if agent == "Absent":
        return Condition(AGENT_READY, "False", "Absent", f"{_ABSENT}: spec.eks.podIdentityAgent.addon is false")
    if eks.pod_identity_agent is None:
        message = "spec.eks.podIdentityAgent is not written: whether the agent is in the cluster is not known here"
        return Condition(AGENT_READY, "Unknown", "NotManaged", message)
    if wanted.addon is None:
        return Condition(AGENT_READY, "False", "Waiting", "the add-on waits until it is known whether EKS Auto Mode is on")
    state = observed[wanted.addon.name].conditions() if wanted.addon.name in observed else None
    if state is None or not state.good:
        return Condition(AGENT_READY, "False", "Waiting", f"the add-on {why(state)}")
    return Condition(AGENT_READY, "True", "Available", "the add-on is installed")


_ABSENT = "the cluster has no agent, so that its pods get no credentials from EKS Pod Identity"


def _agent_of_host(host: str, agent: Agent | None) -> Condition:
    says = f"PodIdentityCluster {host} says"
    if agent in ("Addon", "AutoMode"):
        return Condition(AGENT_READY, "True", "OfHost", f"{says} that the agent is in the host cluster ({agent})")
    if agent == "Absent":
        return Condition(AGENT_READY, "False", "OfHost", f"{says} that the agent is not in the host cluster")
    return Condition(AGENT_READY, "Unknown", "OfHost", f"{says} nothing of the agent in the host cluster")


def oidc_providers_ready(wanted: Wanted, observed: Observed) -> Condition:
    """Whether roles can trust the cluster's issuer, in the accounts that are listed."""
    kind = OIDC_PROVIDERS_READY
    if wanted.host is not None:
        return Condition(kind, "True", "OfHost", f"PodIdentityCluster {wanted.host.name} answers for the OIDC providers")
    cluster = wanted.spec.eks or wanted.spec.kubernetes
    count = len(cluster.oidc_providers) if cluster else 0
    if not count:
        return Condition(kind, "True", "NotManaged", "no OIDC providers are listed")
    if not wanted.issuer_known:
        there = f", and those that exist stay ({len(wanted.providers)})" if wanted.providers else ""
        message = f"the OIDC providers wait until the cluster's issuer is known{there}"
        return Condition(kind, "False", "Waiting", message)
    waiting = {}
    for account, provider in wanted.providers.items():
        seen = observed.get(provider.name)
        arn, expected = seen and seen.text("status", "atProvider", "arn"), _external_name(provider.manifest)
        if arn and arn != expected:
            message = (
                f"the OIDC provider of account {account} is {arn}, not {expected}: its provider config is another account's"
            )
            return Condition(kind, "False", "OtherAccount", message)
        state = seen.conditions() if seen else None
        if state is None or not state.good:
            waiting[account] = why(state)
    if waiting:
        account, reason = next(iter(waiting.items()))
        message = f"{len(waiting)} of {count} OIDC providers are not ready; that of account {account} {reason}"
        return Condition(kind, "False", "Waiting", message)
    return Condition(kind, "True", "Available", f"all OIDC providers are ready ({count})")


def _external_name(manifest: Mapping[str, Any]) -> str:
    return str(manifest["metadata"]["annotations"]["crossplane.io/external-name"])


def conditions_unread(observed: Observed) -> tuple[Condition, ...]:
    """All conditions but SpecValid while the spec is invalid, from what is observed."""
    message = "the facts cannot be told while the spec is invalid; PodIdentities that name it stay as they are"
    return (
        Condition(FACTS_RESOLVED, "Unknown", "SpecInvalid", message),
        unread(AGENT_READY, "pod identity agents", observed, (ADDON,)),
        unread(OIDC_PROVIDERS_READY, "OIDC providers", observed, (OIDC_PROVIDER,)),
    )
