"""Service accounts' emails, and the projects that they say."""

_IAM = ".iam.gserviceaccount.com"


def email_of(account_id: str, project: str) -> str:
    """The email that a service account of this id has in a project, which may be one of a domain (`example.com:project`)."""
    domain, _, name = project.rpartition(":")
    return f"{account_id}@{f'{name}.{domain}' if domain else name}{_IAM}"


def project_of(email: str) -> str | None:
    """The project that an email says; None for Google's default service accounts, whose emails say none."""
    host = email.partition("@")[2]
    if not host.endswith(_IAM):
        return None
    name, _, domain = host.removesuffix(_IAM).partition(".")
    return f"{domain}:{name}" if domain else name


def path_of(email: str, project: str) -> str:
    """What IAM calls a service account."""
    return f"projects/{project}/serviceAccounts/{email}"
