//! Any bytes as a Windows event log:
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none evtx`, best with small logs as a corpus.
#![no_main]

use daylight_evidence::{Options, Sink, read_bytes};
use daylight_model::Event;
use libfuzzer_sys::fuzz_target;

const CHUNK_BYTES: usize = 65_536;

/// Looks at all that an event holds.
struct Looker(usize);

impl Sink for Looker {
    fn event(&mut self, event: &Event<'_>) {
        for field in &event.fields {
            self.0 += field.name.len() + field.value.as_text().len();
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    // The header of the file and the signatures are no work for a fuzzer: what it brings is the
    // inside of chunks, as far as it goes.
    let mut file = b"ElfFile\0".to_vec();
    file.resize(4_096, 0);
    for chunk in bytes.chunks(CHUNK_BYTES - 8).take(3) {
        file.extend_from_slice(b"ElfChnk\0");
        file.extend_from_slice(chunk);
    }
    let mut looker = Looker(0);
    let manifest = read_bytes("log", &file, &Options::default(), &mut looker);
    assert_eq!(manifest.sources.len(), 1);
});
