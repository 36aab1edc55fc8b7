"""The calls of Google Cloud IAM, and of getIamPolicy and setIamPolicy of every other API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.standin.cloud.google import errors
from tests.standin.cloud.google.policies import Binding, Policies, Policy
from tests.standin.cloud.google.service_accounts import ServiceAccount, ServiceAccounts

Answer = dict[str, Any]


class GoogleIAM:
    """All projects."""

    def __init__(self) -> None:
        self.accounts = ServiceAccounts()
        self._policies = Policies()

    def create_service_account(
        self, now: datetime, *, project: str, account_id: str, display_name: str = "", description: str = ""
    ) -> Answer:
        """projects.serviceAccounts.create."""
        account = self.accounts.make(now, project, account_id, display_name, description)
        return {"name": account.name, "unique_id": account.unique_id}

    def get_service_account(self, _: datetime, *, name: str) -> ServiceAccount:
        """projects.serviceAccounts.get."""
        return self.accounts.get(name)

    def patch_service_account(self, _: datetime, *, name: str, fields: Mapping[str, str]) -> Answer:
        """projects.serviceAccounts.patch, of what the update mask would name."""
        account = self.accounts.get(name)
        account.display_name = fields.get("display_name", account.display_name)
        account.description = fields.get("description", account.description)
        return {}

    def enable_service_account(self, _: datetime, *, name: str) -> Answer:
        """projects.serviceAccounts.enable."""
        self.accounts.get(name).disabled = False
        return {}

    def disable_service_account(self, _: datetime, *, name: str) -> Answer:
        """projects.serviceAccounts.disable."""
        self.accounts.get(name).disabled = True
        return {}

    def delete_service_account(self, _: datetime, *, name: str) -> Answer:
        """projects.serviceAccounts.delete; where it was a member it stays one by its unique id, and is nobody."""
        account = self.accounts.get(name)
        self.accounts.remove(account)
        self._policies.remove(account.name)
        member = f"serviceAccount:{account.email}"
        self._policies.rename(member, f"deleted:{member}?uid={account.unique_id}")
        return {}

    def get_iam_policy(self, _: datetime, *, resource: str) -> Policy:
        """The call getIamPolicy of any resource."""
        return self._policies.get(self._name(resource))

    def set_iam_policy(self, now: datetime, *, resource: str, bindings: Sequence[Binding]) -> Answer:
        """The call setIamPolicy of any resource, which replaces its policy."""
        for member in self.added(now, resource, bindings):
            if self.accounts.lacks(member):
                raise errors.no_such_member(resource, member.partition(":")[2])
        return {"etag": self._policies.set(self._name(resource), bindings).etag}

    def added(self, now: datetime, resource: str, bindings: Sequence[Binding]) -> list[str]:
        """The members that no binding had before."""
        before = set(self.get_iam_policy(now, resource=resource).members())
        return [member for member in Policy(tuple(bindings)).members() if member not in before]

    def _name(self, resource: str) -> str:
        """The one name of a resource; only service accounts may be missing, and have several."""
        return self.accounts.get(resource).name if "/serviceAccounts/" in resource else resource
