"""Google Kubernetes Engine, all projects: the clusters that options name."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.standin.cloud.google import errors

Answer = dict[str, Any]

_ZONE = re.compile(r".+-[a-z]")


@dataclass(frozen=True)
class Cluster:
    """A cluster as GKE keeps it."""

    name: str
    """Its resource name: projects/P/locations/L/clusters/N."""
    workload_pool: str = ""

    @property
    def project(self) -> str:
        """The project."""
        return self.name.split("/")[1]

    @property
    def location(self) -> str:
        """The region, or the zone."""
        return self.name.split("/")[3]

    @property
    def self_link(self) -> str:
        """Its URL, which tells zones from other locations."""
        name = self.name.replace("/locations/", "/zones/") if _ZONE.fullmatch(self.location) else self.name
        return f"https://container.googleapis.com/v1/{name}"


class GKE:
    """Clusters by their resource names, and the calls on them."""

    def __init__(self) -> None:
        self._clusters: dict[str, Cluster] = {}

    def create_container_cluster(self, _: datetime, *, name: str, workload_pool: str) -> Answer:
        """projects.locations.clusters.create."""
        self._clusters[name] = Cluster(name, workload_pool)
        return {}

    def get_container_cluster(self, _: datetime, *, name: str) -> Cluster:
        """projects.locations.clusters.get."""
        if name not in self._clusters:
            raise errors.no_such_cluster(name)
        return self._clusters[name]
