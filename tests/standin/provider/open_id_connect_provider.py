"""iam OpenIDConnectProvider."""

from collections.abc import Mapping

from tests.standin.cloud import oidc_providers
from tests.standin.provider import tags
from tests.standin.provider.kind import TAGS, Asked, Field, Fields, Kind, planned, same_set
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, PluginSDK


def _same_url(old: str, new: str) -> bool:
    """IAM gives the URL back without https://, which is no change."""
    return old == new.removeprefix("https://")


class OpenIDConnectProvider(Kind):
    """Found by the ARN that IAM gives it, never by its URL.

    One that is deleted while a change of its URL is refused does not come back. The real provider makes one of the new URL, which it
    deletes in turn.
    """

    name, plural, service = "OpenIDConnectProvider", "openidconnectproviders", "iam"
    make, what = PluginSDK(recreates=False), "IAM OIDC Provider"
    fields = planned(
        url=Field(replaces=True, same=_same_url),
        clientIdList=Field((), same=same_set),
        thumbprintList=Field(same=lambda old, new: not new or old == new),
        tags=TAGS,
    )
    named_by = ("CreateOpenIDConnectProvider", "arn")

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """Nothing is asked for as long as there is no external name."""
        found: oidc_providers.OIDCProvider | None = aws.find("GetOpenIDConnectProvider", arn=asked.name) if asked.name else None
        if found is None:
            return None
        return {
            "arn": found.arn,
            "clientIdList": sorted(found.client_ids),
            "id": found.arn,
            "tags": dict(found.tags),
            "tagsAll": dict(found.tags),
            "thumbprintList": list(found.thumbprints),
            "url": found.url,
        }

    def create(self, aws: Session, asked: Asked) -> str:
        """CreateOpenIDConnectProvider."""
        desired = asked.desired
        answer = aws.call(
            "CreateOpenIDConnectProvider",
            url=desired.get("url", ""),
            client_ids=sorted(desired.get("clientIdList") or ()),
            thumbprints=list(desired.get("thumbprintList") or ()),
            tags=dict(desired.get("tags") or {}),
        )
        return str(answer["arn"])

    def update(self, aws: Session, _: Asked, state: Fields, changed: Mapping[str, Change]) -> None:
        """Thumbprints as a whole, client ids one by one: what is new comes before what is old goes."""
        arn = state["id"]
        if "thumbprint_list" in changed:
            aws.call("UpdateOpenIDConnectProviderThumbprint", arn=arn, thumbprints=changed["thumbprint_list"].new)
        if ids := changed.get("client_id_list"):
            old, new = set(ids.old), set(ids.new)
            for client_id in sorted(new - old):
                aws.call("AddClientIDToOpenIDConnectProvider", arn=arn, client_id=client_id)
            for client_id in sorted(old - new):
                aws.call("RemoveClientIDFromOpenIDConnectProvider", arn=arn, client_id=client_id)
        if "tags" in changed:
            tags.align(aws, "OpenIDConnectProvider", changed["tags"], arn=arn)

    def delete(self, aws: Session, state: Fields) -> None:
        """DeleteOpenIDConnectProvider."""
        aws.call("DeleteOpenIDConnectProvider", arn=state["id"])

    def doing(self, operation: str, fields: Fields) -> str:
        """One that is to be created has no id, whatever the external name."""
        return super().doing(operation, {"id": ""} if operation == "create" else fields)
