"""Crossplane's core and its RBAC manager, outside a cluster."""

import base64
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.controlplane import processes
from tests.controlplane.kubectl import Kubectl, Refused
from tests.controlplane.places import CannotStart, Places, Ports
from tests.controlplane.waiting import Late, answers, until
from tests.tools.binaries import CORES

NAMESPACE = "crossplane-system"
ROOM = ("--circuit-breaker-burst=500",)
"""What the core's circuit breaker lets through at once of an XR. With the default of 100 a creation and an edit right after it, as in a
test or by whoever tries things, open it, and what is edited next waits for minutes."""
FUNCTION = "podidentity-function-pod-identity"
"""What the package manager calls a Function that comes as a dependency, and the Compositions call it too."""
_WEBHOOKS = "crossplane-webhooks"
_SECRETS = {
    "TLS_CA_SECRET_NAME": "crossplane-root-ca",
    "TLS_CLIENT_SECRET_NAME": "crossplane-tls-client",
    "TLS_SERVER_SECRET_NAME": "crossplane-tls-server",
}


def prepare(places: Places, ports: Ports) -> None:
    """What Crossplane's Helm chart makes: the namespace, the service account, a Service in front of the webhooks."""
    meta = {"namespace": NAMESPACE}
    # The API server resolves an ExternalName by itself, without a cluster's network.
    service = {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": ports.webhooks}]}
    Kubectl(places).apply(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "crossplane", **meta}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": _WEBHOOKS, **meta}, "spec": service},
    )


def start(places: Places, ports: Ports, version: str, options: Sequence[str] = ROOM) -> None:
    """Initialise the core of a version, on data of an older one too, and start it; `options` are its own."""
    tool, environment = CORES[version], _environment(places, ports)
    program = str(tool.built())
    environment |= {name: str(tool.path.parent / folder) for name, folder in _DATA.items()}
    _initialise(places, [program, "core", "init", "--activation=*"], environment)
    client, server = (secret_files(places, _SECRETS[f"TLS_{which}_SECRET_NAME"]) for which in ("CLIENT", "SERVER"))
    environment |= {"TLS_CLIENT_CERTS_DIR": str(client), "TLS_SERVER_CERTS_DIR": str(server)}
    command = [program, "core", "start", *options]
    core = processes.start(places, "crossplane", command, environment, hosts=places.hosts)
    _wait(places, core, f"http://127.0.0.1:{ports.health}/readyz")
    processes.start(places, "rbac", [program, "rbac", "start"], environment)


_DATA = {"CRDS_PATH": "crds", "WEBHOOK_CONFIGS_PATH": "webhookconfigurations"}


def _environment(places: Places, ports: Ports) -> dict[str, str]:
    return _SECRETS | {
        "KUBECONFIG": str(places.kubeconfig("crossplane")),
        "POD_NAMESPACE": NAMESPACE,
        "POD_SERVICE_ACCOUNT": "crossplane",
        # Without webhooks the core does not start the controllers of Usages either.
        "ENABLE_WEBHOOKS": "true",
        "WEBHOOK_SERVICE_NAME": _WEBHOOKS,
        "WEBHOOK_SERVICE_NAMESPACE": NAMESPACE,
        "WEBHOOK_SERVICE_PORT": str(ports.webhooks),
        "WEBHOOK_PORT": str(ports.webhooks),
        "METRICS_PORT": str(ports.metrics),
        "HEALTH_PROBE_PORT": str(ports.health),
        "XPKG_CACHE_DIR": str(places.folder("cache", "xpkg")),
        "XFN_CACHE_DIR": str(places.folder("cache", "xfn")),
        # Functions are found in the private hosts file; a TXT record of theirs is nowhere.
        "GRPC_ENABLE_TXT_SERVICE_CONFIG": "false",
    }


def _initialise(places: Places, command: list[str], environment: dict[str, str]) -> None:
    def succeeded() -> bool:
        with places.log("crossplane-init").open("ab") as log:
            env = {**os.environ, **environment}
            done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
        return done.returncode == 0

    try:
        # The API server learns of new kinds a moment after they are made; in a cluster the pod is restarted.
        until(succeeded, 60, "crossplane core init")
    except Late:
        raise CannotStart(
            f"crossplane core init failed: {processes.last_words(places, 'crossplane-init', 1)} (see {places.log('crossplane-init')})"
        ) from None


def _wait(places: Places, core: processes.Process, health: str) -> None:
    def ready() -> bool:
        if not processes.running(core):
            raise CannotStart(
                f"Crossplane ended at once: {processes.last_words(places, 'crossplane', 1)} (see {places.log('crossplane')})"
            )
        return answers(health)

    until(ready, 60, "Crossplane ready")


def secret_files(places: Places, name: str) -> Path:
    """The files of a Secret in Crossplane's namespace, as a pod has them mounted; waits until it is there and filled."""
    kubectl = Kubectl(places)

    def content() -> dict[str, str]:
        try:
            (secret,) = kubectl.get("secret", name, f"--namespace={NAMESPACE}")
        except Refused:
            return {}
        return secret.get("data", {}) if "tls.crt" in secret.get("data", {}) else {}

    folder = places.folder("secrets", name)
    for file, value in until(content, 60, f"Secret {name}").items():
        (folder / file).touch(mode=0o600)
        (folder / file).write_bytes(base64.b64decode(value))
    return folder
