"""Run the stand-in until it is ended."""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from lightkube import AsyncClient, KubeConfig
from lightkube.resources.apps_v1 import Deployment

from tests.standin.cloud.calls import Cloud
from tests.standin.cloud.journal import Journal, read
from tests.standin.existing import options as existing
from tests.standin.kube.controller import Controller, Flavour, Listening
from tests.standin.kube.kubelet import NAMESPACE, Kubelet
from tests.standin.kube.outage import Outage
from tests.standin.kube.watching import follow
from tests.standin.provider.kinds import KINDS
from tests.standin.provider.managed import Provider, Settings
from tests.standin.provider.memory import Memory

WORKERS = 16
CLOUDS = ("aws", "gcp")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, rebuild the cloud from the journal, and run."""
    given = options().parse_args(arguments)
    entries = list(read(given.journal))
    journal = Journal(given.journal)
    cloud = Cloud(journal.write, given.lag_new_service_accounts)
    cloud.replay(entries)
    existing.make(cloud, given)
    settings = Settings(
        accounts=dict(given.account),
        projects=dict(given.project),
        denied=grouped(given.denied),
        lag=given.lag,
        propagation=given.propagation,
        retry=given.retry,
        says_looks=not given.silent_looks,
    )
    provider = Provider(cloud, Memory([] if given.forgetful else entries), settings)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(run(given.kubeconfig, provider, given.cloud or CLOUDS))
    journal.close()


async def run(kubeconfig: Path, provider: Provider, clouds: Collection[str]) -> None:
    """Follow all kinds of some clouds, and work, until the process is told to end."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    client = AsyncClient(config=KubeConfig.from_file(kubeconfig), field_manager="standin", trust_env=False)
    outage = Outage()
    controller, kubelet = Controller(client, provider, outage), Kubelet(client, outage)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, controller.poll)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(kubelet.queue.run(1))
        tasks.create_task(follow(client, Deployment, NAMESPACE, kubelet, outage))
        tasks.create_task(controller.queue.run(WORKERS))
        for flavour in (flavour for kind in KINDS if kind.cloud in clouds for flavour in Flavour.all_of(kind)):
            namespace = "*" if flavour.served.namespaced else None
            tasks.create_task(follow(client, flavour.resource, namespace, Listening(controller, flavour), outage))


def options() -> argparse.ArgumentParser:
    """All of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.standin", description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True, help="how to reach the API server")
    parser.add_argument("--journal", type=Path, required=True, help="the cloud's calls; read on start, then appended to")
    parser.add_argument("--lag", type=float, default=0, help="seconds that a creation or deletion takes (default: 0)")
    parser.add_argument("--retry", type=float, default=1, help="seconds until what failed is tried again (default: 1)")
    parser.add_argument(
        "--propagation", type=float, default=5, help="seconds for which a missing role is waited for in silence (default: 5)"
    )
    parser.add_argument(
        "--forgetful",
        action="store_true",
        help="start without the external names that were not written anywhere, as the real provider does",
    )
    parser.add_argument(
        "--silent-looks",
        action="store_true",
        help="write nothing where a look finds nothing new; the real provider writes the time of every look",
    )
    parser.add_argument(
        "--cloud", choices=(*CLOUDS, "none"), action="append", help="whose kinds are managed (default: all clouds')"
    )
    of_configs = {
        "--account": ("ID", "the account of AWS of every provider config of that name (default: 111122223333)"),
        "--project": ("ID", "the project of Google Cloud of every provider config of that name (default: provider-project)"),
        "--denied": (
            "RESOURCE",
            "a resource of Google Cloud that is refused to these provider configs with all below it: projects/P, b/BUCKET",
        ),
    }
    for option, (value, words) in of_configs.items():
        parser.add_argument(option, type=_of_config, action="append", default=[], metavar=f"NAME={value}", help=words)
    parser.add_argument(
        "--lag-new-service-accounts",
        type=float,
        default=0,
        metavar="SECONDS",
        help="for how long setIamPolicy does not know of a new service account (default: 0; Google says 60 s and more)",
    )
    existing.add_options(parser)
    return parser


def _of_config(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name or not value:
        raise argparse.ArgumentTypeError("must be NAME=..., by the name of a provider config")
    return name, value


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What was given for each name."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


if __name__ == "__main__":
    main()
