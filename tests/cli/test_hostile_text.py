"""Nothing that the `podidentity` command prints can act on a terminal, begin a line or hide one, whatever stands in the files."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import function.cli
from function.cli.main import main
from tests.support import EXAMPLES, cli
from tests.support.cli import run
from tests.support.hostile import HOSTILE, LETTERS, raw
from tests.support.xrs import changed, xr

GOOD = xr(changed())


def written(folder: Path, *documents: object, name: str = "identity.yaml") -> Path:
    """A file with these documents; JSON's escapes of what is beyond 16 bits are none of YAML."""
    return cli.written(folder, *(d if isinstance(d, str) else yaml.safe_dump(d) for d in documents), name=name)


GKE = {"projectId": "acme-prod", "location": "europe-west1"}


def _google(**gcp: Any) -> dict[str, Any]:
    spec = {key: value for key, value in changed().items() if key not in ("aws", "clusters")}
    return xr({**spec, "clusters": [{"name": "prod", "gke": GKE}], "gcp": {"projectId": "acme-prod", **gcp}})


# Where a text of users stands; what is made of it is refused for the text or for something else.
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "top-level key": lambda text: {**GOOD, text: 1},
    "metadata key": lambda text: {**GOOD, "metadata": {**GOOD["metadata"], text: 1}},
    "name": lambda text: {**GOOD, "metadata": {"name": text}},
    "namespace": lambda text: {**GOOD, "metadata": {"name": "a", "namespace": text}},
    "apiVersion": lambda text: {**GOOD, "apiVersion": f"podidentity.dev/{text}"},
    "kind": lambda text: {**GOOD, "kind": text},
    "unknown field": lambda text: xr(changed(((text,), 1))),
    "unknown field of aws": lambda text: xr(changed((("aws", text), 1))),
    "service account twice": lambda text: xr(changed((("serviceAccounts",), [{"name": text}, {"name": text}]))),
    "namespace twice": lambda text: xr(changed((("serviceAccounts",), [{"name": "a", "namespaces": [text, text]}]))),
    "cluster of a service account": lambda text: xr(changed((("serviceAccounts", 0, "clusters"), [text, text]))),
    "cluster": lambda text: xr(changed((("clusters", 0, "name"), text), (("clusters", 1, "name"), text))),
    "cluster by name alone": lambda text: xr(changed((("clusters",), [{"name": text}]))),
    "role name": lambda text: xr(changed((("aws", "role"), {"name": text}))),
    "policy name twice": lambda text: xr(
        changed((("aws", "permissions"), {"inlinePolicies": [{"name": text, "documentJSON": text}] * 2}))
    ),
    "condition operator": lambda text: xr(changed((("aws", "trust"), {"conditions": {text: {text: text}}}))),
    "tag": lambda text: xr(changed((("tags",), {text: text}))),
    "managed policy": lambda text: xr(changed((("aws", "permissions"), {"managedPolicyArns": [text, text]}))),
    "role of Google twice": lambda text: _google(roles=[{"role": f"roles/{text}"}] * 2),
    "mapping": lambda text: xr(
        changed((("clusters", 0, "vcluster"), {"name": "v", "hostNamespace": "h", "serviceAccountSync": True,
                                               "namespaceMappings": {f"{text}*": "x", text: text}}))
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_every_place_of_a_document(tmp_path: Path, text: str) -> None:
    for place, document in PLACES.items():
        # Beside a good document, so that the two are compared as well.
        file = written(tmp_path, document(text), GOOD)
        for command in ("validate", "render"):
            result = run(command, file)
            assert result.exception is None or isinstance(result.exception, SystemExit), (place, result.exception)
            assert raw(result.output) == [], (place, command)
            assert "\nerror: all is well" not in result.output, (place, command)
            assert result.exit_code == 1 or place == "tag", (place, command, result.output)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_keys_that_stand_twice_and_numbers(tmp_path: Path, text: str) -> None:
    key = json.dumps(text)
    for yaml_text in (f"{key}: 1\n{key}: 2", f"a: !{key} x", f"? [{key}]\n: 1", f"a: &x 1\nb: *{key}", f"a: {text}\n  b: c"):
        result = run("validate", written(tmp_path, yaml_text))
        assert result.exit_code == 1
        assert raw(result.output) == []


@pytest.mark.parametrize("text", [*HOSTILE.values(), LETTERS], ids=[*HOSTILE, "letters"])
def test_render_escapes_and_keeps_the_value(tmp_path: Path, text: str) -> None:
    metadata = {"name": "reports", "namespace": "data", "labels": {"a": text}, "annotations": {f"k{text}": f"- {text}: "}}
    result = run("render", written(tmp_path, {**GOOD, "metadata": metadata}))
    assert result.exit_code == 0
    assert raw(result.stdout) == []
    assert "\nerror" not in result.stdout
    first = next(iter(yaml.safe_load_all(result.stdout)))
    assert first["metadata"] == metadata
    assert text != LETTERS or LETTERS in result.stdout


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_a_provider_says_and_whose_things_are(tmp_path: Path, text: str) -> None:
    smallest = EXAMPLES / "smallest"
    documents = [each for each in yaml.safe_load_all((smallest / "observed.yaml").read_text()) if each]
    for each in documents:
        each["status"] = {"conditions": [{"type": "Synced", "status": "False", "message": text},
                                         {"type": "Ready", "status": "False", "message": text}]}  # fmt: skip
    theirs: dict[str, Any] = {
        "apiVersion": f"iam.aws.upbound.io/{text}",
        "kind": text,
        "metadata": {
            "name": text,
            "namespace": text,
            "annotations": {"crossplane.io/composition-resource-name": text, "crossplane.io/external-name": text},
            "ownerReferences": [{"apiVersion": "podidentity.dev/v1alpha1", "kind": text, "name": text, "controller": True}],
        },
        "spec": {"forProvider": {"role": text, "member": text, text: text}},
    }
    labelled = {**theirs, "metadata": {"name": text, "annotations": theirs["metadata"]["annotations"]}}
    file = written(tmp_path, *documents, theirs, labelled, {**labelled, "kind": "ProjectIAMMember"}, name="observed.yaml")
    result = run("render", smallest / "xr.yaml", "-c", smallest / "catalogue.yaml", "-o", file)
    assert result.exit_code == 0
    assert raw(result.output) == []
    assert "says the provider: a" in result.stdout


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_names_of_files(tmp_path: Path, text: str) -> None:
    if "\x00" in text:
        pytest.skip("no file can be called so")
    for place in (tmp_path / text / "a.yaml", tmp_path / f"{text}.yaml"):
        written(place.parent, xr(changed(((text,), 1))), "a: [", name=place.name)
        for arguments in (("validate", place), ("validate", place.parent), ("render", place, "-o", f"{text}none")):
            assert raw(run(*arguments).output) == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_arguments(text: str) -> None:
    for arguments in (
        (text,),
        ("validate", f"--{text}"),
        ("validate", "x", "-n"),
        ("translate", text),
        *(
            ("translate", "serviceaccount", f"--name={text}", f"-n{text}", "--vcluster", text, "--mapping", m)
            for m in (text, "a=b")
        ),
    ):
        result = CliRunner().invoke(main, list(arguments))
        assert result.exit_code != 0
        assert raw(result.output) == []


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    """Names are bytes; Python has half characters for those that are none of UTF-8."""
    name = os.fsencode(tmp_path) + b"/\xff\xfe.yaml"
    Path(os.fsdecode(name)).write_text("a: [")
    command = [sys.executable, "-m", "function.cli.main", "validate", os.fsdecode(name)]
    ended = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"\\udcff\\udcfe.yaml, line" in ended.stderr


def test_two_modules_alone_print() -> None:
    """So that no text can go past the escaping."""
    folder = Path(function.cli.__file__).parent
    printing = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "print",
                "click.echo",
                "click.secho",
                "sys.stdout.write",
                "sys.stderr.write",
            ):
                printing.add(file.name)
    assert printing == {"messages.py", "yaml_output.py"}
