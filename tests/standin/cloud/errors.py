"""What AWS answers instead of doing it, with its own codes and words."""


class AWSError(Exception):
    """A refused call."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.status = status
        self.message = message


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


def association_exists(association: str) -> AWSError:
    """For CreatePodIdentityAssociation; cluster, namespace and service account are unique together."""
    return AWSError("ResourceInUseException", 409, f"Association already exists: {association}")


def no_such_association(association: str) -> AWSError:
    """For every call that names an association."""
    return AWSError("ResourceNotFoundException", 404, f"The associationId {association} is not found.")


def association_role_missing() -> AWSError:
    """For an association with a role that is not there."""
    return AWSError("InvalidParameterException", 400, "Role provided in the request does not exist.")
