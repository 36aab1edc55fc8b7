"""eks PodIdentityAssociation."""

from collections.abc import Mapping

from tests.standin.cloud import eks
from tests.standin.provider import tags
from tests.standin.provider.kind import FIXED, FREE, TAGS, Asked, Field, Fields, Kind, planned
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, PluginFramework


class PodIdentityAssociation(Kind):
    """Found by the id that EKS gives it, never by its cluster, namespace and service account.

    A target role that is left out is no change: Terraform's plan has no value for it.
    """

    name, plural, service = "PodIdentityAssociation", "podidentityassociations", "eks"
    make, what = PluginFramework(), "EKS Pod Identity Association"
    fields = planned(
        **dict.fromkeys(("clusterName", "namespace", "region", "serviceAccount"), FIXED),
        roleArn=FREE,
        targetRoleArn=FREE,
        disableSessionTags=Field(default=False),
        tags=TAGS,
    )
    stub = "a-stubassocid123456"
    named_by = ("CreatePodIdentityAssociation", "association_id")
    worth_waiting_for = "Role provided in the request does not exist"

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """Looked for where it was last seen: the spec may say another cluster or region by now."""
        found: eks.Association | None = aws.find(
            "DescribePodIdentityAssociation",
            region=asked.observed.get("region") or asked.desired.get("region", ""),
            cluster_name=asked.observed.get("clusterName") or asked.desired.get("clusterName", ""),
            association_id=asked.name or self.stub,
        )
        if found is None:
            return None
        return {
            "associationArn": found.arn,
            "associationId": found.id,
            "clusterName": found.cluster,
            "disableSessionTags": found.disable_session_tags,
            "externalId": found.external_id,
            "id": found.id,
            "namespace": found.namespace,
            "region": found.region,
            "roleArn": found.role_arn,
            "serviceAccount": found.service_account,
            "tags": dict(found.tags),
            "tagsAll": dict(found.tags),
            "targetRoleArn": found.target_role_arn,
        }

    def create(self, aws: Session, asked: Asked) -> str:
        """CreatePodIdentityAssociation."""
        desired = asked.desired
        answer = aws.call(
            "CreatePodIdentityAssociation",
            region=desired.get("region", ""),
            cluster_name=desired.get("clusterName", ""),
            namespace=desired.get("namespace", ""),
            service_account=desired.get("serviceAccount", ""),
            role_arn=desired.get("roleArn", ""),
            target_role_arn=desired.get("targetRoleArn", ""),
            disable_session_tags=bool(desired.get("disableSessionTags", False)),
            tags=dict(desired.get("tags") or {}),
        )
        return str(answer["association_id"])

    def update(self, aws: Session, asked: Asked, state: Fields, changed: Mapping[str, Change]) -> None:
        """UpdatePodIdentityAssociation, and the tags by calls of their own."""
        desired = asked.desired
        if changed.keys() - {"tags"}:
            aws.call(
                "UpdatePodIdentityAssociation",
                region=state["region"],
                cluster_name=state["clusterName"],
                association_id=state["id"],
                role_arn=desired.get("roleArn", state["roleArn"]),
                target_role_arn=desired.get("targetRoleArn"),
                disable_session_tags=bool(desired.get("disableSessionTags", False)),
            )
        if "tags" in changed:
            tags.align(aws, "Resource", changed["tags"], resource_arn=state["associationArn"])

    def delete(self, aws: Session, state: Fields) -> None:
        """DeletePodIdentityAssociation."""
        aws.unless_gone(
            "DeletePodIdentityAssociation",
            region=state["region"],
            cluster_name=state["clusterName"],
            association_id=state["id"],
        )
