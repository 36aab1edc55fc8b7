"""What BindingsReady makes of Google's errors: what goes by itself, and what somebody has to mend.

The texts are Google's, as provider-gcp or Terraform's provider passed them on; the names in them are ours. Beside each stands
where it was seen.
"""

from typing import Any

import pytest

from tests.clouds.aws.test_chains import condition
from tests.support.xrs import answered, composed, provided

EMAIL = "reports@customer-project.iam.gserviceaccount.com"
ACCOUNT = f"projects/customer-project/serviceAccounts/{EMAIL}"
ON_ACCOUNT = (
    f"Error applying IAM policy for service account '{ACCOUNT}': Error setting IAM policy for service account '{ACCOUNT}': "
)
ON_PROJECT = (
    f'Request `Create IAM Members roles/storage.objectViewer serviceAccount:{EMAIL} for project "customer-project"` returned '
    'error: Error applying IAM policy for project "customer-project": Error setting IAM policy for project "customer-project": '
)
READ_PROJECT = (
    f'Request `Create IAM Members roles/viewer serviceAccount:{EMAIL} for project "custmer-project"` returned error: Error '
    'retrieving IAM policy for project "custmer-project": '
)
ON_BUCKET = 'Error applying IAM policy for storage bucket "b/customer-reports": Error setting IAM policy for storage bucket "b/customer-reports": '

ERRORS: dict[str, tuple[str, str]] = {
    # https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/916, jenkins-x/jx/issues/7627
    "no pool": (
        f"{ON_ACCOUNT}googleapi: Error 400: Identity Pool does not exist (prod-436507.svc.id.goog). Please check that you specified "
        "a valid resource name as returned in the `name` attribute in the configuration API., badRequest",
        "NoWorkloadPool",
    ),
    # https://github.com/google/kctf/issues/193
    "no pool, from gcloud": (
        "INVALID_ARGUMENT: Identity Pool does not exist (prod-436507.svc.id.goog). Please check that you specified a valid resource "
        "name as returned in the `name` attribute in the configuration API.",
        "NoWorkloadPool",
    ),
    # https://github.com/jenkins-x/terraform-google-jx/issues/74, as Google called pools before
    "no namespace": (
        f"{ON_ACCOUNT}googleapi: Error 400: Identity namespace does not exist (prod-436507.svc.id.goog)., badRequest",
        "NoWorkloadPool",
    ),
    # https://github.com/googleapis/google-cloud-go/issues/11482, hashicorp/terraform-provider-google/issues/9969
    "account not known yet, project": (
        f"{ON_PROJECT}googleapi: Error 400: Service account {EMAIL} does not exist., badRequest",
        "Propagating",
    ),
    "account not known yet, bucket": (
        f"{ON_BUCKET}googleapi: Error 400: Service account {EMAIL} does not exist., invalid",
        "Propagating",
    ),
    # https://github.com/pulumi/pulumi-google-native/issues/836
    "account not known yet, itself": (
        f"Error retrieving IAM policy for service account '{ACCOUNT}': googleapi: Error 404: Unknown service account, notFound",
        "Propagating",
    ),
    # https://github.com/hashicorp/terraform-provider-google/issues/11208, DataDog/stratus-red-team/issues/299
    "account not readable yet": (
        f"Error retrieving IAM policy for service account '{ACCOUNT}': googleapi: Error 403: Permission "
        "'iam.serviceAccounts.getIamPolicy' denied on resource (or it may not exist)., forbidden",
        "Propagating",
    ),
    # https://github.com/Liscor/terraform_dataform_ga4_pipeline/issues/1: an account of somebody else in the same policy
    "another account is gone": (
        f"{ON_PROJECT}googleapi: Error 400: Service account service-802491271465@gcp-sa-logging.iam.gserviceaccount.com does not "
        "exist., badRequest",
        "Waiting",
    ),
    # https://github.com/opstrace/opstrace/issues/142
    "no permission": (
        f"{ON_ACCOUNT}googleapi: Error 403: Permission iam.serviceAccounts.setIamPolicy is required to perform this operation on "
        f"service account {ACCOUNT}., forbidden",
        "Waiting",
    ),
    # https://github.com/terraform-google-modules/terraform-google-vault/issues/35
    "no permission in the project": (
        f"{ON_PROJECT}googleapi: Error 403: The caller does not have permission, forbidden",
        "Waiting",
    ),
    # https://github.com/hashicorp/terraform-provider-google/issues/5107, terraform-google-modules/terraform-google-iam/issues/219
    "role not supported": (
        f"{ON_PROJECT}googleapi: Error 400: Role roles/custom.reader is not supported for this resource., badRequest",
        "Waiting",
    ),
    # https://github.com/hashicorp/terraform-provider-google/issues/7354
    "invalid argument": (
        f"{ON_PROJECT}googleapi: Error 400: Request contains an invalid argument., badRequest",
        "Waiting",
    ),
    # https://github.com/GoogleCloudPlatform/genai-for-marketing/issues/139
    "organization policy": (
        f"{ON_BUCKET}googleapi: Error 400: One or more users named in the policy do not belong to a permitted customer, perhaps due "
        "to an organization policy.",
        "Waiting",
    ),
    # https://github.com/pulumi/pulumi-google-native/issues/862
    "concurrent changes": (
        f"{ON_PROJECT}googleapi: Error 409: There were concurrent policy changes. Please retry the whole read-modify-write with "
        "exponential backoff., aborted",
        "Waiting",
    ),
    # https://github.com/coreos/tectonic-installer/pull/2324
    "API not enabled": (
        f"{ON_ACCOUNT}googleapi: Error 403: Google Identity and Access Management (IAM) API has not been used in project "
        "customer-project before or it is disabled., accessNotConfigured",
        "Waiting",
    ),
    # The same of a project that is mistyped: mostly a 403, and some APIs answer 404.
    "project mistyped": (
        f"{READ_PROJECT}googleapi: Error 403: The caller does not have permission, forbidden",
        "Waiting",
    ),
    "project not found": (
        f"{READ_PROJECT}googleapi: Error 404: Requested entity was not found., notFound",
        "Waiting",
    ),
    # https://cloud.google.com/storage/docs/json_api/v1/status-codes
    "bucket not found": (
        'Error retrieving IAM policy for storage bucket "b/customer-reports": googleapi: Error 404: The specified bucket does not '
        "exist., notFound",
        "Waiting",
    ),
}


def spec(**account: str) -> dict[str, Any]:
    return {
        "clusters": [{"name": "prod", "gke": {"projectId": "prod-436507", "location": "europe-west1"}}],
        "serviceAccounts": [{"name": "reports"}],
        "gcp": {
            "projectId": "customer-project",
            "serviceAccount": account or {"accountId": "reports"},
            "roles": [{"role": "roles/storage.objectViewer", "on": {"bucket": "customer-reports"}}],
        },
    }


def said(text: str, written: dict[str, Any]) -> tuple[str, str, str]:
    """BindingsReady, where the account is there, and the provider says so of a member."""
    there = {made.name: provided(made.object()) for made in composed(written).resources}
    members = [name for name, one in there.items() if one["kind"] == "ServiceAccountIAMMember"]
    for one in there.values():
        if one["kind"] == "ServiceAccount":
            one["status"]["atProvider"] = {"email": EMAIL}
    failed = provided(there[members[0]], ready=False, synced=False)
    # As upjet writes it.
    failed["status"]["conditions"][1]["message"] = f"async create failed: failed to create the resource: [{{0 {text}  []}}]"
    return condition(answered(written, observed={**there, members[0]: failed}), "BindingsReady")


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_permanent_is_not_called_a_delay(name: str) -> None:
    text, reason = ERRORS[name]
    status, found, message = said(text, spec())
    assert (status, found) == ("False", reason)
    assert text[-80:] in message  # Google's own words stand at the end of the provider's
    assert ("until then this is no error" in message) == (reason == "Propagating")
    assert ("Workload Identity Federation for GKE: enable it" in message) == (reason == "NoWorkloadPool")


@pytest.mark.parametrize("name", [name for name, (_, reason) in ERRORS.items() if reason == "Propagating"])
def test_an_account_that_exists_is_known_everywhere(name: str) -> None:
    assert said(ERRORS[name][0], spec(email=EMAIL))[1] == "Waiting"
