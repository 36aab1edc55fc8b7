"""Run the stand-in until it is ended."""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Sequence
from pathlib import Path

from lightkube import AsyncClient, KubeConfig
from lightkube.resources.apps_v1 import Deployment

from tests.standin import existing
from tests.standin.cloud.calls import Cloud
from tests.standin.cloud.journal import Journal, read
from tests.standin.kube.controller import Controller, Flavour, Listening
from tests.standin.kube.kubelet import NAMESPACE, Kubelet
from tests.standin.kube.outage import Outage
from tests.standin.kube.watching import follow
from tests.standin.provider.kinds import KINDS
from tests.standin.provider.managed import Provider, Settings
from tests.standin.provider.memory import Memory

WORKERS = 16


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, rebuild the cloud from the journal, and run."""
    options = _options().parse_args(arguments)
    entries = list(read(options.journal))
    journal = Journal(options.journal)
    cloud = Cloud(journal.write)
    cloud.replay(entries)
    existing.make(cloud, options)
    settings = Settings(
        accounts=dict(options.account),
        lag=options.lag,
        propagation=options.propagation,
        retry=options.retry,
    )
    provider = Provider(cloud, Memory([] if options.forgetful else entries), settings)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(run(options.kubeconfig, provider))
    journal.close()


async def run(kubeconfig: Path, provider: Provider) -> None:
    """Follow all kinds, and work, until the process is told to end."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    client = AsyncClient(config=KubeConfig.from_file(kubeconfig), field_manager="standin", trust_env=False)
    outage = Outage()
    controller, kubelet = Controller(client, provider, outage), Kubelet(client, outage)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(kubelet.queue.run(1))
        tasks.create_task(follow(client, Deployment, NAMESPACE, kubelet, outage))
        tasks.create_task(controller.queue.run(WORKERS))
        for flavour in (flavour for kind in KINDS for flavour in Flavour.all_of(kind)):
            namespace = "*" if flavour.namespaced else None
            tasks.create_task(follow(client, flavour.resource, namespace, Listening(controller, flavour), outage))


def _options() -> argparse.ArgumentParser:
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
        "--account",
        type=_account,
        action="append",
        default=[],
        metavar="NAME=ID",
        help="the account of every provider config of that name (default: 111122223333)",
    )
    existing.add_options(parser)
    return parser


def _account(text: str) -> tuple[str, str]:
    name, _, account = text.partition("=")
    if not name or not account:
        raise argparse.ArgumentTypeError("must be NAME=ID")
    return name, account


if __name__ == "__main__":
    main()
