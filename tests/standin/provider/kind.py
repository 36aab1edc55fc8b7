"""What a kind of managed resource has to say for itself; `managed.py` does the rest for all of them."""

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
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
    initial: frozenset[str] = frozenset()
    """The fields that are asked for only when the thing is created."""


class Served(NamedTuple):
    """One flavour of a kind, as the API server serves it."""

    group: str
    version: str
    namespaced: bool


class Field(NamedTuple):
    """A field of forProvider, and how Terraform plans a change of it."""

    default: Any = None
    """What leaving it out asks for; where that is None it asks for nothing, and what is there stays."""
    replaces: bool = False
    """Whether only a new thing could have another value."""
    same: Callable[[Any, Any], bool] = operator.eq
    """Whether the cloud's value and the spec's say the same."""


def same_set(old: Any, new: Any) -> bool:
    """Whether two lists have the same members."""
    return set(old or ()) == set(new)


FREE = Field()
FIXED = Field(replaces=True)
TAGS = Field({})
"""They are exclusive: what the spec does not name is taken off."""


def planned(**fields: Field) -> Mapping[str, Field]:
    """The fields of a kind."""
    return fields


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
    fields: Mapping[str, Field]
    """The fields of forProvider that the cloud has an opinion about, references left out, in the order in which changes are told."""
    name_argument: ClassVar[str] = ""
    """The argument of Terraform that the external name is; empty where it is none."""
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

    def changes(self, asked: Asked, state: Fields) -> list[Change]:
        """In what the spec differs from the cloud, as Terraform would plan it."""
        name = self.external_name(state)
        renamed = self.name_argument and asked.name != name
        found = [Change(self.name_argument, name, asked.name, replaces=True)] if renamed else []
        for field, how in self.fields.items():
            if field in asked.initial:
                continue
            old, new = (how.default if each.get(field) is None else each[field] for each in (state, asked.desired))
            if new is not None and not how.same(old, new):
                found.append(Change(argument(field), old, new, how.replaces))
        return found

    def update(self, session: Session, asked: Asked, state: Fields, changes: Mapping[str, Change]) -> None:
        """Make the cloud as the spec says. The changes are by argument, and none of them needs a replacement."""
        raise NotImplementedError(f"{self.name} has no field that could be changed in place")

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
        return "tags" in self.fields


def argument(field: str) -> str:
    """What Terraform calls a field."""
    return re.sub("([A-Z])", r"_\1", field).lower()
