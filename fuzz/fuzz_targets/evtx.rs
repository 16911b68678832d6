//! Any bytes as a Windows event log:
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none evtx`, best with small logs as a corpus.
#![no_main]

use daylight_evidence::{Options, Sink, read_bytes};
use daylight_model::{Decisive, Event, Field};
use libfuzzer_sys::fuzz_target;

const CHUNK_BYTES: usize = 65_536;

/// Looks at all that an event holds, and counts where its first field tells something.
#[derive(Default)]
struct Looker {
    told: usize,
    /// Says of the other events what decided that nothing came of them.
    dismisses: bool,
    dismissed: Option<Vec<Decisive>>,
}

impl Sink for Looker {
    fn event(&mut self, event: &Event<'_>) {
        let length = |field: &Field<'_>| field.name.len() + field.value.as_text().len();
        let looked_at: usize = event.fields.iter().map(length).sum();
        let tells = event
            .fields
            .first()
            .is_none_or(|first| length(first) % 2 == 1);
        self.told += if tells { looked_at } else { 0 };
        self.dismissed = (self.dismisses && !tells).then(|| {
            let mut decisive = vec![Decisive::Nothing; event.fields.len()];
            decisive[0] = Decisive::Value;
            decisive
        });
    }

    fn dismissed(&self) -> Option<&[Decisive]> {
        self.dismissed.as_deref()
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
    // What is passed over for what is known of others changes nothing.
    let told = [false, true].map(|dismisses| {
        let mut looker = Looker {
            dismisses,
            ..Looker::default()
        };
        let manifest = read_bytes("log", &file, &Options::default(), &mut looker);
        let [source] = manifest.sources.as_slice() else {
            panic!("one file is one source");
        };
        (source.events, source.sha256.clone(), looker.told)
    });
    assert_eq!(told[0], told[1]);
});
