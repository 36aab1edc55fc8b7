"""cloudplatform ServiceAccount."""

from collections.abc import Mapping

from tests.standin.cloud.google import service_accounts
from tests.standin.provider.google.google_kind import GoogleKind
from tests.standin.provider.kind import FIXED, Asked, Field, Fields, planned
from tests.standin.provider.session import Session, saying
from tests.standin.provider.upjet import Change


class ServiceAccount(GoogleKind):
    """Found by the id that is made of its external name and its project; one that is there is taken over."""

    name, plural, service = "ServiceAccount", "serviceaccounts", "cloudplatform"
    fields = planned(
        project=FIXED,
        description=Field(""),
        disabled=Field(default=False),
        displayName=Field(""),
    )
    name_argument = "account_id"
    named_after_itself = True
    named_by = ("CreateServiceAccount", "name")

    def external_name(self, state: Fields) -> str:
        """The account id, which is no field of its own."""
        return str(state["email"]).partition("@")[0]

    def read(self, google: Session, asked: Asked) -> Fields | None:
        """By the id that it was seen or created with, or else by the template of `config/externalname.go`."""
        name = _id(google, asked)
        with saying(f'Error when reading or editing Service Account "{name}"'):
            found: service_accounts.ServiceAccount | None = google.find("GetServiceAccount", name=name)
        if found is None:
            return None
        return {
            "description": found.description,
            "disabled": found.disabled,
            "displayName": found.display_name,
            "email": found.email,
            "id": found.name,
            "member": f"serviceAccount:{found.email}",
            "name": found.name,
            "project": found.project,
            "uniqueId": found.unique_id,
        }

    def create(self, google: Session, asked: Asked) -> str:
        """CreateServiceAccount, which cannot disable it; the next look finds that to be done. The answer's name is its id."""
        desired = asked.desired
        with saying("Error creating service account"):
            answer = google.call(
                "CreateServiceAccount",
                project=desired.get("project") or google.account,
                account_id=asked.name,
                display_name=desired.get("displayName", ""),
                description=desired.get("description", ""),
            )
        return str(answer["name"])

    def changes(self, asked: Asked, state: Fields) -> list[Change]:
        """The external name may be the id, too."""
        return super().changes(asked if asked.name != state["id"] else asked._replace(name=self.external_name(state)), state)

    def update(self, google: Session, asked: Asked, state: Fields, changes: Mapping[str, Change]) -> None:
        """Disabling and enabling are calls of their own, and come first."""
        if "disabled" in changes:
            google.call("DisableServiceAccount" if asked.desired.get("disabled") else "EnableServiceAccount", name=state["id"])
        if fields := {name: change.new for name, change in changes.items() if name != "disabled"}:
            google.call("PatchServiceAccount", name=state["id"], fields=fields)

    def delete(self, google: Session, state: Fields) -> None:
        """DeleteServiceAccount."""
        with saying("Error deleting service account"):
            google.unless_gone("DeleteServiceAccount", name=state["id"])


def _id(google: Session, asked: Asked) -> str:
    if asked.name.startswith("projects/"):
        return asked.name
    if seen := asked.observed.get("id"):
        return str(seen)
    project = asked.desired.get("project") or google.account
    # As the template has it, which makes no email address of a domain-scoped project.
    return f"projects/{project}/serviceAccounts/{asked.name}@{project}.iam.gserviceaccount.com"
