"""The `podidentity` command, as people use it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from function.catalogue.entry import spec_digest
from function.cli.main import main
from tests.spec.test_bad_input import CASES
from tests.support import EXAMPLES
from tests.support.cli import run, written
from tests.support.xrs import answered, changed, xr

SMALLEST = EXAMPLES / "smallest"
SHORT = (SMALLEST / "xr.yaml", "-c", SMALLEST / "catalogue.yaml")
GOOD = xr(changed())
BAD = xr(changed((("aws", "role", "path"), "x"), (("zzz",), 1)))


def test_validate_names_file_document_kind_owner_and_path(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, {"apiVersion": "v1", "kind": "ServiceAccount"}, BAD)
    result = run("validate", file)
    assert result.exit_code == 1
    assert result.output == (
        f"error: {file}: document 3 (PodIdentity data/reports): 2 errors\n"
        '  spec.aws.role.path: "x" is not an IAM path: must begin and end with "/" and hold no spaces and none of *?$, such as /team/\n'
        "  spec.zzz: unknown field; known here: aws, clusters, deletionOrder, gcp, managementPolicies, serviceAccountManagement, serviceAccounts, tags\n"
        "1 valid, 1 with errors\n"
    )


def test_validate_goes_through_all_files_and_documents(tmp_path: Path) -> None:
    first, second = written(tmp_path, GOOD, GOOD), written(tmp_path, GOOD, name="second.yaml")
    result = run("validate", first, second)
    assert (result.exit_code, result.output) == (0, "3 valid, 0 with errors\n")


@pytest.mark.parametrize("changes", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_validate_says_what_the_function_says(tmp_path: Path, changes: list[tuple[tuple[str | int, ...], object]]) -> None:
    spec = changed(*changes)
    result = run("validate", written(tmp_path, xr(spec)))
    lines = [line.strip() for line in result.output.splitlines()[1:-1]]
    assert "; ".join(lines) == answered(spec).results[0].message


HEAD = "apiVersion: podidentity.dev/v1alpha1\nkind: PodIdentity"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: [", ", line 2, column 1: is not YAML as Kubernetes takes it: did not find expected node content"),
        ("a: 1\na: 2", ", line 2, column 1: is not YAML as Kubernetes takes it: duplicate key a"),
        ("on: 1", ", line 1, column 1: is not YAML as Kubernetes takes it: the key on is not a string: put it in quotes"),
        ("- 1", ": document 1: is not a Kubernetes object"),
        ("apiVersion: v1\nkind: Pod", ": no document of API group podidentity.dev (a PodIdentity or PodIdentityClaim)"),
        ("", ": no document of API group podidentity.dev (a PodIdentity or PodIdentityClaim)"),
        (f"{HEAD.replace('v1alpha1', 'v1')}", ': document 1: apiVersion: "podidentity.dev/v1" is not served; write podidentity.dev/v1alpha1'),
        (f"{HEAD.replace('PodIdentity', 'Pod')}", ': document 1: kind: "Pod" is not PodIdentity, XPodIdentity, PodIdentityClaim or PodIdentityCluster'),
        (HEAD, ": document 1: metadata: must be an object with a name, not null"),
        (f"{HEAD}\nmetadata: {{name: Bad Name}}", ": document 1: metadata.name: must be lower case letters, digits, '-' and '.', at most 63 characters, not \"Bad Name\""),
        (f"{HEAD}\nmetadata: {{name: a, namespace: {{b: c}}}}", ": document 1: metadata.namespace: must be lower case letters, digits and '-', not {\"b\": \"c\"}"),
        (f"{HEAD}Claim\nmetadata: {{name: a}}\nspec: {{claimRef: {{}}}}", ": document 1: spec.claimRef: unknown field; a claim's XR has it"),
        ("apiVersion: v1\nkind: List\nitems: [hello]", ": document 1, item 1: is not a Kubernetes object"),
        ("\x01", ": is not YAML: unacceptable character #x0001"),
        ("a: &a [*a]", ", line 1, column 1: is not YAML as Kubernetes takes it: the document is too large, or contains itself"),
        (BOMB, ", line 1, column 1: is not YAML as Kubernetes takes it: the document is too large, or contains itself"),
        (f"a: {'9' * 5000}", ": is not YAML: "),
        ("a: 0xffffffffffffffffffff", ", line 1, column 4: is not YAML as Kubernetes takes it: the number is too large: put it in quotes"),
        ('a: "\\ud800"', ", line 1, column 7: is not YAML as Kubernetes takes it: found invalid Unicode character escape code"),
        ("a: .nan", ", line 1, column 4: is not YAML as Kubernetes takes it: JSON has no number .nan: put it in quotes"),
        ("a: -.INF", ", line 1, column 4: is not YAML as Kubernetes takes it: JSON has no number -.INF: put it in quotes"),
        ("[" * 20_000, ": is not YAML as Kubernetes takes it: it is nested too deep"),
        ("{{ if x }}", ", line 1, column 2: is not YAML as Kubernetes takes it: a key is not a string: put it in quotes; it looks like a template: render it first"),
        (f"{HEAD}\nmetadata: {{name: a}}\naws: {{}}", ": document 1: aws: unknown field; does it belong under spec?"),
        (f"{HEAD}\nmetadata: {{name: a, namspace: b}}", ": document 1: metadata.namspace: unknown field"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read(tmp_path: Path, text: str, complaint: str) -> None:
    file = written(tmp_path, text)
    result = run("validate", file)
    assert result.exit_code == 1
    assert result.output.startswith(f"error: {file}{complaint}")
    assert "0 valid, " in result.output


def test_every_document_is_judged_by_its_own_number(tmp_path: Path) -> None:
    """One that cannot be read hides none behind it; empty ones and those of other kinds count."""
    old = {**GOOD, "apiVersion": "podidentity.dev/v1beta1"}
    output = run("validate", written(tmp_path, "~", {"apiVersion": "v1", "kind": "Secret"}, old, BAD, GOOD)).output
    assert "document 3: apiVersion" in output
    assert "document 4 (PodIdentity data/reports): 2 errors" in output
    assert output.endswith("1 valid, 2 with errors\n")


def test_merge_keys_may_bring_what_stands_there_too(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nx: &x {<<: &y {a: b}, a: c}\nz: {<<: *x}"
    assert run("validate", written(tmp_path, text, GOOD)).output == "1 valid, 0 with errors\n"


@pytest.mark.parametrize("text", ["metadata: hello", "metadata: {annotations: []}", "a: 1"])
def test_observed_objects_that_are_no_composed_resources_are_passed_over(tmp_path: Path, text: str) -> None:
    assert run("render", *SHORT, "-o", written(tmp_path, text)).exit_code == 0


def test_an_observed_object_that_is_none(tmp_path: Path) -> None:
    observed = {"metadata": {"annotations": {"crossplane.io/composition-resource-name": "x"}}, "a": "DEEP"}
    text = json.dumps(observed).replace('"DEEP"', "[" * 120 + "]" * 120)
    result = run("render", *SHORT, "-o", written(tmp_path, text))
    assert result.exit_code == 1
    assert result.output.startswith("error: observed resource x is not a Kubernetes object")


def test_a_cluster_scoped_xr_has_no_namespace(tmp_path: Path) -> None:
    spec = {**GOOD["spec"], "serviceAccounts": [{"name": "a", "namespace": "b"}]}
    scoped = {**GOOD, "kind": "XPodIdentity", "metadata": {"name": "x", "namespace": "y"}, "spec": spec}
    assert "iam.aws.upbound.io" in run("render", written(tmp_path, scoped)).output


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run("validate", tmp_path / "no.yaml", *SHORT)
    assert result.exit_code == 1
    assert "no.yaml: cannot be read" in result.output
    assert result.output.endswith("1 valid, 1 with errors\n")


def test_lists_are_taken_apart_and_dates_are_strings(tmp_path: Path) -> None:
    good = {**GOOD, "spec": {**GOOD["spec"], "tags": {"since": "DATE"}}}
    text = yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [good, GOOD]}).replace("DATE", "2026-11-23")
    assert run("validate", written(tmp_path, text)).output == "2 valid, 0 with errors\n"


def test_a_bare_y_is_true_as_for_kubectl(tmp_path: Path) -> None:
    text = yaml.safe_dump({**GOOD, "spec": {**GOOD["spec"], "tags": {"enabled": "ANSWER"}}}).replace("ANSWER", "y")
    assert "spec.tags.enabled: must be a string, not true: put it in quotes" in run("validate", written(tmp_path, text)).output
    quoted = run("render", written(tmp_path, {**GOOD, "spec": {**GOOD["spec"], "tags": {"enabled": "y"}}})).output
    assert "enabled: 'y'" in quoted


def test_a_number_that_is_too_large_for_one_is_a_string_as_for_kubectl(tmp_path: Path) -> None:
    text = yaml.safe_dump({**GOOD, "spec": {**GOOD["spec"], "tags": {"commit": "HASH"}}}).replace("HASH", "563032236124e375")
    assert run("validate", written(tmp_path, text)).output == "1 valid, 0 with errors\n"


@pytest.mark.parametrize("number", ["023456789012", "012345670123", "0o7"])
def test_numbers_are_numbers_as_for_kubectl_and_shown_as_written(tmp_path: Path, number: str) -> None:
    text = json.dumps(GOOD).replace('"111122223333"', number)
    text = text.replace("{", "{ ").replace(number, f" {number} ")
    assert f"must be a string, not {number}: put it in quotes" in run("validate", written(tmp_path, text)).output


def test_files_of_other_parts_of_the_app_are_passed_over(tmp_path: Path) -> None:
    other = written(tmp_path, {"apiVersion": "v1", "kind": "Pod"}, name="pod.yaml")
    assert run("validate", written(tmp_path, GOOD), other).output == "1 valid, 0 with errors\n"
    assert "in any of the files" in run("validate", other, other).output


def test_standard_input() -> None:
    result = CliRunner().invoke(main, ["validate", "-"], input=json.dumps(GOOD))
    assert result.output == "1 valid, 0 with errors\n"


_NO_FILE = "is not a file but a pipe, a socket or a device: to read a stream, redirect it and name it -"
_LARGE = "is larger than 16 MB: split it"


def test_what_never_begins_or_ends_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.yml").symlink_to("/dev/zero")
    for arguments in (
        ("validate", tmp_path / "pipe.yaml"),
        ("validate", tmp_path / "zero.yml"),
        ("validate", "/dev/zero"),
        ("validate", SMALLEST / "xr.yaml", "-c", tmp_path / "pipe.yaml"),
        ("render", *SHORT, "-o", tmp_path / "pipe.yaml"),
    ):
        result = run(*arguments)
        assert (result.exit_code, _NO_FILE in result.output) == (1, True)
    in_a_folder = run("validate", tmp_path)
    assert in_a_folder.output.count(_NO_FILE) == 2


def test_no_more_is_read_than_a_file_of_ours_can_hold(tmp_path: Path) -> None:
    large = written(tmp_path, GOOD)
    os.truncate(large, (16 << 20) + 1)
    assert f"{large}: {_LARGE}" in run("validate", large).output
    assert f"{large}: {_LARGE}" in run("validate", tmp_path).output


def test_a_file_of_others_in_a_folder_can_be_of_any_size(tmp_path: Path) -> None:
    other = written(tmp_path, "a: 1")
    os.truncate(other, 40 << 20)
    assert "16 MB" not in run("validate", tmp_path).output
    with other.open("r+b") as opened:
        # Where what is read at a time ends.
        opened.seek((1 << 20) - 3)
        opened.write(b"podidentity.dev/")
    assert f"{other}: {_LARGE}" in run("validate", tmp_path).output


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0"])
@pytest.mark.parametrize(("script", "said"), [("cat {}", "1 valid, 0 with errors"), ("cat {} /dev/zero", _LARGE)])
def test_streams_that_the_shell_opens(tmp_path: Path, name: str, script: str, said: str) -> None:
    file = written(tmp_path, GOOD)
    command = f"{script.format(file)} 2>/dev/null | {sys.executable} -m function.cli.main validate {name}"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert said in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_render_says_what_an_edit_deletes(tmp_path: Path) -> None:
    before = run("render", *SHORT, "-o", SMALLEST / "observed.yaml")
    assert before.stderr == "2 of 2 observed resources stay\n"
    edited = written(tmp_path, (SMALLEST / "xr.yaml").read_text().replace("name: demo-sa", "name: other"))
    after = run("render", edited, *SHORT[1:], "-o", SMALLEST / "observed.yaml").stderr
    assert after == (
        "1 of 2 observed resources stay\n"
        "  deleted: PodIdentityAssociation of service account data/demo-sa in cluster prod (association-0f5bbdedc5f96f32)\n"
        "  new: PodIdentityAssociation of service account data/other in cluster prod (association-4c6e06dc189d795c)\n"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("serviceAccounts", 0), 'spec.serviceAccounts[0]: must be an object, not "x": write {name: "x"}'),
        (("aws", "role"), 'spec.aws.role: must be an object, not "x": write {name: "x"}'),
        (("serviceAccounts", 0, "clusters"), 'spec.serviceAccounts[0].clusters: must be a list, not "x": write ["x"]'),
    ],
)
def test_the_form_to_write(tmp_path: Path, change: tuple[str | int, ...], said: str) -> None:
    assert said in run("validate", written(tmp_path, xr(changed((change, "x"))))).output


def test_the_namespace_of_a_document_that_names_none(tmp_path: Path) -> None:
    file = written(tmp_path, {**GOOD, "metadata": {"name": "reports"}})
    for arguments, namespace in (((), "default"), (("-n", "data"), "data")):
        result = run("render", file, *arguments)
        said = f"note: {file}: document 1 (PodIdentity default/reports): no metadata.namespace, so default is taken; "
        assert result.stderr == ("" if arguments else f"{said}--namespace says another\n")
        rendered = list(yaml.safe_load_all(result.stdout))
        assert rendered[0]["status"]["aws"]["roleName"].startswith(f"{namespace}-reports-")
        assert {document["metadata"]["namespace"] for document in rendered[1:]} == {namespace}


def test_render_of_a_bad_document_prints_no_resources(tmp_path: Path) -> None:
    result = run("render", written(tmp_path, BAD, GOOD))
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert [d["kind"] for d in yaml.safe_load_all(result.stdout)][:2] == ["PodIdentity", "Role"]


def test_render_with_observed_resources_that_cannot_be_read(tmp_path: Path) -> None:
    result = run("render", *SHORT, "--observed", tmp_path / "no.yaml")
    assert result.exit_code == 1
    assert "no.yaml: cannot be read" in result.output


def test_what_was_rendered_before_can_be_given_as_observed(tmp_path: Path) -> None:
    """As `kubectl get managed -o yaml` prints it: a List, with objects of others between."""
    (tmp_path / "rendered.yaml").write_text(run("render", *SHORT).output)
    assert run("render", *SHORT, "-o", tmp_path / "rendered.yaml").exit_code == 0


@pytest.mark.parametrize("command", [(), ("render",), ("validate",)])
def test_help_has_examples(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert not command or f"podidentity {command[0]} identity.yaml" in result.output


def test_colours_on_a_terminal_only(tmp_path: Path) -> None:
    plain = run("render", *SHORT).output
    coloured = CliRunner().invoke(main, ["render", *map(str, SHORT)], color=True).output
    assert "\x1b[" not in plain
    assert "\x1b[36mapiVersion\x1b[0m: " in coloured


ENTRY: dict[str, Any] = {"apiVersion": "podidentity.dev/v1alpha1", "kind": "PodIdentityCluster", "metadata": {"name": "prod"}}
TYPED = {**ENTRY, "spec": {"eks": {"region": "eu-central-1", "accountId": "111122223333"}}}
OBSERVED: dict[str, Any] = {**ENTRY, "spec": {"eks": {"region": "eu-central-1", "observe": True}}}


_FACTS: dict[str, Any] = {
    "cluster": {
        "eks": {
            "clusterName": "prod",
            "region": "eu-central-1",
            "accountId": "111122223333",
            "arn": "arn:aws:eks:eu-central-1:111122223333:cluster/prod",
        }
    },
    "specDigest": spec_digest(OBSERVED["spec"]),
}


class TestCatalogue:
    """Clusters that documents only name."""

    def test_without_it_one_is_told_of_it(self) -> None:
        result = run("validate", SMALLEST / "xr.yaml")
        assert result.exit_code == 1
        assert 'there is no PodIdentityCluster "prod"' in result.output
        assert "give the platform's PodIdentityClusters with --catalogue FILE" in result.output

    def test_entries_are_validated_themselves(self, tmp_path: Path) -> None:
        bad = {**ENTRY, "spec": {"eks": {"region": "x"}}}
        result = run("validate", written(tmp_path, TYPED, bad))
        assert result.exit_code == 1
        assert "document 2 (PodIdentityCluster prod): 2 errors" in result.output

    def test_what_is_observed_is_known_from_an_exported_status_alone(self, tmp_path: Path) -> None:
        file = written(tmp_path, OBSERVED, name="catalogue.yaml")
        result = run("validate", SMALLEST / "xr.yaml", "--catalogue", file)
        message = "only the real cluster says its facts: give the entry as `kubectl get podidentityclusters -o yaml` prints it"
        assert f"PodIdentityCluster prod cannot be used yet: {message}" in result.output
        (exported,) = (each for each in yaml.safe_load_all(run("render", written(tmp_path, TYPED)).output) if each)
        status = {**exported["status"], "specDigest": spec_digest(OBSERVED["spec"])}
        file = written(tmp_path, {**exported, "spec": OBSERVED["spec"], "status": status}, name="catalogue.yaml")
        assert run("validate", SMALLEST / "xr.yaml", "--catalogue", file).exit_code == 0
        edited = {"eks": {"region": "eu-west-1", "observe": True}}
        file = written(tmp_path, {**exported, "spec": edited, "status": status}, name="catalogue.yaml")
        message = "its status is not that of its spec, which only the real cluster can tell: apply it, and export it again"
        assert message in run("validate", SMALLEST / "xr.yaml", "--catalogue", file).output

    def test_an_export_is_taken_at_its_word(self, tmp_path: Path) -> None:
        """Also where the cluster was known before, and what is observed of it by now contradicts that."""
        status = {**_FACTS, "conditions": [{"type": "FactsResolved", "status": "False", "message": "spec.eks.region is wrong"}]}
        file = written(tmp_path, {**OBSERVED, "status": status}, name="catalogue.yaml")
        result = run("validate", SMALLEST / "xr.yaml", "--catalogue", file)
        assert "PodIdentityCluster prod cannot be used yet: spec.eks.region is wrong" in result.output
        file = written(tmp_path, {**OBSERVED, "status": {"conditions": status["conditions"]}}, name="catalogue.yaml")
        assert "cannot be used yet: spec.eks.region is wrong" in run("validate", SMALLEST / "xr.yaml", "-c", file).output

    def test_an_entry_as_it_is_written_has_the_status_of_its_export(self, tmp_path: Path) -> None:
        """As it is in a repository, beside what kubectl prints."""
        status = {**_FACTS, "conditions": [{"type": "FactsResolved", "status": "True"}]}
        export = written(tmp_path, {**OBSERVED, "status": status}, name="export.yaml")
        result = run("validate", SMALLEST / "xr.yaml", written(tmp_path, OBSERVED), "--catalogue", export)
        assert (result.exit_code, result.output) == (0, "2 valid, 0 with errors\n")

    def test_digests_are_never_numbers_in_yaml(self, tmp_path: Path) -> None:
        """Sixteen hexadecimal digits can be: 563032236124e375, which kubectl prints without quotes, is infinite."""
        spec = {**OBSERVED["spec"], "aws": {"providerConfigRef": {"name": "prod"}}}
        status = {**_FACTS, "specDigest": spec_digest(spec), "conditions": [{"type": "FactsResolved", "status": "True"}]}
        text = yaml.safe_dump({**OBSERVED, "spec": spec, "status": status})
        assert f"specDigest: {spec_digest(spec)}\n" in text
        (tmp_path / "export.yaml").write_text(text)
        assert run("validate", SMALLEST / "xr.yaml", "--catalogue", tmp_path / "export.yaml").exit_code == 0

    def test_an_exported_vcluster_does_not_outdo_its_host(self, tmp_path: Path) -> None:
        """Whose entry is refused by now, or is a vcluster itself; one that is not there may be so for the files alone."""
        sync = {"vcluster": {"hostCluster": "prod", "name": "sync", "hostNamespace": "v", "serviceAccountSync": True}}
        facts = {
            "eks": _FACTS["cluster"]["eks"],
            "vcluster": {"name": "sync", "hostNamespace": "v", "serviceAccountSync": True},
        }
        resolved = [{"type": "FactsResolved", "status": "True"}]
        status = {"cluster": facts, "specDigest": spec_digest(sync), "conditions": resolved}
        inner = {**ENTRY, "metadata": {"name": "a"}, "spec": sync, "status": status}
        accounts = [{"name": "api", "namespace": "n"}]
        identity = written(tmp_path, xr(changed((("clusters",), [{"name": "a"}]), (("serviceAccounts",), accounts))))
        assert run("validate", identity, "-c", written(tmp_path, inner, name="c.yaml")).exit_code == 0
        refused = {**ENTRY, "spec": {"eks": {"region": "eu-central-1"}}}
        assert "is refused itself" in run("validate", identity, "-c", written(tmp_path, inner, refused, name="c.yaml")).stderr
        nested = {**ENTRY, "spec": {"vcluster": {**sync["vcluster"], "hostCluster": "x"}}}
        assert "is a vcluster itself" in run("validate", identity, "-c", written(tmp_path, inner, nested, name="c.yaml")).stderr

    def test_one_is_not_told_of_a_catalogue_for_other_errors(self, tmp_path: Path) -> None:
        bad = written(tmp_path, xr(changed((("clusters",), [{"name": "prod"}]), (("serviceAccounts", 0, "name"), "A_"))))
        result = run("validate", bad, written(tmp_path, TYPED, name="typed.yaml"))
        assert (result.exit_code, "--catalogue" in result.output) == (1, False)

    def test_a_refused_entry_is_in_the_way_of_those_that_name_it_alone(self, tmp_path: Path) -> None:
        bad = {**ENTRY, "metadata": {"name": "broken"}, "spec": {"eks": {"region": "eu-central-1"}}}
        file = written(tmp_path, TYPED, bad, name="catalogue.yaml")
        result = run("validate", SMALLEST / "xr.yaml", "--catalogue", file)
        assert result.exit_code == 0
        assert (
            "catalogue.yaml: document 2 (PodIdentityCluster broken): is refused, and every PodIdentity that names it"
            in result.stderr
        )
        assert "  spec.eks.accountId: is required" in result.stderr
        named = written(tmp_path, xr(changed((("clusters",), [{"name": "broken"}]))))
        result = run("validate", named, "--catalogue", file)
        assert result.exit_code == 1
        assert "PodIdentityCluster broken is refused itself: spec.eks.accountId: is required" in result.stderr

    def test_a_vcluster_needs_its_host_among_the_files(self, tmp_path: Path) -> None:
        sync = {"hostCluster": "prod", "name": "sync", "hostNamespace": "v", "serviceAccountSync": True}
        inner = {**ENTRY, "metadata": {"name": "inner"}, "spec": {"vcluster": sync}}
        within = {**ENTRY, "metadata": {"name": "within"}, "spec": {"vcluster": {**sync, "hostCluster": "inner"}}}
        assert run("validate", written(tmp_path, inner, TYPED)).exit_code == 0
        host = written(tmp_path, TYPED, name="catalogue.yaml")
        assert run("validate", written(tmp_path, inner), "--catalogue", host).exit_code == 0
        result = run("validate", written(tmp_path, inner))
        assert result.exit_code == 1
        assert (
            "  spec.vcluster.hostCluster: PodIdentityCluster prod, which spec.vcluster.hostCluster names, does not"
            in result.stderr
        )
        assert "is a vcluster itself" in run("validate", written(tmp_path, inner, TYPED, within)).stderr

    def test_entries_among_the_files_count_for_the_other_documents(self, tmp_path: Path) -> None:
        assert run("validate", SMALLEST / "xr.yaml", written(tmp_path, TYPED)).exit_code == 0

    def test_a_vcluster_finds_its_host_in_any_order(self, tmp_path: Path) -> None:
        sync = {"hostCluster": "prod", "name": "sync", "hostNamespace": "v", "serviceAccountSync": True}
        inner = {**ENTRY, "metadata": {"name": "a"}, "spec": {"vcluster": sync}}
        file = written(tmp_path, inner, TYPED, name="catalogue.yaml")
        identity = written(tmp_path, xr(changed((("clusters",), [{"name": "a"}]), (("serviceAccounts", 0, "namespace"), "n"),
                                                (("serviceAccounts", 1), ...))))  # fmt: skip
        result = run("translate", "podidentity", identity, "--catalogue", file)
        assert "a, vcluster sync: n/api -> v/api-x-n-x-sync" in result.output

    def test_a_catalogue_that_cannot_be_read(self, tmp_path: Path) -> None:
        result = run("validate", SMALLEST / "xr.yaml", "--catalogue", tmp_path / "no.yaml")
        assert (result.exit_code, "no.yaml: cannot be read" in result.output) == (1, True)
