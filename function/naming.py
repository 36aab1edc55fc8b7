"""Names that stay: legal, within their limits, distinct for distinct facts, the same for the same facts for ever."""

import hashlib

DERIVED_NAME = "podidentity.dev/derived-name"
"""On a resource whose name in the cloud was derived, with the part that it was derived for: such a name is kept."""

_DIGEST = 16
_ROLE_NAME_MAX = 64
_SERVICE_ACCOUNT_ID_MAX = 30
_SHORT_DIGEST = 12


def digest(*facts: str) -> str:
    """16 hexadecimal digits that tell lists of facts apart."""
    # Kubernetes and AWS names hold no NUL, so no two lists join to the same text.
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:_DIGEST]


def resource_name(kind: str, *facts: str) -> str:
    """The composition resource name for these facts, none of which can change in place: `association-0a1b...`."""
    return f"{kind}-{digest(kind, *facts)}"


def service_account_id(owner_namespace: str, owner_name: str) -> str:
    """The id of the Google service account derived for an owner: `payments-reports-0a1b2c3d4e5f`, 6 to 30 characters.

    The words are for people; the digest, shorter than elsewhere for want of room, keeps owners apart.
    """
    suffix = digest("service account", owner_namespace, owner_name)[:_SHORT_DIGEST]
    readable = "-".join(filter(None, (owner_namespace, owner_name))).replace(".", "-")
    # An id begins with a letter; a namespace may not.
    readable = readable if readable[:1].isalpha() else f"sa-{readable}"
    return f"{readable[: _SERVICE_ACCOUNT_ID_MAX - len(suffix) - 1].rstrip('-')}-{suffix}"


def role_name(owner_namespace: str, owner_name: str, part: str = "role") -> str:
    """The IAM role name derived for an owner: `payments-reports-0a1b2c3d4e5f6789`, at most 64 characters.

    `part` tells several roles of one owner apart; it is a word of the name of all but the first. The digest alone keeps owners
    apart ("a-b", "c" and "a", "b-c" read the same); the words are for people.
    """
    suffix = digest(part, owner_namespace, owner_name)
    suffix = suffix if part == "role" else f"{part}-{suffix}"
    readable = "-".join(filter(None, (owner_namespace, owner_name)))
    return f"{readable[: _ROLE_NAME_MAX - len(suffix) - 1].rstrip('-.')}-{suffix}"
