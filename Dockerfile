# Two images from one build: `--target idp` and `--target sp-demo`. Neither has a shell user, a compiler or a writable root.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc g++ libc6-dev make pkg-config libssl-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked -p idp -p sp-demo \
    && install -D target/release/idp target/release/sp-demo -t /out/

FROM debian:bookworm-slim AS base
# libssl3 is for libpq's TLS to PostgreSQL; everything else is in the binary.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin noegle \
    && install -d -o noegle -g noegle -m 0700 /var/lib/noegle
COPY config /etc/noegle
COPY scripts/healthy.sh /usr/local/bin/healthy
WORKDIR /var/lib/noegle
# A number, not the name: a cluster can see without a lookup that it is not root (runAsNonRoot).
USER 10001
STOPSIGNAL SIGTERM

FROM base AS idp
COPY --from=build /out/idp /usr/local/bin/idp
EXPOSE 8080
VOLUME /var/lib/noegle
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["healthy", "8082", "/health/ready"]
ENTRYPOINT ["idp"]
CMD ["--config", "/etc/noegle/idp.toml", "serve"]

FROM base AS sp-demo
COPY --from=build /out/sp-demo /usr/local/bin/sp-demo
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["healthy", "8081", "/health"]
ENTRYPOINT ["sp-demo"]
CMD ["--config", "/etc/noegle/demo/sp-demo.toml"]
