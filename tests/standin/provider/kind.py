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


class Served(NamedTuple):
    """One flavour of a kind, as the API server serves it."""

    group: str
    version: str
    namespaced: bool


class Kind(ABC):
    """A kind in its two flavours: cluster-scoped, and namespaced in the group with `.m.`."""

    name: str
    plural: str
    service: str
    cloud: ClassVar[str] = "aws"
    """The cloud, as the groups have it."""
    cluster_version: str = "v1beta1"
    """The version of the cluster-scoped flavour."""
    make: ClassVar[Make]
    what: ClassVar[str] = ""
    """What the cloud calls it, in messages; empty where refusals need no words before them."""
    parameters: frozenset[str]
    """The fields of forProvider that the cloud has an opinion about, references left out."""
    never_late_initialised: ClassVar[frozenset[str]] = frozenset()
    named_after_itself: bool = False
    """Whether metadata.name becomes the external name where there is none."""
    stub: ClassVar[str] = ""
    """What stands for an external name that is not known yet."""
    named_by: ClassVar[tuple[str, str]] = ("", "")
    """The call, and the field of its answer, that hold an external name which nobody could work out again."""
    worth_waiting_for: ClassVar[str] = ""
    """How the refusal begins after which a call is repeated for a while before anybody hears of it."""

    def served(self) -> tuple[Served, Served]:
        """Its two flavours, the cluster-scoped one first; everything namespaced is v1beta1."""
        domain = f"{self.service}.{self.cloud}"
        return (
            Served(f"{domain}.upbound.io", self.cluster_version, namespaced=False),
            Served(f"{domain}.m.upbound.io", "v1beta1", namespaced=True),
        )

    @abstractmethod
    def read(self, session: Session, asked: Asked) -> Fields | None:
        """What status.atProvider is to show, None where there is no such thing."""

    @abstractmethod
    def create(self, session: Session, asked: Asked) -> str:
        """Create it, and give its external name."""

    @abstractmethod
    def changes(self, asked: Asked, state: Fields) -> list[Change]:
        """In what the spec differs from the cloud, as Terraform would plan it."""

    @abstractmethod
    def update(self, session: Session, asked: Asked, state: Fields, changes: Sequence[Change]) -> None:
        """Make the cloud as the spec says; none of the changes needs a replacement."""

    @abstractmethod
    def delete(self, session: Session, state: Fields) -> None:
        """Delete it, with what is attached."""

    def external_name(self, state: Fields) -> str:
        """What the annotation says of a thing that exists; for most kinds Terraform's id."""
        return str(state["id"])

    def doing(self, operation: str, fields: Fields) -> str:
        """Terraform's words for what was being done when a call was refused; as long as there is no id it is the name."""
        if not self.what:
            return ""
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
