"""What Google answers instead of doing it, as the Go client prints it (google.golang.org/api/googleapi, Error.Error).

A reason stands at the end where the API is an older one, which sends a list of errors. The messages are those of issues of
hashicorp/terraform-provider-google and of other projects that show what Terraform printed.
"""

from tests.standin.cloud.refusal import CloudError


class GoogleError(CloudError):
    """A refused call."""

    def __init__(self, status: int, message: str, reason: str = "") -> None:
        super().__init__(f"googleapi: Error {status}: {message}" + (f", {reason}" if reason else ""), status, message)


def account_exists(account_id: str, project: str) -> GoogleError:
    """For CreateServiceAccount; the real one lists details before the reason."""
    message = f"Service account {account_id} already exists within project projects/{project}."
    return GoogleError(409, message, "alreadyExists")


def account_id_length(account_id: str) -> GoogleError:
    """For CreateServiceAccount."""
    return GoogleError(400, f'The account ID "{account_id}" does not have a length between 6 and 30.', "badRequest")


def no_such_account() -> GoogleError:
    """For every call on a service account."""
    return GoogleError(404, "Unknown service account", "notFound")


def no_such_member(resource: str, email: str) -> GoogleError:
    """For SetIamPolicy, of a member that is a service account."""
    message = f"Service account {email} does not exist."
    if "/datasets/" in resource and "/tables/" not in resource:
        _, project, _, dataset = resource.split("/")
        message = f"IAM setPolicy failed for Dataset {project}:{dataset}: {message}"
    return GoogleError(400, message, _reason(resource, "badRequest"))


def denied_on_account(permission: str) -> GoogleError:
    """For every call on a service account; it is what IAM says of one that it does not know yet, too."""
    message = f"Permission 'iam.serviceAccounts.{permission}' denied on resource (or it may not exist)."
    return GoogleError(403, message, "forbidden")


def no_such_cluster(name: str) -> GoogleError:
    """For every call on a cluster."""
    return GoogleError(404, f"Not found: {name}.", "notFound")


def denied_on_cluster(name: str) -> GoogleError:
    """For clusters.get."""
    return GoogleError(403, f'Required "container.clusters.get" permission(s) for "{name}".', "forbidden")


def denied(resource: str) -> GoogleError:
    """For the IAM policy of everything else."""
    return GoogleError(403, "The caller does not have permission", _reason(resource, "forbidden"))


def _reason(resource: str, usual: str) -> str:
    """What stands at the end: storage and BigQuery call a bad request `invalid`, and the newer APIs say nothing."""
    if resource.startswith("b/") or "/datasets/" in resource:
        return "invalid" if usual == "badRequest" else usual
    return usual if resource.split("/")[-2] in ("projects", "folders", "organizations", "serviceAccounts") else ""
