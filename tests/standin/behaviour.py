"""What the stand-in does as the real provider and the real AWS do, who says so, and which code does it.

A test goes through every row: it has a scenario for each, and sees that the code named here is what acted in it.
"""

from typing import NamedTuple

from tests.standin.cloud import errors
from tests.standin.cloud.eks import EKS, Association
from tests.standin.cloud.iam import IAM
from tests.standin.provider import (
    late_initialisation,
    managed,
    policies,
    policy,
    policy_documents,
    role,
    role_policies,
    tags,
    typed,
)
from tests.standin.provider.managed import Provider
from tests.standin.provider.pod_identity_association import PodIdentityAssociation
from tests.standin.provider.policy import Policy
from tests.standin.provider.resource import Managed
from tests.standin.provider.role import Role
from tests.standin.provider.role_policy import RolePolicy
from tests.standin.provider.role_policy_attachment import RolePolicyAttachment
from tests.standin.provider.upjet import PluginFramework, PluginSDK

_OBSERVED = "provider-aws v2.5.0, observed"
_RUNTIME = "crossplane-runtime v2.0 managed reconciler"
_UPJET = "upjet 1e4f37b, which provider-aws v2.5.0 is built with"
_IAM_API = "IAM API reference"
_EKS_API = "EKS API reference"
_TERRAFORM = "terraform-provider-aws f769145, which provider-aws v2.5.0 is built with"
_NAMES = "config/externalname.go of provider-aws v2.5.0"
_SDK = _UPJET + ", external_tfpluginsdk.go"


class Row(NamedTuple):
    """One thing that is so."""

    key: str
    when: str
    then: str
    source: str
    by: object
    """A function, or a property of one."""


TABLE: tuple[Row, ...] = (
    # The managed reconciler
    Row(
        "held-before-shown",
        "a managed resource is new",
        "finalizer, create-pending, create-succeeded and external-name are there before Ready is True",
        _RUNTIME,
        Managed.add_finalizer,
    ),
    Row(
        "steady",
        "nothing changed since the last pass",
        "nothing is called; of the object Synced gets a new lastTransitionTime and nothing else is written",
        _OBSERVED + "; Observe in external_async_tfpluginsdk.go of " + _UPJET,
        Provider.reconcile,
    ),
    Row(
        "transition-time",
        "a condition is set that says what it said before",
        "lastTransitionTime stays; it changes with status, reason, message or observedGeneration",
        "crossplane-runtime v2.0 apis/common Condition.Equal",
        Managed.mark,
    ),
    Row(
        "paused",
        "the annotation crossplane.io/paused is true, or managementPolicies is empty",
        "Synced=False, reason ReconcilePaused, and nothing else happens",
        _RUNTIME,
        Managed.paused,
    ),
    Row(
        "unsupported-policies",
        "managementPolicies is a combination that is not in crossplane-runtime's list",
        "Synced=False, and nothing else happens",
        _RUNTIME + ", policies.go",
        policies.Policies.supported,
    ),
    Row(
        "observe-only",
        "managementPolicies is [Observe]",
        "what exists is shown, without tags and late initialisation; what does not is an error, and is looked for again",
        _RUNTIME,
        policies.Policies.only_observe,
    ),
    Row(
        "observe-empty",
        "managementPolicies is [Observe], and forProvider is empty",
        "status.atProvider has the role with its trust policy and all else; nothing is written into the spec",
        _SDK + " Observe; verify.PolicyToSet of " + _TERRAFORM,
        Role.read,
    ),
    Row("no-create", "Create is not allowed", "nothing is created", _RUNTIME, policies.Policies.allow),
    Row("no-update", "Update is not allowed", "a difference stays, Synced and Ready True", _RUNTIME, policies.Policies.allow),
    Row(
        "no-delete",
        "Delete is not allowed, or deletionPolicy is Orphan",
        "the finalizer goes and the cloud thing stays",
        _RUNTIME,
        policies.Policies.allow,
    ),
    Row(
        "deleting",
        "a managed resource is deleted",
        "Ready=False, reason Deleting, while it lasts; then the cloud thing and the finalizer are gone",
        _RUNTIME,
        Provider._delete,
    ),
    Row(
        "other-finalizers",
        "a managed resource is deleted and has somebody else's finalizer",
        "nothing happens until ours is the last",
        _RUNTIME,
        Provider._delete,
    ),
    Row(
        "creating",
        "a creation takes its time",
        "Synced=True, Ready=False, reason Creating",
        _RUNTIME,
        Provider._create,
    ),
    Row(
        "own-tags",
        "a kind has tags",
        "crossplane-kind, crossplane-name and crossplane-providerconfig are written into spec.forProvider.tags",
        "upjet pkg/config Tagger",
        managed._tag,
    ),
    # How it writes
    Row(
        "write-order",
        "a managed resource is made",
        "each of these is a write: tags, external name, finalizer, create-pending, create-succeeded, status, late initialisation, "
        "status",
        _RUNTIME + ", reconciler.go; upjet pkg/config Tagger",
        Managed.write,
    ),
    Row(
        "empty-list-fight",
        "a kind has tags, and somebody applies an empty list or map whenever it is gone, as Crossplane does with managedPolicyArns: []",
        "every pass takes it away, and it is put back for ever: the generation grows. Without it all is quiet",
        _OBSERVED + "; the Tagger of upjet's pkg/config updates the object in every pass",
        typed.held,
    ),
    Row(
        "empty-map-stays",
        "a kind has no tags, and an empty list or map is applied",
        "no write is made for its sake, references or not; any other write takes it away",
        "crossplane-runtime c306b1c, managed APISimpleReferenceResolver: EquateEmpty",
        Managed.write,
    ),
    Row(
        "struct-stays",
        "inlinePolicy is [{}], or description is an empty string",
        "no write takes it away; initProvider is written as {} by the first of them",
        _OBSERVED,
        typed.held,
    ),
    # Late initialisation
    Row(
        "late-init",
        "a field is left out of forProvider and the cloud has a value that is not zero",
        "it is filled in: on a Role maxSessionDuration and path, never inlinePolicy and managedPolicyArns",
        "zz_role_terraformed.go of provider-aws v2.5.0",
        late_initialisation.late_initialise,
    ),
    Row(
        "late-init-revives",
        "a field that was set is taken out of forProvider (description, maxSessionDuration, permissionsBoundary)",
        "the cloud loses the value and gets it back, and the spec has it again",
        _UPJET + ", external_tfpluginsdk.go Observe",
        late_initialisation.late_initialise,
    ),
    Row(
        "empty-string-stays",
        "description or permissionsBoundary is set to an empty string",
        "it is gone in the cloud and does not come back",
        _UPJET + ", lateinit.go",
        role._set_boundary,
    ),
    Row(
        "no-late-init",
        "LateInitialize is not allowed",
        "the spec stays as it is, a value that is left out is removed; an external name that AWS chose is not written either",
        _UPJET + " and crossplane-runtime v2.0, reconciler.go",
        policies.Policies.allow,
    ),
    # Role
    Row(
        "role-created",
        "a Role is new",
        "external-name is its name; atProvider has arn, id, uniqueId, createDate",
        "CRD roles.iam.aws.upbound.io status.atProvider",
        Role.create,
    ),
    Row(
        "role-named",
        "a Role has no external-name",
        "it gets metadata.name",
        _RUNTIME + ", NameAsExternalName",
        managed._initialise,
    ),
    Row("role-taken-over", "a role of that external name exists", "it is updated, not created", _OBSERVED, Role.read),
    Row(
        "role-path",
        "a Role's path is changed in place",
        "Synced=False with the field and both values, Ready stays True; undoing heals",
        _OBSERVED,
        PluginSDK.refused,
    ),
    Row(
        "role-name",
        "a Role's external-name is changed in place",
        "Synced=False likewise, and the annotation is put back",
        _OBSERVED + "; " + _UPJET + ", setExternalName",
        PluginSDK.refused,
    ),
    Row(
        "role-path-deleted",
        "a Role is deleted while a change of its path is refused",
        "deleted and created again for ever; undoing the change lets it go",
        _OBSERVED,
        Provider._delete,
    ),
    Row(
        "trust-same",
        "assumeRolePolicy differs in key order, the order of actions, or a string for a list of one",
        "no call",
        _OBSERVED,
        policy_documents.equivalent,
    ),
    Row("trust-changed", "assumeRolePolicy says something else", "one UpdateAssumeRolePolicy", _OBSERVED, Role.update),
    Row(
        "policies-left-out",
        "inlinePolicy and managedPolicyArns are left out of a Role that had them",
        "both still there, Synced and Ready True",
        _OBSERVED,
        Role.changes,
    ),
    Row("policies-empty", "both are empty lists", "both still there, Synced and Ready True", _OBSERVED, Role.changes),
    Row("inline-none", "inlinePolicy is [{}]", "the inline policies are gone", _OBSERVED, role_policies.align_inline),
    Row(
        "attached-stay",
        "managedPolicyArns is empty, beside inlinePolicy [{}]",
        "the attachments stay, against the CRD's description",
        _OBSERVED,
        role_policies.same_attached,
    ),
    Row(
        "lists-exclusive",
        "another non-empty list",
        "exclusive: what it does not name is deleted or detached",
        _OBSERVED,
        role_policies.align_attached,
    ),
    Row(
        "attachments-beside-the-list",
        "the list and one RolePolicyAttachment for each ARN; one ARN taken out of both, then the last",
        "attached without a fight; the one is gone; the last is gone",
        _OBSERVED,
        RolePolicyAttachment.delete,
    ),
    Row(
        "tags-left-out",
        "a Role's tags are left out",
        "the user's are removed, the provider's stay",
        _OBSERVED,
        tags.align,
    ),
    Row("role-deleted", "a Role with policies is deleted", "they are detached and deleted first", _OBSERVED, Role.delete),
    Row("role-exists", "CreateRole with a name that differs in case only", "EntityAlreadyExists", _IAM_API, errors.role_exists),
    Row("role-conflict", "DeleteRole on a role with policies", "DeleteConflict", _IAM_API, errors.has_managed_policies),
    Row("policy-malformed", "a policy document that is no JSON", "MalformedPolicyDocument", _IAM_API, errors.malformed_policy),
    Row(
        "role-attaches-nothing",
        "a new Role's managedPolicyArns name a policy that does not exist",
        "the role is made and the others are attached, `create failed`; it is no tainted role: the next pass finds it by its name, "
        "Ready turns True and Synced says `update failed` until the policy is there",
        _TERRAFORM + ", role.go resourceRoleCreate, which sets the id last; " + _SDK + " Create and Connect",
        role_policies.align_attached,
    ),
    Row(
        "role-puts-nothing",
        "a new Role's inlinePolicy is refused",
        "Terraform deletes the role again, and all is tried anew for ever",
        _TERRAFORM + ", role.go resourceRoleCreate",
        role_policies.put_first,
    ),
    # Policy
    Row(
        "policy-created",
        "a Policy is new",
        "external-name is its name alone and is not rewritten; the path is spec.forProvider.path; the id is the ARN",
        _NAMES + ", iamPolicy",
        Policy.create,
    ),
    Row(
        "policy-path-in-name",
        "a Policy's external-name has a path in it",
        "ValidationError, for ever",
        _NAMES + ", iamPolicy; " + _IAM_API,
        errors.check_name,
    ),
    Row("policy-taken-over", "a policy of that path and name exists", "it is updated, not created", _NAMES, Policy.read),
    Row(
        "policy-elsewhere",
        "a policy of that name exists under another path, or in another case",
        "it is not found; EntityAlreadyExists, for ever",
        _IAM_API + ", CreatePolicy",
        errors.policy_exists,
    ),
    Row(
        "policy-fixed",
        "a Policy's path, description or external-name is changed in place",
        "Synced=False with the field and both values, Ready stays True; undoing heals",
        _TERRAFORM + ", policy.go, ForceNew",
        Policy.changes,
    ),
    Row(
        "policy-version",
        "a Policy's document says something else",
        "one CreatePolicyVersion, which is the default at once",
        _TERRAFORM + ", policy.go resourcePolicyUpdate",
        Policy.update,
    ),
    Row(
        "policy-pruned",
        "a Policy has five versions",
        "the oldest that is not the default is deleted first",
        _TERRAFORM + ", policy.go policyPruneVersions",
        policy._prune,
    ),
    Row(
        "policy-attached",
        "a Policy is deleted while a role has it",
        "its older versions go, then DeleteConflict in Synced, tried again until nobody has it; nothing is detached",
        _TERRAFORM + ", policy.go resourcePolicyDelete, and its issue 39818",
        errors.policy_attached,
    ),
    Row(
        "policy-syntax",
        "a Policy's document is JSON and no policy",
        "MalformedPolicyDocument; what there was stays",
        _IAM_API,
        errors.policy_syntax,
    ),
    # RolePolicy
    Row(
        "role-policy-created",
        "a RolePolicy is new, or a policy of that name is there",
        "put; external-name is the policy's NAME, status.atProvider.id is ROLE:NAME",
        _NAMES + ", aws_iam_role_policy",
        RolePolicy.create,
    ),
    Row(
        "role-policy-full-name",
        "a RolePolicy's external-name is ROLE:NAME",
        "ValidationError, for ever (the real one is refused when it looks, this one when it creates)",
        _NAMES + ", aws_iam_role_policy; " + _IAM_API,
        errors.check_name,
    ),
    Row(
        "role-policy-early",
        "a RolePolicy is there before its role",
        "NoSuchEntity in Synced; tried again until the role is there",
        _TERRAFORM + ", role_policy.go resourceRolePolicyPut",
        RolePolicy.doing,
    ),
    Row(
        "role-policy-fixed",
        "a RolePolicy's role is changed in place",
        "Synced=False, Ready stays True",
        _TERRAFORM + ", role_policy.go, ForceNew",
        RolePolicy.changes,
    ),
    Row(
        "role-policy-updated",
        "a RolePolicy's document says something else",
        "one PutRolePolicy",
        _TERRAFORM + ", role_policy.go resourceRolePolicyPut",
        RolePolicy.update,
    ),
    Row(
        "role-policy-deleted",
        "a RolePolicy is deleted",
        "its policy is deleted and the role's others stay",
        _TERRAFORM + ", role_policy.go resourceRolePolicyDelete",
        RolePolicy.delete,
    ),
    Row(
        "role-policy-beside-list",
        "a RolePolicy stands beside a Role whose inlinePolicy does not name it, be it [{}]",
        "the Role deletes it, the RolePolicy puts it back, for ever",
        _TERRAFORM + ", role.go resourceRoleUpdate",
        role_policies.align_inline,
    ),
    Row(
        "role-policy-beside-none",
        "RolePolicies and RolePolicyAttachments stand beside a Role that leaves both lists out",
        "no fight; the lists are never initialised late; what others put on the role stays",
        "config/namespaced/iam/config.go of provider-aws v2.5.0, LateInitializer.IgnoredFields",
        role_policies.same_inline,
    ),
    # RolePolicyAttachment
    Row(
        "attachment-early",
        "a RolePolicyAttachment is there before its role",
        "NoSuchEntity in Synced; tried again until the role is there",
        _OBSERVED,
        errors.no_such_role,
    ),
    Row(
        "attachment-of-nothing",
        "a RolePolicyAttachment names a policy of the account that does not exist",
        "NoSuchEntity in Synced; tried again until it does; then external-name is ROLE/ARN",
        _TERRAFORM + ", role_policy_attachment.go, and getmoto/moto pull request 6482 for AWS's words",
        errors.not_attachable,
    ),
    Row(
        "attachment-fixed",
        "a RolePolicyAttachment's role or policyArn is changed in place",
        "Synced=False, Ready stays True",
        _TERRAFORM + ", role_policy_attachment.go, ForceNew",
        RolePolicyAttachment.changes,
    ),
    # PodIdentityAssociation
    Row(
        "association-created",
        "a PodIdentityAssociation is new",
        "described as a-stubassocid123456 first; then the id EKS gave it is external-name, and atProvider has it and the ARN",
        _OBSERVED,
        PodIdentityAssociation.create,
    ),
    Row(
        "association-fixed",
        "serviceAccount, namespace, clusterName or region is changed in place",
        "Synced=False, `diff contains fields that require resource replacement`; Ready stays True; undoing heals",
        _OBSERVED,
        PluginFramework.refused,
    ),
    Row(
        "association-updated",
        "roleArn, targetRoleArn, disableSessionTags or tags is changed",
        "updated in place",
        _EKS_API,
        EKS.update_pod_identity_association,
    ),
    Row(
        "target-role-stays",
        "targetRoleArn is taken out",
        "it stays set in the cloud, Synced and Ready True, and comes back into the spec",
        _OBSERVED,
        PodIdentityAssociation.changes,
    ),
    Row(
        "association-exists",
        "another association of that cluster, namespace and service account exists",
        "409 with its id in Synced, for ever",
        _OBSERVED,
        errors.association_exists,
    ),
    Row(
        "external-id",
        "an association has a target role",
        "atProvider.externalId is REGION/ACCOUNT/CLUSTER/NAMESPACE/SERVICEACCOUNT",
        "EKS User Guide, target roles; " + _EKS_API,
        Association.external_id,
    ),
    Row(
        "association-of-add-on",
        "the association that exists is an add-on's",
        "the same 409; the owner is nowhere in the managed resource, whether taken over or not",
        _TERRAFORM + ", pod_identity_association.go has no owner; that the 409 is the same is assumed, nobody tells",
        EKS.create_addon_association,
    ),
    Row("association-adopted", "external-name is set to that id", "it is taken over", _OBSERVED, PodIdentityAssociation.read),
    Row(
        "role-awaited",
        "an association's role does not exist",
        "Synced=True, Ready=False, reason Creating, for a while; then Synced=False with AWS's text; created when the role is there",
        _OBSERVED,
        errors.association_role_missing,
    ),
    Row(
        "association-role-gone",
        "the role of an association is deleted",
        "the association stays Ready",
        _OBSERVED,
        PodIdentityAssociation.read,
    ),
    Row("arn-compared-whole", "roleArn names another account or path", "no such role", _EKS_API, IAM.has),
)
