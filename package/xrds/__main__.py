"""Write the XRDs: `make xrds`."""

from pathlib import Path
from typing import Any

import yaml

from function import clouds
from function.identity.podidentity import Spec
from function.identity.status import Status
from function.podidentitycluster.spec import ClusterStatus
from function.podidentitycluster.spec import Spec as ClusterSpec
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
        PACKAGES / "configuration-pod-identity" / "podidentitycluster.xrd.yaml": clusters(),
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
        "spec": {"group": GROUP, "names": names, "scope": "Namespaced", "versions": [_identity_version()]},
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
            "versions": [_identity_version()],
        },
    }


def clusters() -> dict[str, Any]:
    """PodIdentityCluster: an XR of the whole control plane."""
    names = {
        "kind": "PodIdentityCluster",
        "plural": "podidentityclusters",
        "singular": "podidentitycluster",
        "shortNames": ["pidc"],
    }
    columns = [_of_condition("FACTS", "FactsResolved"), _column("AGENT", ".status.podIdentityAgent")]
    schema = _root(object_schema(ClusterSpec), status_schema(ClusterStatus))
    return {
        "apiVersion": "apiextensions.crossplane.io/v2",
        "kind": "CompositeResourceDefinition",
        "metadata": {"name": f"podidentityclusters.{GROUP}"},
        "spec": {"group": GROUP, "names": names, "scope": "Cluster", "versions": [_version(columns, schema)]},
    }


def _identity_version() -> dict[str, Any]:
    return _version([_column("CLOUD", ".status.cloud"), _column("IDENTITY", ".status.identity")], _identity_schema())


def _version(columns: list[dict[str, str]], schema: Schema) -> dict[str, Any]:
    return {
        "name": VERSION,
        "served": True,
        "referenceable": True,
        # A claim is SYNCED although its XR is refused; without VALID nothing in the row would say so.
        "additionalPrinterColumns": [*columns, _of_condition("VALID", "SpecValid")],
        "schema": {"openAPIV3Schema": schema},
    }


def _column(name: str, path: str) -> dict[str, str]:
    return {"name": name, "type": "string", "jsonPath": path}


def _of_condition(name: str, condition: str) -> dict[str, str]:
    return _column(name, f'.status.conditions[?(@.type=="{condition}")].status')


def _identity_schema() -> Schema:
    spec, status = object_schema(Spec), status_schema(Status)
    spec["properties"] |= {name: object_schema(section) for name, (section, _) in clouds.SECTIONS.items()}
    count = " + ".join(f"(has(self.{name}) ? 1 : 0)" for name in clouds.NAMES)
    spec["x-kubernetes-validations"] = [{"rule": f"{count} == 1", "message": f"needs exactly one of {', '.join(clouds.NAMES)}"}]
    status["properties"] |= {name: status_schema(held) for name, (_, held) in clouds.SECTIONS.items()}
    return _root(spec, status)


def _root(spec: Schema, status: Schema) -> Schema:
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
