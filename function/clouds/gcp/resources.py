"""`spec.forProvider` of the managed resources that are composed: only the fields that are set, by the CRDs' names.

Source: the CRDs of provider-upjet-gcp v3.0.0, against which every rendered object is checked. What names an IAM member's
resource differs by its kind: targets.py.
"""

from typing import TypedDict


class ServiceAccountFields(TypedDict):
    """cloudplatform ServiceAccount."""

    project: str
    displayName: str
    description: str


# The version of each kind in the cluster-scoped groups where it is not v1beta2; namespaced they are all v1beta1.
OLDER = {"ServiceAccount": "v1beta1", "ManagedFolderIAMMember": "v1beta1"}
