"""The real provider-aws, its iam and eks controllers, and the emulated AWS that they call."""

import base64
import json
import mmap
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.controlplane import crossplane, processes
from tests.controlplane.install import serve
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.places import CHECKOUT, CannotStart, Places, Ports, free_ports
from tests.controlplane.waiting import answers, listens, until
from tests.real import aws
from tests.tools import crds
from tests.tools.binaries import MissingTool

SERVICES = ("iam", "eks")
CLUSTER, NAMESPACED = "aws.upbound.io", "aws.m.upbound.io"
"""The groups of the configurations of its two flavours."""
POLL = 8.0
"""Seconds between two looks at a managed resource. Published providers take ten minutes; every look changes a status, and much more
often than this Crossplane cuts off whoever composed it."""
USER = "provider-aws"
_PATIENCE = 120.0


def named() -> Path | None:
    """The folder of its programs, if somebody named one."""
    folder = os.environ.get("PROVIDER_AWS")
    return Path(folder).absolute() if folder else None


def programs() -> dict[str, Path]:
    """Its programs by service. Raises MissingTool, with what to do, where one is missing."""
    folder = named()
    if folder is None:
        raise MissingTool(
            "PROVIDER_AWS is not set: name a folder with provider-aws' own programs `iam` and `eks`, which come out of its "
            "published images; tests/real/__init__.py says how"
        )
    found = {service: folder / service for service in SERVICES}
    if missing := [service for service, program in found.items() if not os.access(program, os.X_OK)]:
        raise MissingTool(
            f"PROVIDER_AWS={folder} has no program {' and no program '.join(missing)}: tests/real/__init__.py says where it comes from"
        )
    return found


def version() -> str:
    """Its version, as Go wrote it into the programs: that of a module it was built from, or what was linked in."""
    with programs()["iam"].open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as program:
        found = re.search(rb"upbound/provider-aws/v2(?:/internal/version\.Version=|\t)(v[\d.]+)", program)
        return found[1].decode() if found else "of an unknown version"


def start(places: Places, ports: Ports, accounts: dict[str, str]) -> None:
    """Start AWS and the provider, with provider configurations of these names for the accounts."""
    start_aws(places, ports)
    serve(places, _crds())
    for name, account in accounts.items():
        configure(places, ports, name, account)
    start_provider(places)


def start_aws(places: Places, ports: Ports) -> None:
    """Start the emulated AWS, and wait until it answers."""
    command = [sys.executable, "-m", "tests.real.emulator", f"--port={ports.aws}", f"--journal={aws.calls(places)}"]
    process = processes.start(places, "aws", command, {"PYTHONPATH": str(CHECKOUT)})
    _wait(places, process, lambda: answers(f"http://127.0.0.1:{ports.aws}{aws.READY}"))


def configure(places: Places, ports: Ports, name: str, account: str) -> None:
    """Provider configurations of both flavours by which it reaches an account of the emulated AWS."""
    key = {"namespace": crossplane.NAMESPACE, "name": f"aws-{name}"}
    credentials = f"[default]\naws_access_key_id = {aws.KEY}{account}\naws_secret_access_key = secret\n"
    spec = {
        "credentials": {"source": "Secret", "secretRef": key | {"key": "credentials"}},
        "endpoint": {
            "services": ["iam", "eks", "sts"],
            "hostnameImmutable": True,
            "url": {"type": "Static", "static": f"http://127.0.0.1:{ports.aws}"},
        },
        # The account is what STS says: ids and ARNs are made of it.
        "skip_credentials_validation": False,
        "skip_metadata_api_check": True,
        "skip_region_validation": True,
        "skip_requesting_account_id": False,
    }
    Kubectl(places).apply(
        {"apiVersion": "v1", "kind": "Secret", "metadata": key, "stringData": {"credentials": credentials}},
        {"apiVersion": f"{CLUSTER}/v1beta1", "kind": "ProviderConfig", "metadata": {"name": name}, "spec": spec},
        {"apiVersion": f"{NAMESPACED}/v1beta1", "kind": "ClusterProviderConfig", "metadata": {"name": name}, "spec": spec},
    )


def start_provider(places: Places) -> None:
    """Start both programs, and wait until they have begun; what has kinds of several versions converts them."""
    for service, program in programs().items():
        health, webhook = free_ports(2)
        command = [
            str(program),
            f"--poll={POLL:.0f}s",
            "--metrics-bind-address=0",
            f"--health-probe-bind-addr=127.0.0.1:{health}",
        ]
        converted = _converted(places, service)
        # Its webhook listens on all addresses, for which it has no option: without certificates there is none.
        command += [f"--certs-dir={_certificates(places) if converted else ''}", f"--webhook-port={webhook}"]
        process = processes.start(places, _process(service), command, {"KUBECONFIG": str(places.kubeconfig(USER))})
        _wait(places, process, lambda: listens(health) and (not converted or listens(webhook)))  # noqa: B023
        _convert_by(places, converted, webhook)


def _converted(places: Places, service: str) -> list[str]:
    """The CRDs of a service whose objects are read and written in several versions: cluster-scoped ones."""
    crds = (crd for crd in Kubectl(places).get("crd") if crd["spec"]["group"] == f"{service}.{CLUSTER}")
    return [crd["metadata"]["name"] for crd in crds if len(crd["spec"]["versions"]) > 1]


def _certificates(places: Places) -> Path:
    """Those of the API server, which are good for every port of 127.0.0.1, under the names that the provider looks for."""
    folder = places.folder("provider-aws")
    for ours, theirs in (("apiserver.crt", "tls.crt"), ("apiserver.key", "tls.key")):
        shutil.copy(places.folder("api-server") / ours, folder / theirs)
    return folder


def _convert_by(places: Places, converted: Sequence[str], port: int) -> None:
    """Have the API server ask a webhook for other versions, as the package manager arranges it for a published provider."""
    authority = base64.b64encode((places.folder("api-server") / "apiserver.crt").read_bytes()).decode()
    asked = {"url": f"https://127.0.0.1:{port}/convert", "caBundle": authority}
    webhook = {"clientConfig": asked, "conversionReviewVersions": ["v1"]}
    patch = json.dumps({"spec": {"conversion": {"strategy": "Webhook", "webhook": webhook}}})
    for crd in converted:
        Kubectl(places)("patch", "crd", crd, "--type=merge", f"--patch={patch}")


def stop_provider(places: Places) -> None:
    """End both programs, if they run; what they manage stays."""
    for service in SERVICES:
        for process in processes.find(places.root, _process(service)):
            process.end()


def _process(service: str) -> str:
    return f"provider-aws-{service}"


def _wait(places: Places, process: processes.Process, ready: Callable[[], bool]) -> None:
    def seen() -> bool:
        if not processes.running(process):
            last = processes.last_words(places, process.name, 1)
            raise CannotStart(f"{process.name} ended at once: {last} (see {places.log(process.name)})")
        return ready()

    until(seen, _PATIENCE, f"{process.name} (see {places.log(process.name)})")


def _crds() -> dict[str, dict[str, Any]]:
    """The kinds of its configurations, which no package brings that is installed here."""
    files = sorted(crds.folder().rglob("aws.*.yaml"))
    if not files:
        raise MissingTool(
            f"the CRDs of ProviderConfigs and their usages are missing in {crds.folder()}: run `make crds` anew, or put them there"
        )
    return {crd["metadata"]["name"]: crd for crd in (yaml.safe_load(file.read_text()) for file in files)}
