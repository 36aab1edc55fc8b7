"""eks Addon."""

from collections.abc import Mapping

from tests.standin.cloud import clusters
from tests.standin.provider import tags
from tests.standin.provider.kind import FIXED, FREE, TAGS, Asked, Field, Fields, Kind, planned
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, PluginSDK

_ONLY_HERE = ("preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate")
"""What EKS does not tell, so that the state has it from the spec."""


class Addon(Kind):
    """Found by the cluster and the name that the spec says, whatever the external name; one that is there is taken over.

    One that is deleted while a change of it is refused does not come back, for the reason that `google_kind.py` gives: without its
    name EKS makes none.
    """

    name, plural, service = "Addon", "addons", "eks"
    make, what = PluginSDK(recreates=False), "EKS Add-On"
    fields = planned(
        **dict.fromkeys(("addonName", "clusterName", "region"), FIXED),
        **dict.fromkeys(("addonVersion", "configurationValues", *_ONLY_HERE), FREE),
        serviceAccountRoleArn=Field(""),
        tags=TAGS,
    )

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """Looked for where it was last seen; only if it is gone from there the spec's place counts."""
        for fields in filter(None, (asked.observed, asked.desired)):
            found: clusters.Addon | None = aws.find("DescribeAddon", **_place(fields))
            if found:
                return _state(found, fields["region"], asked.desired)
        return None

    def create(self, aws: Session, asked: Asked) -> str:
        """CreateAddon."""
        desired = asked.desired
        aws.call(
            "CreateAddon",
            **_place(desired),
            addon_version=desired.get("addonVersion", ""),
            configuration_values=desired.get("configurationValues", ""),
            service_account_role_arn=desired.get("serviceAccountRoleArn", ""),
            tags=dict(desired.get("tags") or {}),
        )
        return _id(desired)

    def update(self, aws: Session, _: Asked, state: Fields, changed: Mapping[str, Change]) -> None:
        """UpdateAddon with what changed, and the tags by calls of their own."""
        if fields := {name: change.new for name, change in changed.items() if name != "tags"}:
            aws.call("UpdateAddon", **_place(state), **fields)
        if "tags" in changed:
            tags.align(aws, "Resource", changed["tags"], resource_arn=state["arn"])

    def delete(self, aws: Session, state: Fields) -> None:
        """DeleteAddon. What `preserve` would keep is on the cluster, which is not played."""
        aws.unless_gone("DeleteAddon", **_place(state))

    def doing(self, operation: str, fields: Fields) -> str:
        """Its id is known before it is created."""
        return super().doing(operation, {"id": _id(fields)})


def _place(fields: Fields) -> dict[str, str]:
    return {
        "region": fields.get("region", ""),
        "cluster_name": fields.get("clusterName", ""),
        "addon_name": fields.get("addonName", ""),
    }


def _id(fields: Fields) -> str:
    return f"{fields.get('clusterName', '')}:{fields.get('addonName', '')}"


def _state(found: clusters.Addon, region: str, desired: Fields) -> Fields:
    return {
        "addonName": found.name,
        "addonVersion": found.version,
        "arn": found.arn,
        "clusterName": found.cluster,
        "configurationValues": found.configuration,
        "createdAt": found.created,
        "id": f"{found.cluster}:{found.name}",
        "modifiedAt": found.modified,
        "region": region,
        "serviceAccountRoleArn": found.role_arn,
        "tags": dict(found.tags),
        "tagsAll": dict(found.tags),
        **{field: desired[field] for field in _ONLY_HERE if field in desired},
    }
