"""What earlier calls made that this one has to keep.

Annotations are read as what anyone may have edited: an id counts only where it hashes to the key of the resource.
"""

from dataclasses import dataclass

from function.clouds.gcp.names import is_account_id
from function.clouds.gcp.resource_names import ACCOUNT, account_key
from function.naming import DERIVED_NAME, Derived
from function.observed import Observed
from function.resources.managed import EXTERNAL_NAME


@dataclass(frozen=True, slots=True)
class PreviousAccount:
    """A service account that was composed."""

    key: str
    """Its composition resource name."""
    id: str | None
    """Its external name, where that can be the id of a service account."""
    derived: Derived | None
    """What its id was derived for, None where it was written."""
    deleted_with_it: bool
    """Whether Google's service account goes when the composed resource does."""
    email: str | None
    """Its email in Google Cloud, None while it is not there."""
    provider_config: tuple[str, str]
    """Kind and name of the provider config that reaches it; the kind is empty where there is but one."""

    def id_in(self, project: str) -> str | None:
        """Its id if it is a service account of this project: as its email in Google Cloud says, else as its external name."""
        ids = ((self.email or "").partition("@")[0], self.id)
        return next((each for each in ids if each and account_key(project, each) == self.key), None)


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
    name = account.text("metadata", "annotations", EXTERNAL_NAME)
    kind, config = (account.text("spec", "providerConfigRef", field) or "" for field in ("kind", "name"))
    return PreviousAccount(
        key=key,
        id=name if name and is_account_id(name) else None,
        derived=Derived.read(account.text("metadata", "annotations", DERIVED_NAME)),
        deleted_with_it=not {"*", "Delete"}.isdisjoint(account.texts("spec", "managementPolicies")),
        email=account.text("status", "atProvider", "email"),
        provider_config=(kind, config),
    )
