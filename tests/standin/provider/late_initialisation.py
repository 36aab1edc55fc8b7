"""Late initialisation as upjet does it: what the spec leaves out is filled in from the cloud, and so stays for ever.

It happens in the pass that finds a difference, before that difference is removed. So a value that the spec no longer names is
written back into the spec, removed from the cloud, and put into the cloud again in the next pass.
"""

from collections.abc import Mapping
from typing import Any

from tests.standin.provider.kind import Kind
from tests.standin.provider.resource import Managed


def late_initialise(managed: Managed, kind: Kind, state: Mapping[str, Any]) -> bool:
    """Fill in what is not set, and say whether there was any. Zero values and empty lists are not worth filling in."""
    missing = {
        field: state[field]
        for field in sorted(kind.fields.keys() - kind.never_late_initialised)
        if _unset(managed.for_provider, field) and state.get(field)
    }
    managed.for_provider.update(missing)
    return bool(missing)


def _unset(fields: Mapping[str, Any], field: str) -> bool:
    """An empty string is set, for the field is a pointer; an empty map or list is not."""
    return fields.get(field) is None or fields[field] in ([], {})
