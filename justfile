# What CI checks, in the order of what fails fastest. `just` lists the recipes.

default:
    @just --list

# Everything that must hold before a change lands.
check: fmt clippy test doc deny

fmt:
    cargo fmt --all --check

clippy:
    cargo clippy --workspace --all-targets -- -D warnings
    cargo clippy --workspace --features daylight-cli/yara --all-targets -- -D warnings

test:
    cargo test --workspace
    cargo test --workspace --features daylight-cli/yara --test it yara

# The store on a PostgreSQL of its own too. Needs Debian's postgresql.
postgres:
    tests/with_postgres cargo test -p daylight-store -p daylight-cli

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Licences, banned and doubled crates. Needs cargo-deny.
deny:
    cargo deny check bans licenses sources

# The main job on the example.
example:
    cargo run --release -- investigate examples/exchange-2021/story.txt --evidence examples/exchange-2021/evidence --exit-zero

# STIX 2.1 out, checked by OASIS's validator. Needs `pip install stix2-validator stix2`.
stix: example
    python3 tests/check_stix.py daylight-out/bundle.json

# The matcher, against another implementation of Sigma. Needs the shared rules and evidence.
conformance:
    cargo test --manifest-path conformance/Cargo.toml --target-dir target/conformance -- --nocapture

# Beside peers, on a gigabyte of event logs. Needs the shared rules and evidence.
bench *options:
    cargo xtask bench {{options}}
