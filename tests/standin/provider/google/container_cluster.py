"""container Cluster."""

from tests.standin.cloud.google import gke
from tests.standin.provider.google.google_kind import GoogleKind
from tests.standin.provider.kind import FIXED, Asked, Fields, planned
from tests.standin.provider.session import Session, saying
from tests.standin.provider.watched import Watched


class ContainerCluster(Watched, GoogleKind):
    """Found by its project, which may be the provider config's, its location and its name."""

    name, plural, service = "Cluster", "clusters", "container"
    cluster_version = "v1beta2"
    fields = planned(location=FIXED, project=FIXED)
    named_after_itself = True

    def external_name(self, state: Fields) -> str:
        """The last part of the id."""
        return str(state["id"]).rpartition("/")[2]

    def read(self, google: Session, asked: Asked) -> Fields | None:
        """What a catalogue of clusters asks for, and no more."""
        fields = asked.observed if asked.observed.get("id") else asked.desired
        project = fields.get("project") or google.account
        name = f"projects/{project}/locations/{fields.get('location', '')}/clusters/{asked.name}"
        with saying(f'Error when reading or editing Container Cluster "{asked.name}"'):
            found: gke.Cluster | None = google.find("GetContainerCluster", name=name)
        if found is None:
            return None
        return {
            "id": found.name,
            "location": found.location,
            "project": found.project,
            "selfLink": found.self_link,
            "workloadIdentityConfig": {"workloadPool": found.workload_pool} if found.workload_pool else {},
        }
