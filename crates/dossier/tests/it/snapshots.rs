//! Everything that is written, word for word, so that a change of it is looked at.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p daylight-dossier snapshots`, and
//! read the difference.

use daylight_dossier::{
    findings_csv, findings_jsonl, html, markdown, misp_event, navigator_layer, sarif, stix_bundle,
    text_summary, timesketch_jsonl,
};
use insta::assert_snapshot;
use serde_json::Value;

use crate::sample::{self, Sample};

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

/// The page without its style, an element a line.
fn page(sample: &Sample) -> String {
    let page = html(&sample.case());
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    format!("{head}{body}").replace("><", ">\n<")
}

#[test]
fn for_people() {
    let (hit, clean, empty) = (sample::hit(), sample::clean(), sample::empty());
    assert_snapshot!("hit.html", page(&hit));
    assert_snapshot!("hit.md", markdown(&hit.case()));
    assert_snapshot!("hit.txt", text_summary(&hit.case(), 100, false));
    assert_snapshot!("clean.md", markdown(&clean.case()));
    assert_snapshot!("clean.txt", text_summary(&clean.case(), 100, false));
    assert_snapshot!("empty.txt", text_summary(&empty.case(), 60, true));
    assert_snapshot!("hostile.html", page(&sample::hostile()));
}

#[test]
fn for_machines() {
    let sample = sample::hit();
    let (case, findings) = (sample.case(), &sample.findings);
    assert_snapshot!("bundle.json", pretty(&stix_bundle(&case)));
    assert_snapshot!("misp.json", pretty(&misp_event(&case)));
    assert_snapshot!("attack-layer.json", pretty(&navigator_layer(&case)));
    let text = written(|out| sarif(&case, findings, out).unwrap());
    assert_snapshot!("findings.sarif", text);
    let text = written(|out| {
        assert_eq!(timesketch_jsonl(findings, out).unwrap(), 0);
    });
    assert_snapshot!("timesketch.jsonl", text);
    let text = written(|out| findings_jsonl(findings, out).unwrap());
    assert_snapshot!("findings.jsonl", text);
    let text = written(|out| findings_csv(findings, out).unwrap());
    assert_snapshot!("findings.csv", text);
}
