"""A function that passes everything on: what the SDK and gRPC cost by themselves."""

from typing import Any

import click
from crossplane.function import cli, response
from crossplane.function.proto.v1 import run_function_pb2 as fnv1
from crossplane.function.proto.v1 import run_function_pb2_grpc as grpcv1


class Echo(grpcv1.FunctionRunnerServiceServicer):
    async def RunFunction(self, request: fnv1.RunFunctionRequest, context: Any) -> fnv1.RunFunctionResponse:  # noqa: N802, ARG002
        return response.to(request)


@click.command()
@cli.standard_options
def main(**options: Any) -> None:
    cli.run(Echo(), **{**options, "max_recv_message_size": 64})


if __name__ == "__main__":
    main()
