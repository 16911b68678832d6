use std::io::Write;

use daylight_model::Limits;
use daylight_report::{Error, Options, read, read_bytes};

use super::{check, document};

/// A PDF of one page with one line of text after another.
pub(crate) fn pdf(lines: &[&str]) -> Vec<u8> {
    column_pdf(&[(72, lines)])
}

/// A PDF of one page with columns of lines, each at its distance from the left.
fn column_pdf(columns: &[(u32, &[&str])]) -> Vec<u8> {
    let mut content = String::new();
    for (left, lines) in columns {
        let words: String = lines
            .iter()
            .map(|line| format!("({line}) Tj 0 -14 Td "))
            .collect();
        content.push_str(&format!("BT /F1 11 Tf {left} 720 Td {words}ET\n"));
    }
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    assemble(&objects)
}

fn assemble(objects: &[String]) -> Vec<u8> {
    let objects: Vec<Vec<u8>> = objects
        .iter()
        .map(|object| object.clone().into_bytes())
        .collect();
    assemble_bytes(&objects)
}

fn assemble_bytes(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", index + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(
        format!(
            "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
            objects.len() + 1
        )
        .bytes(),
    );
    file
}

/// A DOCX with this body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    archive
        .start_file("word/document.xml", options)
        .expect("a member");
    let xml = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>{body}</w:body></w:document>"
    );
    archive.write_all(xml.as_bytes()).expect("room");
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn a_pdf() {
    let lines = [
        "The port authority said on Tuesday that ransomware had halted its cranes for nine",
        "hours, and that the loss-making harbour would re-",
        "main closed. It has 24-",
        "hour shifts.",
    ];
    let document = check(
        pdf(&lines),
        "P The port authority said on Tuesday that ransomware had halted its cranes for nine hours, and that the loss-making harbour would remain closed. It has 24-hour shifts.",
    );
    assert_eq!(document.media, daylight_model::MediaType::Pdf);
}

#[test]
fn a_pdf_in_two_columns() {
    let column = |word: &str| {
        (0..14)
            .map(|line| format!("{word} line {line} of a column that is full"))
            .collect::<Vec<_>>()
    };
    let (left, right) = (column("Left"), column("Right"));
    let left: Vec<&str> = left.iter().map(String::as_str).collect();
    let right: Vec<&str> = right.iter().map(String::as_str).collect();
    let text = document(column_pdf(&[(72, &left), (310, &right)])).text;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("Left line 0 of a column that is full Left line 1 of"),
        "{words}"
    );
    assert!(
        words.contains("Left line 13 of a column that is full Right line 0 of"),
        "{words}"
    );
}

#[test]
fn a_pdf_table() {
    let left = ["Web Shell", "[T1505.003]", "Valid Accounts"];
    let right = [
        "They write a shell under the folder",
        "of the web server.",
        "They log in.",
    ];
    check(
        column_pdf(&[(72, &left), (310, &right)]),
        "R Web Shell [T1505.003] They write a shell under the folder of the web server.
         R Valid Accounts They log in.",
    );
}

#[test]
fn broken_pdfs() {
    let check = |bytes: &[u8], expected: &str| {
        let error = read_bytes("report.pdf", bytes, &Options::default())
            .expect_err("an error")
            .to_string();
        assert!(
            error.contains(expected),
            "{error:?} should contain {expected:?}"
        );
    };
    let whole = pdf(&["words"]);
    check(&whole[..whole.len() / 2], "report.pdf at byte");
    check(b"%PDF-1.7\nnothing else", "report.pdf at byte");
    check(&pdf(&[""]), "report.pdf holds no text");
    let locked = String::from_utf8(pdf(&["words"])).expect("text").replace(
        "/Root 1 0 R",
        "/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >>",
    );
    check(locked.as_bytes(), "report.pdf is encrypted");
    let form = |resources: &str| {
        let content = "q /X Do Q";
        assemble(&[
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>".to_owned(),
            format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
            format!("<< /Type /XObject /Subtype /Form {resources} /Length {} >>\nstream\n{content}\nendstream", content.len()),
        ])
    };
    check(
        &form("/Resources << /XObject << /X 5 0 R >> >>"),
        "forms that draw themselves",
    );
    check(&form(""), "forms that draw themselves");
    let nested = String::from_utf8(pdf(&["words"]))
        .expect("text")
        .replace("(words)", &"[".repeat(50_000));
    let _ = read_bytes("report.pdf", nested.as_bytes(), &Options::default());
}

/// `bytes` deflated `rounds` times over.
fn deflated(bytes: &[u8], rounds: usize) -> Vec<u8> {
    (0..rounds).fold(bytes.to_vec(), |bytes, _| {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&bytes).expect("room");
        packed.finish().expect("room")
    })
}

#[test]
fn pdfs_that_unpack_to_too_much() {
    let mut limits = Limits::default();
    limits.report_bytes_max = 100_000;
    let options = Options {
        limits,
        ..Options::default()
    };
    let bomb = |kind: &str, filters: &str, content: Vec<u8>| {
        let mut stream = format!(
            "<< {kind} /Filter {filters} /Length {} >>\nstream\n",
            content.len()
        )
        .into_bytes();
        stream.extend(content);
        stream.extend(b"\nendstream");
        assemble_bytes(&[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>".to_vec(),
            stream,
        ])
    };
    let check = |bytes: &[u8], expected: &str| {
        let found = match read_bytes("bomb.pdf", bytes, &options) {
            Ok(document) => format!("{:?}", document.diagnostics),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{found:?} has {expected:?}");
    };
    let blanks = |count: usize| vec![b' '; count];
    let too_much = "unpacks to no more than is safe to read";
    check(
        &bomb("", "/FlateDecode", deflated(&blanks(2_000_000), 1)),
        "at byte",
    );
    check(
        &bomb("", "/FlateDecode", deflated(&blanks(200_000), 1)),
        too_much,
    );
    check(
        &bomb(
            "",
            "[/FlateDecode /FlateDecode]",
            deflated(&blanks(9_000_000), 2),
        ),
        too_much,
    );
    check(
        &bomb(
            "/Type /ObjStm /N 1 /First 4",
            "[/FlateDecode /FlateDecode]",
            deflated(&blanks(9_000_000), 2),
        ),
        too_much,
    );
    let mut packed = Vec::new();
    weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
        .into_stream(&mut packed)
        .encode_all(blanks(9_000_000).as_slice())
        .status
        .expect("packed");
    check(
        &bomb("/Type /ObjStm /N 1 /First 4", "/LZWDecode", packed),
        too_much,
    );
    let runs = vec![b'z'; 90_000];
    check(&bomb("", "/ASCII85Decode", runs), too_much);
    check(
        &bomb("", "/FlateDecode", deflated(&blanks(20_000), 1)),
        "page 1, which is left out",
    );
    check(
        &bomb("", "/FlateDecode", deflated(&blanks(200), 1)),
        "holds no text",
    );
}

#[test]
fn a_docx() {
    let paragraph = |style: &str, words: &str| {
        format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{words}</w:t></w:r></w:p>"
        )
    };
    let cell = |words: &str| format!("<w:tc>{}</w:tc>", paragraph("", words));
    let body = [
        paragraph("Title", "Loader in Fake Updates"),
        paragraph("Heading1", "How it spreads"),
        "<w:p><w:r><w:t>By mail &amp; ads</w:t></w:r><w:r><w:br/></w:r><w:del><w:r><w:t>deleted</w:t></w:r></w:del><w:r><w:t>to clerks.</w:t></w:r></w:p>".to_owned(),
        "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>one</w:t></w:r></w:p>".to_owned(),
        format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("a.example"), cell("443")),
        "<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>boxed</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>boxed</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>".to_owned(),
    ];
    let document = check(
        docx(&body.concat()),
        "T Loader in Fake Updates
         H How it spreads
         P By mail & ads to clerks.
         L one
         R a.example 443
         P boxed",
    );
    assert_eq!(document.title.as_deref(), Some("Loader in Fake Updates"));
}

#[test]
fn a_docx_that_unpacks_to_too_much() {
    let mut limits = Limits::default();
    limits.report_bytes_max = 100_000;
    let bomb = docx(&format!(
        "<w:p><w:r><w:t>{}</w:t></w:r></w:p>",
        "a".repeat(1_000_000)
    ));
    let error = read_bytes(
        "bomb.docx",
        &bomb,
        &Options {
            limits,
            ..Options::default()
        },
    )
    .expect_err("too large");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let deep = docx(&"<w:p><w:r><w:txbxContent>".repeat(50_000));
    let _ = read_bytes("deep.docx", &deep, &Options::default());
}

#[test]
fn what_is_no_report() {
    let zip = |name: &str| {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .expect("a member");
        archive.finish().expect("an archive").into_inner()
    };
    let check = |bytes: &[u8], expected: &str| {
        let error = read_bytes("x", bytes, &Options::default()).expect_err("an error");
        assert!(
            error.to_string().contains(expected),
            "{error} should contain {expected:?}"
        );
        assert!(
            error.hint().is_some() || matches!(error, Error::Empty { .. }),
            "{error} has a hint"
        );
    };
    check(b"", "x is empty");
    check(b" \n\t ", "x is empty");
    check(b"ElfFile\0....", "a Windows event log");
    check(b"\x89PNG\r\n\x1a\n", "a PNG picture");
    check(&zip("logs/a.json"), "a zip archive");
    check(&zip("xl/workbook.xml"), "a spreadsheet");
    check(b"PK\x03\x04 cut", "cut short");
    check(&[0, 1, 2, 3, 250, 0, 9, 9, 0, 1, 1, 1], "binary data");
    check(
        b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>",
        "a feed",
    );
    check(
        b"<feed xmlns='http://www.w3.org/2005/Atom'></feed>",
        "a feed",
    );
    check(
        b"{ \"type\": \"bundle\", \"id\": \"bundle--1\" }",
        "a STIX bundle",
    );
    check(
        b"{\"Event\": {\"info\": \"x\", \"Attribute\": []}}",
        "a MISP event",
    );
}

#[test]
fn paths() {
    let error = read("no/such/report.txt", &Options::default()).expect_err("missing");
    assert_eq!(error.to_string(), "no such report: no/such/report.txt");
    let error = read(".", &Options::default()).expect_err("a folder");
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    let mut limits = Limits::default();
    limits.report_bytes_max = 3;
    let error = read_bytes(
        "x",
        b"four",
        &Options {
            limits,
            ..Options::default()
        },
    )
    .expect_err("too large");
    assert_eq!(
        error.to_string(),
        "x is larger than 3 bytes, the limit for one report"
    );
    assert_eq!(document("A line.").source, "test");
}
