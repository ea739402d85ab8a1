# A Debian-like image with Python 3.11 or newer and its venv module. Both stages stand on the same one, because the
# virtual environment made in the first points to that Python.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
# Without a network: `pip download --require-hashes -r requirements.lock -d wheelhouse` beforehand, and
# `--build-arg PIP_OPTIONS="--no-index --find-links=wheelhouse"`.
ARG PIP_OPTIONS=""
WORKDIR /build
RUN python3 -m venv /opt/hours-ledger
COPY requirements.lock ./
COPY requirements.lock wheelhouse* ./wheelhouse/
# hadolint ignore=SC2086
RUN /opt/hours-ledger/bin/pip install --no-cache-dir --require-hashes ${PIP_OPTIONS} -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY service ./service
COPY api ./api
COPY importers ./importers
COPY migrations ./migrations
# setuptools is in the lock, so this asks no registry.
RUN /opt/hours-ledger/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation .

FROM ${BASE}
COPY --from=build /opt/hours-ledger /opt/hours-ledger
RUN useradd --system --uid 10001 --user-group --home-dir /srv/hours-ledger --create-home \
      --shell /usr/sbin/nologin ledger \
 && install -d -o ledger -g ledger -m 0700 /srv/hours-ledger/var
ENV PATH=/opt/hours-ledger/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /srv/hours-ledger
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["python3", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
CMD ["hours-ledger", "serve"]
