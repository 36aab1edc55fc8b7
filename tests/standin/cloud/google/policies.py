"""IAM policies, by the resource names that Google's APIs have: projects/P, b/BUCKET, projects/P/topics/T.

Bindings are kept as the REST API writes them: role, members and, where there is one, condition.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Binding = dict[str, Any]


@dataclass(frozen=True)
class Policy:
    """The policy of one resource."""

    bindings: tuple[Binding, ...] = ()
    version: int = 0
    """How often it was set."""

    @property
    def etag(self) -> str:
        """Another one after every change."""
        digest = hashlib.sha256(json.dumps([self.version, self.bindings], sort_keys=True).encode()).digest()
        return base64.b64encode(b"\x07" + digest[:7]).decode()

    def members(self) -> Iterator[str]:
        """All members, of whatever role."""
        return (member for binding in self.bindings for member in binding["members"])


class Policies:
    """What is set on each resource; nothing is inherited."""

    def __init__(self) -> None:
        self._policies: dict[str, Policy] = {}

    def get(self, resource: str) -> Policy:
        """The policy of a resource, empty where none was set."""
        return self._policies.get(resource, Policy())

    def set(self, resource: str, bindings: Sequence[Binding]) -> Policy:
        """Replace the policy; a binding without members is none."""
        kept = tuple(binding for binding in bindings if binding["members"])
        self._policies[resource] = Policy(kept, self.get(resource).version + 1)
        return self._policies[resource]

    def remove(self, resource: str) -> None:
        """The resource is gone."""
        self._policies.pop(resource, None)

    def rename(self, old: str, new: str) -> None:
        """Call a member by another name wherever it stands."""
        for resource, policy in self._policies.items():
            if old in policy.members():
                self.set(resource, [_renamed(binding, old, new) for binding in policy.bindings])


def _renamed(binding: Binding, old: str, new: str) -> Binding:
    return {**binding, "members": [new if member == old else member for member in binding["members"]]}
