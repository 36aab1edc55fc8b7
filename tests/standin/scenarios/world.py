"""A cloud, a provider, a clock, and an API server that is a dict."""

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.standin.cloud.calls import Cloud, Entry
from tests.standin.cloud.google.policies import Policy
from tests.standin.cloud.iam import Role
from tests.standin.provider.kinds import KINDS
from tests.standin.provider.managed import Pass, Provider, Settings
from tests.standin.provider.memory import Memory
from tests.standin.provider.resource import EXTERNAL_NAME
from tests.standin.provider.typed import Schema

ACCOUNT = "111122223333"
TRUST = '{"Version":"2012-10-17","Statement":[]}'
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
PROJECT = "provider-project"
"""Of provider configs that name no other."""
MEMBER = "user:jane@example.com"
VIEWER = "roles/viewer"

Scenario = Callable[[], None]
SCENARIOS: dict[str, Scenario] = {}


def exercises(key: str) -> Callable[[Scenario], Scenario]:
    """The scenario of the row with this key."""

    def register(scenario: Scenario) -> Scenario:
        assert key not in SCENARIOS
        SCENARIOS[key] = scenario
        return scenario

    return register


class World:
    """All of it."""

    def __init__(self, lag_new_service_accounts: float = 0, schema: Schema | None = None, **settings: Any) -> None:
        self.schema = schema
        self.entries: list[Entry] = []
        self.reads: list[Mapping[str, Any]] = []
        self.cloud = Spied(self, lag_new_service_accounts)
        accounts, projects = {"other": "444455556666"}, {"other": "other-project"}
        self.provider = Provider(self.cloud, Memory(), Settings(accounts=accounts, projects=projects, **settings))
        self.now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self._applied = 0

    def apply(self, kind: str, for_provider: Mapping[str, Any], external_name: str = "", **spec: Any) -> "Thing":
        """Apply a managed resource that was not there, and work until nothing more is to be done at once.

        Two kinds may have one name; then it is NAME.SERVICE.
        """
        self._applied += 1
        return Thing(self, kind, f"{kind.lower()}-{self._applied}", for_provider, external_name, spec).settle()

    def role(self, external_name: str = "my-role", policies: Mapping[str, Any] | None = None, **for_provider: Any) -> "Thing":
        """Apply a Role; `policies` is what is in the spec beside forProvider."""
        return self.apply("Role", {"assumeRolePolicy": TRUST, **for_provider}, external_name, **(policies or {}))

    def attachment(self, role: str = "my-role", policy: str = READ_ONLY) -> "Thing":
        """Apply a RolePolicyAttachment."""
        return self.apply("RolePolicyAttachment", {"role": role, "policyArn": policy})

    def association(self, external_name: str = "", **for_provider: Any) -> "Thing":
        """Apply a PodIdentityAssociation."""
        fields = {
            "clusterName": "prod",
            "region": "eu-central-1",
            "namespace": "data",
            "serviceAccount": "demo",
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/my-role",
        }
        return self.apply("PodIdentityAssociation", {**fields, **for_provider}, external_name)

    def service_account(self, external_name: str = "my-account", **for_provider: Any) -> "Thing":
        """Apply a ServiceAccount."""
        return self.apply("ServiceAccount", for_provider, external_name)

    def member(self, kind: str = "ProjectIAMMember", external_name: str = "", **for_provider: Any) -> "Thing":
        """Apply an IAMMember; of the project `data`, if nothing else is said."""
        named = {"project": "data"} if kind == "ProjectIAMMember" else {}
        return self.apply(kind, {**named, "role": VIEWER, "member": MEMBER, **for_provider}, external_name)

    def policy(self, resource: str = "projects/data") -> Sequence[Mapping[str, Any]]:
        """The bindings of a resource as Google has them."""
        found: Policy = self.cloud.call("GetIamPolicy", "", "", self.now, {"resource": resource})
        return found.bindings

    def grant(self, *members: str, resource: str = "projects/data", role: str = VIEWER, **binding: Any) -> None:
        """Somebody else adds a binding."""
        bindings = [*self.policy(resource), {"role": role, "members": list(members), **binding}]
        self.cloud.call("SetIamPolicy", "", "", self.now, {"resource": resource, "bindings": bindings})

    def calls(self) -> list[str]:
        """What was called and done, in order, since it was last asked; refusals begin with the call and end with the code."""
        told = [" ".join(filter(None, (entry.call, _code(entry.error)))) for entry in self.entries]
        self.entries.clear()
        return told

    def cloud_role(self, name: str = "my-role") -> Role:
        """A role as IAM has it."""
        found: Role = self.cloud.call("GetRole", ACCOUNT, "", self.now, {"role_name": name})
        return found

    def tick(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)


class Spied(Cloud):
    """A cloud that also says what was read."""

    def __init__(self, world: World, lag_new_service_accounts: float) -> None:
        super().__init__(world.entries.append, lag_new_service_accounts)
        self._world = world

    def call(
        self, call: str, account: str, by: str, now: datetime, arguments: Mapping[str, Any], denied: Collection[str] = ()
    ) -> Any:
        self._world.reads.append({"call": call, **arguments})
        return super().call(call, account, by, now, arguments, denied)


class Thing:
    """A managed resource in the API server."""

    def __init__(
        self, world: World, kind: str, name: str, for_provider: Mapping[str, Any], external_name: str, spec: Mapping[str, Any]
    ) -> None:
        self._world = world
        self._kind = next(each for each in KINDS if kind in (each.name, f"{each.name}.{each.service}"))
        _, namespaced = self._kind.served()
        annotations = {"annotations": {EXTERNAL_NAME: external_name}} if external_name else {}
        config = {"providerConfigRef": {"kind": "ClusterProviderConfig", "name": "default"}}
        self.object: dict[str, Any] = {
            "apiVersion": f"{namespaced.group}/{namespaced.version}",
            "kind": self._kind.name,
            "metadata": {"name": name, "namespace": "default", "uid": f"uid-of-{name}", "generation": 1, **annotations},
            "spec": {"forProvider": dict(for_provider), "managementPolicies": ["*"], **config, **spec},
        }
        self.writes = 0
        self.history: list[dict[str, Any]] = []
        """The object after each write of the provider."""
        self.gone = False
        self.again: float | None = None

    def settle(self) -> "Thing":
        """Passes as the API server's events cause them; what is to be tried again later is not."""
        for _ in range(10):
            if self.gone or not self.step():
                return self
        raise AssertionError("does not settle")

    def step(self) -> bool:
        """One pass, and whether it wrote anything."""
        result: Pass = self._world.provider.reconcile(self.object, self._kind, self._world.now, self._world.schema)
        self.again = result.again
        writes = [new for old, new in itertools.pairwise((self.object, *result.writes, result.object)) if new != old]
        for each in writes:
            self.writes += 1
            self._store(each)
        return bool(writes)

    def wait(self, seconds: float = 1) -> "Thing":
        """Time passes, and what was to be tried again is."""
        self._world.tick(seconds)
        return self.settle()

    def edit(self, *without: str, **for_provider: Any) -> "Thing":
        """Somebody edits spec.forProvider."""
        for name in without:
            del self.for_provider[name]
        self.for_provider.update(for_provider)
        self.object["metadata"]["generation"] += 1
        return self.settle()

    def annotate(self, name: str, value: str) -> "Thing":
        """Somebody sets an annotation."""
        self.object["metadata"].setdefault("annotations", {})[name] = value
        return self.settle()

    def delete(self) -> "Thing":
        """Somebody deletes it."""
        self.object["metadata"]["deletionTimestamp"] = "2026-01-02T03:04:05Z"
        return self.settle()

    @property
    def for_provider(self) -> dict[str, Any]:
        """spec.forProvider."""
        fields: dict[str, Any] = self.object["spec"]["forProvider"]
        return fields

    @property
    def at_provider(self) -> dict[str, Any]:
        """status.atProvider."""
        fields: dict[str, Any] = self.object.get("status", {}).get("atProvider", {})
        return fields

    @property
    def external_name(self) -> str | None:
        """The external name."""
        name: str | None = self.object["metadata"].get("annotations", {}).get(EXTERNAL_NAME)
        return name

    @property
    def state(self) -> tuple[str, str]:
        """Ready's and Synced's status and, unless that is True, reason."""
        return self._condition("Ready"), self._condition("Synced")

    @property
    def message(self) -> str:
        """What Synced says."""
        return str(self._of("Synced").get("message", ""))

    def times(self) -> dict[str, str]:
        """When each condition last changed."""
        return {each["type"]: each["lastTransitionTime"] for each in self.object["status"]["conditions"]}

    def _of(self, kind: str) -> Mapping[str, Any]:
        conditions = self.object.get("status", {}).get("conditions", [])
        return next((each for each in conditions if each["type"] == kind), {})

    def _condition(self, kind: str) -> str:
        condition = self._of(kind)
        return "True" if condition.get("status") == "True" else str(condition.get("reason", "absent"))

    def _store(self, new: dict[str, Any]) -> None:
        generation = self.object["metadata"]["generation"] + (new["spec"] != self.object["spec"])
        new = {**new, "metadata": {**new["metadata"], "generation": generation}}
        self.history.append(new)
        self.object = new
        self.gone = "deletionTimestamp" in new["metadata"] and not new["metadata"].get("finalizers")


def _code(error: str | None) -> str:
    """Of AWS's `Code: words` and of Google's `googleapi: Error 404: words`."""
    return (error or "").removeprefix("googleapi: Error ").partition(":")[0]


GOOD = ("True", "True")
CREATING = ("Creating", "True")
REFUSED = ("True", "ReconcileError")
NEVER_MADE = ("Creating", "ReconcileError")
