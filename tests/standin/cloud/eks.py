"""EKS of one account, all regions: pod identity associations, for which every cluster that is named exists."""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.standin.cloud import errors
from tests.standin.cloud.clusters import Clusters

Answer = dict[str, Any]


@dataclass
class Association:
    """An association as EKS keeps it."""

    arn: str
    id: str
    region: str
    cluster: str
    namespace: str
    service_account: str
    role_arn: str
    target_role_arn: str = ""
    disable_session_tags: bool = False
    owner_arn: str = ""
    """The add-on whose it is."""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def external_id(self) -> str:
        """What EKS sends when it assumes the target role."""
        account = self.arn.split(":")[4]
        return "/".join((self.region, account, *self.subject[1:])) if self.target_role_arn else ""

    @property
    def subject(self) -> tuple[str, str, str, str]:
        """What no two associations share."""
        return self.region, self.cluster, self.namespace, self.service_account


class EKS:
    """The associations of one account and the calls on them."""

    def __init__(self, account: str, role_exists: Callable[[str], bool], clusters: Clusters) -> None:
        self._account = account
        self._clusters = clusters
        self._role_exists = role_exists
        self._associations: dict[str, Association] = {}
        self._subjects: dict[tuple[str, str, str, str], str] = {}
        self._made = 0

    def create_pod_identity_association(
        self,
        _: datetime,
        *,
        region: str,
        cluster_name: str,
        namespace: str,
        service_account: str,
        role_arn: str,
        target_role_arn: str = "",
        disable_session_tags: bool = False,
        tags: Mapping[str, str] | None = None,
    ) -> Answer:
        """CreatePodIdentityAssociation."""
        there = self._subjects.get((region, cluster_name, namespace, service_account))
        if there is not None:
            raise errors.association_exists(there)
        self._need(role_arn)
        self._made += 1
        name = association_id(self._account, self._made)
        association = Association(
            arn=f"arn:aws:eks:{region}:{self._account}:podidentityassociation/{cluster_name}/{name}",
            id=name,
            region=region,
            cluster=cluster_name,
            namespace=namespace,
            service_account=service_account,
            role_arn=role_arn,
            target_role_arn=target_role_arn,
            disable_session_tags=disable_session_tags,
            tags=dict(tags or {}),
        )
        self._associations[name] = association
        self._subjects[association.subject] = name
        return {"association_id": name, "association_arn": association.arn}

    def create_addon_association(self, now: datetime, *, addon_name: str, **arguments: Any) -> Answer:
        """What CreateAddon does for an add-on with an association. What EKS says to whoever updates or deletes it is not known."""
        answer = self.create_pod_identity_association(now, **arguments)
        association = self._associations[answer["association_id"]]
        place = f"{association.region}:{self._account}:addon/{association.cluster}/{addon_name}"
        association.owner_arn = f"arn:aws:eks:{place}/{uuid.uuid5(uuid.NAMESPACE_OID, association.arn)}"
        return answer

    def has(self, subject: tuple[str, str, str, str]) -> bool:
        """Whether there is an association of this region, cluster, namespace and service account."""
        return subject in self._subjects

    def describe_pod_identity_association(
        self, _: datetime, *, region: str, cluster_name: str, association_id: str
    ) -> Association:
        """DescribePodIdentityAssociation."""
        association = self._associations.get(association_id)
        if association is None or (association.region, association.cluster) != (region, cluster_name):
            raise errors.no_such_association(association_id)
        return association

    def update_pod_identity_association(
        self,
        now: datetime,
        *,
        region: str,
        cluster_name: str,
        association_id: str,
        role_arn: str,
        target_role_arn: str | None = None,
        disable_session_tags: bool,
    ) -> Answer:
        """UpdatePodIdentityAssociation; a target role that is left out stays."""
        association = self.describe_pod_identity_association(
            now, region=region, cluster_name=cluster_name, association_id=association_id
        )
        self._need(role_arn)
        association.role_arn, association.disable_session_tags = role_arn, disable_session_tags
        if target_role_arn is not None:
            association.target_role_arn = target_role_arn
        return {}

    def tag_resource(self, _: datetime, *, resource_arn: str, tags: Mapping[str, str]) -> Answer:
        """TagResource, of associations and add-ons."""
        self._tags(resource_arn).update(tags)
        return {}

    def untag_resource(self, _: datetime, *, resource_arn: str, tag_keys: Sequence[str]) -> Answer:
        """UntagResource, likewise."""
        for key in tag_keys:
            self._tags(resource_arn).pop(key, None)
        return {}

    def delete_pod_identity_association(self, now: datetime, *, region: str, cluster_name: str, association_id: str) -> Answer:
        """DeletePodIdentityAssociation."""
        association = self.describe_pod_identity_association(
            now, region=region, cluster_name=cluster_name, association_id=association_id
        )
        del self._associations[association_id], self._subjects[association.subject]
        return {}

    def _tags(self, arn: str) -> dict[str, str]:
        association = self._associations.get(arn.rpartition("/")[2])
        return association.tags if association else self._clusters.addon(arn).tags

    def _need(self, role_arn: str) -> None:
        """The whole ARN counts, so that a role in another account, or under another path, is another role."""
        if not self._role_exists(role_arn):
            raise errors.association_role_missing()


def association_id(account: str, number: int) -> str:
    """The id of an account's nth association: the same whenever the journal is read again."""
    rest = int.from_bytes(hashlib.sha256(f"association {account} {number}".encode()).digest())
    text = ""
    while len(text) < 17:
        rest, digit = divmod(rest, 36)
        text += "0123456789abcdefghijklmnopqrstuvwxyz"[digit]
    return f"a-{text}"
