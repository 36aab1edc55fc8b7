"""Watches of the API server, which begin anew when they break and end when they are told to."""

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

from httpx2 import Client, Response, Timeout
from lightkube import KubeConfig
from lightkube.config import client_adapter

from tests.controlplane.places import Places

Change = tuple[str, dict[str, Any]]
"""ADDED or MODIFIED or DELETED, and the object."""
_SERVED = 5
"""Seconds after which the API server ends an answer, and the next is asked for: only then it is seen that a watch shall end."""
_PATIENCE = 60.0
_PAUSE = 0.5
"""Seconds until it is begun anew: a client is refused at once where no API server listens."""
_ATTEMPTS = 120


class Lost(Exception):
    """A watch was broken for longer than an API server takes to start."""


def watch(places: Places, group: str, version: str, plural: str, ended: threading.Event) -> Iterator[Change]:
    """Every change of a kind's objects until `ended` is set. A kind that is not served is waited for.

    Begun anew, a watch says ADDED of what is known already. Raises Lost.

    lightkube's own watch ends when another thread closes its client, and no other way. The descriptor of its socket then goes to
    the next connection of this process while the watch still reads from it, and the bytes that it takes there are missed there.
    """
    config = KubeConfig.from_file(str(places.kubeconfig("admin"))).get()
    assert config is not None
    parameters = client_adapter.ConnectionParams(timeout=Timeout(_PATIENCE), trust_env=False)
    with client_adapter.Client(config, parameters) as client:
        known, failures = "", 0
        while not ended.is_set():
            try:
                with _answer(client, f"/apis/{group}/{version}/{plural}", known) as answer:
                    if answer.status_code == 404:
                        known, failures = "", 0
                        ended.wait(_PAUSE)
                        continue
                    answer.raise_for_status()
                    failures = 0
                    for change, found in map(_parse, answer.iter_lines()):
                        if change == "ERROR":
                            # What came after `known` is no longer kept.
                            known = ""
                            break
                        known = found["metadata"]["resourceVersion"]
                        if change != "BOOKMARK":
                            yield change, found
                        if ended.is_set():
                            return
            except Exception as error:
                known, failures = "", failures + 1
                print(f"watch of {plural}, attempt {failures}: {error!r}", flush=True)
                if failures == _ATTEMPTS:
                    raise Lost(plural) from error
                ended.wait(_PAUSE)


def _answer(client: Client, path: str, known: str) -> contextlib.AbstractContextManager[Response]:
    wanted = {"watch": "true", "allowWatchBookmarks": "true", "timeoutSeconds": str(_SERVED)}
    return client.stream("GET", path, params=wanted | ({"resourceVersion": known} if known else {}))


def _parse(line: str) -> Change:
    event = json.loads(line)
    return event["type"], event["object"]
