FROM rust:1-bookworm AS builder
# The image has the C compiler, make and perl that SQLite, libpq and OpenSSL are compiled with.
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package madang

FROM debian:bookworm-slim
# Certificates: for sslmode=verify-full against a managed PostgreSQL, and for MADANG_SSO_JWKS_URL.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --shell /usr/sbin/nologin --create-home --home-dir /var/lib/madang madang
COPY --from=builder /src/target/release/madang /usr/local/bin/madang

USER madang
# Signing keys and, unless DATABASE_URL says otherwise, the SQLite file.
WORKDIR /var/lib/madang
VOLUME /var/lib/madang
# SSL_CERT_FILE lets `sslrootcert=system` find Debian's certificates: the OpenSSL that is compiled in looks elsewhere.
# MIMALLOC_PURGE_DELAY=0 gives memory back at once (docs/PERFORMANCE.md).
ENV MADANG_LISTEN=0.0.0.0:8080 \
    MIMALLOC_PURGE_DELAY=0 \
    MADANG_DATA_DIR=/var/lib/madang \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
EXPOSE 8080

# Asked with bash alone, so that the image needs no HTTP client.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080; printf "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" >&3; read -r _ status _ <&3; [ "$status" = 200 ]'

ENTRYPOINT ["madang"]
CMD ["serve"]
