//! What a PDF must hold, and what nothing in a dossier may do to it.

#![allow(clippy::unwrap_used)]

use daylight_dossier::{
    Anchor, Block, Cell, Form, Item, Outline, Picture, Role, Section, Shape, Table,
};
use daylight_model::{Level, Outcome, Timestamp};
use daylight_pdf::pdf;

fn made() -> Timestamp {
    "2026-03-02T09:30:00Z".parse().unwrap()
}

fn outline(text: &str) -> Outline {
    let cell = |text: &str| Cell {
        lead: text.into(),
        text: text.into(),
        outcome: Some(Outcome::Hit),
    };
    let item = Item {
        lead: text.into(),
        text: text.into(),
        mark: text.into(),
        quote: text.into(),
        items: vec![Item {
            text: text.into(),
            ..Item::default()
        }],
    };
    Outline {
        title: text.into(),
        made: "Daylight dossier, 2026-03-02 09:30:00 UTC".into(),
        marking: Some("TLP:AMBER+STRICT"),
        held_back: None,
        outcome: Outcome::Hit,
        answer: "● Hit".into(),
        lines: vec![("Verdict", text.into())],
        sections: vec![Section {
            title: text.into(),
            blocks: vec![
                Block::Heading(text.into()),
                Block::Paragraph(text.into()),
                Block::Warning(text.into()),
                Block::Items(vec![item; 40]),
                Block::Table(Table {
                    head: vec![("One", 1), ("Two", 3)],
                    rows: vec![vec![cell(text), cell(text)]; 120],
                }),
                Block::Picture(picture(text, 960.0)),
            ],
        }],
    }
}

/// One of each kind of shape.
fn picture(text: &str, width: f64) -> Picture {
    let point = (width / 3.0, 40.0);
    let curve = [(400.0, 40.0), (300.0, 90.0), (600.0, 90.0)];
    let shape = |(role, form)| Shape {
        role,
        form,
        title: text.into(),
    };
    let shapes = [
        (Role::Lane, Form::Line((0.0, 20.0), point)),
        (Role::Denied, Form::Curves(point, vec![curve])),
        (
            Role::Arrow,
            Form::Polygon(vec![point, (9.0, 9.0), (0.0, 9.0)]),
        ),
        (Role::Arrow, Form::Polygon(vec![])),
        (Role::Party, Form::Box(point, 176.0, 30.0)),
        (Role::Mark(Level::High), Form::Circle(point, 9.0)),
        (Role::Party, Form::Text(point, Anchor::Middle, text.into())),
        (Role::Axis, Form::Text(point, Anchor::End, text.into())),
    ];
    Picture {
        width,
        height: 100.0,
        text: text.into(),
        caption: text.into(),
        shapes: shapes.into_iter().map(shape).collect(),
    }
}

#[track_caller]
fn check(text: &str) -> Vec<u8> {
    let outline = outline(text);
    let bytes = pdf(&outline, made()).unwrap();
    assert!(
        bytes.starts_with(b"%PDF-1.7") && bytes.ends_with(b"%%EOF"),
        "{text}"
    );
    assert_eq!(
        bytes,
        pdf(&outline, made()).unwrap(),
        "not the same twice: {text}"
    );
    bytes
}

/// Tags, language, title and marking stand uncompressed, where readers look for them.
#[test]
fn pages_are_tagged_and_say_what_they_are() {
    let bytes = check("Attacks on mail servers");
    let text = String::from_utf8_lossy(&bytes);
    for part in [
        "/StructTreeRoot",
        "/Lang(en)",
        "pdfuaid:part>1<",
        "/Figure",
        "Attacks on mail servers",
        "TLP:AMBER+STRICT",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.matches("/Type/Page/").count() + text.matches("/Type/Page\n").count() > 2);
    for active in [
        "/JavaScript",
        "/URI",
        "/Launch",
        "/EmbeddedFile",
        "/OpenAction",
    ] {
        assert!(!text.contains(active), "{active}");
    }
}

#[test]
fn hostile_text_is_drawn_and_nothing_else() {
    check("#panic(\"x\") $x$ *b* _i_ `c` <script>alert(1)</script> \\write18 (/JS) >> endobj %");
    check("\u{1b}[31m \u{0} \u{202e}gpj \u{feff} \u{fffd} \u{e000} \u{10ffff}");
    check("漢字 かな 한글 😀 שלום עולם 123 abc مرحبا بالعالم می‌خواهم e\u{301}\u{301}\u{301}");
    check(&"A".repeat(10_000));
    check(&"שלום ".repeat(500));
    check("");
    check(" ");
}

#[test]
fn an_empty_dossier_is_a_page() {
    let mut outline = outline("x");
    outline.sections.clear();
    outline.marking = None;
    assert!(pdf(&outline, made()).is_ok());
    outline.sections = vec![Section {
        title: "Empty".into(),
        blocks: vec![
            Block::Items(vec![]),
            Block::Table(Table {
                head: vec![],
                rows: vec![],
            }),
            Block::Picture(picture("", 0.0)),
        ],
    }];
    assert!(pdf(&outline, made()).is_ok());
}
