"""What the real provider-kubernetes does with an Object that holds a ServiceAccount's annotations: we rely on it, whoever writes it."""

import itertools
from collections.abc import Iterator

import pytest

from tests.controlplane import function, provider_kubernetes
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.plane import ControlPlane
from tests.e2e.api import Api
from tests.e2e.objects import ANNOTATE, EVERYTHING, OBJECT_FLAVOURS, Account
from tests.e2e.planes import NEWEST, VERSION

pytestmark = pytest.mark.skipif(
    VERSION != NEWEST, reason="which Crossplane runs beside it makes no difference; the newest does"
)
_NUMBERS = itertools.count(1)
_ROLE = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/reports"}


@pytest.fixture(scope="module", autouse=True)
def provider(plane: ControlPlane) -> Iterator[None]:
    with provider_kubernetes.running(plane):
        yield


@pytest.fixture(params=sorted(OBJECT_FLAVOURS))
def account(plane: ControlPlane, api: Api, request: pytest.FixtureRequest) -> Account:
    namespace = f"objects-{next(_NUMBERS)}"
    Kubectl(plane.places)("create", "namespace", namespace)
    return Account(plane.places, api, OBJECT_FLAVOURS[request.param], namespace)


def test_it_runs_beside_the_function(plane: ControlPlane) -> None:
    """Both listen on port 9443."""
    for address in function.addresses(plane.places):
        function.wait_answering(plane.places, address)


def test_an_annotation_is_added_and_nothing_else_changed(account: Account) -> None:
    account.create(theirs="kept")
    before = account.read()
    account.manage(ANNOTATE, _ROLE)
    assert account.annotations() == {"theirs": "kept"} | _ROLE
    assert account.read()["uid"] == before["uid"]


def test_an_annotation_of_somebody_else_is_taken_over(account: Account) -> None:
    account.create(mine="old")
    account.manage(ANNOTATE, {"mine": "new"})
    assert account.annotations() == {"mine": "new"}


def test_what_is_removed_by_hand_comes_back(account: Account) -> None:
    account.create()
    account.manage(ANNOTATE, _ROLE)
    Kubectl(account.places)(
        "annotate", "serviceaccount", "app", f"--namespace={account.namespace}", "eks.amazonaws.com/role-arn-"
    )
    account.until(lambda: account.annotations() == _ROLE, "the annotation again")


def test_an_annotation_that_is_taken_out_goes(account: Account) -> None:
    account.create(theirs="kept")
    account.manage(ANNOTATE, {"first": "1", "second": "2"})
    account.manage(ANNOTATE, {"first": "1"})
    account.until(lambda: account.annotations() == {"theirs": "kept", "first": "1"}, "without the second")
    account.manage(ANNOTATE, {})
    account.until(lambda: account.annotations() == {"theirs": "kept"}, "without both")


def test_deleting_the_object_leaves_the_annotation(account: Account) -> None:
    account.create(theirs="kept")
    account.manage(ANNOTATE, _ROLE)
    account.unmanage()
    assert account.annotations() == {"theirs": "kept"} | _ROLE


def test_what_an_object_left_belongs_to_an_object_of_its_name_alone(account: Account) -> None:
    """Fields are owned by the Object's name, even when it is gone."""
    account.create()
    account.manage(ANNOTATE, _ROLE, "-first")
    account.unmanage("-first")
    account.manage(ANNOTATE, _ROLE, "-second")
    account.manage(ANNOTATE, {}, "-second")
    assert account.annotations() == _ROLE
    account.manage(ANNOTATE, {}, "-first")
    assert account.annotations() == {}


def test_updating_creates_a_missing_account_and_never_deletes_it(account: Account) -> None:
    """Policies without Create do not keep it from being created: what is missing and applied server-side is created."""
    account.manage(ANNOTATE, _ROLE)
    assert account.annotations() == _ROLE
    account.unmanage()
    assert account.annotations() == _ROLE


def test_an_account_that_is_deleted_comes_back(account: Account) -> None:
    account.create()
    account.manage(ANNOTATE, _ROLE)
    before = account.read()["uid"]
    Kubectl(account.places)("delete", "serviceaccount", "app", f"--namespace={account.namespace}")
    account.until(lambda: account.read().get("uid", before) != before, "the account again")


def test_a_uid_keeps_a_missing_account_from_being_created(account: Account) -> None:
    uid = "0b6c1d6e-0000-4000-8000-000000000000"
    account.write(ANNOTATE, _ROLE, uid=uid)
    account.until(account.seen, "tried")
    assert account.conditions() == {
        "Synced": (
            "False",
            "ReconcileError",
            'update failed: cannot apply object: cannot create object: Operation cannot be fulfilled on serviceaccounts "app": '
            f"uid mismatch: the provided object specified uid {uid}, and no existing object was found",
        )
    }
    assert not account.read()
    account.create()
    account.manage(ANNOTATE, _ROLE, uid=account.read()["uid"])
    assert account.annotations() == _ROLE


def test_observing_alone_says_that_an_account_is_missing(account: Account) -> None:
    account.write(("Observe",), {})
    account.until(account.seen, "tried")
    assert account.conditions() == {"Synced": ("False", "ReconcileError", "observe failed: external resource does not exist")}
    assert not account.read()


def test_with_all_policies_the_account_is_created_and_deleted(account: Account) -> None:
    account.manage(EVERYTHING, _ROLE)
    assert account.annotations() == _ROLE
    account.unmanage()
    assert not account.read()


def test_with_all_policies_an_account_that_was_there_before_is_deleted_too(account: Account) -> None:
    account.create(theirs="kept")
    account.manage(ANNOTATE, _ROLE)
    before = account.read()
    account.manage(EVERYTHING, _ROLE)
    assert account.read()["uid"] == before["uid"]
    assert account.annotations() == {"theirs": "kept"} | _ROLE
    account.unmanage()
    assert not account.read()


def test_all_policies_taken_back_leave_the_account(account: Account) -> None:
    account.manage(EVERYTHING, _ROLE)
    account.manage(ANNOTATE, _ROLE)
    account.unmanage()
    assert account.annotations() == _ROLE
