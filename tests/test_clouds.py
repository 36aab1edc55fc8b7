"""Clouds are loaded when an XR uses them, and only then."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# The XR comes as JSON, since the tests' own modules load the clouds that they know.
ASK = """
import json, sys
from crossplane.function import resource
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from function.fn import run
request = fnv1.RunFunctionRequest()
resource.update(request.observed.composite, json.loads(sys.stdin.read()))
answer = run(request)
assert len(answer.desired.resources) > 1, answer
print(json.dumps([name for name in sys.modules if name.startswith("function.clouds.")]))
"""
XRS = {
    "aws": {
        "clusters": [{"name": "prod", "eks": {"region": "eu-central-1", "accountId": "111122223333"}}],
        "serviceAccounts": [{"name": "api"}],
        "aws": {},
    },
    "gcp": {
        "clusters": [{"name": "prod", "gke": {"projectId": "prod-436507", "location": "europe-west1"}}],
        "serviceAccounts": [{"name": "api"}],
        "gcp": {"projectId": "customer-project", "roles": [{"role": "roles/spanner.viewer"}]},
    },
}


def _modules(script: str, sent: object = None) -> set[str]:
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(sent), capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(("cloud", "other"), [("aws", "gcp"), ("gcp", "aws")])
def test_an_xr_loads_its_own_cloud_alone(cloud: str, other: str) -> None:
    xr = {
        "apiVersion": "podidentity.dev/v1alpha1",
        "kind": "PodIdentity",
        "metadata": {"name": "reports", "namespace": "data"},
        "spec": XRS[cloud],
    }
    loaded = _modules(ASK, xr)
    assert f"function.clouds.{cloud}" in loaded
    assert not {name for name in loaded if name.split(".")[2] == other}


@pytest.mark.parametrize(("cloud", "other"), [("aws", "gcp"), ("gcp", "aws")])
def test_a_cloud_loads_no_other(cloud: str, other: str) -> None:
    """Whatever of it is imported."""
    script = f"""
import json, pkgutil, sys, importlib
import function.clouds.{cloud} as package
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(json.dumps([name for name in sys.modules if name.startswith("function.clouds.")]))
"""
    loaded = _modules(script)
    assert len(loaded) > 10
    assert not {name for name in loaded if name.split(".")[2] == other}
