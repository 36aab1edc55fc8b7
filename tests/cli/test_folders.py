"""Folders given to `podidentity`, and documents that name no namespace."""

from pathlib import Path
from typing import Any

from tests.support.cli import run, written
from tests.support.xrs import changed, xr

ENTRY: dict[str, Any] = {
    "apiVersion": "podidentity.dev/v1alpha1",
    "kind": "PodIdentityCluster",
    "metadata": {"name": "prod"},
    "spec": {"eks": {"region": "eu-central-1", "accountId": "111122223333"}},
}
NAMED = xr(changed((("clusters",), [{"name": "prod"}]), (("serviceAccounts",), [{"name": "api"}])))


def other(name: str, **metadata: str) -> dict[str, Any]:
    """A document of another name and service account."""
    return {**NAMED, "metadata": {"name": name, **metadata}, "spec": {**NAMED["spec"], "serviceAccounts": [{"name": name}]}}


def test_all_yaml_files_below_a_folder_in_the_order_of_their_paths(tmp_path: Path) -> None:
    bad = {**other("x", namespace="data"), "kind": "PodIdentities"}
    first = written(tmp_path, bad, name="deploy/a.yml")
    second = written(tmp_path, bad, name="deploy/sub/deep/b.yaml")
    written(tmp_path, bad, name="deploy/c.txt")
    written(tmp_path, NAMED, ENTRY, name="deploy/z.yaml")
    written(tmp_path, {"apiVersion": "v1", "kind": "ConfigMap"}, name="deploy/others.yaml")
    written(tmp_path, "{{ if .Values.x }}", name="deploy/templates/template.yaml")
    result = run("validate", tmp_path / "deploy")
    assert [line.partition(": document")[0] for line in result.output.splitlines()] == [
        f"error: {first}",
        f"error: {second}",
        "2 valid, 2 with errors",
    ]


def test_a_file_with_something_of_ours_has_to_be_readable(tmp_path: Path) -> None:
    file = written(tmp_path, NAMED, "{{ if x }}", name="deploy/a.yaml")
    result = run("validate", tmp_path / "deploy")
    assert result.exit_code == 1
    assert result.output.startswith(f"error: {file}, line 3, column 2: is not YAML as Kubernetes takes it: ")


def test_a_folder_without_any(tmp_path: Path) -> None:
    written(tmp_path, {"apiVersion": "v1", "kind": "ConfigMap"}, name="deploy/others.yaml")
    nothing = "no document of API group podidentity.dev (a PodIdentity or PodIdentityClaim)"
    for command in ("validate", "render"):
        result = run(command, tmp_path / "deploy")
        assert result.exit_code == 1
        assert result.output.startswith(f"error: {tmp_path / 'deploy'}: {nothing} in its *.yaml and *.yml files\n")
    beside = run("validate", tmp_path / "deploy", written(tmp_path, ENTRY))
    assert beside.output == "1 valid, 0 with errors\n"


def test_render_and_a_catalogue_take_folders(tmp_path: Path) -> None:
    written(tmp_path, ENTRY, name="catalogue/prod.yaml")
    written(tmp_path, NAMED, name="deploy/app.yaml")
    result = run("render", tmp_path / "deploy", "-c", tmp_path / "catalogue")
    assert (result.exit_code, result.stdout.count("kind: PodIdentityAssociation")) == (0, 1)


def test_entries_of_one_name_that_differ(tmp_path: Path) -> None:
    """Folders of two control planes in one call: which of them counts is said."""
    edited = {**ENTRY, "spec": {"eks": {**ENTRY["spec"]["eks"], "region": "eu-west-1"}}}
    first, second = written(tmp_path, ENTRY, name="dev/c.yaml"), written(tmp_path, edited, name="prod/c.yaml")
    result = run("validate", tmp_path)
    said = f"warning: {second}: document 1 (PodIdentityCluster prod): is different from {first}: document 1; this one counts\n"
    assert result.output == f"{said}2 valid, 0 with errors\n"
    written(tmp_path, ENTRY, name="prod/c.yaml")
    assert run("validate", tmp_path).output == "2 valid, 0 with errors\n"


def test_one_note_for_all_documents_without_a_namespace(tmp_path: Path) -> None:
    file = written(tmp_path, ENTRY, other("a"), other("b", namespace="data"), other("c"))
    said = f"note: {file}: document 2 (PodIdentity default/a) (and 1 more): no metadata.namespace, so default is taken; --namespace says another\n"
    assert run("validate", file).output == f"{said}4 valid, 0 with errors\n"
    for namespace in ("default", "data"):
        assert run("validate", file, "-n", namespace).output == "4 valid, 0 with errors\n"
