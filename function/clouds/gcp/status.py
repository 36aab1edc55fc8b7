"""What `status.gcp` holds."""

from typing import NotRequired, TypedDict


class GCPStatus(TypedDict):
    """The identity in Google Cloud."""

    serviceAccountEmail: NotRequired[str]
    """The service account's email, once it exists. Example: `reports@customer-project.iam.gserviceaccount.com`."""
    principals: list[str]
    """The pods, as IAM calls them: whoever owns what they are to reach grants it to these, or lets these act as the service
    account. Example: `[serviceAccount:prod-436507.svc.id.goog[default/demo-sa]]`."""
