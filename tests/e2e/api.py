"""Reads objects from the API server: all that tests look at while they wait."""

from functools import cache
from typing import Any

from httpx2 import HTTPStatusError, Timeout
from lightkube import Client, KubeConfig
from lightkube.core.exceptions import ApiError
from lightkube.generic_resource import (
    GenericGlobalResource,
    GenericNamespacedResource,
    create_global_resource,
    create_namespaced_resource,
)

from tests.controlplane.places import Places

Object = dict[str, Any]
_EVERYWHERE = "*"
_PATIENCE = 60.0


@cache
def kind(group: str, version: str, plural: str) -> type[GenericNamespacedResource]:
    """A kind as lightkube has them."""
    # lightkube names a class by its kind, which we have no use for. Cluster-scoped kinds are listed alike, over all namespaces.
    return create_namespaced_resource(group, version, plural.capitalize(), plural)


@cache
def cluster_kind(group: str, version: str, plural: str) -> type[GenericGlobalResource]:
    """A kind without namespaces."""
    return create_global_resource(group, version, f"Cluster{plural.capitalize()}", plural)


def client(places: Places, field_manager: str | None = None) -> Client:
    """A client as the administrator; patient, since a machine that is loaded answers late."""
    config = KubeConfig.from_file(str(places.kubeconfig("admin")))
    return Client(config=config, field_manager=field_manager, timeout=Timeout(_PATIENCE))


class Api:
    """The API server, as the administrator."""

    def __init__(self, places: Places) -> None:
        self._client = client(places)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def get(self, group: str, version: str, plural: str, namespace: str, name: str) -> Object | None:
        """An object, or None; without a namespace (an empty one) of a cluster-scoped kind."""
        try:
            if not namespace:
                return dict(self._client.get(cluster_kind(group, version, plural), name))
            return dict(self._client.get(kind(group, version, plural), name, namespace=namespace))
        except ApiError as error:
            if error.status.code == 404:
                return None
            raise

    def list(
        self, group: str, version: str, plural: str, labels: dict[str, str] | None = None, namespace: str = _EVERYWHERE
    ) -> "list[Object]":
        """All objects of a kind with these labels; none where the kind is not served."""
        selector: dict[str, Any] = dict(labels or {})
        try:
            return [
                dict(found) for found in self._client.list(kind(group, version, plural), namespace=namespace, labels=selector)
            ]
        except HTTPStatusError as error:
            # Where not even the group is served, the answer is no Status of Kubernetes'.
            if error.response.status_code == 404:
                return []
            raise
