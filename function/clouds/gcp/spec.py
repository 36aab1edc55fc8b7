"""`spec.gcp`: what users write."""

from typing import Annotated, Literal

from pydantic import Field

from function.clouds.gcp.names import AccountId, Description, DisplayName, Email, RoleName
from function.clouds.gcp.targets import On, Target, of_project
from function.spec.management import ProviderConfigRef
from function.spec.model import Maybe, Rule, Strict, Text
from function.spec.patterns import ProjectId

Title = Annotated[str, Text("a condition's title", r"[^\x00-\x1f]+", 100, "may hold no control characters, and not be empty")]

Expression = Annotated[str, Text("a condition's expression", r"[^\x00]+", 12_000, "a CEL expression; it may not be empty")]


class Condition(Strict):
    """When a role applies. IAM reads the expression as CEL (Common Expression Language)."""

    title: Title
    """What it is called. Example: `until 2027`."""
    expression: Expression
    """The expression, with at most 12 of the operators `&&`, `||` and `!`. Example:
    `request.time < timestamp("2027-01-01T00:00:00Z")`."""
    description: Maybe[Description] = None
    """What it is for. Default: none. Example: `The migration ends then`."""


class Role(Strict):
    """A role that is granted, on one resource."""

    role: RoleName
    """The role. Example: `roles/spanner.viewer`."""
    condition: Maybe[Condition] = None
    """When it applies. Default: always. Example:
    `{title: until 2027, expression: 'request.time < timestamp("2027-01-01T00:00:00Z")'}`."""
    on: Maybe[On] = None
    """What it is granted on; written in quotes, `"on"`, since YAML reads the bare word as true. Default: the project
    `spec.gcp.projectId`. Example: `{bucket: customer-reports}`."""

    def target(self, project: str, own: str) -> Target:
        """What it is granted on; `project` is that of `spec.gcp.projectId`, `own` the email of what the pods act as."""
        return self.on.target(project, own) if self.on else of_project(project)


class ServiceAccount(Strict):
    """The IAM service account that the pods act as."""

    HINTS = {"name": "write accountId, the part of its email before the @"}

    RULES = (
        Rule(
            "!has(self.email) || !(has(self.accountId) || has(self.displayName) || has(self.description))",
            "email names an existing service account, which is not changed: leave out the other fields",
        ),
    )

    account_id: Maybe[AccountId] = None
    """Its id, the part of its email before the @. Default: derived from namespace and name, the same for ever. A service
    account of that id that exists already is taken over. Example: `reports`."""
    display_name: Maybe[DisplayName] = None
    """Its display name. Default: none. Example: `Reports`."""
    description: Maybe[Description] = None
    """Its description. Default: none. Example: `Reads the orders`."""
    email: Maybe[Email] = None
    """An existing IAM service account. Only two things of it change: who may act as it, and what it is granted. Excludes every
    other field. Default: none, it is composed. Example: `reports@customer-project.iam.gserviceaccount.com`."""


class GCP(Strict):
    """An identity in Google Cloud. Exactly one of aws and gcp is written.

    Default: none. Example: `{projectId: customer-project, roles: [{role: roles/spanner.viewer}]}`.
    """

    RULES = (
        Rule(
            "!has(self.serviceAccount) || !has(self.mode) || self.mode == 'Impersonate'",
            "mode Direct has no service account: leave serviceAccount out",
        ),
        Rule(
            "!has(self.pin) || self.pin == 'ServiceAccount' || (has(self.mode) && self.mode == 'Direct')",
            "pin Namespace and pin Cluster need mode Direct",
        ),
    )

    project_id: ProjectId
    """The IAM service account's project, and that of resources in `roles` which name none. The clusters may be in any other.
    Example: `customer-project`."""
    provider_config_ref: ProviderConfigRef = Field(default_factory=ProviderConfigRef)
    """The provider config that the managed resources use. Default: `{kind: ClusterProviderConfig, name: default}`, in a
    claim `{name: default}`. Example: `{name: customer}`."""
    mode: Literal["Impersonate", "Direct"] = "Impersonate"
    """How the pods get access. `Impersonate`: they act as an IAM service account. `Direct`: roles are granted to the pods' own
    principals, and there is no service account. Default: `Impersonate`. Example: `Direct`."""
    pin: Literal["ServiceAccount", "Namespace", "Cluster"] = "ServiceAccount"
    """Which pods. `ServiceAccount`: those of the listed service accounts. `Namespace`: all pods in their namespaces. `Cluster`:
    all pods in their clusters; no other pin tells clusters of one workload identity pool apart. Namespace and Cluster need mode
    Direct. Default: `ServiceAccount`. Example: `Namespace`."""
    service_account: Maybe[ServiceAccount] = None
    """The IAM service account. Default: one with a derived id. Example: `{accountId: reports}`."""
    roles: Annotated[list[Role], Field(max_length=64)] = Field(default_factory=list)
    """What is granted. Nothing else that is granted on these resources is touched. Default: nothing. Example:
    `[{role: roles/spanner.viewer}]`."""
