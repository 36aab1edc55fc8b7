"""What stands in the stand-in's AWS: its journal, played again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tests.controlplane.places import Places
from tests.e2e.specs import ACCOUNT
from tests.standin.cloud import journal
from tests.standin.cloud.calls import Cloud, Entry
from tests.standin.cloud.eks import Association
from tests.standin.cloud.errors import AWSError
from tests.standin.cloud.iam import Role


class Snapshot:
    """An account of AWS at one moment."""

    def __init__(self, places: Places, account: str = ACCOUNT) -> None:
        self._account = account
        self.entries: list[Entry] = list(journal.read(places.journal))
        self._cloud = Cloud()
        self._cloud.replay(self.entries)

    def role(self, name: str) -> Role:
        """The role of a name; it is there."""
        role: Role = self._read("GetRole", {"role_name": name})
        return role

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

    def calls_named(self, call: str, role: str) -> list[Entry]:
        """The calls of a name on a role."""
        return [entry for entry in self._done(call) if entry.arguments.get("role_name") == role]

    def _done(self, call: str) -> Iterator[Entry]:
        return (e for e in self.entries if e.call == call and e.account == self._account and e.error is None)

    def _there(self, call: str, arguments: dict[str, Any]) -> list[Any]:
        try:
            return [self._read(call, arguments)]
        except AWSError:
            return []

    def _read(self, call: str, arguments: dict[str, Any]) -> Any:
        return self._cloud.call(call, self._account, "", datetime.now(UTC), arguments)
