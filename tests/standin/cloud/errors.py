"""What AWS answers instead of doing it, with its own codes and words."""

import re

from tests.standin.cloud.refusal import CloudError


class AWSError(CloudError):
    """A refused call."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(f"{code}: {message}", status, message)
        self.code = code


def role_exists(name: str) -> AWSError:
    """For CreateRole; names are unique ignoring case."""
    return AWSError("EntityAlreadyExists", 409, f"Role with name {name} already exists.")


def no_such_role(name: str) -> AWSError:
    """For every call that names a role."""
    return AWSError("NoSuchEntity", 404, f"The role with name {name} cannot be found.")


def no_such_inline_policy(name: str) -> AWSError:
    """For DeleteRolePolicy."""
    return AWSError("NoSuchEntity", 404, f"The role policy with name {name} cannot be found.")


def not_attached(arn: str) -> AWSError:
    """For DetachRolePolicy."""
    return AWSError("NoSuchEntity", 404, f"Policy {arn} was not found.")


def has_managed_policies() -> AWSError:
    """For DeleteRole."""
    return AWSError("DeleteConflict", 409, "Cannot delete entity, must detach all policies first.")


def has_inline_policies() -> AWSError:
    """For DeleteRole."""
    return AWSError("DeleteConflict", 409, "Cannot delete entity, must delete policies first.")


def malformed_policy() -> AWSError:
    """For every call with a policy document."""
    return AWSError("MalformedPolicyDocument", 400, "This policy contains invalid Json")


def policy_syntax() -> AWSError:
    """For a document that is JSON and no policy."""
    return AWSError("MalformedPolicyDocument", 400, "Syntax errors in policy.")


def check_name(field: str, name: str) -> None:
    """Raise what IAM says of a name that cannot be one."""
    if not re.fullmatch(r"[\w+=,.@-]{1,128}", name, re.ASCII):
        message = "must contain only alphanumeric characters and/or the following: +=,.@_-"
        raise AWSError("ValidationError", 400, f"The specified value for {field} is invalid. It {message}")


def invalid_path() -> AWSError:
    """For CreatePolicy."""
    message = "must begin and end with / and contain only alphanumeric characters and/or / characters."
    return AWSError("ValidationError", 400, f"The specified value for path is invalid. It {message}")


def policy_exists(name: str) -> AWSError:
    """For CreatePolicy; names are unique ignoring case and path."""
    return AWSError("EntityAlreadyExists", 409, f"A policy called {name} already exists. Duplicate names are not allowed.")


def no_such_policy(arn: str) -> AWSError:
    """For every call on a managed policy."""
    return AWSError("NoSuchEntity", 404, f"Policy {arn} was not found.")


def no_such_version(arn: str, version: str) -> AWSError:
    """For DeletePolicyVersion."""
    return AWSError("NoSuchEntity", 404, f"Policy {arn} version {version} does not exist or is not attachable.")


def not_attachable(arn: str) -> AWSError:
    """For AttachRolePolicy."""
    return AWSError("NoSuchEntity", 404, f"Policy {arn} does not exist or is not attachable.")


def policy_attached() -> AWSError:
    """For DeletePolicy."""
    return AWSError("DeleteConflict", 409, "Cannot delete a policy attached to entities.")


def has_versions() -> AWSError:
    """For DeletePolicy."""
    message = "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
    return AWSError("DeleteConflict", 409, f"{message} The default version is deleted with the policy.")


def default_version() -> AWSError:
    """For DeletePolicyVersion."""
    return AWSError("DeleteConflict", 409, "Cannot delete the default version of a policy.")


def too_many_versions() -> AWSError:
    """For CreatePolicyVersion."""
    message = (
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version."
    )
    return AWSError("LimitExceeded", 409, message)


def oidc_provider_exists(url: str) -> AWSError:
    """For CreateOpenIDConnectProvider."""
    return AWSError("EntityAlreadyExists", 409, f"Provider with url {url} already exists.")


def no_such_oidc_provider(arn: str) -> AWSError:
    """For every call that names an OIDC provider."""
    return AWSError("NoSuchEntity", 404, f"OpenIDConnect Provider not found for arn {arn}")


def no_such_cluster(name: str) -> AWSError:
    """For every call that names a cluster, but for those on associations."""
    return AWSError("ResourceNotFoundException", 404, f"No cluster found for name: {name}.")


def addon_exists() -> AWSError:
    """For CreateAddon."""
    return AWSError("ResourceInUseException", 409, "Addon already exists.")


def no_such_addon(name: str, cluster: str) -> AWSError:
    """For every other call that names an add-on."""
    return AWSError("ResourceNotFoundException", 404, f"No addon: {name} found in cluster: {cluster}")


def association_exists(association: str) -> AWSError:
    """For CreatePodIdentityAssociation; cluster, namespace and service account are unique together."""
    return AWSError("ResourceInUseException", 409, f"Association already exists: {association}")


def no_such_association(association: str) -> AWSError:
    """For every call that names an association."""
    return AWSError("ResourceNotFoundException", 404, f"The associationId {association} is not found.")


def association_role_missing() -> AWSError:
    """For an association with a role that is not there."""
    return AWSError("InvalidParameterException", 400, "Role provided in the request does not exist.")
