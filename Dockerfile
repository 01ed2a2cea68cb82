# Builds the edition and serves it, as a user without rights: docker build -t site . && docker run -p 8080:8080 site
FROM python:3.13-slim AS build
RUN useradd --create-home --uid 10001 editor && mkdir /edition && chown editor /edition
USER editor
WORKDIR /edition
ENV PATH=/edition/.venv/bin:$PATH PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
# What changes seldom comes first: an edit of a text installs nothing again.
COPY --chown=editor requirements.lock ./
RUN python -m venv .venv && pip install --quiet --require-hashes --no-deps -r requirements.lock
COPY --chown=editor pyproject.toml README.md LICENSE ./
COPY --chown=editor plugins plugins
RUN pip install --quiet --no-build-isolation --no-deps -e .
COPY --chown=editor pelicanconf.py ./
COPY --chown=editor theme theme
COPY --chown=editor curation curation
COPY --chown=editor content content
RUN kuratorium build

FROM nginxinc/nginx-unprivileged:stable-alpine-slim
COPY docker/nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=build /edition/output /site
EXPOSE 8080
