"""The end-to-end scenarios on the real provider-aws: `make real`, with its binaries named by PROVIDER_AWS.

The provider's own iam and eks controllers call an AWS that moto emulates; EKS's pod identity associations, which moto lacks, stand
beside it (emulator.py). Crossplane, the API server and the function are those of `make e2e`.

PROVIDER_AWS is a folder with two programs, `iam` and `eks`. They are in the images of the published providers, all for Linux:

    mkdir -p provider-aws/bin
    for service in iam eks; do
      crane export xpkg.upbound.io/upbound/provider-aws-$service:v2.5.0 - |
        tar -xO --wildcards '*usr/local/bin/provider' > provider-aws/bin/$service
    done
    chmod +x provider-aws/bin/*
    make real PROVIDER_AWS=$PWD/provider-aws/bin

The webhook of `eks`, which converts kinds that have several versions, listens on all addresses for as long as the tests run.

(With docker in place of crane: `docker create IMAGE`, and `docker cp CONTAINER:/usr/local/bin/provider`.) Their CRDs, those of
ProviderConfigs among them, are in a folder `crds` beside `bin`, or where PROVIDER_CRDS says, or are fetched from the provider's Go
module as for all other tests.
"""
