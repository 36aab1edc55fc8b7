"""What earlier calls made that this one has to keep."""

from dataclasses import dataclass

from function.clouds.gcp.resource_names import ACCOUNT
from function.naming import DERIVED_NAME
from function.observed import Observed
from function.resources.managed import EXTERNAL_NAME


@dataclass(frozen=True, slots=True)
class PreviousAccount:
    """A service account that was composed."""

    key: str
    """Its composition resource name."""
    id: str | None
    derived: bool
    project: str | None
    deleted_with_it: bool
    """Whether Google's service account goes when the composed resource does."""
    email: str | None
    """Its email in Google Cloud, None while it is not there."""
    provider_config: tuple[str, str]
    """Kind and name of the provider config that reaches it; the kind is empty where there is but one."""


@dataclass(frozen=True, slots=True)
class Previous:
    """What was composed before."""

    accounts: tuple[PreviousAccount, ...] = ()

    def account(self, key: str) -> PreviousAccount | None:
        """The service account of that composition resource name."""
        return next((account for account in self.accounts if account.key == key), None)


def previous(observed: Observed) -> Previous:
    """Read it from what is observed."""
    return Previous(tuple(_account(key, observed) for key in observed.starting(ACCOUNT)))


def _account(key: str, observed: Observed) -> PreviousAccount:
    account = observed[key]
    kind, name = (account.text("spec", "providerConfigRef", field) or "" for field in ("kind", "name"))
    return PreviousAccount(
        key=key,
        id=account.text("metadata", "annotations", EXTERNAL_NAME),
        derived=account.text("metadata", "annotations", DERIVED_NAME) is not None,
        project=account.text("spec", "forProvider", "project"),
        deleted_with_it=not {"*", "Delete"}.isdisjoint(account.texts("spec", "managementPolicies")),
        email=account.text("status", "atProvider", "email"),
        provider_config=(kind, name),
    )
