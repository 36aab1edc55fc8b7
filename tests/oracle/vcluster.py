"""Asks vCluster's own functions, built from its Go module, what virtual things are called on the host."""

import json
import subprocess
from collections.abc import Sequence
from typing import Any, NamedTuple

from function.clusters.vcluster_names import HostName
from tests.tools.binaries import HOSTNAMES


class ServiceAccount(NamedTuple):
    """A service account of a virtual cluster, which runs in `host_namespace`."""

    name: str
    namespace: str
    vcluster: str
    host_namespace: str = "vcluster-ns"


class Namespaces(NamedTuple):
    """Namespaces of a virtual cluster or of its host, and how they are mapped."""

    mappings: dict[str, str]
    vcluster: str
    host_namespace: str
    namespaces: list[str]


class Mapped(NamedTuple):
    """Why the mappings are refused; or what each namespace may be mapped to, and what may be mapped to it."""

    error: str
    to_host: list[list[str]]
    to_virtual: list[list[str]]


def host_names(accounts: Sequence[ServiceAccount]) -> list[HostName]:
    """Where each is on the host where nothing is mapped."""
    questions = [
        {"name": a.name, "namespace": a.namespace, "vcluster": a.vcluster, "hostNamespace": a.host_namespace} for a in accounts
    ]
    return [HostName(answer["namespace"], answer["name"]) for answer in _run(questions)]


def mapped(asked: Sequence[Namespaces]) -> list[Mapped]:
    """What becomes of the namespaces."""
    questions = [
        {
            "mappings": one.mappings,
            "vcluster": one.vcluster,
            "hostNamespace": one.host_namespace,
            "namespaces": one.namespaces,
        }
        for one in asked
    ]
    return [Mapped(answer["error"], answer["toHost"], answer["toVirtual"]) for answer in _run(questions)]


def _run(questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([str(HOSTNAMES.built())], input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"hostnames failed: {done.stderr}"
        raise RuntimeError(message)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(questions):
        message = f"hostnames gave {len(answers)} answers to {len(questions)} questions"
        raise AssertionError(message)
    return answers
