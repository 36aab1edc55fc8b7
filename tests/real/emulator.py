"""Run an AWS until it is ended: moto's IAM, STS and EKS, and what moto lacks.

That is EKS's pod identity associations, the calls that edit the client ids of an OIDC provider, and that no policy is deleted while
it is attached.

The account is in the access key: AKIA and its twelve digits. Every call of IAM and on associations that changes something or is
refused is told to a journal, as the stand-in's is. What EKS says to a creation with the token of one whose answer was lost is not
known; here it is refused, as another creation would be.
"""

import argparse
import functools
import io
import json
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from werkzeug.serving import run_simple
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from tests.real.aws import KEY, LOSE, READY
from tests.standin.cloud import errors
from tests.standin.cloud.calls import Entry
from tests.standin.cloud.clusters import Clusters, default_issuer
from tests.standin.cloud.eks import EKS, Association
from tests.standin.cloud.errors import AWSError
from tests.standin.cloud.journal import Journal

# moto reads it when it is imported: the policies that AWS itself has are there to be attached.
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

from moto.eks.models import eks_backends
from moto.iam.models import IAMBackend, iam_backends
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)

_SCOPE = re.compile(rf"Credential={KEY}(?P<account>\d{{12}})/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_ASSOCIATIONS = r"/clusters/([^/]+)/pod-identity-associations"
_TAGS = r"/tags/(arn:.+:podidentityassociation/.+)"
_READS = ("Get", "List", "Simulate")
_NAMES = {"assume_role_policy_document": "assume_role_policy", "open_id_connect_provider_arn": "arn"}
"""Where the journal's names are not those of the API."""


class AnswerLost(ConnectionError):
    """Ends the connection without a word."""


class Caller(NamedTuple):
    """Who calls, and what of."""

    account: str
    region: str
    service: str


class Associations:
    """EKS's pod identity associations in all accounts, behind its REST API."""

    def __init__(self, record: Callable[[Entry], None]) -> None:
        self._record = record
        self._accounts: dict[str, EKS] = {}
        self.answer_lost = False
        """Whether the next creation's answer gets lost."""
        self._routes: tuple[tuple[str, str, Callable[..., Any]], ...] = (
            ("POST", _ASSOCIATIONS, self._create),
            ("GET", rf"{_ASSOCIATIONS}/([^/]+)", self._describe),
            ("POST", rf"{_ASSOCIATIONS}/([^/]+)", self._update),
            ("DELETE", rf"{_ASSOCIATIONS}/([^/]+)", self._delete),
            ("POST", _TAGS, self._tag),
            ("DELETE", _TAGS, self._untag),
        )

    def answer(self, request: Request, caller: Caller) -> Response | None:
        """The answer to a call on associations, None to other calls."""
        for method, path, call in self._routes:
            match = re.fullmatch(path, request.path)
            if match and request.method == method:
                return _answer(functools.partial(call, request, caller, *match.groups()))
        return None

    def _create(self, request: Request, caller: Caller, cluster: str) -> Any:
        body = request.get_json()
        arguments = {"namespace": body["namespace"], "service_account": body["serviceAccount"], "tags": body.get("tags")}
        answer = self._call("CreatePodIdentityAssociation", caller, cluster, **_roles(body), **arguments)
        if self.answer_lost:
            self.answer_lost = False
            raise AnswerLost
        return self._describe(request, caller, cluster, answer["association_id"])

    def _describe(self, _: Request, caller: Caller, cluster: str, name: str) -> Any:
        place = {"region": caller.region, "cluster_name": cluster, "association_id": name}
        return {"association": _shown(self._of(caller).describe_pod_identity_association(datetime.now(UTC), **place))}

    def _update(self, request: Request, caller: Caller, cluster: str, name: str) -> Any:
        roles = {"disable_session_tags": False} | _roles(request.get_json())
        self._call("UpdatePodIdentityAssociation", caller, cluster, association_id=name, **roles)
        return self._describe(request, caller, cluster, name)

    def _delete(self, request: Request, caller: Caller, cluster: str, name: str) -> Any:
        found = self._describe(request, caller, cluster, name)
        self._call("DeletePodIdentityAssociation", caller, cluster, association_id=name)
        return found

    def _tag(self, request: Request, caller: Caller, arn: str) -> Any:
        return self._call("TagResource", caller, resource_arn=arn, tags=request.get_json()["tags"])

    def _untag(self, request: Request, caller: Caller, arn: str) -> Any:
        return self._call("UntagResource", caller, resource_arn=arn, tag_keys=request.args.getlist("tagKeys"))

    def _of(self, caller: Caller) -> EKS:
        account = caller.account
        return self._accounts.setdefault(account, EKS(account, _has_role, Clusters(account)))

    def _call(self, call: str, caller: Caller, cluster: str = "", **arguments: Any) -> Any:
        place = {"region": caller.region, "cluster_name": cluster} if cluster else {}
        arguments = place | arguments
        now, error = datetime.now(UTC), None
        answer: dict[str, Any] | None = None
        try:
            answer = _CALLS[call](self._of(caller), now, **arguments)
        except AWSError as refused:
            error = str(refused)
            raise
        finally:
            self._record(Entry(now, call, caller.account, "", arguments, answer, error))
        return answer


_CALLS: dict[str, Callable[..., Any]] = {
    "CreatePodIdentityAssociation": EKS.create_pod_identity_association,
    "UpdatePodIdentityAssociation": EKS.update_pod_identity_association,
    "DeletePodIdentityAssociation": EKS.delete_pod_identity_association,
    "TagResource": EKS.tag_resource,
    "UntagResource": EKS.untag_resource,
}


def _answer(call: Callable[[], Any]) -> Response:
    try:
        return _json(call())
    except AWSError as error:
        return _json({"message": error.message}, error.status, {"x-amzn-errortype": error.code})


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(content), status, headers, content_type="application/json")


def _roles(body: Mapping[str, Any]) -> dict[str, Any]:
    """The roles that a creation or an update names; what is left out is not there."""
    names = {"roleArn": "role_arn", "targetRoleArn": "target_role_arn", "disableSessionTags": "disable_session_tags"}
    return {ours: body[theirs] for theirs, ours in names.items() if theirs in body}


def _shown(association: Association) -> dict[str, Any]:
    """An association as EKS shows it."""
    shown = {
        "clusterName": association.cluster,
        "namespace": association.namespace,
        "serviceAccount": association.service_account,
        "roleArn": association.role_arn,
        "associationArn": association.arn,
        "associationId": association.id,
        "tags": association.tags,
        "disableSessionTags": association.disable_session_tags,
        "targetRoleArn": association.target_role_arn,
        "externalId": association.external_id,
        "ownerArn": association.owner_arn,
    }
    return {name: value for name, value in shown.items() if value != ""}


def _has_role(arn: str) -> bool:
    """Whether moto has a role of exactly this ARN, in whatever account."""
    account = arn.split(":")[4]
    return any(role.arn == arn for role in iam_backends[account]["aws"].get_roles())


class Emulator:
    """The whole of it, as one WSGI application; one call at a time, since moto knows no other protection."""

    def __init__(self, journal: Journal) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._record = journal.write
        self._associations = Associations(journal.write)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._lock:
            return self._answer(environ)(environ, start_response)

    def _answer(self, environ: dict[str, Any]) -> Response:
        request = Request(environ)
        if request.path == READY:
            return Response("ready")
        if request.path == LOSE:
            self._associations.answer_lost = True
            return Response(status=204)
        scope = _SCOPE.search(request.headers.get("Authorization", ""))
        if scope is None:
            return Response("no access key of an account", status=403)
        caller = Caller(**scope.groupdict())
        ours = self._associations.answer(request, caller) if caller.service == "eks" else None
        return ours or self._of_moto(request, caller)

    def _of_moto(self, request: Request, caller: Caller) -> Response:
        body = request.get_data()
        form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
        request.environ |= {"wsgi.input": io.BytesIO(body), "HTTP_X_MOTO_ACCOUNT_ID": caller.account}
        call = _IN_IAM.get(form.get("Action", "")) if caller.service == "iam" else None
        response = call(iam_backends[caller.account]["aws"], form) if call else None
        if response is None:
            content, status, headers = run_wsgi_app(self._moto, request.environ, buffered=True)
            response = Response(b"".join(content), status, headers)
        if (caller.service, request.method, request.path, response.status_code) == ("eks", "POST", "/clusters", 200):
            _give_issuer(caller, json.loads(body)["name"])
        if caller.service == "iam" and not form["Action"].startswith(_READS):
            self._record(_entry(caller, form, response))
        return response


def _add_client_id(iam: IAMBackend, form: Mapping[str, str]) -> Response:
    return _edit_client_ids(iam, form, lambda ids, one: [*(each for each in ids if each != one), one])


def _remove_client_id(iam: IAMBackend, form: Mapping[str, str]) -> Response:
    return _edit_client_ids(iam, form, lambda ids, one: [each for each in ids if each != one])


def _edit_client_ids(iam: IAMBackend, form: Mapping[str, str], edit: Callable[[list[str], str], list[str]]) -> Response:
    """Both calls are idempotent, says IAM's API reference."""
    arn = form["OpenIDConnectProviderArn"]
    provider = iam.open_id_providers.get(arn)
    if provider is None:
        return _refused(errors.no_such_oidc_provider(arn))
    provider.client_id_list = edit(provider.client_id_list, form["ClientID"])
    return Response(f"<{form['Action']}Response/>", content_type="text/xml")


def _delete_policy(iam: IAMBackend, form: Mapping[str, str]) -> Response | None:
    """None, and so moto's answer, unless the policy is attached."""
    # Its own count goes up with every attachment, also with that of what is attached already.
    if not any(form["PolicyArn"] in role.managed_policies for role in iam.roles.values()):
        return None
    return _refused(errors.policy_attached())


def _refused(error: AWSError) -> Response:
    told = f"<Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
    return Response(f"<ErrorResponse><Error>{told}</Error></ErrorResponse>", error.status, content_type="text/xml")


_IN_IAM: dict[str, Callable[[IAMBackend, Mapping[str, str]], Response | None]] = {
    "AddClientIDToOpenIDConnectProvider": _add_client_id,
    "RemoveClientIDFromOpenIDConnectProvider": _remove_client_id,
    "DeletePolicy": _delete_policy,
}


def _give_issuer(caller: Caller, cluster: str) -> None:
    """An issuer of its own to a new cluster: in moto all have one."""
    issuer = default_issuer(caller.region, caller.account, cluster)
    eks_backends[caller.account][caller.region].clusters[cluster].identity = {"oidc": {"issuer": issuer}}


def _entry(caller: Caller, form: Mapping[str, str], response: Response) -> Entry:
    """A call of IAM as the journal has it."""
    arguments = {_snake(name): value for name, value in form.items() if name not in ("Action", "Version")}
    error = None
    if response.status_code >= 400:
        found = {each.tag.rpartition("}")[2]: each.text for each in ElementTree.fromstring(response.data).iter()}  # noqa: S314
        error = f"{found['Code']}: {found['Message']}"
    answer: dict[str, Any] | None = {} if error is None else None
    return Entry(datetime.now(UTC), form["Action"], caller.account, "", arguments, answer, error)


def _snake(name: str) -> str:
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return _NAMES.get(snake, snake)


class _Handler(MotoRequestHandler):
    """Cuts the connection where an answer is lost."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:  # noqa: ARG002
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the journal tells what matters."""


def main() -> None:
    """Read the options, and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.real.emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where to listen, on 127.0.0.1")
    parser.add_argument("--journal", type=Path, required=True, help="the calls, a line of JSON each")
    options = parser.parse_args()
    emulator = Emulator(Journal(options.journal))
    run_simple("127.0.0.1", options.port, emulator, threaded=True, request_handler=_Handler)


if __name__ == "__main__":
    main()
