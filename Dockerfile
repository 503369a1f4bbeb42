# pobsync with rsync and ssh: web, scheduler, worker and every command. See docs/install/docker.md.

FROM node:24-bookworm-slim AS build
WORKDIR /build
# A mirror of the package registry, where the usual one cannot be reached: --build-arg NPM_CONFIG_REGISTRY=…
ARG NPM_CONFIG_REGISTRY
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-bookworm-slim AS node

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="pobsync" \
      org.opencontainers.image.description="A pull-based backup server: rsync over SSH into plain folder snapshots." \
      org.opencontainers.image.licenses="MIT"
RUN apt-get update \
 && apt-get install -y --no-install-recommends rsync openssh-client libstdc++6 \
 && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log \
 # The scheduler and what migrates are not root: they only need the database.
 && useradd --system --uid 10001 --user-group --home-dir /opt/pobsync --shell /usr/sbin/nologin pobsync \
 && install -d -o pobsync -g pobsync -m 0700 /opt/pobsync \
 && install -d -m 0700 /backups \
 # ssh looks for keys in the home of root, and that is not kept.
 && ln -s /opt/pobsync/ssh /root/.ssh
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=build /build/package.json /build/LICENSE /usr/local/lib/pobsync/
COPY --from=build /build/bin/pobsync /build/bin/pobsync.js /build/bin/run-node /usr/local/lib/pobsync/bin/
COPY --from=build /build/dist /usr/local/lib/pobsync/dist
COPY --from=build /build/dist-web /usr/local/lib/pobsync/dist-web
# Compiled once here, because nothing can be written there later.
ENV NODE_COMPILE_CACHE=/usr/local/lib/pobsync/cache \
    POBSYNC_STATE_DIR=/opt/pobsync \
    POBSYNC_LISTEN=0.0.0.0:8010
RUN ln -s ../lib/pobsync/bin/pobsync /usr/local/bin/pobsync && pobsync --version
VOLUME ["/opt/pobsync", "/backups"]
EXPOSE 8010
ENTRYPOINT ["pobsync"]
CMD ["up"]
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s --start-interval=1s CMD ["pobsync", "--quiet", "healthcheck", "web"]
