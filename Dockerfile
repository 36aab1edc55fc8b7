# Built on by digest, of the index of all architectures; the tag says what it is. CONTRIBUTING.md says how to renew it.
ARG BUILD_IMAGE=docker.io/library/python:3.13-slim-trixie@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f

FROM ${BUILD_IMAGE} AS build
# A folder of wheels, where the build has no network: --build-arg PIP_ARGS="--no-index --find-links wheels"
ARG PIP_ARGS=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1
WORKDIR /src
COPY . .
# Whatever is installed is known by its hash, the build backend too. That and pip have an environment of their own.
RUN python3 -m venv /build \
 && /build/bin/pip install ${PIP_ARGS} --require-hashes --requirement requirements-build.lock \
 && /build/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /wheel . \
 && python3 -m venv --without-pip /venv \
 && /build/bin/pip --python /venv/bin/python install ${PIP_ARGS} --require-hashes --requirement requirements.lock \
 && /build/bin/pip --python /venv/bin/python install --no-index --no-deps /wheel/*.whl
# The second line fails the build where something is missing that the function loads.
RUN python3 package/rootfs.py /rootfs /venv \
 && chroot --userspec=2000:2000 /rootfs /venv/bin/function --help

# No shell, no package manager, no program but Python's and ours.
FROM scratch
# Nothing is written at run time, so the root file system can be read-only; what would be written was compiled above.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=build /rootfs /
EXPOSE 9443
# Crossplane runs functions as this user whatever is written here.
USER 2000:2000
ENTRYPOINT ["/venv/bin/function"]
