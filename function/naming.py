"""Names that stay: legal, within their limits, distinct for distinct facts, the same for the same facts for ever."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from function.errors import quoted

DERIVED_NAME = "podidentity.dev/derived-name"
"""On a resource whose name in the cloud was derived: what for, and for whom. Such a name is kept, for that owner alone."""

_DIGEST = 16
_ROLE_NAME_MAX = 64
_SERVICE_ACCOUNT_ID_MAX = 30
_SHORT_DIGEST = 12
_BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def digest(*facts: str) -> str:
    """16 hexadecimal digits that tell lists of facts apart. No fact holds a NUL: names of Kubernetes and of clouds do not."""
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:_DIGEST]


def resource_name(kind: str, *facts: str) -> str:
    """The composition resource name for these facts, none of which can change in place: `association-0a1b...`."""
    return f"{kind}-{digest(kind, *facts)}"


def service_account_ids(owner_namespace: str, owner_name: str) -> tuple[str, str]:
    """The id of the Google service account derived for an owner, and the one that earlier versions derived.

    `payments-reports-1k7w0q9zt3vb`, 6 to 30 characters. The words are for people; the digest keeps owners apart. It is shorter
    than elsewhere for want of room: 12 digits of base 36 are 62 bits. Of base 16 they were 48, in which a collision was found.
    """
    facts = ("service account", owner_namespace, owner_name)
    return _account_id(owner_namespace, owner_name, _base_36(*facts)), _account_id(
        owner_namespace, owner_name, digest(*facts)[:_SHORT_DIGEST]
    )


def _account_id(owner_namespace: str, owner_name: str, suffix: str) -> str:
    readable = "-".join(filter(None, (owner_namespace, owner_name))).replace(".", "-")
    # An id begins with a letter; a namespace may not.
    readable = readable if readable[:1].isalpha() else f"sa-{readable}"
    return f"{readable[: _SERVICE_ACCOUNT_ID_MAX - len(suffix) - 1].rstrip('-')}-{suffix}"


def _base_36(*facts: str) -> str:
    number, digits = int.from_bytes(hashlib.sha256("\0".join(facts).encode()).digest()), ""
    for _ in range(_SHORT_DIGEST):
        number, digit = divmod(number, len(_BASE_36))
        digits += _BASE_36[digit]
    return digits


def role_name(owner_namespace: str, owner_name: str, part: str = "role") -> str:
    """The IAM role name derived for an owner: `payments-reports-0a1b2c3d4e5f6789`, at most 64 characters.

    `part` tells several roles of one owner apart; it is a word of the name of all but the first. The digest alone keeps owners
    apart ("a-b", "c" and "a", "b-c" read the same); the words are for people.
    """
    suffix = digest(part, owner_namespace, owner_name)
    suffix = suffix if part == "role" else f"{part}-{suffix}"
    readable = "-".join(filter(None, (owner_namespace, owner_name)))
    return f"{readable[: _ROLE_NAME_MAX - len(suffix) - 1].rstrip('-.')}-{suffix}"


class Derived(NamedTuple):
    """What the annotation says: which part of an identity a name was derived for, and whose identity."""

    part: str
    owner: tuple[str, str] | None
    """Namespace and name; None where an earlier version wrote the annotation, which did not say it."""

    @classmethod
    def read(cls, text: str | None) -> "Derived | None":
        """Read the annotation's value, None where there is no annotation."""
        if not text:
            return None
        part, _, whose = text.partition(" ")
        namespace, slash, name = whose.partition("/")
        return cls(part, ((namespace, name) if slash else ("", namespace)) if whose else None)

    def __str__(self) -> str:
        return f"{self.part} {_words(self.owner)}" if self.owner else self.part


def _words(owner: tuple[str, str]) -> str:
    return "/".join(filter(None, owner))


class Named(NamedTuple):
    """The name that is derived for an owner, or was derived for it before."""

    name: str
    error: str = ""
    """Why it cannot be had: another owner's is there. Empty where it can."""


def derived_name(
    wanted: Derived, names: Sequence[str], made: Callable[[str], bool], there: Iterable[tuple[str, Derived]]
) -> Named:
    """The name that a part of an identity gets where none is written.

    `names` are what is derived now, and what was in earlier versions; `made` tells whether one of them was composed. `there`
    are the other derived names that were composed, with their annotations.

    A name that exists stays, whatever is derived today. But one that was derived for another owner is no more this one's than
    any other: an XPodIdentity that nobody has claimed can be bound by a claim, and is that claim's from then on.
    """
    for name in names:
        if made(name):
            return Named(name)
    others = sorted((name, derived) for name, derived in there if derived.part == wanted.part)
    for name, derived in others:
        if derived.owner == wanted.owner:
            return Named(name)
    for name, derived in others:
        whose = quoted(_words(derived.owner)) if derived.owner else "another owner"
        error = (
            f"{quoted(name)} was derived for {whose}, and this is {quoted(_words(wanted.owner or ('', '')))}: a derived name "
            f"does not pass from owner to owner. Write {name} here to go on with what is there, or {names[0]} to have a "
            "new one made in its place"
        )
        return Named(names[0], error)
    return Named(names[0])
