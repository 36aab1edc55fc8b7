"""Who is admitted: the members and principals of IAM that stand for pods of GKE.

Source: Google Cloud, "Principal identifiers" and "About Workload Identity Federation for GKE". A principal names the project by
its number, and then the pool, whose id contains the project's id. With number and id swapped, Google accepts the principal, but
it never matches.
"""

from typing import NamedTuple

from function.clusters.vcluster_names import HostName

IMPERSONATION = "roles/iam.workloadIdentityUser"
"""The role on a service account that lets pods act as it."""

ANNOTATION = "iam.gke.io/gcp-service-account"
"""What a Kubernetes service account has to carry so that its pods act as a service account."""

_FEDERATION = "//iam.googleapis.com/projects"


class Pool(NamedTuple):
    """A workload identity pool."""

    id: str
    number: str | None
    """The number of the project that it belongs to; None where nobody said it."""


def member(pool: Pool, host: HostName) -> str:
    """The member for a Kubernetes service account (in any cluster of the pool) that may act as an IAM service account."""
    return f"serviceAccount:{pool.id}[{host.namespace}/{host.name}]"


def principal(pool: Pool, host: HostName) -> str:
    """A Kubernetes service account of any cluster of the pool, as who is granted roles itself."""
    return f"principal:{_pool(pool)}/subject/ns/{host.namespace}/sa/{host.name}"


def impersonator(pool: Pool, host: HostName, *, fleets_own: bool) -> str:
    """Who may act as a service account: pods of a pool that a fleet made itself have no member of the older form."""
    return principal(pool, host) if fleets_own else member(pool, host)


def cluster_principals(pool: Pool, cluster: str) -> str:
    """All pods of a cluster, given by its URL."""
    return f"principalSet:{_pool(pool)}/kubernetes.cluster/{cluster}"


def namespace_principals(pool: Pool, namespace: str) -> str:
    """All pods of a namespace, of any cluster of the pool."""
    return f"principalSet:{_pool(pool)}/namespace/{namespace}"


def service_account_member(email: str) -> str:
    """A service account, as who is granted roles."""
    return f"serviceAccount:{email}"


def in_dataset(granted: str) -> str:
    """How provider-gcp wants a principal to be written in the access list of a BigQuery dataset, which is no IAM policy.

    Source: Terraform's google provider, iam_bigquery_member_dataset.go: a principal without this prefix "fails to parse".
    """
    return f"iamMember:{granted}" if granted.startswith("principal") else granted


def _pool(pool: Pool) -> str:
    return f"{_FEDERATION}/{pool.number}/locations/global/workloadIdentityPools/{pool.id}"
