use daylight_report::{Options, read_bytes};

/// A small generator with a fixed seed (xorshift), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap_or(0)
    }
}

/// Reads whatever comes and checks what always holds.
fn survive(bytes: &[u8]) {
    let Ok(document) = read_bytes("random", bytes, &Options::default()) else {
        return;
    };
    let mut end = 0;
    for block in &document.blocks {
        assert!(
            block.span.start >= end && !block.span.is_empty(),
            "blocks in order: {block:?} after {end}"
        );
        assert!(
            document
                .text
                .get(block.span.start..block.span.end)
                .is_some(),
            "{block:?} fits the text"
        );
        end = block.span.end;
    }
}

#[test]
fn changed_reports_never_panic() {
    let html = include_str!("news.html");
    let text = include_str!("text.rs");
    let pdf = super::formats::pdf(&["First line of the page", "second line of it"]);
    let docx = super::formats::docx("<w:p><w:r><w:t>Words</w:t></w:r></w:p>");
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    for (seed, rounds) in [
        (html.as_bytes(), 150),
        (text.as_bytes(), 150),
        (pdf.as_slice(), 300),
        (docx.as_slice(), 300),
    ] {
        for _ in 0..rounds {
            let mut bytes = seed.to_vec();
            for _ in 0..=dice.below(12) {
                let place = dice.below(bytes.len());
                match dice.below(4) {
                    0 => bytes.truncate(place.max(16)),
                    1 => bytes.insert(place, b"<>&;\"\x00\xff\n"[dice.below(8)]),
                    2 => bytes[place] = u8::try_from(dice.below(256)).unwrap_or(0),
                    _ => {
                        let end = (place + dice.below(200)).min(bytes.len());
                        let piece = bytes[place..end].to_vec();
                        let at = dice.below(bytes.len());
                        bytes.splice(at..at, piece);
                    }
                }
            }
            survive(&bytes);
        }
    }
}

#[test]
fn random_bytes_never_panic() {
    let mut dice = Dice(0x0dd_ba11);
    for round in 0..400 {
        let length = dice.below(600);
        let alphabet = if round % 2 == 0 { 256 } else { 128 };
        let bytes: Vec<u8> = (0..length)
            .map(|_| u8::try_from(dice.below(alphabet)).unwrap_or(0))
            .collect();
        survive(&bytes);
        survive(&[b"<html><p>".as_slice(), &bytes].concat());
        survive(&[b"%PDF-1.4\n".as_slice(), &bytes].concat());
    }
}
