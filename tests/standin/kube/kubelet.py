"""The kubelet's part: every Deployment that Crossplane makes counts as running."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx2
from lightkube import AsyncClient
from lightkube.resources.apps_v1 import Deployment
from lightkube.types import PatchType

from tests.standin.kube.outage import Outage, log
from tests.standin.kube.patches import difference
from tests.standin.kube.queue import WorkQueue
from tests.standin.kube.watching import PAUSE, status

NAMESPACE = "crossplane-system"


def running(deployment: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The status of a Deployment whose pods all run, unchanged where it says so already."""
    old = deployment.get("status") or {}
    conditions = old.get("conditions") or []
    replicas = (deployment.get("spec") or {}).get("replicas", 1)
    available = any(each["type"] == "Available" and each["status"] == "True" for each in conditions)
    if not available:
        time = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        new = {
            "type": "Available",
            "status": "True",
            "reason": "MinimumReplicasAvailable",
            "message": "Deployment has minimum availability.",
            "lastTransitionTime": time,
            "lastUpdateTime": time,
        }
        conditions = [*(each for each in conditions if each["type"] != "Available"), new]
    counts = dict.fromkeys(("replicas", "readyReplicas", "availableReplicas", "updatedReplicas"), replicas)
    return {**old, **counts, "conditions": conditions, "observedGeneration": deployment["metadata"]["generation"]}


class Kubelet:
    """Listens to Deployments and patches their status."""

    def __init__(self, client: AsyncClient, outage: Outage) -> None:
        self._client = client
        self._outage = outage
        self._deployments: dict[str, dict[str, Any]] = {}
        self.queue: WorkQueue[str] = WorkQueue(self._work)

    def listed(self, objects: Sequence[Any]) -> None:
        """All Deployments."""
        self._deployments = {}
        for each in objects:
            self.changed("ADDED", each)

    def changed(self, operation: str, found: Any) -> None:
        """One Deployment."""
        name = found.metadata.name
        if operation == "DELETED":
            self._deployments.pop(name, None)
        else:
            self._deployments[name] = found.to_dict()
            self.queue.add(name)

    async def _work(self, name: str) -> None:
        deployment = self._deployments.get(name)
        if deployment is None:
            return
        patch = difference(deployment.get("status") or {}, running(deployment, datetime.now(UTC)))
        if not patch:
            return
        try:
            await self._client.patch(
                Deployment.Status, name, {"status": patch}, namespace=NAMESPACE, patch_type=PatchType.MERGE
            )
        except httpx2.HTTPError as error:
            if status(error) is None:
                self._outage.begins(error)
            elif status(error) != 404:
                log(f"cannot patch deployment {name}: {error!r}")
            self.queue.add_later(name, PAUSE)
