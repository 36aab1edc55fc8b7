# One Python minor in both stages: the virtual environment of the first links the interpreter of the second by its path.
ARG BUILD_IMAGE=docker.io/library/python:3.13-slim-trixie
ARG RUN_IMAGE=docker.io/library/python:3.13-slim-trixie

FROM ${BUILD_IMAGE} AS build
# A folder of wheels, where the build has no network: --build-arg PIP_ARGS="--no-index --find-links wheels"
ARG PIP_ARGS=""
WORKDIR /src
RUN python3 -m venv /venv
COPY . .
RUN /venv/bin/pip install ${PIP_ARGS} --disable-pip-version-check --no-cache-dir --no-compile --require-hashes --requirement requirements.lock \
 && /venv/bin/pip install ${PIP_ARGS} --disable-pip-version-check --no-cache-dir --no-compile --no-deps . \
 && /venv/bin/pip uninstall --yes --quiet pip setuptools \
 ;  find /venv -name __pycache__ -type d -prune -exec rm -rf {} + \
 ;  /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /venv/lib \
 ;  chmod -R a+rX /venv

FROM ${RUN_IMAGE}
# Nothing is written at run time, so the root file system can be read-only; what would be written was compiled above.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=build /venv /venv
# Fails the build where the two stages have different Python minors, or a library is missing.
RUN ["/venv/bin/function", "--help"]
EXPOSE 9443
# Crossplane runs functions as this user whatever is written here.
USER 2000:2000
ENTRYPOINT ["/venv/bin/function"]
