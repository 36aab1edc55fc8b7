"""What a kind of managed resource has to say for itself; `managed.py` does the rest for all of them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, Make

Fields = Mapping[str, Any]
"""Fields by the CRD's names."""


class Asked(NamedTuple):
    """What a managed resource asks for."""

    name: str
    """The external name, empty where none is known."""
    desired: Fields
    """What the spec says of the cloud thing."""
    observed: Fields
    """What status.atProvider says, from the last pass."""


class Kind(ABC):
    """A kind in its two flavours: cluster-scoped, and namespaced in the group with `.m.`."""

    name: ClassVar[str]
    plural: ClassVar[str]
    service: ClassVar[str]
    version: ClassVar[str] = "v1beta1"
    make: ClassVar[Make]
    what: ClassVar[str]
    """What AWS calls it, in messages."""
    parameters: ClassVar[frozenset[str]]
    """The fields of forProvider that the cloud has an opinion about, references left out."""
    never_late_initialised: ClassVar[frozenset[str]] = frozenset()
    named_after_itself: ClassVar[bool] = False
    """Whether metadata.name becomes the external name where there is none."""
    stub: ClassVar[str] = ""
    """What stands for an external name that is not known yet."""
    named_by: ClassVar[tuple[str, str]] = ("", "")
    """The call, and the field of its answer, that hold an external name which nobody could work out again."""
    worth_waiting_for: ClassVar[str] = ""
    """How the refusal begins after which a call is repeated for a while before anybody hears of it."""

    def groups(self) -> tuple[tuple[str, bool], ...]:
        """The API groups, and whether each is namespaced."""
        return (f"{self.service}.aws.upbound.io", False), (f"{self.service}.aws.m.upbound.io", True)

    @abstractmethod
    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """What status.atProvider is to show, None where there is no such thing."""

    @abstractmethod
    def create(self, aws: Session, asked: Asked) -> str:
        """Create it, and give its external name."""

    @abstractmethod
    def changes(self, asked: Asked, state: Fields) -> list[Change]:
        """In what the spec differs from the cloud, as Terraform would plan it."""

    @abstractmethod
    def update(self, aws: Session, asked: Asked, state: Fields, changes: Sequence[Change]) -> None:
        """Make the cloud as the spec says; none of the changes needs a replacement."""

    @abstractmethod
    def delete(self, aws: Session, state: Fields) -> None:
        """Delete it, with what is attached."""

    def external_name(self, state: Fields) -> str:
        """What the annotation says of a thing that exists; for most kinds Terraform's id."""
        return str(state["id"])

    def doing(self, operation: str, fields: Fields) -> str:
        """Terraform's words for what was being done when a call was refused; as long as there is no id it is the name."""
        gerund = {"create": "creating", "update": "updating", "delete": "deleting"}[operation]
        return f"{gerund} {self.what}" + (f" ({fields['id']})" if fields["id"] else "")

    @property
    def tagged(self) -> bool:
        """Whether it has tags."""
        return "tags" in self.parameters


def differing(fields: Mapping[str, str], desired: Fields, state: Fields, *, replaces: bool = False) -> list[Change]:
    """Changes of fields, by their names in the CRD and in Terraform; a field that is left out is none."""
    return [
        Change(terraform, state.get(field), desired[field], replaces)
        for field, terraform in fields.items()
        if desired.get(field) is not None and desired[field] != state.get(field)
    ]
