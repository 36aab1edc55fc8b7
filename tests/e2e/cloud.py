"""What stands in the clouds: the stand-in's journal, played again; or the emulated AWS that the real provider-aws calls."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.controlplane.places import Places
from tests.e2e.specs import ACCOUNT
from tests.real import aws
from tests.standin.cloud import journal
from tests.standin.cloud.calls import Cloud, Entry
from tests.standin.cloud.clusters import Addon
from tests.standin.cloud.eks import Association
from tests.standin.cloud.google import service_accounts
from tests.standin.cloud.google.policies import Binding, Policy
from tests.standin.cloud.google.service_accounts import ServiceAccount
from tests.standin.cloud.iam import Role
from tests.standin.cloud.refusal import CloudError


class _Clouds:
    """All clouds at one moment."""

    def __init__(self, places: Places) -> None:
        self.entries: list[Entry] = list(journal.read(places.journal))
        self._cloud = Cloud()
        self._cloud.replay(self.entries)

    def asked(self, account: str, call: str, arguments: dict[str, Any]) -> Any:
        """What a call that reads says."""
        return self._cloud.call(call, account, "", datetime.now(UTC), arguments)


class Snapshot:
    """An account of AWS: of the stand-in at one moment, of the emulated one whenever it is asked."""

    def __init__(self, places: Places, account: str = ACCOUNT) -> None:
        self._account = account
        self._read: Callable[[str, dict[str, Any]], Any]
        if aws.calls(places).exists():
            self.entries: list[Entry] = list(journal.read(aws.calls(places)))
            self._read = aws.Reader(places, account)
        else:
            clouds = _Clouds(places)
            self.entries, self._read = clouds.entries, partial(clouds.asked, account)

    def role(self, name: str) -> Role:
        """The role of a name; it is there."""
        role: Role = self._read("GetRole", {"role_name": name})
        return role

    def policy(self, arn: str) -> str:
        """The document of a managed policy, empty where there is none."""
        found = self._there("GetPolicy", {"policy_arn": arn})
        return found[0].document if found else ""

    def role_names(self, namespace: str) -> list[str]:
        """The names of the roles that were made for owners in a namespace, and are there."""
        made = {entry.arguments["role_name"] for entry in self._done("CreateRole")}
        return sorted(name for name in made if name.startswith(f"{namespace}-") and self._there("GetRole", {"role_name": name}))

    def associations(self, namespace: str) -> list[Association]:
        """The associations of service accounts in a namespace, by id."""
        found = []
        for entry in self._done("CreatePodIdentityAssociation"):
            arguments = entry.arguments
            if arguments["namespace"] != namespace or entry.answer is None:
                continue
            one = {name: arguments[name] for name in ("region", "cluster_name")} | {
                "association_id": entry.answer["association_id"]
            }
            found += self._there("DescribePodIdentityAssociation", one)
        return sorted(found, key=lambda association: association.id)

    def addons(self, region: str, cluster: str) -> list[Addon]:
        """The add-ons of a cluster, by name; the cluster is there."""
        place = {"region": region, "cluster_name": cluster}
        return [self._read("DescribeAddon", {**place, "addon_name": name}) for name in self._read("ListAddons", place)]

    def oidc_providers(self) -> dict[str, list[str]]:
        """The client ids of every OIDC provider, by its ARN."""
        arns = self._read("ListOpenIDConnectProviders", {})
        return {arn: sorted(self._read("GetOpenIDConnectProvider", {"arn": arn}).client_ids) for arn in arns}

    def calls_named(self, call: str, role: str) -> list[Entry]:
        """The calls of a name on a role."""
        return [entry for entry in self._done(call) if entry.arguments.get("role_name") == role]

    def _done(self, call: str) -> Iterator[Entry]:
        return (e for e in self.entries if e.call == call and e.account == self._account and e.error is None)

    def _there(self, call: str, arguments: dict[str, Any]) -> list[Any]:
        try:
            return [self._read(call, arguments)]
        except CloudError:
            return []


class GoogleSnapshot(_Clouds):
    """Google Cloud at one moment, all projects."""

    def service_account(self, project: str, account_id: str) -> ServiceAccount:
        """The service account of an id; it is there."""
        name = f"projects/{project}/serviceAccounts/{service_accounts.email(project, account_id)}"
        account: ServiceAccount = self.asked("", "GetServiceAccount", {"name": name})
        return account

    def account_ids(self, project: str) -> list[str]:
        """The ids of the service accounts that are there in a project."""
        made = {entry.arguments["account_id"] for entry in self._done("CreateServiceAccount")}
        return sorted(account_id for account_id in made if self._there(project, account_id))

    def policy(self, resource: str) -> tuple[Binding, ...]:
        """The bindings on projects/P, folders/N, b/BUCKET, projects/P/secrets/S, ..., as the REST API has them."""
        policy: Policy = self.asked("", "GetIamPolicy", {"resource": resource})
        return policy.bindings

    def members(self, resource: str, role: str) -> list[str]:
        """The members of a role on a resource, under whatever conditions."""
        return sorted(member for binding in self.policy(resource) if binding["role"] == role for member in binding["members"])

    def roles(self, member: str) -> dict[str, list[str]]:
        """The roles of a member, by the resources on which it has any."""
        resources = sorted({entry.arguments["resource"] for entry in self._done("SetIamPolicy")})
        found = {resource: self._roles(resource, member) for resource in resources}
        return {resource: roles for resource, roles in found.items() if roles}

    def calls_on(self, resource: str) -> list[Entry]:
        """The calls that set the policy of a resource."""
        return [entry for entry in self._done("SetIamPolicy") if entry.arguments["resource"] == resource]

    def _roles(self, resource: str, member: str) -> list[str]:
        try:
            return sorted(binding["role"] for binding in self.policy(resource) if member in binding["members"])
        except CloudError:
            # A service account that is gone.
            return []

    def _there(self, project: str, account_id: str) -> bool:
        try:
            return bool(self.service_account(project, account_id))
        except CloudError:
            return False

    def _done(self, call: str) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.call == call and entry.error is None)
