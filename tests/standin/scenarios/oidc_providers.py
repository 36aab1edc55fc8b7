"""OIDC providers of IAM."""

from typing import Any

from tests.standin.cloud import oidc_providers
from tests.standin.cloud.oidc_providers import THUMBPRINT
from tests.standin.scenarios.world import ACCOUNT, GOOD, NEVER_MADE, REFUSED, Thing, World, exercises

ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
ARN = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
STS = "sts.amazonaws.com"
WITHOUT_LATE = ["Observe", "Create", "Update", "Delete"]


def provider(world: World, external_name: str = "", **for_provider: Any) -> Thing:
    """Apply an OpenIDConnectProvider."""
    fields = {"url": f"https://{ISSUER}", "clientIdList": [STS], **for_provider}
    return world.apply("OpenIDConnectProvider", fields, external_name)


def there(world: World, arn: str = ARN) -> oidc_providers.OIDCProvider:
    """One as IAM has it."""
    found: oidc_providers.OIDCProvider = world.cloud.call("GetOpenIDConnectProvider", ACCOUNT, "", world.now, {"arn": arn})
    return found


def somebody_makes(world: World, *client_ids: str) -> None:
    """One that is there already."""
    arguments = {"url": f"https://{ISSUER}", "client_ids": list(client_ids), "tags": {"made-by": "eksctl"}}
    world.cloud.call("CreateOpenIDConnectProvider", ACCOUNT, "", world.now, arguments)
    world.calls()


@exercises("oidc-provider-created")
def oidc_provider_created() -> None:
    """All that there is to see."""
    world = World()
    made = provider(world)
    assert (made.state, made.external_name) == (GOOD, ARN)
    tags = made.for_provider["tags"]
    assert made.at_provider == {
        "arn": ARN,
        "clientIdList": [STS],
        "id": ARN,
        "tags": tags,
        "tagsAll": tags,
        "thumbprintList": [THUMBPRINT],
        "url": ISSUER,
    }
    assert made.for_provider["url"] == f"https://{ISSUER}"
    assert world.calls() == ["CreateOpenIDConnectProvider"]
    assert made.wait(3600).again is None
    assert world.calls() == []


@exercises("oidc-provider-adopted")
def oidc_provider_adopted() -> None:
    """Client ids and tags are as the spec says then, and it goes with whoever took it over."""
    world = World()
    somebody_makes(world, "kubernetes")
    taken = provider(world, ARN)
    assert (taken.state, taken.external_name) == (GOOD, ARN)
    calls = ["AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider"]
    assert world.calls() == [*calls, "UntagOpenIDConnectProvider", "TagOpenIDConnectProvider"]
    assert (there(world).client_ids, there(world).tags) == ([STS], taken.for_provider["tags"])
    watching = world.apply("OpenIDConnectProvider", {}, ARN, managementPolicies=["Observe"])
    assert (watching.state, watching.at_provider["clientIdList"]) == (GOOD, [STS])
    assert taken.delete().gone
    assert world.calls() == ["DeleteOpenIDConnectProvider"]


@exercises("oidc-provider-preset")
def oidc_provider_preset() -> None:
    """The ARN that follows from the URL, or any other."""
    world = World()
    right = provider(world, ARN)
    assert (right.state, right.external_name) == (GOOD, ARN)
    assert world.calls() == ["CreateOpenIDConnectProvider"]
    assert right.wait(3600).again is None
    url, wrong = "https://issuer.example.com/x", f"{ARN}-not"
    other = provider(world, wrong, url=url)
    assert (other.state, other.external_name) == (GOOD, f"arn:aws:iam::{ACCOUNT}:oidc-provider/issuer.example.com/x")
    assert world.calls() == ["CreateOpenIDConnectProvider"]
    assert provider(world, wrong).state == NEVER_MADE


@exercises("oidc-provider-exists")
def oidc_provider_exists() -> None:
    """Told once, and nothing is changed; the name of another account's is no help."""
    world = World()
    somebody_makes(world, STS)
    for external_name in ("", ARN.replace(ACCOUNT, "444455556666")):
        second = provider(world, external_name)
        assert second.state == NEVER_MADE
        assert second.message.startswith(
            "create failed: async create failed: failed to create the resource: [{0 creating IAM OIDC Provider: "
            "operation error IAM: CreateOpenIDConnectProvider, https response error StatusCode: 409, RequestID: "
        )
        assert second.message.endswith(f", EntityAlreadyExists: Provider with url https://{ISSUER} already exists.  []}}]")
        writes = second.writes
        assert second.wait(60).again is not None
        assert second.writes == writes
        assert world.calls() == ["CreateOpenIDConnectProvider EntityAlreadyExists"]
    second.annotate("crossplane.io/external-name", ARN)
    assert second.state == GOOD


@exercises("oidc-provider-client-ids")
def oidc_provider_client_ids() -> None:
    """A set."""
    world = World()
    made = provider(world, clientIdList=["b", "a"])
    world.calls()
    assert made.edit(clientIdList=["a", "b"]).state == GOOD
    assert world.calls() == []
    assert made.edit(clientIdList=["a", STS]).state == GOOD
    assert world.calls() == ["AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider"]
    assert there(world).client_ids == made.at_provider["clientIdList"] == ["a", STS]


@exercises("init-provider")
def init_provider() -> None:
    """Counts when it is created, and is no difference from then on, or where somebody made it; forProvider counts before it."""
    world = World()
    url = {"url": f"https://{ISSUER}"}
    spec: dict[str, Any] = {"initProvider": {"clientIdList": [STS]}, "managementPolicies": WITHOUT_LATE}
    made = world.apply("OpenIDConnectProvider", url, **spec)
    assert (made.state, there(world).client_ids) == (GOOD, [STS])
    world.calls()
    there(world).client_ids.append("openshift")
    assert made.wait(3600).at_provider["clientIdList"] == ["openshift", STS]
    assert made.edit(clientIdList=["openshift", STS, "vault"]).state == GOOD
    assert world.calls() == ["AddClientIDToOpenIDConnectProvider"]
    other = World()
    somebody_makes(other, "kubernetes")
    taken = other.apply("OpenIDConnectProvider", url, ARN, **spec)
    assert (taken.state, taken.at_provider["clientIdList"]) == (GOOD, ["kubernetes"])
    assert other.calls() == ["UntagOpenIDConnectProvider", "TagOpenIDConnectProvider"]


@exercises("oidc-provider-thumbprints")
def oidc_provider_thumbprints() -> None:
    """A list that cannot become empty."""
    world = World()
    made = provider(world)
    assert made.for_provider["thumbprintList"] == [THUMBPRINT]
    world.calls()
    thumbprints = ["b" * 40, "a" * 40]
    assert made.edit(thumbprintList=thumbprints).state == GOOD
    assert world.calls() == ["UpdateOpenIDConnectProviderThumbprint"]
    assert there(world).thumbprints == thumbprints
    assert made.edit(thumbprintList=[]).state == GOOD
    assert made.edit("thumbprintList").state == GOOD
    assert made.for_provider["thumbprintList"] == thumbprints
    assert world.calls() == []


@exercises("oidc-provider-fixed")
def oidc_provider_fixed() -> None:
    """Deleted meanwhile, it is the old one that goes, and no other comes."""
    world = World()
    made = provider(world)
    world.calls()
    assert made.edit(url="https://issuer.example.com").state == REFUSED
    assert made.message == (
        "update failed: async update failed: refuse to update the external resource because the following update "
        f'requires replacing it: cannot change the value of the argument "url" from "{ISSUER}" to "https://issuer.example.com"'
    )
    assert made.edit(url=f"https://{ISSUER}").state == GOOD
    assert world.calls() == []
    assert made.edit(url="https://issuer.example.com").delete().gone
    assert world.calls() == ["DeleteOpenIDConnectProvider"]


@exercises("oidc-provider-deleted")
def oidc_provider_deleted() -> None:
    """The others stay."""
    world = World()
    first, second = provider(world), provider(world, url="https://issuer.example.com")
    assert first.delete().gone
    for _ in range(2):
        world.cloud.call("DeleteOpenIDConnectProvider", ACCOUNT, "", world.now, {"arn": ARN})
    assert world.cloud.call("ListOpenIDConnectProviders", ACCOUNT, "", world.now, {}) == [second.external_name]
    world.cloud.call("DeleteOpenIDConnectProvider", ACCOUNT, "", world.now, {"arn": second.external_name})
    world.calls()
    assert second.delete().gone
    assert world.calls() == []
