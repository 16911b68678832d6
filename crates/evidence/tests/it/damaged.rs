//! Input changed at random places, always the same ones: whatever comes of it, no panic, and
//! whatever must hold of a manifest still holds.

use std::io::Write;

use daylight_evidence::Options;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{folder, read_paths, shared};

/// xorshift64*: enough for places and bytes, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap_or(0) % below.max(1)
    }
}

fn damage(content: &[u8], random: &mut Random) -> Vec<u8> {
    let mut damaged = content.to_vec();
    for _ in 0..=random.next(8) {
        let at = random.next(damaged.len());
        match random.next(5) {
            0 => damaged.truncate(at),
            1 => damaged[at..]
                .iter_mut()
                .take(16)
                .for_each(|byte| *byte = 0xff),
            2 => {
                damaged.remove(at);
            }
            3 => damaged.insert(at, b"\"{}[]\n,#\0\\;="[random.next(12)]),
            _ => damaged[at] ^= 1 << random.next(8),
        }
        if damaged.is_empty() {
            break;
        }
    }
    damaged
}

fn check(name: &str, content: &[u8], rounds: u64) {
    let mut options = Options::default();
    options.limits.record_bytes_max = 1 << 20;
    options.limits.unpacked_bytes_max = 16 << 20;
    for round in 0..rounds {
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ (round + 1));
        let damaged = damage(content, &mut random);
        let folder = folder(&[(name, &damaged)]);
        let (_, manifest) = read_paths(&[folder.path().to_owned()], &options);
        assert!(!manifest.sources.is_empty());
    }
}

const JSON: &str = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":1,"Channel":"System"},"EventData":{"Data":[{"@Name":"a","#text":"é"}]}}}
{"@timestamp":"2021-03-14T01:39:32.609Z","winlog":{"event_data":{"x":[1,2,{"y":null}]},"event_id":"3","channel":"Security"}}
"##;

const PROXY: &str = "DateTime,UrlStem,AnchorMailbox,ServerHostName\n#Log-type: HttpProxy Logs\n#Fields: DateTime,UrlStem,AnchorMailbox,ServerHostName\n2021-03-03T06:30:11.000Z,/ecp/,\"a \"\"b\"\", c\",M\n2021-03-03T06:30:12.000Z,/owa/,\"two\nlines\",M\n";

const ECP: &str = "#Software: Microsoft Exchange Server\n#Log-type: ECP Server Log\n#Fields: TimeStamp,ServerName,EventId,EventData\n2021-03-03T06:30:11.000Z,M,ECP.Request,\"S:CMD=x;S:URL=/é;I32:N=1;\"\n";

const IIS: &str = "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time cs-uri-stem c-ip\n2021-03-03 06:30:11 /é 192.0.2.1\n";

#[test]
fn text_formats() {
    for content in [JSON, PROXY, ECP, IIS, "plain text\nover lines\n"] {
        check("evidence", content.as_bytes(), 400);
        let wide: Vec<u8> = content.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check("evidence", &wide, 200);
    }
    check(
        "evidence",
        format!("[{}]", JSON.replace("}\n{", "},\n{")).as_bytes(),
        400,
    );
}

#[test]
fn archives() {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [("a.json", JSON), ("b/c.log", IIS), ("d", PROXY)] {
        writer
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    check("evidence", &writer.finish().unwrap().into_inner(), 1_500);
    let mut writer = tar::Builder::new(Vec::new());
    for (name, content) in [
        ("a.json", JSON.to_owned()),
        (&*"x/".repeat(80), IIS.repeat(40)),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        writer
            .append_data(&mut header, name, content.as_bytes())
            .unwrap();
    }
    check("evidence", &writer.into_inner().unwrap(), 1_000);
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(JSON.as_bytes()).unwrap();
    check("evidence", &writer.finish().unwrap(), 500);
}

#[test]
fn event_logs() {
    let Some(samples) = shared("evidence/evtx-attack-samples/Persistence") else {
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(samples)
        .unwrap()
        .filter_map(|entry| entry.ok())
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "evtx")
        })
        .filter(|path| {
            path.metadata()
                .is_ok_and(|metadata| metadata.len() < 200_000)
        })
        .collect();
    files.sort();
    for path in files.iter().take(4) {
        check("evidence", &std::fs::read(path).unwrap(), 60);
    }
}
