"""What a PodIdentity's status holds, beside conditions. The XRDs' status schema is made from this: they must not differ."""

from typing import NotRequired, TypedDict


class ServiceAccountStatus(TypedDict):
    """Who got the identity."""

    cluster: str
    """The `name` of the item of spec.clusters. Example: `prod`."""
    namespace: str
    """The service account's namespace. Example: `default`."""
    name: str
    """The service account's name. Example: `demo-sa`."""
    vcluster: NotRequired[str]
    """The vcluster that it is in; namespace and name are those within it. Example: `sync`."""
    hostNamespace: NotRequired[str]
    """The namespace of the host cluster that its pods run in. Example: `loft-devspace-v-sync`."""
    hostName: NotRequired[str]
    """The service account's name in the host cluster. Trust policies and associations use it, together with hostNamespace.
    Example: `demo-sa-x-default-x-sync`."""
    annotations: NotRequired[dict[str, str]]
    """The annotations that the service account needs (in a vcluster: the one inside it), whether or not it has them. Example:
    `{eks.amazonaws.com/role-arn: arn:aws:iam::678801588313:role/reports}`."""
    associationId: NotRequired[str]
    """The id of the EKS pod identity association, once it exists. Example: `a-0a1b2c3d4e5f67890`."""


class Status(TypedDict):
    """The state of the identity: what the pods act as, and what their service accounts need."""

    cloud: str
    """The cloud of the identity, `aws` or `gcp`. Example: `aws`."""
    identity: NotRequired[str]
    """The identity that the pods act as, once it exists: in AWS the ARN of the role, or of its target role where it has one; in
    Google Cloud the service account's email, or the first principal where there is none. Example:
    `arn:aws:iam::678801588313:role/reports`."""
    serviceAccounts: list[ServiceAccountStatus]
    """Every service account in every cluster that gets the identity."""
    rolloutToken: NotRequired[str]
    """A digest of what running pods hold. It changes once for an edit after which pods have to be restarted, and never for
    other edits, such as those of permissions. Absent until everything was there once. To restart pods when it changes, copy it
    into an annotation of their pod template. Example: `3f9a0b1c2d3e4f50`."""
