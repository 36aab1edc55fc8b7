"""What IAM takes as a resource of a permissions policy.

Source: the AWS IAM User Guide, "IAM JSON policy elements: Resource" (IAM completes an ARN that has fewer than six fields by
wildcards); IAM's own answers, MalformedPolicyDocument, as quoted below; the Service Authorization Reference for forms of ARNs.
"""

import re
from collections.abc import Sequence

from function.clouds.aws.iam.values import wrong_variable
from function.errors import listed, quoted
from function.spec.arn import DEFAULT_PARTITION, PARTITIONS, partition_of

_SERVICE = re.compile(r"[a-z0-9-]+")
_DIGITS = re.compile(r"[0-9]+")
_VARIABLE = re.compile(r"\$\{[^{}]+\}")
_WILD = re.compile(r"[*?$]")
_ACCOUNT_DIGITS = 12
_FIELDS, _LEAST_FIELDS = 6, 3
_EVERYTHING = ("", "", "", "", "*", "*")
# What can stand in the field of an account: AWS's own resources have a word there, and one kind has "offering".
_ACCOUNT = re.compile(r"[0-9]*|aws[a-z-]*|amazon|offering|.*[*?$].*")
# What stands there where the account was forgotten: a kind of resource, or its name.
_WORD = re.compile(r"[a-z][a-z-]*|.*/.*")
_WITHOUT_REGION, _WITHOUT_ACCOUNT = ("cloudfront", "iam", "route53", "s3"), ("route53", "s3")

# "IAM resource path must either be "*" or start with user/, federated-user/, ..."; the last three are newer than that text.
_OF_IAM = (
    "access-report/",
    "federated-user/",
    "group/",
    "instance-profile/",
    "mfa/",
    "oidc-provider/",
    "policy/",
    "report/",
    "role/",
    "saml-provider/",
    "server-certificate/",
    "sms-mfa/",
    "user/",
    "assumed-role/",
    "contextProvider/",
    "delegation-request/",
    "role-template/",
)
# "Resource ... can not contain region information." Buckets and objects have none; these have one.
_OF_S3_IN_A_REGION = ("accesspoint/", "access-grants/", "async-request/", "job/", "storage-lens/", "storage-lens-group/")


def wrong_resource(value: str, partition: str | None, actions: Sequence[str] = ()) -> str | None:
    """What is wrong with a resource, None where nothing is. `partition` is the role's, None where it is not known.

    `actions` are what is done to it.
    """
    if value == "*":
        return None
    if placeholder := wrong_variable(value):
        return f"{quoted(value)}: {placeholder}"
    if "{{" in value:
        return f"{quoted(value)} has a placeholder of a template: write the value instead"
    if value != value.strip(" "):
        return f"{quoted(value)} is not a resource: it has blanks around it"
    parts = value.split(":", 5)
    if message := _wrong_text(value, parts) or _wrong_fields(parts):
        of_s3 = parts[0] != "arn" and actions and all(action.lower().startswith("s3:") for action in actions)
        path = value.removeprefix("s3://")
        hint = f"; write {quoted(f'arn:{partition or DEFAULT_PARTITION}:s3:::{path}')}" if of_s3 and ":" not in path else ""
        return f"{quoted(value)} is not a resource: {message}{hint}"
    if partition and parts[1] not in ("*", partition):
        return f"{quoted(value)}: partition mismatch: the role is in {partition}"
    return None


def _wrong_text(value: str, parts: list[str]) -> str | None:
    if parts[0] != "arn" or len(parts) < _LEAST_FIELDS:
        return 'must be an ARN or "*"'
    if any(ord(character) < ord(" ") for character in value):
        return "it holds a line break or another control character"
    if message := _left_out(parts):
        return message
    if len(parts) == _FIELDS - 1 and "" in parts:
        return f"the resource is missing, as in {':'.join(parts)}:*"
    if len(parts) < _FIELDS and "" in parts:
        return "an ARN has six fields; the last of them may be left out only where none of the others is empty"
    if parts[5:] == [""]:
        return "nothing follows the account"
    return "a variable is not closed" if value.count("${") != len(_VARIABLE.findall(value)) else None


def _left_out(parts: list[str]) -> str | None:
    """Where something else stands in the place of the partition, the region or the account: what is missing."""
    _, partition, service, *rest = parts
    if partition not in PARTITIONS and partition != "*":
        return f"there is no partition {quoted(partition)}; an ARN begins with arn:{DEFAULT_PARTITION}: or another's name"
    region = "" if service in _WITHOUT_REGION else "REGION"
    account = "" if service in _WITHOUT_ACCOUNT else "ACCOUNT_ID"
    if rest and _DIGITS.fullmatch(rest[0]) and len(rest[0]) == _ACCOUNT_DIGITS:
        missing, whole = "region is", [region, *rest]
    elif rest and "/" in rest[0] and not _WILD.search(rest[0]):
        missing, whole = "region and the account are", [region, account, *rest]
    elif len(parts) == _FIELDS and not _ACCOUNT.fullmatch(rest[1]) and not _WORD.fullmatch(rest[1]):
        return f"{quoted(rest[1])} is not an account id, which has {_ACCOUNT_DIGITS} digits"
    elif len(rest) > 1 and not _ACCOUNT.fullmatch(rest[1]):
        missing, whole = "account is", [rest[0], account, *rest[1:]]
    else:
        return None
    count = f"it has {len(parts)} parts and an ARN has {_FIELDS}: " if len(parts) < _FIELDS else ""
    return f"{count}the {missing} missing, as in {':'.join([*parts[:3], *whole])}"


def _wrong_fields(parts: list[str]) -> str | None:
    # What is left out stands for everything.
    _, _, service, region, account, resource = (*parts, *_EVERYTHING[len(parts) :])
    if not _SERVICE.fullmatch(service):
        return "the service in an ARN must be written out, in lower case"
    if _DIGITS.fullmatch(account) and len(account) != _ACCOUNT_DIGITS:
        return f"an account id has 12 digits, {account} has {len(account)}"
    if service == "iam":
        return _wrong_in_iam(region, resource)
    if service == "s3" and len(parts) < _FIELDS and region and not _WILD.search(region):
        return f"buckets have neither region nor account in their ARN: write {parts[0]}:{parts[1]}:s3:::{region}"
    if service == "s3" and resource.startswith((":", "/")):
        return "a bucket follows three colons, and begins with a letter or digit"
    if region and not _WILD.search(region) and (message := _wrong_region(parts[1], region)):
        return message
    if service == "s3" and region and not _may_begin(resource, _OF_S3_IN_A_REGION):
        return f"buckets and objects of S3 have no region in their ARN; only {listed(_OF_S3_IN_A_REGION)} have one"
    return None


def _wrong_region(partition: str, region: str) -> str | None:
    """A region of another partition than the ARN's."""
    its = partition_of(region)
    if its is None or partition in ("*", its):
        return None
    return f"region {region} is in partition {its}, not in {partition}"


def _wrong_in_iam(region: str, resource: str) -> str | None:
    if region:
        return "IAM's ARNs have no region"
    if resource in ("*", "root") or resource.startswith(_OF_IAM):
        return None
    return f'IAM takes "*", root or what begins with {listed(_OF_IAM)} after the account'


def _may_begin(resource: str, beginnings: tuple[str, ...]) -> bool:
    """Whether what is written before the first wildcard or variable can go on as one of these."""
    head = _WILD.split(resource, maxsplit=1)[0]
    return head.startswith(beginnings) or (head != resource and any(each.startswith(head) for each in beginnings))
