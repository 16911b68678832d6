use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use daylight_model::Limits;
use daylight_report::{Error, Options, read};

/// Answers requests on the loopback address, one after another, and returns its address.
fn serve(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else {
                return;
            };
            let mut request = [0; 2048];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(&answer);
        }
    });
    address
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn local() -> Options {
    Options {
        allow_private: true,
        timeout_seconds: 5,
        redirects_max: 2,
        ..Options::default()
    }
}

#[test]
fn a_page_is_fetched() {
    let page = b"<html><h1>Caf\xe9 Hit by Gang</h1><p>The caf\xe9 closed.</p>";
    let address = serve(vec![
        answer("302 Found", "Location: /story\r\n", b""),
        answer(
            "200 OK",
            "Content-Type: text/html; charset=iso-8859-1\r\n",
            page,
        ),
    ]);
    let document = read(&address, &local()).expect("a page");
    assert_eq!(document.title.as_deref(), Some("Café Hit by Gang"));
    assert_eq!(document.url, Some(format!("{address}/story")));
}

#[test]
fn what_is_not_fetched() {
    let refused = |address: &str| {
        let error = read(
            address,
            &Options {
                timeout_seconds: 5,
                ..Options::default()
            },
        )
        .expect_err("refused");
        assert!(
            matches!(error, Error::PrivateAddress { .. }),
            "{address}: {error}"
        );
    };
    refused("http://127.0.0.1:1/");
    refused("http://[::1]:1/");
    refused("http://[::ffff:127.0.0.1]:1/");
    refused("http://localhost:1/");
    refused("http://2130706433:1/");
    refused("http://169.254.169.254/latest/meta-data/");
    let error = read("http://", &local()).expect_err("no host");
    assert!(matches!(error, Error::BadAddress { .. }), "{error}");
}

#[test]
fn limits_hold() {
    let there = "Location: /again\r\n";
    let address = serve(vec![answer("302 Found", there, b""); 5]);
    let error = read(&address, &local()).expect_err("too many redirects");
    assert!(
        error.to_string().contains("more than 2 redirects"),
        "{error}"
    );

    let address = serve(vec![answer("404 Not Found", "", b"gone")]);
    let error = read(&address, &local()).expect_err("not found");
    assert!(
        matches!(error, Error::Status { status: 404, .. }),
        "{error}"
    );

    let mut limits = Limits::default();
    limits.report_bytes_max = 1_000;
    let small = Options { limits, ..local() };
    let address = serve(vec![answer("200 OK", "", &[b'a'; 5_000])]);
    let error = read(&address, &small).expect_err("too large");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");

    // 100,000 zeros, deflated by hand-made stored blocks would be large; gzip makes them small.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&[b'a'; 100_000]).expect("room");
    let packed = packed.finish().expect("packed");
    assert!(packed.len() < 1_000);
    let address = serve(vec![answer(
        "200 OK",
        "Content-Encoding: gzip\r\n",
        &packed,
    )]);
    let error = read(&address, &small).expect_err("unpacks to too much");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

#[test]
fn a_silent_server_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let error = read(
        &address,
        &Options {
            timeout_seconds: 1,
            ..local()
        },
    )
    .expect_err("silence");
    assert!(error.to_string().contains("within 1 seconds"), "{error}");
}
