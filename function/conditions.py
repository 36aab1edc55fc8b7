"""The conditions that an XR and its claim carry, and the types of all of them."""

from dataclasses import dataclass
from typing import Literal

from function.errors import printable

SPEC_VALID = "SpecValid"
CLUSTERS_RESOLVED = "ClustersResolved"

# In AWS.
ROLE_READY = "RoleReady"
ASSOCIATIONS_READY = "AssociationsReady"

# In Google Cloud.
BINDINGS_READY = "BindingsReady"

# Of a PodIdentityCluster.
FACTS_RESOLVED = "FactsResolved"
AGENT_READY = "AgentReady"
OIDC_PROVIDERS_READY = "OIDCProvidersReady"

Status = Literal["True", "False", "Unknown"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the XR and of its claim. Crossplane wants a reason; messages are plain English without a full stop."""

    type: str
    status: Status
    reason: str
    message: str

    def __post_init__(self) -> None:
        # Names of users and words of providers stand in messages. Here none of them can be forgotten.
        object.__setattr__(self, "message", printable(self.message))


VALID = Condition(SPEC_VALID, "True", "Valid", "the spec is valid")
