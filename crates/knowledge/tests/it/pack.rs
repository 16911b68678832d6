//! The committed pack is what the curated files and the background facts make.

use std::path::{Path, PathBuf};
use std::time::Instant;

use daylight_knowledge::{Knowledge, KnowledgeError, build};

const PACK: &[u8] = include_bytes!("../../data/pack.json.gz");

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// Building checks every id in the curated files against the background facts.
#[test]
fn the_pack_holds_the_curated_files_as_they_are() {
    let pack = build::pack_with_curated(PACK, &data()).expect("the curated files are sound");
    assert!(
        pack == PACK,
        "data/ was edited: run `cargo xtask knowledge`"
    );
}

#[test]
fn the_pack_is_what_the_sources_make() {
    let shared = std::env::var_os("DAYLIGHT_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let sources = shared.join("knowledge");
    if !sources.is_dir() {
        println!("skipped: no background facts in {}", sources.display());
        return;
    }
    let pack = build::pack_from_sources(&sources, &data()).expect("sources are sound");
    assert!(
        pack == PACK,
        "run `cargo xtask knowledge --from {}`",
        sources.display()
    );
}

#[test]
fn the_pack_is_small_and_loads_fast() {
    assert!(PACK.len() < 700_000, "{} bytes", PACK.len());
    let load = || {
        let started = Instant::now();
        let names = Knowledge::from_bytes(PACK).expect("sound").names().count();
        assert!(names > 5_000, "{names}");
        started.elapsed()
    };
    // The best of several: other tests run beside this one.
    let loaded = (0..5).map(|_| load()).min().unwrap_or_default();
    println!("{} bytes, loaded with all names in {loaded:?}", PACK.len());
    // A debug build on a busy machine is many times slower than what people run.
    let millis_max = if cfg!(debug_assertions) { 1_000 } else { 50 };
    assert!(loaded.as_millis() < millis_max, "{loaded:?}");
}

#[test]
fn a_bad_pack_is_refused_with_a_reason() {
    let check = |bytes: &[u8], expected: &str| {
        let error = Knowledge::from_bytes(bytes)
            .err()
            .map(|error| error.to_string());
        assert!(
            error.as_ref().is_some_and(|error| error.contains(expected)),
            "{error:?}"
        );
    };
    check(b"", "expected gzip");
    check(b"not a pack", "expected gzip");
    check(&PACK[..PACK.len() / 2], "expected gzip");
}

#[test]
fn curated_entries_that_name_unknown_things_are_refused() {
    let good = std::fs::read_to_string(data().join("operations.toml")).expect("readable");
    let check = |from: &str, to: &str, expected: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["products.toml", "ordinary-words.txt"] {
            std::fs::copy(data().join(name), folder.path().join(name)).expect("copied");
        }
        assert!(good.contains(from), "{from}");
        std::fs::write(
            folder.path().join("operations.toml"),
            good.replacen(from, to, 1),
        )
        .expect("written");
        let error = build::pack_with_curated(PACK, folder.path()).expect_err(to);
        assert!(error.to_string().contains(expected), "{error}");
        assert!(matches!(
            error,
            KnowledgeError::Curated { .. } | KnowledgeError::Malformed { .. }
        ));
    };
    check(
        "\"T1505.003\"",
        "\"T9999\"",
        "no such technique in use: T9999",
    );
    check("\"G0125\"", "\"G9999\"", "no such group in use: G9999");
    check(
        "\"CVE-2021-26855\"",
        "\"CVE-1999-0001\"",
        "CVE-1999-0001: listed by CISA: false",
    );
    check(
        "\"microsoft-exchange\"",
        "\"nothing\"",
        "no such product: nothing",
    );
    check("\"S0020\"", "\"S9999\"", "no such software: S9999");
    check(
        "id = \"proxyshell\"",
        "id = \"proxylogon\"",
        "this id is taken",
    );
    check(
        "disclosed = \"2021-03-02\"",
        "disclosed = \"March\"",
        "expected curated entries",
    );
    check(
        "kind = \"intrusion-wave\"",
        "kind = \"wave\"",
        "expected curated entries",
    );
}
