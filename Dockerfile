# The image of Autodex: one static binary on nothing else, run by a user who may do nothing else.
#   docker build -t autodex .
# scripts/image-without-docker runs these very steps where there is no Docker. For that, every RUN step keeps to the folder
# it is run in and names no other.

# The toolchain of rust-toolchain.toml.
FROM rust:1.95.0-slim-bookworm AS build
ARG PROFILE=dist
WORKDIR /build
# Not the file rust-toolchain.toml: its components for developers would be fetched.
ENV RUSTUP_TOOLCHAIN=1.95.0
# Writes the list of crates into the binary, where scanners (cargo audit, syft, trivy) find it.
RUN cargo install cargo-auditable --version 0.7.7 --locked --root tools

# The dependencies, in a layer of their own: only another Cargo.lock builds them again.
COPY Cargo.toml Cargo.lock ./
COPY migrations/Cargo.toml migrations/
COPY benches benches
RUN mkdir -p src migrations/src && echo 'fn main() {}' > src/main.rs && touch src/lib.rs migrations/src/lib.rs
# Static, so that the image needs no libraries; the target is named, so that this is not applied to build scripts.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN tools/bin/cargo-auditable auditable build --locked --profile "$PROFILE" --target "$(rustc --print host-tuple)"

# The program. What was built from the empty files above is older than this and built anew.
COPY migrations migrations
COPY examples examples
COPY assets assets
COPY src src
RUN touch src/lib.rs src/main.rs migrations/src/lib.rs \
    && tools/bin/cargo-auditable auditable build --locked --profile "$PROFILE" --target "$(rustc --print host-tuple)" \
    && mkdir -p root/etc/ssl/certs root/tmp owned/data \
    && cp "target/$(rustc --print host-tuple)/$PROFILE/autodex" root/autodex \
    && cp /etc/ssl/certs/ca-certificates.crt root/etc/ssl/certs/ \
    && echo 'autodex:x:65532:65532:autodex:/data:/autodex' > root/etc/passwd \
    && echo 'autodex:x:65532:' > root/etc/group \
    && chmod 1777 root/tmp \
    && touch owned/data/.keep
COPY LICENSE-MIT LICENSE-APACHE root/licenses/

FROM scratch
LABEL org.opencontainers.image.title="Autodex" \
      org.opencontainers.image.description="A search engine for Home Assistant automations, served over GraphQL" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /build/root/ /
COPY --from=build --chown=65532:65532 /build/owned/ /
ENV HOST=0.0.0.0 PORT=8000 DATABASE_URL="sqlite:///data/autodex.db?mode=rwc" LOG_FORMAT=json
WORKDIR /data
USER 65532:65532
EXPOSE 8000
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["/autodex", "health"]
ENTRYPOINT ["/autodex"]
CMD ["serve"]
