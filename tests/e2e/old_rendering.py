"""The function as it once rendered: `managedPolicyArns: []` on every Role without managed policies.

On the real provider-aws v2.5.0 that was a fight without end; it is run in place of the function to see that such a fight is noticed.
"""

from typing import Any

import click
from crossplane.function import cli
from crossplane.function.proto.v1 import run_function_pb2 as fnv1

from function.fn import FunctionRunner


class OldRendering(FunctionRunner):
    """The same answers, with the empty list in them."""

    async def RunFunction(  # noqa: N802 - the name that gRPC calls
        self, request: fnv1.RunFunctionRequest, context: Any
    ) -> fnv1.RunFunctionResponse:
        """Compose one XR."""
        answer = await super().RunFunction(request, context)
        for desired in answer.desired.resources.values():
            if desired.resource.fields["kind"].string_value == "Role":
                spec = desired.resource.fields["spec"].struct_value
                fields = spec.fields["forProvider"].struct_value.fields
                if "managedPolicyArns" not in fields:
                    fields["managedPolicyArns"].list_value.SetInParent()
        return answer


@click.command()
@cli.standard_options
def main(**options: Any) -> None:
    """Serve it as the function itself is served."""
    cli.run(OldRendering(), **options)


if __name__ == "__main__":
    main()
