//! Event logs made by hand: each trap of the format on its own, held against the `evtx` crate
//! where that reads it, and against what is right where it does not.

use super::builder::{Body, Builder, RECORDS_START, Typed, seal, text, wide};
use super::oracle::{self, Kept};

/// `<System>` with the least that makes an event.
pub(super) fn system(builder: &mut Builder) {
    builder.open("System");
    let provider: Body<'_> = &|builder| {
        builder.text("P");
    };
    builder
        .open_with("Provider", 0xffff, &[("Name", provider)])
        .close();
    builder.open("EventID").text("7").close();
    builder.open("Channel").text("System").close();
    builder.close();
}

pub(super) fn in_event(builder: &mut Builder, inner: Body<'_>) {
    builder.open("Event");
    system(builder);
    inner(builder);
    builder.close();
}

/// Fields behind those of [`system`], as `name=value` and `name` where there is no value.
fn shown(kept: &Kept) -> String {
    let fields = kept.fields.iter().skip(3);
    let shown = fields.map(|(name, kind, value)| match kind {
        oracle::Kind::Null => name.clone(),
        oracle::Kind::Text => format!("{name}={value:?}"),
        _ => format!("{name}={value}"),
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// What is read from a log, with problems behind the events.
fn read(file: &[u8]) -> Vec<String> {
    let (events, record) = oracle::keep(file, super::read);
    let mut lines: Vec<String> = events.iter().map(shown).collect();
    lines.extend(record.problems.iter().map(|problem| {
        let offset = problem.offset.unwrap_or(0);
        format!("{offset}: {}", problem.message)
    }));
    lines
}

/// One record with one template inside `<Event>`.
fn one(inner: Body<'_>, values: &[Typed]) -> Vec<u8> {
    let mut builder = Builder::new();
    builder.record();
    builder.instance(1, &|builder| in_event(builder, inner), values);
    builder.end_record();
    builder.file()
}

/// Checks against the crate too.
fn check(inner: Body<'_>, values: &[Typed], expected: &str) {
    let file = one(inner, values);
    assert_eq!(read(&file), [expected]);
    let (theirs, _) = oracle::keep(&file, oracle::read_rendered);
    assert_eq!(
        theirs.iter().map(shown).collect::<Vec<_>>(),
        [expected],
        "the crate"
    );
}

/// Checks what the crate reads otherwise.
fn check_ours(inner: Body<'_>, values: &[Typed], expected: &str) {
    let file = one(inner, values);
    assert_eq!(read(&file), [expected]);
    let (theirs, _) = oracle::keep(&file, oracle::read_rendered);
    assert_ne!(
        theirs.iter().map(shown).collect::<Vec<_>>(),
        [expected],
        "the crate"
    );
}

fn data(builder: &mut Builder, name: &str, slot: u16) {
    let name: Body<'_> = &|builder| {
        builder.text(name);
    };
    builder
        .open_with("Data", 0xffff, &[("Name", name)])
        .optional(slot)
        .close();
}

#[test]
fn named_and_unnamed_data() {
    let named: Body<'_> = &|builder| {
        builder.open("EventData");
        data(builder, "A", 0);
        data(builder, "B", 1);
        builder.close();
    };
    check(named, &[text("x"), (8, vec![7, 0, 0, 0])], "A=\"x\" B=7");
    check(
        named,
        &[(0, Vec::new()), (0x14, vec![0xe7, 3, 0, 0])],
        "A=\"\" B=\"0x3e7\"",
    );
    check(
        named,
        &[(0x0a, vec![0xff; 8])],
        "A=\"18446744073709551615\" B=\"\"",
    );
    let unnamed: Body<'_> = &|builder| {
        builder.open("EventData");
        builder.open("Data").optional(0).close();
        builder.open("Binary").optional(1).close();
        builder.close();
    };
    check(
        unnamed,
        &[text("x"), (0x0e, vec![1, 0xab])],
        "Data=\"x\" Binary=\"01AB\"",
    );
    check(
        unnamed,
        &[(0x81, wide("x\0\0y\0")), (0, Vec::new())],
        "Data=\"x\" Data=\"\" Data=\"y\" Binary",
    );
}

#[test]
fn arrays_repeat_the_element() {
    let named: Body<'_> = &|builder| {
        builder.open("EventData");
        data(builder, "A", 0);
        builder.close();
    };
    check(named, &[(0x81, wide("x\0y\0"))], "A=\"x\" A=\"y\"");
    check(named, &[(0x88, vec![1, 0, 0, 0, 2, 0, 0, 0])], "A=1 A=2");
    check(named, &[(0x81, wide("x\0"))], "A=\"x\"");
    // The crate writes an array of one number as text.
    check_ours(named, &[(0x88, vec![1, 0, 0, 0])], "A=1");
    // The crate numbers what comes again in its JSON, which cannot have a name twice.
    let other: Body<'_> = &|builder| {
        builder.open("UserData").open("X");
        builder.open("Item").slot(0).close();
        builder.close().close();
    };
    check_ours(other, &[(0x81, wide("x\0y\0"))], "Item=\"x\" Item=\"y\"");
}

#[test]
fn numbers_with_a_fraction() {
    let inner: Body<'_> = &|builder| {
        builder.open("EventData");
        data(builder, "A", 0);
        builder.close();
    };
    // The crate writes them as text.
    check_ours(inner, &[(0x0b, 0.1_f32.to_le_bytes().to_vec())], "A=0.1");
    check_ours(inner, &[(0x0c, 2.0_f64.to_le_bytes().to_vec())], "A=2");
}

#[test]
fn elements_that_depend_on_values() {
    let inner: Body<'_> = &|builder| {
        builder.open("UserData").open("X");
        builder.open_if("A", 0).optional(0).close();
        builder.open_if("B", 1).text("b").close();
        builder.close().close();
    };
    check(inner, &[text("x"), text("y")], "A=\"x\" B=\"b\"");
    check(inner, &[text(""), (0, Vec::new())], "A");
    check(inner, &[(0, Vec::new()), (0, Vec::new())], "X");
    check(inner, &[], "A B=\"b\"");
}

#[test]
fn attributes_and_mixed_text() {
    let inner: Body<'_> = &|builder| {
        let value: Body<'_> = &|builder| {
            builder.slot(0);
        };
        let space: Body<'_> = &|builder| {
            builder.text("urn:x");
        };
        builder.open("UserData");
        builder.open_with("X", 0xffff, &[("xmlns", space)]).close();
        builder
            .open_with("Y", 0xffff, &[("Id", value)])
            .optional(1)
            .close();
        builder.open("Z").text("a ").slot(1);
        builder.entity("lt").bytes(&[0x08, 0x41, 0]).entity("other");
        builder.bytes(&[0x07, 1, 0]).bytes(&wide("c"));
        builder
            .bytes(&[0x0a])
            .name("target")
            .bytes(&[0x0b, 2, 0])
            .bytes(&wide("pi"));
        builder.close().close();
    };
    let z = |value: &str| format!("Z=\"a {value}<A&other;c\"");
    check(
        inner,
        &[text("q"), text("v")],
        &format!("Y_Id=\"q\" Y=\"v\" {}", z("v")),
    );
    check(
        inner,
        &[text("q"), text("")],
        &format!("Y_Id=\"q\" {}", z("")),
    );
    check(inner, &[text(""), text("")], &format!("Y {}", z("")));
    check(
        inner,
        &[(0x0d, vec![1, 0, 0, 0]), (4, vec![9])],
        &format!("Y_Id=true Y=9 {}", z("9")),
    );
}

/// A record whose last value is a stream.
fn with_stream(outer: Body<'_>, stream: Body<'_>) -> Vec<u8> {
    let mut builder = Builder::new();
    builder.record();
    builder.instance_without_values(1, &|builder| in_event(builder, outer));
    builder.stream_value(&[], stream);
    builder.end_record();
    builder.file()
}

#[test]
fn streams_in_values() {
    let check = |outer: Body<'_>, stream: Body<'_>, expected: &str| {
        let file = with_stream(outer, stream);
        assert_eq!(read(&file), [expected]);
        let (theirs, _) = oracle::keep(&file, oracle::read_rendered);
        assert_eq!(
            theirs.iter().map(shown).collect::<Vec<_>>(),
            [expected],
            "the crate"
        );
    };
    let event_data: Body<'_> = &|builder| {
        builder.bytes(&[0x0f, 1, 1, 0]);
        let body: Body<'_> = &|builder| {
            builder.open("EventData");
            data(builder, "A", 0);
            builder.close();
        };
        builder.instance(2, body, &[text("x")]);
        builder.bytes(&[0]);
    };
    let at_end: Body<'_> = &|builder| {
        builder.optional(0);
    };
    check(at_end, event_data, "A=\"x\"");
    // What a collector adds: elements without a template behind an instance.
    let forwarded: Body<'_> = &|builder| {
        event_data(builder);
        builder.data.pop();
        builder.open("RenderingInfo");
        builder.open("Message").text("m").close();
        builder.open("Level").text("Error").close();
        builder.close().bytes(&[0]);
    };
    check(at_end, forwarded, "A=\"x\" Message=\"m\" Level=\"Error\"");
    let in_user_data: Body<'_> = &|builder| {
        builder.open("UserData").optional(0).close();
    };
    let user: Body<'_> = &|builder| {
        let body: Body<'_> = &|builder| {
            builder.open("EventXML");
            builder.open("Param1").slot(0).close();
            builder.close();
        };
        builder.instance(3, body, &[text("p")]);
    };
    check(in_user_data, user, "Param1=\"p\"");
    let nothing: Body<'_> = &|builder| {
        builder.bytes(&[0x0f, 1, 1, 0, 0]);
    };
    check(in_user_data, nothing, "UserData");
    // An instance and a stream among elements without a template.
    let among: Body<'_> = &|builder| {
        builder.open("A");
        user(builder);
        builder.open("B").text("b").close();
        builder.close();
    };
    check(in_user_data, among, "Param1=\"p\" B=\"b\"");
}

#[test]
fn definitions_that_lie_in_bad_records() {
    let inner: Body<'_> = &|builder| {
        builder.open("EventData");
        data(builder, "A", 0);
        builder.close();
    };
    let mut builder = Builder::new();
    builder.record();
    let definition = builder.instance(1, &|builder| in_event(builder, inner), &[text("x")]);
    builder.end_record();
    let second = builder.data.len();
    builder
        .record()
        .instance_of(definition, &[text("y")])
        .end_record();
    let mut file = builder.file();
    file[4_096 + RECORDS_START] = 0;
    seal(&mut file[4_096..]);
    let lines = read(&file);
    let message = "records cannot be read: no record begins at byte 512 of the chunk";
    assert_eq!(lines, ["A=\"y\"".to_owned(), format!("4608: {message}")]);

    // The size at a record's end and the one in its header differ.
    let mut file = builder.file();
    file[4_096 + second - 4] ^= 1;
    seal(&mut file[4_096..]);
    assert_eq!(read(&file), ["A=\"x\"", "A=\"y\""]);
    // A record that claims to end elsewhere: the next one is found all the same.
    let mut file = builder.file();
    file[4_096 + RECORDS_START + 4] ^= 4;
    seal(&mut file[4_096..]);
    assert_eq!(read(&file).len(), 3, "{:?}", read(&file));
}

#[test]
fn slack_is_read_where_asked() {
    let mut builder = Builder::new();
    builder.record();
    let definition = builder.instance(1, &|builder| in_event(builder, &|_| {}), &[]);
    builder.end_record();
    let end = builder.data.len();
    builder.record().instance_of(definition, &[]).end_record();
    builder.record().instance_of(1 << 20, &[]).end_record();
    builder.record().instance_of(definition, &[]).end_record();
    let mut chunk = builder.chunk();
    chunk[48..52].copy_from_slice(&(end as u32).to_le_bytes());
    seal(&mut chunk);
    assert_eq!(oracle::numbers(&chunk, false), [1]);
    assert_eq!(oracle::numbers(&chunk, true), [1, 2, 4]);
}

#[test]
fn checksums() {
    let file = one(
        &|builder| {
            builder.open("A").text("a").close();
        },
        &[],
    );
    let message = "4096: chunk checksum does not match; read anyway";
    let mut damaged = file.clone();
    *damaged.last_mut().unwrap() = 1;
    assert_eq!(
        read(&damaged),
        ["A=\"a\""],
        "what is behind the records does not count"
    );
    damaged[4_096 + 20] = 1;
    assert_eq!(read(&damaged), ["A=\"a\"", message]);
    damaged[4_096 + 120] = 4;
    assert_eq!(read(&damaged), ["A=\"a\""]);
    let mut damaged = file;
    damaged[4_096 + RECORDS_START + 8] = 9;
    assert_eq!(read(&damaged), ["A=\"a\"", message]);
}
