"""The cloud behind one door: every call passes it, and what changes something or is refused is told to whoever records."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from tests.standin.cloud.clusters import Clusters
from tests.standin.cloud.eks import EKS
from tests.standin.cloud.google import gate
from tests.standin.cloud.google.gke import GKE
from tests.standin.cloud.google.iam import GoogleIAM
from tests.standin.cloud.iam import IAM
from tests.standin.cloud.managed_policies import ManagedPolicies
from tests.standin.cloud.oidc_providers import OIDCProviders
from tests.standin.cloud.refusal import CloudError


@dataclass(frozen=True)
class Entry:
    """One call."""

    time: datetime
    call: str
    account: str
    """The account of AWS, or the project of Google Cloud, that whoever called has credentials of."""
    by: str
    """The uid of the managed resource for which it was made."""
    arguments: Mapping[str, Any]
    answer: Mapping[str, Any] | None = None
    error: str | None = None


class Account(NamedTuple):
    """One account of AWS."""

    iam: IAM
    policies: ManagedPolicies
    oidc: OIDCProviders
    clusters: Clusters
    eks: EKS


_IAM: dict[str, Callable[..., Any]] = {
    "GetRole": IAM.get_role,
    "CreateRole": IAM.create_role,
    "UpdateRole": IAM.update_role,
    "UpdateAssumeRolePolicy": IAM.update_assume_role_policy,
    "PutRolePermissionsBoundary": IAM.put_role_permissions_boundary,
    "DeleteRolePermissionsBoundary": IAM.delete_role_permissions_boundary,
    "PutRolePolicy": IAM.put_role_policy,
    "DeleteRolePolicy": IAM.delete_role_policy,
    "AttachRolePolicy": IAM.attach_role_policy,
    "DetachRolePolicy": IAM.detach_role_policy,
    "TagRole": IAM.tag_role,
    "UntagRole": IAM.untag_role,
    "DeleteRole": IAM.delete_role,
}
_POLICIES: dict[str, Callable[..., Any]] = {
    "GetPolicy": ManagedPolicies.get_policy,
    "CreatePolicy": ManagedPolicies.create_policy,
    "CreatePolicyVersion": ManagedPolicies.create_version,
    "DeletePolicyVersion": ManagedPolicies.delete_version,
    "TagPolicy": ManagedPolicies.tag_policy,
    "UntagPolicy": ManagedPolicies.untag_policy,
    "DeletePolicy": ManagedPolicies.delete_policy,
}
_OIDC: dict[str, Callable[..., Any]] = {
    "GetOpenIDConnectProvider": OIDCProviders.get,
    "ListOpenIDConnectProviders": OIDCProviders.list,
    "CreateOpenIDConnectProvider": OIDCProviders.create,
    "AddClientIDToOpenIDConnectProvider": OIDCProviders.add_client_id,
    "RemoveClientIDFromOpenIDConnectProvider": OIDCProviders.remove_client_id,
    "UpdateOpenIDConnectProviderThumbprint": OIDCProviders.update_thumbprints,
    "TagOpenIDConnectProvider": OIDCProviders.tag,
    "UntagOpenIDConnectProvider": OIDCProviders.untag,
    "DeleteOpenIDConnectProvider": OIDCProviders.delete,
}
_CLUSTERS: dict[str, Callable[..., Any]] = {
    "DescribeCluster": Clusters.describe_cluster,
    "CreateCluster": Clusters.create_cluster,
    "DeleteCluster": Clusters.delete_cluster,
    "DescribeAddon": Clusters.describe_addon,
    "ListAddons": Clusters.list_addons,
    "CreateAddon": Clusters.create_addon,
    "UpdateAddon": Clusters.update_addon,
    "DeleteAddon": Clusters.delete_addon,
}
_EKS: dict[str, Callable[..., Any]] = {
    "DescribePodIdentityAssociation": EKS.describe_association,
    "CreateAddonAssociation": EKS.create_addon_association,
    "CreatePodIdentityAssociation": EKS.create_association,
    "UpdatePodIdentityAssociation": EKS.update_association,
    "DeletePodIdentityAssociation": EKS.delete_association,
    "TagResource": EKS.tag,
    "UntagResource": EKS.untag,
}
_GOOGLE: dict[str, Callable[..., Any]] = {
    "GetServiceAccount": GoogleIAM.get_service_account,
    "CreateServiceAccount": GoogleIAM.create_service_account,
    "PatchServiceAccount": GoogleIAM.patch_service_account,
    "EnableServiceAccount": GoogleIAM.enable_service_account,
    "DisableServiceAccount": GoogleIAM.disable_service_account,
    "DeleteServiceAccount": GoogleIAM.delete_service_account,
    "GetIamPolicy": GoogleIAM.get_iam_policy,
    "SetIamPolicy": GoogleIAM.set_iam_policy,
}
_GKE: dict[str, Callable[..., Any]] = {
    "GetContainerCluster": GKE.get_cluster,
    "CreateContainerCluster": GKE.create_cluster,
}
_READS = frozenset(
    {
        "GetRole",
        "GetPolicy",
        "GetOpenIDConnectProvider",
        "ListOpenIDConnectProviders",
        "DescribeCluster",
        "DescribeAddon",
        "ListAddons",
        "DescribePodIdentityAssociation",
        "GetServiceAccount",
        "GetIamPolicy",
        "GetContainerCluster",
    }
)
SERVICES = {**dict.fromkeys((*_IAM, *_POLICIES, *_OIDC), "IAM"), **dict.fromkeys((*_CLUSTERS, *_EKS), "EKS")}


class Cloud:
    """All accounts of AWS, and all of Google Cloud. An account or a project exists once it is named."""

    def __init__(self, record: Callable[[Entry], None] | None = None, lag_new_service_accounts: float = 0) -> None:
        self._record = record or (lambda _: None)
        self._lag = lag_new_service_accounts
        self._accounts: dict[str, Account] = {}
        self._google = GoogleIAM()
        self._gke = GKE()
        self._refused: dict[str, set[tuple[str, str]]] = {}

    def call(
        self, call: str, account: str, by: str, now: datetime, arguments: Mapping[str, Any], denied: Collection[str] = ()
    ) -> Any:
        """Make one call. `denied` are the resources that Google refuses to the caller. Raises CloudError."""
        if call in _READS:
            self._check(call, now, arguments, denied)
            return self._do(call, account, now, arguments)
        try:
            self._check(call, now, arguments, denied)
            answer = self._do(call, account, now, arguments)
        except CloudError as error:
            self._refuse(Entry(now, call, account, by, arguments, error=str(error)))
            raise
        self._refused.pop(by, None)
        self._record(Entry(now, call, account, by, arguments, answer))
        return answer

    def replay(self, entries: Iterable[Entry]) -> None:
        """Do again what was done, in order: ids come out the same, as they only depend on what was made before."""
        for entry in entries:
            if entry.error is None:
                self._do(entry.call, entry.account, entry.time, entry.arguments)

    def has_role(self, arn: str) -> bool:
        """Whether a role of exactly this ARN exists."""
        parts = arn.split(":")
        return len(parts) == 6 and self._account(parts[4]).iam.has(arn)

    def has_policy(self, arn: str) -> bool:
        """Whether a managed policy of exactly this ARN exists."""
        return self._account(arn.split(":")[4]).policies.has(arn)

    def has_association(self, account: str, subject: tuple[str, str, str, str]) -> bool:
        """Whether there is an association of this region, cluster, namespace and service account."""
        return self._account(account).eks.has(subject)

    def _check(self, call: str, now: datetime, arguments: Mapping[str, Any], denied: Collection[str]) -> None:
        if call in _GOOGLE or call in _GKE:
            gate.check_allowed(call, arguments, denied)
            gate.check_known(self._google, call, arguments, now, self._lag)

    def _do(self, call: str, account: str, now: datetime, arguments: Mapping[str, Any]) -> Any:
        if call in _GOOGLE:
            return _GOOGLE[call](self._google, now, **arguments)
        if call in _GKE:
            return _GKE[call](self._gke, now, **arguments)
        services = zip((_IAM, _POLICIES, _OIDC, _CLUSTERS, _EKS), self._account(account), strict=True)
        method, service = next((calls[call], service) for calls, service in services if call in calls)
        return method(service, now, **arguments)

    def _account(self, account: str) -> Account:
        if account not in self._accounts:
            policies, clusters = ManagedPolicies(account), Clusters(account)
            eks = EKS(account, self.has_role, clusters)
            self._accounts[account] = Account(IAM(account, policies), policies, OIDCProviders(account), clusters, eks)
        return self._accounts[account]

    def _refuse(self, entry: Entry) -> None:
        """What is retried for ever and refused in the same words is told once, so that the journal stays readable."""
        refusal = (f"{entry.call} {entry.arguments}", entry.error or "")
        told = self._refused.setdefault(entry.by, set())
        if refusal not in told:
            told.add(refusal)
            self._record(entry)
