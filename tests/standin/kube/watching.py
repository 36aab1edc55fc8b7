"""One kind of object, followed for as long as the process runs, whatever happens to the API server."""

import asyncio
from collections.abc import AsyncIterable, Sequence
from typing import Any, Protocol

import httpx2
import msgspec
from lightkube import ApiError, AsyncClient

from tests.standin.kube.outage import Outage

PAUSE = 1.0
_GONE = 410
_PASSING = (404, 429)
"""The kind does not exist yet; its storage has only just been made."""


class Listener(Protocol):
    """Who wants to know."""

    def listed(self, objects: Sequence[dict[str, Any]]) -> None:
        """All objects that there are now."""
        ...

    def changed(self, operation: str, found: dict[str, Any]) -> None:
        """One object was ADDED, MODIFIED or DELETED."""
        ...


async def follow(
    client: AsyncClient, resource: Any, namespace: str | None, listener: Listener, outage: Outage, pause: float = PAUSE
) -> None:
    """List and watch for ever; a kind that does not exist yet is looked for again."""
    scope: dict[str, Any] = {} if namespace is None else {"namespace": namespace}
    while True:
        try:
            listed = client.list(resource, **scope)
            objects = [each async for each in listed]
            outage.is_over()
            listener.listed(objects)
            events: AsyncIterable[tuple[str, Any]] = client.watch(resource, resource_version=listed.resourceVersion, **scope)
            async for operation, found in events:
                listener.changed(operation, found)
        except (httpx2.HTTPError, msgspec.DecodeError) as error:
            # The API server may have been killed in the middle of a line.
            if (code := status(error)) == _GONE:
                continue
            if code not in _PASSING:
                outage.begins(error)
        await asyncio.sleep(pause)


def status(error: Exception) -> int | None:
    """The HTTP status of an error, None where there was no answer."""
    if isinstance(error, ApiError) and error.status.code is not None:
        return error.status.code
    return error.response.status_code if isinstance(error, httpx2.HTTPStatusError) else None
