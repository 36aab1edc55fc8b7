"""Some live XRs and claims, which something bad happens to."""

from dataclasses import dataclass

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e.api import Api
from tests.e2e.identities import FLAVOURS, Flavour, Identity
from tests.e2e.specs import READ_ONLY, accounts, inline_policy, spec

Uids = dict[tuple[str, str, str], str]


@dataclass(frozen=True)
class Population:
    """Live identities of both flavours."""

    plane: ControlPlane
    identities: tuple[Identity, ...]

    @classmethod
    def of(cls, plane: ControlPlane, api: Api, namespace: str, each: int) -> "Population":
        """So many XRs and as many claims, settled."""
        Kubectl(plane.places).apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        found = cls(
            plane,
            tuple(
                Identity(plane, api, flavour, namespace, f"{name}-{number}")
                for name, flavour in FLAVOURS.items()
                for number in range(each)
            ),
        )
        found.edit(0)
        found.settle()
        return found

    def edit(self, number: int) -> None:
        """Write a change to all of them at once, one that updates every managed resource in place and replaces none."""
        permissions = {"inlinePolicies": [inline_policy()], "managedPolicyArns": [READ_ONLY]}
        Kubectl(self.plane.places).apply(
            *(
                identity.manifest(spec(*accounts(identity.name), permissions=permissions) | {"tags": {"edit": str(number)}})
                for identity in self.identities
            )
        )

    def settle(self) -> None:
        """Wait until every one of them is."""
        for identity in self.identities:
            identity.settle()

    def uids(self, flavour: Flavour) -> Uids:
        """The uid of every managed resource of a flavour, by the identity's namespace and name, and its key."""
        return {
            (identity.namespace, identity.name, key): managed.uid
            for identity in self.identities
            if identity.flavour == flavour
            for key, managed in identity.composed().items()
        }

    def edits_arrived(self, number: int) -> bool:
        """Whether a change has come to every role."""
        tag = str(number)
        return all(identity.role().spec["forProvider"]["tags"]["edit"] == tag for identity in self.identities)
