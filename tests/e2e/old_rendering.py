"""The function as it once rendered: `managedPolicyArns: []` on every Role without managed policies.

On the real provider-aws v2.5.0 that was a fight without end; it is run in place of the function to see that such a fight is noticed.
"""

from pathlib import Path
from typing import Any

import click
from crossplane.function import cli
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.fn import FunctionRunner
from function.server import serve
from function.wire import Answer


class OldRendering(FunctionRunner):
    """The same answers, with the empty list in them."""

    async def RunFunction(  # noqa: N802 - the name that gRPC calls
        self, request: fnv1.RunFunctionRequest, context: Any
    ) -> Answer:
        """Compose one XR."""
        answer = (await super().RunFunction(request, context)).message()
        for desired in answer.desired.resources.values():
            if desired.resource.fields["kind"].string_value == "Role":
                spec = desired.resource.fields["spec"].struct_value
                fields = spec.fields["forProvider"].struct_value.fields
                if "managedPolicyArns" not in fields:
                    fields["managedPolicyArns"].list_value.SetInParent()
        return Answer(answer.SerializeToString())


@click.command()
@cli.standard_options
def main(**options: Any) -> None:
    """Serve it as the function itself is served."""
    certificates = Path(options["tls_certs_dir"])
    serve(OldRendering(), options["address"], certificates=certificates, max_received=64 << 20, max_sent=64 << 20)


if __name__ == "__main__":
    main()
