"""`podidentity translate`: what the host cluster of a vcluster calls what is in it."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path as File
from typing import Any

import click

from function.cli.messages import print_error, print_line
from function.cli.results import CATALOGUE, FILES, NAMESPACE, results
from function.clusters.vcluster import VCluster
from function.clusters.vcluster_names import HostName
from function.errors import FieldError, InvalidSpec, Path, quoted
from function.identity.subjects import ServiceAccount
from function.spec.patterns import LABEL_MAX
from function.spec.reader import parse


@click.group(short_help="Say what a host cluster calls the service accounts of a vcluster.")
def translate() -> None:
    """Say what a host cluster calls the service accounts of a vcluster."""


@translate.command(
    short_help="Translate one service account.",
    epilog="\b\nExamples:\n"
    "  podidentity translate serviceaccount --name demo-sa --namespace default --vcluster sync --project devspace\n"
    "  podidentity translate serviceaccount --name api --namespace team-a --vcluster sync \\\n"
    "    --host-namespace vcluster-sync --mapping 'team-*=host-team-*'",
)
@click.option("--name", required=True, help="The service account's name in the vcluster.")
@click.option("--namespace", "-n", required=True, help="Its namespace in the vcluster.")
@click.option("--vcluster", required=True, help="The vcluster's name.")
@click.option("--project", help="The vcluster's project in vCluster Platform.")
@click.option("--host-namespace", help="The host namespace that the vcluster runs in, where it is not loft-PROJECT-v-VCLUSTER.")
@click.option("--mapping", "mappings", multiple=True, metavar="VIRTUAL=HOST", help="A namespace mapping of the vcluster.")
@click.option("--mappings-only", is_flag=True, help="The vcluster syncs only namespaces that have a mapping.")
def serviceaccount(
    name: str,
    namespace: str,
    vcluster: str,
    project: str | None,
    host_namespace: str | None,
    mappings: tuple[str, ...],
    mappings_only: bool,  # noqa: FBT001 - click passes it so
) -> None:
    """Translate one service account, for a vcluster that syncs service accounts."""
    facts: dict[str, Any] = {"name": vcluster, "serviceAccountSync": True, "mappingsOnly": mappings_only}
    facts |= {"project": project} if project else {}
    facts |= {"hostNamespace": host_namespace} if host_namespace else {}
    if mappings:
        facts["namespaceMappings"] = _pairs(mappings)
    try:
        host = _host(facts, {"name": name, "namespace": namespace})
    except InvalidSpec as invalid:
        print_error(str(invalid))
        sys.exit(1)
    print_line(f"Namespace: {host.namespace}")
    print_line(f"Service Account Name: {host.name}")


def _pairs(mappings: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for mapping in mappings:
        virtual, equals, host = mapping.partition("=")
        if not equals:
            raise click.BadParameter(f"{mapping}: write VIRTUAL=HOST", param_hint="--mapping")
        if virtual in found:
            raise click.BadParameter(f"{mapping}: {virtual} is mapped already", param_hint="--mapping")
        found[virtual] = host
    return found


def _host(facts: Mapping[str, Any], written: Mapping[str, Any]) -> HostName:
    """The host's names of a service account. Raises InvalidSpec with every error, by the names of the fields in a spec."""
    vcluster, account = parse(VCluster, facts, ("vcluster",)), parse(ServiceAccount, written, ("serviceAccount",))
    errors: list[FieldError] = [*vcluster.errors, *account.errors]
    if vcluster.value is not None:
        errors += vcluster.value.check_at(("vcluster",))
    if errors or vcluster.value is None:
        raise InvalidSpec(errors)
    host, namespace = vcluster.value.host(written["namespace"], written["name"]), written["namespace"]
    at: Path = ("serviceAccount", "namespace")
    if host is None:
        raise InvalidSpec([FieldError(at, f"namespace not synced: no mapping matches {quoted(namespace)}")])
    if len(host.namespace) > LABEL_MAX:
        message = f"is mapped to {quoted(host.namespace)}, which is {len(host.namespace)} characters and can have {LABEL_MAX}"
        raise InvalidSpec([FieldError(at, message)])
    return host


@translate.command(
    short_help="Translate all service accounts of PodIdentities.",
    epilog="\b\nExamples:\n  podidentity translate podidentity identity.yaml\n"
    "  podidentity translate podidentity -n data app/*.yaml",
)
@FILES
@NAMESPACE
@CATALOGUE
def podidentity(files: tuple[File, ...], namespace: str | None, catalogue: tuple[File, ...]) -> None:
    """Translate all service accounts of PodIdentities and PodIdentityClaims: cluster, name there, name in the host cluster."""
    failed = False
    for found in results(files, namespace, catalogue):
        if found is None or found.result.errors:
            failed = True
            continue
        print_line(f"{found.document.title}:")
        for line in _lines((found.result.status or {}).get("serviceAccounts", [])):
            print_line(line)
    sys.exit(1 if failed else 0)


def _lines(entries: list[Mapping[str, str]]) -> Iterator[str]:
    for entry in entries:
        vcluster = f", vcluster {entry['vcluster']}" if "vcluster" in entry else ""
        virtual = f"{entry['namespace']}/{entry['name']}"
        host = f"{entry['hostNamespace']}/{entry['hostName']}" if vcluster else "the same: not in a vcluster"
        yield f"  {entry['cluster']}{vcluster}: {virtual} -> {host}"
