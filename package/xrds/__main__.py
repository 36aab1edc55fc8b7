"""Write the XRDs: `make xrds`."""

from pathlib import Path
from typing import Any

import yaml

from function.clouds.aws.spec import AWS
from function.clouds.aws.status import AWSStatus
from function.clouds.gcp.spec import GCP
from function.clouds.gcp.status import GCPStatus
from function.podidentity import Spec
from function.status import Status
from package.xrds.schema import Schema, object_schema, status_schema

PACKAGES = Path(__file__).parent.parent
GROUP, VERSION = "podidentity.dev", "v1alpha1"
_HEADER = "# Made by `make xrds` from the models in function/; do not edit.\n"


def main() -> None:
    """Write the XRDs of both Configurations."""
    for file, xrd in xrds().items():
        file.write_text(text(xrd))
        print(f"wrote {file.relative_to(PACKAGES.parent)}")


def xrds() -> dict[Path, dict[str, Any]]:
    """Each XRD by its file."""
    return {
        PACKAGES / "configuration-pod-identity" / "podidentity.xrd.yaml": namespaced(),
        PACKAGES / "configuration-pod-identity-claims" / "xpodidentity.xrd.yaml": claims(),
    }


def text(xrd: dict[str, Any]) -> str:
    """An XRD as YAML."""
    return _HEADER + yaml.dump(xrd, Dumper=_Dumper, sort_keys=False, width=128, allow_unicode=True)


def namespaced() -> dict[str, Any]:
    """PodIdentity: a namespaced XR."""
    names = {"kind": "PodIdentity", "plural": "podidentities", "singular": "podidentity", "shortNames": ["podid"]}
    return {
        "apiVersion": "apiextensions.crossplane.io/v2",
        "kind": "CompositeResourceDefinition",
        "metadata": {"name": f"podidentities.{GROUP}"},
        "spec": {"group": GROUP, "names": names, "scope": "Namespaced", "versions": [_version()]},
    }


def claims() -> dict[str, Any]:
    """XPodIdentity with its claim PodIdentityClaim, as Crossplane had them before version 2."""
    claim = {
        "kind": "PodIdentityClaim",
        "plural": "podidentityclaims",
        "singular": "podidentityclaim",
        "shortNames": ["podidclaim"],
    }
    return {
        "apiVersion": "apiextensions.crossplane.io/v1",
        "kind": "CompositeResourceDefinition",
        "metadata": {"name": f"xpodidentities.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": {"kind": "XPodIdentity", "plural": "xpodidentities", "singular": "xpodidentity"},
            "claimNames": claim,
            "versions": [_version()],
        },
    }


def _version() -> dict[str, Any]:
    columns = [
        {"name": "CLOUD", "type": "string", "jsonPath": ".status.cloud"},
        {"name": "IDENTITY", "type": "string", "jsonPath": ".status.identity"},
        # A claim is SYNCED although its XR is refused; without this nothing in the row would say so.
        {"name": "VALID", "type": "string", "jsonPath": '.status.conditions[?(@.type=="SpecValid")].status'},
    ]
    return {
        "name": VERSION,
        "served": True,
        "referenceable": True,
        "additionalPrinterColumns": columns,
        "schema": {"openAPIV3Schema": _schema()},
    }


def _schema() -> Schema:
    spec, status = object_schema(Spec), status_schema(Status)
    spec["properties"] |= {"aws": object_schema(AWS), "gcp": object_schema(GCP)}
    spec["x-kubernetes-validations"] = [
        {"rule": "(has(self.aws) ? 1 : 0) + (has(self.gcp) ? 1 : 0) == 1", "message": "needs exactly one of aws, gcp"}
    ]
    status["properties"] |= {"aws": status_schema(AWSStatus), "gcp": status_schema(GCPStatus)}
    return {
        "type": "object",
        "description": spec["description"],
        "properties": {"spec": spec, "status": status},
        "required": ["spec"],
    }


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


if __name__ == "__main__":
    main()
