"""iam OpenIDConnectProvider."""

from collections.abc import Sequence

from tests.standin.cloud import oidc_providers
from tests.standin.provider import tags
from tests.standin.provider.kind import Asked, Fields, Kind
from tests.standin.provider.session import Session
from tests.standin.provider.upjet import Change, PluginSDK


class OpenIDConnectProvider(Kind):
    """Found by the ARN that IAM gives it, never by its URL.

    One that is deleted while a change of its URL is refused does not come back. The real provider makes one of the new URL, which it
    deletes in turn.
    """

    name, plural, service = "OpenIDConnectProvider", "openidconnectproviders", "iam"
    make, what = PluginSDK(recreates=False), "IAM OIDC Provider"
    parameters = frozenset({"clientIdList", "tags", "thumbprintList", "url"})
    named_by = ("CreateOpenIDConnectProvider", "arn")

    def read(self, aws: Session, asked: Asked) -> Fields | None:
        """Nothing is asked for as long as there is no external name."""
        found: oidc_providers.OIDCProvider | None = aws.find("GetOpenIDConnectProvider", arn=asked.name) if asked.name else None
        if found is None:
            return None
        state = {
            "arn": found.arn,
            "clientIdList": sorted(found.client_ids),
            "id": found.arn,
            "tags": dict(found.tags),
            "tagsAll": dict(found.tags),
            "thumbprintList": list(found.thumbprints),
            "url": found.url,
        }
        return {field: value for field, value in state.items() if value not in ([], {})}

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

    def changes(self, asked: Asked, state: Fields) -> list[Change]:
        """IAM gives the URL back without https://, which is no change; client ids are a set, thumbprints a list."""
        desired, found = asked.desired, []
        url = desired.get("url")
        if url is not None and url.removeprefix("https://") != state["url"]:
            found.append(Change("url", state["url"], url, replaces=True))
        old, new = set(state.get("clientIdList", ())), set(desired.get("clientIdList") or ())
        if old != new:
            found.append(Change("client_id_list", old, new))
        thumbprints = list(desired.get("thumbprintList") or ())
        if thumbprints and thumbprints != state["thumbprintList"]:
            found.append(Change("thumbprint_list", state["thumbprintList"], thumbprints))
        return [*found, *tags.changed(desired, state)]

    def update(self, aws: Session, _: Asked, state: Fields, changes: Sequence[Change]) -> None:
        """Thumbprints as a whole, client ids one by one: what is new comes before what is old goes."""
        arn, changed = state["id"], {change.field: change for change in changes}
        if "thumbprint_list" in changed:
            aws.call("UpdateOpenIDConnectProviderThumbprint", arn=arn, thumbprints=changed["thumbprint_list"].new)
        if ids := changed.get("client_id_list"):
            for client_id in sorted(ids.new - ids.old):
                aws.call("AddClientIDToOpenIDConnectProvider", arn=arn, client_id=client_id)
            for client_id in sorted(ids.old - ids.new):
                aws.call("RemoveClientIDFromOpenIDConnectProvider", arn=arn, client_id=client_id)
        if "tags" in changed:
            tags.align(aws, "OpenIDConnectProvider", changed["tags"], arn=arn)

    def delete(self, aws: Session, state: Fields) -> None:
        """DeleteOpenIDConnectProvider."""
        aws.call("DeleteOpenIDConnectProvider", arn=state["id"])

    def doing(self, operation: str, fields: Fields) -> str:
        """One that is to be created has no id, whatever the external name."""
        return super().doing(operation, {"id": ""} if operation == "create" else fields)
