"""The names that users write in Google Cloud, and what is wrong with one.

Source: Google's API discovery documents, and the reference of each service where those give no pattern.
"""

import re
from typing import Annotated

from function.spec.model import Text

_ACCOUNT_ID_MAX = 30
_ACCOUNT_ID = r"[a-z][-a-z0-9]{4,}[a-z0-9]"

_is_account_id = re.compile(_ACCOUNT_ID).fullmatch


def is_account_id(text: str) -> bool:
    """Whether Google can have a service account of this id."""
    return len(text) <= _ACCOUNT_ID_MAX and _is_account_id(text) is not None


AccountId = Annotated[
    str,
    Text("a service account's id", _ACCOUNT_ID, _ACCOUNT_ID_MAX, "accountId must match ^[a-z]([-a-z0-9]{4,28})[a-z0-9]$"),
]

Email = Annotated[
    str,
    Text(
        "a service account's email",
        r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?@([a-z0-9-]+(\.[a-z0-9-]+)*\.iam|developer|appspot)\.gserviceaccount\.com",
        254,
        "must look like reports@customer-project.iam.gserviceaccount.com",
    ),
]

DisplayName = Annotated[str, Text("a display name", r"[^\x00-\x1f]*", 100, "may hold no control characters")]

Description = Annotated[str, Text("a description", r"[^\x00-\x1f]*", 256, "may hold no control characters")]

RoleName = Annotated[
    str,
    Text(
        "an IAM role",
        r"(projects/([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]/|organizations/[1-9][0-9]*/)?roles/[A-Za-z0-9_.]{2,63}[A-Za-z0-9_]",
        256,
        "must look like roles/storage.objectViewer, projects/PROJECT_ID/roles/ID or organizations/NUMBER/roles/ID",
    ),
]

Number = Annotated[str, Text("a number of Google Cloud", r"[1-9][0-9]{0,18}", 19, "digits, in quotes")]

BucketName = Annotated[
    str,
    Text(
        "a bucket's name",
        r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)*",
        222,
        "lower case letters, digits, '-', '_' and '.'",
    ),
]


def _with_slash(path: str) -> str:
    return f"{path.removesuffix('/')}/"


ManagedFolderPath = Annotated[
    str,
    Text(
        "a managed folder",
        r"[^\x00-\x1f#*?\[\]/]+(/[^\x00-\x1f#*?\[\]/]+)*/?",
        1024,
        "must look like reports/2026/",
        _with_slash,
    ),
]
"""The path of a folder, which ends with "/" however it is written."""

SecretId = Annotated[str, Text("a secret's name", r"[A-Za-z0-9_-]+", 255, "letters, digits, '-' and '_'; not its path")]

PubSubId = Annotated[
    str,
    Text(
        "a name in Pub/Sub",
        r"[A-Za-z][A-Za-z0-9._~+%-]{2,254}",
        255,
        "letters, digits and ._~+%-, beginning with a letter, at least 3; not its path",
    ),
]

ZoneName = Annotated[
    str, Text("a managed zone's name", r"[a-z]([-a-z0-9]*[a-z0-9])?", 63, "lower case letters, digits and '-', as in Cloud DNS")
]

DatasetId = Annotated[str, Text("a dataset's id", r"[A-Za-z0-9_]+", 1024, "letters, digits and '_'; not PROJECT.DATASET")]

TableId = Annotated[str, Text("a table's id", r"[^\x00-\x1f!-,./:-@\[-^`{-\x7f]+", 1024, "not PROJECT.DATASET.TABLE")]

KeyName = Annotated[str, Text("a name in Cloud KMS", r"[A-Za-z0-9_-]+", 63, "letters, digits, '-' and '_'; not its path")]

InstanceId = Annotated[
    str, Text("a Spanner instance", r"[a-z][-a-z0-9]*[a-z0-9]", 64, "lower case letters, digits and '-'; not its path")
]

DatabaseId = Annotated[
    str, Text("a Spanner database", r"[a-z][a-z0-9_-]*[a-z0-9]", 30, "lower case letters, digits, '-' and '_'; not its path")
]

_RESOURCE = "lower case letters, digits and '-', beginning with a letter; not its path"

RepositoryName = Annotated[
    # Those that stand in for Container Registry are called as its hosts were.
    str, Text("a repository's name", r"[a-z]([-a-z0-9]*[a-z0-9])?|((us|eu|asia)\.)?gcr\.io", 63, _RESOURCE)
]

ServiceName = Annotated[str, Text("a Cloud Run service's name", r"[a-z]([-a-z0-9]*[a-z0-9])?", 49, _RESOURCE)]
