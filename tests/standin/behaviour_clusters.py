"""What the stand-in does with clusters, add-ons and OIDC providers as provider-aws and AWS do: a part of `behaviour.py`."""

from tests.standin.behaviour import Row
from tests.standin.cloud import errors
from tests.standin.cloud.clusters import Clusters
from tests.standin.cloud.oidc_providers import OIDCProviders
from tests.standin.provider import cluster, late_initialisation, managed
from tests.standin.provider.addon import Addon
from tests.standin.provider.cluster import Cluster
from tests.standin.provider.open_id_connect_provider import OpenIDConnectProvider
from tests.standin.provider.resource import Managed
from tests.standin.provider.upjet import PluginSDK

_CRDS = "CRDs of provider-aws v2.7.0"
_NAMES = "config/externalname.go of provider-aws of 2025"
_SDK = "upjet, external_tfpluginsdk.go"
_TERRAFORM = "terraform-provider-aws of 2025 and 2026 (provider-aws v2.5.0 is built with f769145)"
_CLUSTER = _TERRAFORM + ", service/eks/cluster.go"
_ADDON = _TERRAFORM + ", service/eks/addon.go"
_OIDC = _TERRAFORM + ", service/iam/openid_connect_provider.go"
_IAM_API = "IAM API reference"
_EKS_GUIDE = "EKS User Guide"

TABLE: tuple[Row, ...] = (
    # Cluster
    Row(
        "cluster-observed",
        "a Cluster is [Observe], and there",
        "atProvider has arn, id, region, createdAt, status, and the issuer in identity[0].oidc[0]; nothing is written into the spec",
        f"{_CRDS}; {_CLUSTER} resourceClusterRead",
        Cluster.read,
    ),
    Row(
        "cluster-named",
        "a Cluster has no external-name",
        "it gets metadata.name",
        _NAMES + ", NameAsIdentifier",
        managed._initialise,
    ),
    Row(
        "cluster-missing",
        "a cluster is not there, or in another region or account",
        "an error, and it is looked for again",
        f"{_CLUSTER} findClusterByName; provider-upjet-aws issue 1819",
        errors.no_such_cluster,
    ),
    Row(
        "cluster-auto-mode",
        "a cluster is in EKS Auto Mode, or is not",
        "atProvider.computeConfig is one object in both flavours, and enabled says which; node pools and the node role are there with it",
        f"{_CRDS}; {_CLUSTER} flattenComputeConfigResponse; that it is false, and not absent, is what the AWS CLI prints",
        cluster._compute_config,
    ),
    Row(
        "cluster-remade",
        "a cluster was deleted, and one of its name was made",
        "another issuer is shown; its add-ons are gone, and are made again",
        _EKS_GUIDE + ", deleting a cluster",
        Clusters.delete_cluster,
    ),
    # Addon
    Row(
        "addon-created",
        "an Addon is new",
        "external-name is CLUSTER:ADDON; atProvider has arn, id, createdAt, modifiedAt",
        f"{_NAMES}, FormattedIdentifierFromProvider; {_CRDS}; {_ADDON}",
        Addon.create,
    ),
    Row(
        "addon-version",
        "addonVersion is left out, or taken out",
        "EKS chooses one, which is written into the spec and stays",
        f"{_ADDON}; zz_addon_terraformed.go of provider-aws",
        late_initialisation.late_initialise,
    ),
    Row(
        "addon-taken-over",
        "an add-on of that cluster and name exists",
        "it is updated, not created, whatever external-name says, which becomes CLUSTER:ADDON",
        f"{_NAMES}, FormattedIdentifierFromProvider, which does not look at it; {_SDK} Connect",
        Addon.read,
    ),
    Row(
        "addon-exists",
        "CreateAddon for one that is there (which an Addon does not come to, for it looks first)",
        "ResourceInUseException, Addon already exists.",
        "shown in aws/eks-hybrid pull request 316",
        errors.addon_exists,
    ),
    Row(
        "addon-early",
        "an Addon is there before its cluster",
        "ResourceNotFoundException in Synced; tried again until the cluster is there",
        f"{_ADDON} resourceAddonCreate; shown in upbound/configuration-aws-eks pull request 9",
        Addon.doing,
    ),
    Row(
        "addon-updated",
        "addonVersion, configurationValues, serviceAccountRoleArn or tags is changed",
        "updated in place",
        f"{_ADDON} resourceAddonUpdate",
        Clusters.update_addon,
    ),
    Row(
        "addon-fixed",
        "addonName, clusterName or region is changed in place",
        "Synced=False with the field and both values, Ready stays True; undoing heals",
        f"{_ADDON}, ForceNew; {_SDK} Update",
        PluginSDK.refused,
    ),
    Row(
        "addon-gone",
        "somebody deletes an add-on",
        "it is made again",
        f"{_ADDON} resourceAddonRead; the words are in the {_EKS_GUIDE}, removing an add-on",
        errors.no_such_addon,
    ),
    Row(
        "addon-deleted",
        "an Addon is deleted, be it that a change of it is refused",
        "one DeleteAddon, and the others of the cluster stay",
        f"{_ADDON} resourceAddonDelete",
        Addon.delete,
    ),
    # OpenIDConnectProvider
    Row(
        "oidc-provider-created",
        "an OpenIDConnectProvider is new",
        "external-name, id and arn are the ARN; url is without https:// in atProvider",
        f"{_NAMES}, IdentifierFromProvider; {_CRDS}; {_IAM_API}, GetOpenIDConnectProvider",
        OpenIDConnectProvider.create,
    ),
    Row(
        "oidc-provider-adopted",
        "external-name is the ARN of one that is there",
        "it is taken over",
        f"{_NAMES}, IdentifierFromProvider; {_OIDC} resourceOpenIDConnectProviderRead",
        OpenIDConnectProvider.read,
    ),
    Row(
        "oidc-provider-preset",
        "external-name is an ARN, and there is no such OIDC provider",
        "it is created; external-name becomes the ARN of what was created, which follows from the URL",
        f"{_OIDC} resourceOpenIDConnectProviderRead, which forgets the id of what is not found; {_SDK} Observe and setExternalName",
        errors.no_such_oidc_provider,
    ),
    Row(
        "oidc-provider-exists",
        "one of that URL exists, and external-name is not its ARN",
        "EntityAlreadyExists, for ever",
        f"{_IAM_API}; the words are shown in DrFaust92/terraform-kubernetes-ebs-csi-driver issue 107",
        errors.oidc_provider_exists,
    ),
    Row(
        "oidc-provider-client-ids",
        "clientIdList is changed",
        "one call for each that is added or removed, in this order; another order of the list is no change",
        f"{_OIDC} resourceOpenIDConnectProviderUpdate",
        OIDCProviders.remove_client_id_from_open_id_connect_provider,
    ),
    Row(
        "init-provider",
        "a field is in initProvider, and not in forProvider",
        "it counts when the thing is created; where the thing exists, made by whomever, no difference in it is seen",
        "upjet 1e4f37b, external_tfpluginsdk.go filterInitExclusiveDiffs; observed on an OpenIDConnectProvider",
        Managed.initial,
    ),
    Row(
        "oidc-provider-thumbprints",
        "thumbprintList is left out, changed, or emptied",
        "IAM finds one, which is written into the spec; replaced as a whole; no call",
        f"{_OIDC}; {_IAM_API}, CreateOpenIDConnectProvider",
        OIDCProviders.update_open_id_connect_provider_thumbprint,
    ),
    Row(
        "oidc-provider-fixed",
        "the URL is changed in place",
        "Synced=False with both values, Ready stays True; undoing heals",
        f"{_OIDC}, ForceNew; {_SDK} Update",
        OpenIDConnectProvider.changes,
    ),
    Row(
        "oidc-provider-deleted",
        "an OpenIDConnectProvider is deleted, be it that somebody else was faster",
        "it is gone; IAM does not mind if it was",
        f"{_OIDC} resourceOpenIDConnectProviderDelete; {_IAM_API}, DeleteOpenIDConnectProvider",
        OIDCProviders.delete_open_id_connect_provider,
    ),
)
