"""etcd, and of Kubernetes what Crossplane needs: the API server with its users, and four controllers."""

import json
import secrets
from pathlib import Path

import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.controlplane import processes
from tests.controlplane.places import CannotStart, Places, Ports
from tests.controlplane.waiting import Late, answers, until
from tests.tools.binaries import API_SERVER, CONTROLLERS, ETCD

ADMINISTRATORS = ("admin", "crossplane", "controllers", "standin", "provider-kubernetes", "provider-aws")
"""Users who may do everything. All but the first are programs with names of their own, so that the audit tells them apart."""
TENANTS = ("team-a", "team-b")
"""Users who may do nothing until a role is bound to them."""
_READY = 60.0
_CONTROLLERS = (
    "garbage-collector-controller",
    "namespace-controller",
    "resourcequota-controller",
    "clusterrole-aggregation-controller",
)
# Writes alone, without their content: who wrote what, and what the answer was.
_AUDIT = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "verbs": ["get", "list", "watch"]},
        {"level": "Metadata", "resources": [{"group": "", "resources": ["serviceaccounts"]}]},
        {"level": "None", "resources": [{"group": ""}, {"group": "events.k8s.io"}, {"group": "coordination.k8s.io"}]},
        {"level": "Metadata"},
    ],
}


def start_etcd(places: Places, ports: Ports) -> None:
    """Start etcd and wait until it answers."""
    here, peers = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.etcd_peers}"
    command = [str(ETCD.built()), f"--data-dir={places.folder('etcd')}", "--unsafe-no-fsync", "--log-level=warn"]
    command += [f"--listen-client-urls={here}", f"--advertise-client-urls={here}"]
    command += [f"--listen-peer-urls={peers}", f"--initial-advertise-peer-urls={peers}", f"--initial-cluster=default={peers}"]
    _start(places, "etcd", command, f"{here}/health")


def start_api_server(places: Places, ports: Ports) -> None:
    """Start the API server, wait until it is ready, and write a kubeconfig for every user."""
    certificates = places.folder("api-server")
    key = _service_account_key(certificates / "service-accounts.key")
    policy = certificates / "audit.yaml"
    policy.write_text(yaml.safe_dump(_AUDIT))
    command = [str(API_SERVER.built()), f"--etcd-servers=http://127.0.0.1:{ports.etcd}", "--bind-address=127.0.0.1"]
    command += [f"--secure-port={ports.api_server}", "--advertise-address=127.0.0.1", f"--cert-dir={certificates}"]
    command += [f"--token-auth-file={_tokens(certificates)}", "--authorization-mode=RBAC"]
    command += ["--service-account-issuer=https://kubernetes.default.svc", f"--service-account-key-file={key}"]
    command += [f"--service-account-signing-key-file={key}", "--service-cluster-ip-range=10.0.0.0/24"]
    # There are no nodes and no pods, which these two are for.
    command += ["--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none"]
    command += [f"--audit-policy-file={policy}", f"--audit-log-path={places.audit}", "--audit-log-mode=blocking"]
    # In megabytes: at a hundred, as it is, a new file would be begun, and what was written before would be out of sight.
    command += ["--audit-log-maxsize=100000"]
    _start(places, "api-server", command, f"https://127.0.0.1:{ports.api_server}/readyz")
    _kubeconfigs(places, ports)


def start_controllers(places: Places) -> None:
    """Start those of Kubernetes' controllers without which nothing that is deleted is ever gone."""
    command = [str(CONTROLLERS.built()), f"--kubeconfig={places.kubeconfig('controllers')}", "--leader-elect=false"]
    command += [f"--controllers={','.join(_CONTROLLERS)}", "--secure-port=0"]
    processes.start(places, "controllers", command)


def _start(places: Places, name: str, command: list[str], health: str) -> None:
    process = processes.start(places, name, command)

    def ready() -> bool:
        if not processes.running(process):
            raise CannotStart(f"{name} ended at once: {processes.last_words(places, name, 1)} (see {places.log(name)})")
        return answers(health)

    try:
        until(ready, _READY, f"{name} ready")
    except Late as late:
        raise CannotStart(f"{late} (see {places.log(name)})") from None


def _service_account_key(file: Path) -> Path:
    if not file.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
        file.touch(mode=0o600)
        file.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return file


def _tokens(folder: Path) -> Path:
    """The file of the users' tokens, made once, so that kubeconfigs outlive a restart."""
    file = folder / "tokens.csv"
    if not file.exists():
        file.touch(mode=0o600)
        groups = dict.fromkeys(ADMINISTRATORS, "system:masters") | dict.fromkeys(TENANTS, "tenants")
        file.write_text("".join(f"{secrets.token_hex(16)},{user},{user},{group}\n" for user, group in groups.items()))
    return file


def _kubeconfigs(places: Places, ports: Ports) -> None:
    authority = places.root / "api-server" / "apiserver.crt"
    for line in (places.root / "api-server" / "tokens.csv").read_text().splitlines():
        token, user = line.split(",")[:2]
        server = {"server": f"https://127.0.0.1:{ports.api_server}", "certificate-authority": str(authority)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "podidentity", "cluster": server}],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": "podidentity", "context": {"cluster": "podidentity", "user": user}}],
            "current-context": "podidentity",
        }
        file = places.kubeconfig(user)
        file.touch(mode=0o600)
        file.write_text(json.dumps(config, indent=2))
