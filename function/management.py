"""`spec.managementPolicies`: what Crossplane may do with managed resources."""

from collections.abc import Iterator
from typing import Annotated, Literal

from function.errors import FieldError, listed
from function.schema import Distinct

ManagementPolicies = Annotated[list[Literal["*", "Observe", "Create", "Update", "Delete", "LateInitialize"]], Distinct]

# crossplane-runtime pkg/reconciler/managed: a managed resource with any other combination is not reconciled.
_SUPPORTED = frozenset(
    frozenset(names.split())
    for names in (
        "*",
        "",
        "Observe",
        "Observe Create",
        "Observe Delete",
        "Observe Update",
        "Observe LateInitialize",
        "Observe Create Delete",
        "Observe Create Update",
        "Observe Create LateInitialize",
        "Observe Update LateInitialize",
        "Observe Create Update Delete",
        "Observe Create Update LateInitialize",
        "Observe Create Delete LateInitialize",
        "Observe Create Update Delete LateInitialize",
    )
)


def check(policies: list[str]) -> Iterator[FieldError]:
    """Refuse a combination that providers do not support."""
    if frozenset(policies) not in _SUPPORTED:
        message = f"{listed(policies)} is not a combination that providers support; see managementPolicies in Crossplane's docs"
        yield FieldError(("spec", "managementPolicies"), message)
