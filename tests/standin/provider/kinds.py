"""The kinds that there are. A new one is a module and a line here."""

from tests.standin.provider.addon import Addon
from tests.standin.provider.cluster import Cluster
from tests.standin.provider.google.container_cluster import ContainerCluster
from tests.standin.provider.google.iam_member import IAMMember
from tests.standin.provider.google.service_account import ServiceAccount
from tests.standin.provider.google.targets import TARGETS
from tests.standin.provider.kind import Kind
from tests.standin.provider.open_id_connect_provider import OpenIDConnectProvider
from tests.standin.provider.pod_identity_association import PodIdentityAssociation
from tests.standin.provider.policy import Policy
from tests.standin.provider.role import Role
from tests.standin.provider.role_policy import RolePolicy
from tests.standin.provider.role_policy_attachment import RolePolicyAttachment

KINDS: tuple[Kind, ...] = (
    Role(),
    RolePolicy(),
    Policy(),
    RolePolicyAttachment(),
    PodIdentityAssociation(),
    OpenIDConnectProvider(),
    Cluster(),
    Addon(),
    ServiceAccount(),
    ContainerCluster(),
    *map(IAMMember, TARGETS),
)
