"""What is shown of a control plane that has come up."""

import shutil

from tests.controlplane.kubectl import Kubectl
from tests.controlplane.places import CHECKOUT
from tests.controlplane.plane import ControlPlane
from tests.tools.binaries import KUBECTL

_EXAMPLE = CHECKOUT / "examples" / "smallest" / "xr.yaml"
_NAMESPACE = "data"


def apply_first_example(control_plane: ControlPlane) -> None:
    """Apply the smallest example, and wait until it is ready."""
    kubectl = Kubectl(control_plane.places)
    kubectl.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _NAMESPACE}})
    kubectl.apply_file(_EXAMPLE.with_name("catalogue.yaml"))
    kubectl.apply_file(_EXAMPLE)
    kubectl.wait("Ready", 60, "podidentity", "reports", f"--namespace={_NAMESPACE}")


def first_example(control_plane: ControlPlane) -> str:
    """What became of the smallest example."""
    kubectl = Kubectl(control_plane.places)
    # Categories such as `managed` are taken from what was served when it was last asked.
    shutil.rmtree(control_plane.places.discovery, ignore_errors=True)
    lines = [f"{_EXAMPLE.relative_to(CHECKOUT)} was applied, and is ready:", ""]
    lines += [kubectl("get", "podid", f"--namespace={_NAMESPACE}")]
    lines += ["What was made for it:", "", kubectl("get", "managed", f"--namespace={_NAMESPACE}")]
    return "\n".join(lines)


def how_to_go_on(control_plane: ControlPlane) -> str:
    """How to use it, and what to try next."""
    # Not everybody has kubectl; the one that was built is as good.
    path = [] if shutil.which("kubectl") else [f"  export PATH={KUBECTL.built().parent}:$PATH"]
    logs = control_plane.places.folder("logs")
    return "\n".join(
        [
            "Crossplane and the API server are real; AWS is played by a stand-in (tests/standin). To use it:",
            "",
            f"  export KUBECONFIG={control_plane.places.kubeconfig('admin')}",
            *path,
            "",
            "What to try next:",
            "",
            "  kubectl describe podid reports -n data                  conditions say where things stand, in words",
            "  kubectl edit podid reports -n data                      rename the service account; break something",
            "  kubectl explain podidentity.spec.aws.trust              every field, with default and example",
            "  kubectl get pidc                                        the clusters that PodIdentities may name",
            "  kubectl create namespace demo-ns",
            "  kubectl apply -f examples/blog-s3-reader/catalogue.yaml -f examples/blog-s3-reader/claim.yaml",
            f"  ls {logs}",
            "  make down                                               end it all",
        ]
    )
