"""The packages as they are published: what is in them."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from package.build import DIST, PACKAGES
from tests.tools.binaries import MissingTool

pytestmark = [pytest.mark.engine, pytest.mark.packages]

ROOT = Path(__file__).parent.parent.parent
FILES = {name: DIST / f"{'function-pod-identity' if name == 'function' else name}.xpkg" for name in PACKAGES}


def image(file: Path) -> tuple[dict[str, Any], list[dict[str, Any]], list[list[str]]]:
    """An xpkg's image config, the objects of its package.yaml, and the names of the files in each annotated layer."""
    if not file.exists():
        raise MissingTool(f"{file.name} has not been built: run `make packages`")
    with tarfile.open(file) as archive:
        (manifest,) = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
        config = json.load(archive.extractfile(manifest["Config"]))  # type: ignore[arg-type]
        bases = {key.partition(":")[2] for key, value in config["config"].get("Labels", {}).items() if value == "base"}
        layers = dict(zip(config["rootfs"]["diff_ids"], manifest["Layers"], strict=True))
        assert len(bases) == 1, config["config"].get("Labels")
        names, objects = [], []
        for layer in _package_layers(archive, manifest["Layers"]):
            with tarfile.open(fileobj=archive.extractfile(layer), mode="r:*") as inner:
                names.append(inner.getnames())
                objects += list(yaml.safe_load_all(inner.extractfile("package.yaml")))  # type: ignore[arg-type]
        assert layers
    return config, [found for found in objects if found], names


def _package_layers(archive: tarfile.TarFile, layers: list[str]) -> list[str]:
    found = []
    for layer in layers:
        with tarfile.open(fileobj=archive.extractfile(layer), mode="r:*") as inner:
            if "package.yaml" in inner.getnames():
                found.append(layer)
    return found


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("function", [("Function", "function-pod-identity")]),
        (
            "configuration-pod-identity",
            [
                ("Configuration", "configuration-pod-identity"),
                ("CompositeResourceDefinition", "podidentities.podidentity.dev"),
                ("Composition", "podidentities.podidentity.dev"),
                ("CompositeResourceDefinition", "podidentityclusters.podidentity.dev"),
                ("Composition", "podidentityclusters.podidentity.dev"),
            ],
        ),
        (
            "configuration-pod-identity-claims",
            [
                ("Configuration", "configuration-pod-identity-claims"),
                ("CompositeResourceDefinition", "xpodidentities.podidentity.dev"),
                ("Composition", "xpodidentities.podidentity.dev"),
            ],
        ),
    ],
)
def test_a_package_holds_its_objects_and_nothing_else(name: str, kinds: list[tuple[str, str]]) -> None:
    _, objects, layers = image(FILES[name])
    assert layers == [["package.yaml"]]
    assert sorted((found["kind"], found["metadata"]["name"]) for found in objects) == sorted(kinds)


@pytest.mark.parametrize("name", PACKAGES)
def test_the_package_says_what_it_is(name: str) -> None:
    _, objects, _ = image(FILES[name])
    (meta,) = (found for found in objects if found["apiVersion"] == "meta.pkg.crossplane.io/v1")
    wanted = ("maintainer", "source", "license", "description", "readme", "iconURI")
    assert all(meta["metadata"]["annotations"].get(f"meta.crossplane.io/{key}") for key in wanted)
    assert meta["spec"]["crossplane"]["version"] == ">=v2.3.4"


def test_the_compositions_call_the_function_by_the_name_that_a_dependency_gets() -> None:
    """Crossplane names it from the repository's path: slashes become dashes."""
    for name in PACKAGES[1:]:
        _, objects, _ = image(FILES[name])
        by_kind = {found["kind"]: found for found in objects}
        packages = [dependency["package"] for dependency in by_kind["Configuration"]["spec"]["dependsOn"]]
        (step,) = by_kind["Composition"]["spec"]["pipeline"]
        path = next(package for package in packages if "function" in package).partition("/")[2]
        assert step["functionRef"]["name"] == path.replace("/", "-")


def test_the_install_manifest_names_the_packages_and_versions() -> None:
    documents = list(yaml.safe_load_all((ROOT / "examples" / "install" / "aws.yaml").read_text()))
    packages = [document["spec"]["package"] for document in documents]
    assert all(":v" in package for package in packages)
    for name in PACKAGES[1:]:
        assert any(package.startswith(f"ghcr.io/podidentity/{name}:") for package in packages)


def test_no_yaml_that_is_not_ours_is_in_a_package_folder() -> None:
    names = {str(path.relative_to(ROOT / "package")) for name in PACKAGES for path in (ROOT / "package" / name).rglob("*")}
    assert names == {
        "function/crossplane.yaml",
        "configuration-pod-identity/crossplane.yaml",
        "configuration-pod-identity/podidentity.xrd.yaml",
        "configuration-pod-identity/podidentity.composition.yaml",
        "configuration-pod-identity/podidentitycluster.xrd.yaml",
        "configuration-pod-identity/podidentitycluster.composition.yaml",
        "configuration-pod-identity-claims/crossplane.yaml",
        "configuration-pod-identity-claims/xpodidentity.xrd.yaml",
        "configuration-pod-identity-claims/xpodidentity.composition.yaml",
    }
