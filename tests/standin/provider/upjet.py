"""How upjet words what failed: it runs Terraform resources of two makes, and each has its own messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Change:
    """A field in which the spec and the cloud differ."""

    field: str
    """Its name in Terraform."""
    old: Any
    new: Any
    replaces: bool = False
    """Whether only a new thing could have the new value."""


class Make(Protocol):
    """One make of Terraform resources."""

    @property
    def recreates(self) -> bool:
        """Whether deleting a thing that would need replacing makes it anew."""
        ...

    def refused(self, changes: Sequence[Change]) -> str:
        """Words for a change that would need a new thing."""
        ...

    def failed(self, operation: str, summary: str, detail: str) -> str:
        """Words for a call that failed in a create, an update or a delete."""
        ...


@dataclass(frozen=True)
class PluginSDK:
    """Resources on the Terraform plugin SDK, the older make; nearly all of IAM, in AWS and in Google Cloud."""

    recreates: bool = True

    def refused(self, changes: Sequence[Change]) -> str:
        """Names one field and both values."""
        change = next(change for change in changes if change.replaces)
        return (
            "refuse to update the external resource because the following update requires replacing it: "
            f'cannot change the value of the argument "{change.field}" from "{change.old}" to "{change.new}"'
        )

    def failed(self, operation: str, summary: str, detail: str) -> str:
        """Prints Go's list of diagnostics."""
        return f"failed to {operation} the resource: [{{0 {': '.join(filter(None, (summary, detail)))}  []}}]"


class PluginFramework:
    """Resources on the Terraform plugin framework."""

    recreates = False

    def refused(self, changes: Sequence[Change]) -> str:
        """Names the fields and no values, and says so twice."""
        says = "diff contains fields that require resource replacement: "
        fields = "".join(f'AttributeName("{change.field}"), ' for change in changes if change.replaces)
        return says + says + fields

    def failed(self, operation: str, summary: str, detail: str) -> str:
        """Names the call of the plugin protocol."""
        noun = {"create": "creation", "update": "update", "delete": "deletion"}[operation]
        return f"resource {noun} call returned error diags: {summary}: {detail}"


def asynchronous(operation: str, message: str) -> str:
    """As it stands in the Synced condition: upjet creates, updates and deletes in the background."""
    return f"{operation} failed: async {operation} failed: {message}"
