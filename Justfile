# What there is to do: `just --list`.

# The filled, embedded demo on 127.0.0.1:8080
demo:
    cargo run --release -- demo

# Everything that CI runs, and what came in through Cargo.lock
check: deny
    .ci/run

# The tests; on PostgreSQL too where its server binaries are installed
test *arguments:
    cargo test --workspace {{ arguments }}

# Put the code into its form
fmt:
    cargo fmt --all

# Lints, warnings denied
lint:
    cargo clippy --workspace --all-targets -- -D warnings
    cargo clippy --package madang --features bench -- -D warnings

# Licences, sources and banned crates (needs cargo-deny)
deny:
    cargo deny check bans licenses sources

# Dependencies that nothing uses (needs cargo-machete)
unused:
    cargo machete

# Write openapi.yaml anew
openapi:
    cargo run -q -- openapi > openapi.yaml

# The documentation of the crates, warnings denied
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# The benchmark: seeds, measures, prints the table of docs/PERFORMANCE.md
bench *ARGS:
    cargo build --release --features bench && python3 tests/bench/run.py {{ARGS}}
