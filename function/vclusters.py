"""Virtual clusters: what the host cluster calls the namespaces and service accounts within one.

Source: loft-sh/vcluster, pkg/util/translate and pkg/util/namespaces; its platform's documentation of project namespaces.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

from pydantic import Field

from function.errors import FieldError, Path, quoted
from function.schema import DNSLabel, Exclusive, Exclusively, Maybe, Namespace, NotEmpty, Rule
from function.translation import HostName, Mapping, Mappings, project_namespace, translate, virtual_names

LABEL_MAX = 63
"""How long a namespace may be."""


class VCluster(Exclusively):
    """A virtual cluster: its pods run in the entry's cluster, under names that are translated."""

    RULES = (
        Exclusive(("host_namespace", "project"), needed=True),
        Rule("self.serviceAccountSync", "serviceAccountSync: without it every pod of the vcluster has one service account"),
        Rule(
            "!has(self.mappingsOnly) || !self.mappingsOnly || has(self.namespaceMappings)",
            "mappingsOnly needs namespaceMappings",
        ),
    )

    name: DNSLabel
    """The vcluster's name. Example: `sync`."""
    host_namespace: Maybe[Namespace] = None
    """The namespace of the host cluster that it runs in. Default: that of `project`. Example: `loft-devspace-v-sync`."""
    project: Maybe[DNSLabel] = None
    """The project of vCluster Platform that it belongs to; it runs in `loft-PROJECT-v-NAME` then. Default: none,
    `hostNamespace` says where it runs. Example: `devspace`."""
    service_account_sync: bool
    """Whether it syncs service accounts to the host cluster (`sync.toHost.serviceAccounts.enabled`), which it has to: otherwise
    all of its pods share one service account. Example: `true`."""
    namespace_mappings: Maybe[Annotated[dict[str, str], NotEmpty, Field(max_length=64)]] = None
    """Its `sync.toHost.namespaces.mappings.byName`: namespaces that have a namespace of their own in the host cluster. Default:
    none. Example: `{"team-*": "host-team-*"}`."""
    mappings_only: bool = False
    """Its `sync.toHost.namespaces.mappingsOnly`: namespaces without a mapping are not synced. Default: `false`.
    Example: `true`."""

    @property
    def namespace(self) -> str:
        """The host namespace that it runs in."""
        return self.host_namespace or project_namespace(self.project or "", self.name)

    @cached_property
    def mappings(self) -> Mappings | None:
        """Its namespace mappings."""
        if not self.namespace_mappings:
            return None
        entries = tuple(Mapping(virtual, host) for virtual, host in self.namespace_mappings.items())
        return Mappings(entries, self.name, self.namespace, self.mappings_only)

    def host(self, namespace: str, name: str) -> HostName | None:
        """What the host cluster calls a service account; None where its namespace is not synced."""
        return translate(name, namespace, self.name, self.namespace, self.mappings)

    def unmapped(self, host_name: str) -> Iterator[HostName]:
        """The (namespace, name) in the vcluster that can have this name in the namespace that it runs in."""
        candidates = virtual_names(host_name, self.name)
        return (each for each in candidates if self.mappings is None or self.mappings.host_namespace(each.namespace) is None)

    def owns(self, namespace: str) -> bool:
        """Whether a namespace has one of the host cluster that no other namespace of the vcluster can have."""
        return self.mappings is not None and self.mappings.owns(namespace)

    def check(self, at: Path) -> Iterator[FieldError]:
        """Faults that need more than one field."""
        if not self.service_account_sync:
            message = (
                f"is false: host SA is vc-workload-{self.name} for every pod then, and none can have an identity of its own; "
                "turn sync.toHost.serviceAccounts on"
            )
            yield FieldError((*at, "serviceAccountSync"), message)
        if self.host_namespace is None and len(self.namespace) > LABEL_MAX:
            message = (
                f"makes the host namespace {quoted(self.namespace)}, which is {len(self.namespace)} characters and can have "
                f"{LABEL_MAX}; write hostNamespace, as the platform has shortened it"
            )
            yield FieldError((*at, "project"), message)
        if self.mappings is None:
            if self.mappings_only and self.namespace_mappings is None:
                yield FieldError((*at, "mappingsOnly"), "is true without namespaceMappings: no namespace would be synced")
            return
        for virtual, message in self.mappings.faults():
            yield FieldError((*at, "namespaceMappings", virtual), message)
