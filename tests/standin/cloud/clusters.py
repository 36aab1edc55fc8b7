"""EKS of one account, all regions: clusters and their add-ons. A cluster is there when an option says so; every add-on exists."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.standin.cloud import errors

Answer = dict[str, Any]

DEFAULT_VERSION = "v1.3.4-eksbuild.1"
"""Of an add-on for which nobody names one; every version that is named exists."""


@dataclass
class Cluster:
    """A cluster as EKS keeps it."""

    arn: str
    name: str
    region: str
    issuer: str
    auto_mode: bool
    created: str


@dataclass
class Addon:
    """An add-on as EKS keeps it."""

    arn: str
    name: str
    cluster: str
    version: str
    configuration: str
    role_arn: str
    created: str
    modified: str
    tags: dict[str, str] = field(default_factory=dict)


class Clusters:
    """The clusters and add-ons of one account, and the calls on them."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._clusters: dict[tuple[str, str], Cluster] = {}
        self._addons: dict[tuple[str, str, str], Addon] = {}
        self._made = 0

    def create_cluster(self, now: datetime, *, region: str, name: str, issuer: str = "", auto_mode: bool = False) -> Answer:
        """CreateCluster. EKS would choose the issuer."""
        cluster = Cluster(
            arn=f"arn:aws:eks:{region}:{self._account}:cluster/{name}",
            name=name,
            region=region,
            issuer=issuer or default_issuer(region, self._account, name),
            auto_mode=auto_mode,
            created=_text(now),
        )
        self._clusters[region, name] = cluster
        return {"arn": cluster.arn}

    def describe_cluster(self, _: datetime, *, region: str, name: str) -> Cluster:
        """DescribeCluster."""
        if (region, name) not in self._clusters:
            raise errors.no_such_cluster(name)
        return self._clusters[region, name]

    def delete_cluster(self, now: datetime, *, region: str, name: str) -> Answer:
        """DeleteCluster, with its add-ons."""
        for addon in self.list_addons(now, region=region, cluster_name=name):
            del self._addons[region, name, addon]
        del self._clusters[region, name]
        return {}

    def create_addon(
        self,
        now: datetime,
        *,
        region: str,
        cluster_name: str,
        addon_name: str,
        addon_version: str = "",
        configuration_values: str = "",
        service_account_role_arn: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> Answer:
        """CreateAddon."""
        self.describe_cluster(now, region=region, name=cluster_name)
        key = (region, cluster_name, addon_name)
        if key in self._addons:
            raise errors.addon_exists()
        self._made += 1
        arn = f"arn:aws:eks:{region}:{self._account}:addon/{cluster_name}/{addon_name}"
        self._addons[key] = addon = Addon(
            arn=f"{arn}/{uuid.uuid5(uuid.NAMESPACE_OID, f'{arn} {self._made}')}",
            name=addon_name,
            cluster=cluster_name,
            version=addon_version or DEFAULT_VERSION,
            configuration=configuration_values,
            role_arn=service_account_role_arn,
            created=_text(now),
            modified=_text(now),
            tags=dict(tags or {}),
        )
        return {"addon_arn": addon.arn}

    def describe_addon(self, now: datetime, *, region: str, cluster_name: str, addon_name: str) -> Addon:
        """DescribeAddon."""
        self.describe_cluster(now, region=region, name=cluster_name)
        if (region, cluster_name, addon_name) not in self._addons:
            raise errors.no_such_addon(addon_name, cluster_name)
        return self._addons[region, cluster_name, addon_name]

    def list_addons(self, now: datetime, *, region: str, cluster_name: str) -> list[str]:
        """ListAddons: their names."""
        self.describe_cluster(now, region=region, name=cluster_name)
        return sorted(name for *place, name in self._addons if place == [region, cluster_name])

    def update_addon(
        self,
        now: datetime,
        *,
        region: str,
        cluster_name: str,
        addon_name: str,
        addon_version: str | None = None,
        configuration_values: str | None = None,
        service_account_role_arn: str | None = None,
    ) -> Answer:
        """UpdateAddon; what is left out stays."""
        addon = self.describe_addon(now, region=region, cluster_name=cluster_name, addon_name=addon_name)
        addon.version = addon_version or addon.version
        if configuration_values is not None:
            addon.configuration = configuration_values
        if service_account_role_arn is not None:
            addon.role_arn = service_account_role_arn
        addon.modified = _text(now)
        return {}

    def delete_addon(self, now: datetime, *, region: str, cluster_name: str, addon_name: str) -> Answer:
        """DeleteAddon."""
        self.describe_addon(now, region=region, cluster_name=cluster_name, addon_name=addon_name)
        del self._addons[region, cluster_name, addon_name]
        return {}

    def addon(self, arn: str) -> Addon:
        """The add-on of an ARN; it is there."""
        return next(addon for addon in self._addons.values() if addon.arn == arn)


def default_issuer(region: str, account: str, name: str) -> str:
    """An issuer as EKS chooses them, the same whenever it is asked for."""
    digest = hashlib.sha256(f"{region}/{account}/{name}".encode()).hexdigest()
    return f"https://oidc.eks.{region}.amazonaws.com/id/{digest[:32].upper()}"


def _text(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
