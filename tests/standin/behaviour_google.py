"""What the stand-in does as provider-gcp and Google Cloud IAM do: the other half of `behaviour.py`."""

from tests.standin.behaviour import Row
from tests.standin.cloud.google import errors, gate, gke
from tests.standin.cloud.google.iam import GoogleIAM
from tests.standin.cloud.google.policies import Policies, Policy
from tests.standin.cloud.google.service_accounts import email
from tests.standin.provider import late_initialisation, managed
from tests.standin.provider.google import bindings
from tests.standin.provider.google.container_cluster import ContainerCluster
from tests.standin.provider.google.iam_member import IAMMember
from tests.standin.provider.google.service_account import ServiceAccount
from tests.standin.provider.google.targets import Target
from tests.standin.provider.managed import Provider

_NAMES = "config/externalname.go of provider-gcp v3.0.0"
_CLIENTS = "internal/clients/gcp.go of provider-gcp v3.0.0"
_CRDS = "CRDs of provider-gcp v3.0.0"
_TERRAFORM = "terraform-provider-google of 2026 (provider-gcp v3.0.0 is built with e40b757)"
_ACCOUNT = _TERRAFORM + ", services/resourcemanager/resource_google_service_account.go"
_MEMBER = _TERRAFORM + ", tpgiamresource/resource_iam_member.go"
_IAM = _TERRAFORM + ", tpgiamresource/iam.go"
_UPDATERS = _TERRAFORM + ", services/*/iam_*.go"
_BATCHES = _TERRAFORM + ", tpgiamresource/iam_batching.go and transport/batcher.go"
_DATASET = _TERRAFORM + ", services/bigquery/iam_bigquery_dataset.go"
_SDK = "upjet (provider-gcp v3.0.0 is built with 4f6e6e1), external_tfpluginsdk.go"
_CLUSTER = _TERRAFORM + ", services/container/resource_container_cluster.go"
_IAM_DOCS = "Google Cloud IAM documentation"
_SHOWN = "what Terraform printed, in "

TABLE: tuple[Row, ...] = (
    # ServiceAccount
    Row(
        "service-account-created",
        "a ServiceAccount is new",
        "external-name is the account id, which is no field; atProvider has email, member, id, name, uniqueId and project",
        f"{_NAMES}; {_ACCOUNT}; {_CRDS}",
        ServiceAccount.create,
    ),
    Row(
        "service-account-named",
        "a ServiceAccount has no external-name",
        "it gets metadata.name",
        _NAMES + ", TemplatedStringAsIdentifier",
        managed._initialise,
    ),
    Row(
        "service-account-project",
        "forProvider names no project",
        "it is made in that of the provider config, which is written into the spec",
        f"{_CLIENTS}; {_ACCOUNT}",
        late_initialisation.late_initialise,
    ),
    Row(
        "service-account-domain-scoped",
        "the project is example.com:p",
        "the email address is ID@p.example.com.iam.gserviceaccount.com",
        _IAM_DOCS + ", service accounts of domain-scoped projects",
        email,
    ),
    Row(
        "service-account-taken-over",
        "a service account of that id exists",
        "it is updated, not created",
        _NAMES,
        ServiceAccount.read,
    ),
    Row(
        "service-account-exists",
        "a service account of that id exists in a domain-scoped project",
        "it is not found, since the template makes another email address; 409, for ever",
        f"{_NAMES}; the words are {_SHOWN}many issues",
        errors.account_exists,
    ),
    Row(
        "service-account-length",
        "the account id is shorter than 6 or longer than 30 characters",
        "400, for ever; nothing is looked at before",
        _IAM_DOCS + "; upjet validates nothing that Terraform would",
        errors.account_id_length,
    ),
    Row(
        "service-account-updated",
        "displayName or description is changed, or taken out",
        "one PatchServiceAccount; what was taken out comes back, unless it is set to an empty string",
        f"{_ACCOUNT}; {_SDK}",
        GoogleIAM.patch_service_account,
    ),
    Row(
        "service-account-disabled",
        "disabled is set or taken back",
        "a call of its own; a new one is created first and disabled then",
        _ACCOUNT,
        ServiceAccount.update,
    ),
    Row(
        "service-account-fixed",
        "a ServiceAccount's project or external-name is changed in place",
        "Synced=False with the field and both values, Ready stays True; undoing heals",
        f"{_ACCOUNT}, ForceNew; {_SDK}",
        ServiceAccount.changes,
    ),
    Row(
        "google-fixed-deleted",
        "a ServiceAccount or a member is deleted while a change of it is refused",
        "it is gone: what would be created anew has only the fields that changed, and Google refuses it",
        f"{_SDK} Delete; terraform-plugin-sdk v2.40.1, Resource.Apply; read, not observed",
        Provider._delete,
    ),
    Row(
        "service-account-reborn",
        "a service account is deleted, and made again",
        "another uniqueId; policies have deleted:serviceAccount:EMAIL?uid=..., which is no member that anybody finds; "
        "members are granted anew beside it",
        _IAM_DOCS + ", policies with deleted principals",
        Policies.rename,
    ),
    Row(
        "service-account-gone",
        "a service account is deleted",
        "its policy is gone with it, and members of that count as gone",
        f"{_IAM_DOCS}; {_MEMBER}, HandleNotFoundError",
        Policies.remove,
    ),
    # Cluster
    Row(
        "gke-cluster-observed",
        "a Cluster is [Observe], and there",
        "atProvider has id, location, project, selfLink, and workloadIdentityConfig.workloadPool where pods have identities; nothing is "
        "written into the spec",
        f"{_CRDS}; {_CLUSTER} resourceContainerClusterRead, flattenWorkloadIdentityConfig",
        ContainerCluster.read,
    ),
    Row(
        "gke-cluster-named",
        "a Cluster has no external-name",
        "it gets metadata.name",
        _NAMES + ", TemplatedStringAsIdentifier",
        managed._initialise,
    ),
    Row(
        "gke-cluster-project",
        "forProvider names no project",
        "it is looked for in that of the provider config",
        f"{_CLIENTS}; {_NAMES}",
        gke.Cluster.project,
    ),
    Row(
        "gke-cluster-zonal",
        "the location is a zone",
        "the id has it as a location, selfLink as a zone",
        f"{_NAMES}; zones in Google's URLs are {_SHOWN}hashicorp/terraform-provider-google issue 7851",
        gke.Cluster.self_link,
    ),
    Row(
        "gke-cluster-missing",
        "a cluster is not there",
        "an error, and it is looked for again",
        f"{_CLUSTER}, HandleNotFoundError; the words are {_SHOWN}hashicorp/terraform-provider-google issue 7851",
        errors.no_such_cluster,
    ),
    Row(
        "gke-cluster-denied",
        "the credentials may not look at a cluster",
        "Synced=False, `observe failed`, and nothing else happens",
        f"{_CLUSTER}, HandleNotFoundError; the words are shown in terraform-google-modules/terraform-google-kubernetes-engine issue "
        "926, the reason in hashicorp/terraform-provider-google issue 10567",
        errors.denied_on_cluster,
    ),
    # What is refused to the provider's credentials
    Row(
        "denied-look",
        "the credentials may not look at a thing",
        "Synced=False, `observe failed`, and nothing else happens",
        f"{_ACCOUNT}, HandleNotFoundError; the words are {_SHOWN}hashicorp/terraform-provider-google issues",
        errors.denied_on_account,
    ),
    Row(
        "denied-policy",
        "the credentials may not see a policy",
        "403, The caller does not have permission: when a member is created, for it is not looked for before, and when one is seen to",
        f"{_MEMBER}; the words are {_SHOWN}hashicorp/terraform-provider-google issues",
        gate.check_allowed,
    ),
    # Members of policies, all kinds
    Row(
        "member-created",
        "a member is new",
        "added to the binding of its role; external-name and id are RESOURCE/ROLE/MEMBER, by Terraform's id of the resource",
        f"{_NAMES}, IdentifierFromProvider; {_MEMBER}; {_UPDATERS}",
        Target.place,
    ),
    Row(
        "member-qualified",
        "a resource is named shortly, or its project is left out",
        "atProvider has the long name of most kinds; the project is written into the spec, but for Spanner; a long name may stand in "
        "the spec, and its project counts",
        _UPDATERS,
        IAMMember._state,
    ),
    Row(
        "member-case",
        "a member is written in upper case",
        "sent in lower case with all others of the policy, but for principals, allUsers and allAuthenticatedUsers",
        _IAM + " createIamBindingsMap, NormalizeIamPrincipalCasing",
        bindings.normal,
    ),
    Row(
        "member-condition",
        "a member has a condition",
        "another binding for each title, description and expression; the id ends in TITLE/DESCRIPTION/EXPRESSION",
        f"{_MEMBER}; {_IAM} conditionKey",
        bindings.condition_key,
    ),
    Row(
        "member-there-already",
        "the policy has the member already",
        "SetIamPolicy all the same, which changes nothing; deleting takes it away",
        _MEMBER,
        IAMMember.create,
    ),
    Row(
        "member-others-stay",
        "others have members and bindings in the policy",
        "they stay, when one is added and when one is deleted",
        _IAM + " MergeBindings, subtractFromBindings",
        bindings.subtract,
    ),
    Row(
        "member-etag",
        "a policy changes",
        "atProvider.etag of all its members is another; datasets have none",
        f"{_MEMBER}; {_DATASET}",
        Policy.etag,
    ),
    Row(
        "member-fixed",
        "any field of a member is changed in place",
        "Synced=False with the field and both values, Ready stays True; undoing heals",
        f"{_MEMBER}, ForceNew; {_SDK}",
        IAMMember.changes,
    ),
    Row(
        "member-condition-revived",
        "a member's condition is taken out",
        "refused once, and initialised late, so that it is back",
        _SDK + " Observe",
        late_initialisation.late_initialise,
    ),
    Row(
        "member-same",
        "a member is changed in case only, or a resource's short name for its long one",
        "no call",
        f"{_MEMBER} iamMemberCaseDiffSuppress; {_UPDATERS}, DiffSuppressFunc",
        IAMMember._same,
    ),
    Row(
        "member-templated",
        "the policy has the member of a DatasetIAMMember or TableIAMMember already",
        "it is found without being created; the id is the provider's template",
        _NAMES + ", TemplatedStringAsIdentifier",
        IAMMember._id,
    ),
    Row(
        "member-adopted",
        "external-name is set, to whatever it be",
        "the member is found by its fields, and keeps that as its id; without one nothing is found",
        f"{_SDK} Connect; {_MEMBER} resourceIamMemberRead",
        IAMMember.read,
    ),
    Row("member-taken-out", "somebody takes a member out of the policy", "it is granted again", _MEMBER, bindings.find),
    Row(
        "member-account-missing",
        "a member is a service account that does not exist",
        "400 in Synced; tried again until it does",
        f"{_BATCHES}; {_UPDATERS}; the words are {_SHOWN}GoogleCloudPlatform/data-migration-tool issue 58 (storage), "
        "cal-itp/data-infra pull request 4029 (IAM), Liscor/terraform_dataform_ga4_pipeline issue 1 (Pub/Sub)",
        errors.no_such_member,
    ),
    Row(
        "member-account-new",
        "a service account was only just made",
        "setIamPolicy does not know of it: 400 where it is a member, 403 where its own policy is set",
        _IAM_DOCS + f", creating service accounts: 60 seconds or more; {_ACCOUNT} on 403",
        gate.check_known,
    ),
    Row(
        "member-of-missing-account",
        "a ServiceAccountIAMMember is there before its service account",
        "404 in Synced; tried again until it is there",
        f"{_TERRAFORM}, services/resourcemanager/iam_service_account.go; that the words are those of serviceAccounts.get is assumed",
        errors.no_such_account,
    ),
    Row(
        "dataset-condition",
        "a DatasetIAMMember has a condition",
        "refused by Terraform, for ever",
        _DATASET + " policyToAccess",
        IAMMember._modify,
    ),
    Row(
        "member-deletion-refused",
        "the credentials may not see the policy when a member is deleted",
        "Synced=False, and it stays",
        _MEMBER,
        Provider._unseen,
    ),
)
