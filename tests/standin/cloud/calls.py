"""The cloud behind one door: every call passes it, and what changes something or is refused is told to whoever records.

A call is the method of a service that has its name: CreateRole is `IAM.create_role`.
"""

import re
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


_READS = ("Get", "List", "Describe")
"""How the calls begin that change nothing, and are not recorded."""


def service(call: str) -> str:
    """The service of AWS that has a call, as its client prints it."""
    return "EKS" if any(hasattr(each, _method(call)) for each in (Clusters, EKS)) else "IAM"


def _method(call: str) -> str:
    """The method that is a call: in lower case, an underscore before each word."""
    return re.sub("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", call).lower()


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
        if call.startswith(_READS):
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
        if any(hasattr(each, _method(call)) for each in (self._google, self._gke)):
            gate.check_allowed(call, arguments, denied)
            gate.check_known(self._google, call, arguments, now, self._lag)

    def _do(self, call: str, account: str, now: datetime, arguments: Mapping[str, Any]) -> Any:
        method = _method(call)
        services = (self._google, self._gke, *self._account(account))
        return getattr(next(each for each in services if hasattr(each, method)), method)(now, **arguments)

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
