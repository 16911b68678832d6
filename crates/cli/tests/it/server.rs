//! A server of our own that answers as the worst of them do.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What it answers.
pub(crate) enum Reply {
    /// Status line, headers (each ended by `\r\n`) and body, with its length.
    Whole(&'static str, String, Vec<u8>),
    /// The same, but the connection ends after so many bytes of the body.
    Cut(String, Vec<u8>, usize),
    /// A byte now and then.
    Drip,
    /// Zeros without end.
    Endless,
}

impl Reply {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Whole("200 OK", String::new(), body.into())
    }

    /// The same, with these headers.
    pub(crate) fn with(self, headers: &str) -> Self {
        match self {
            Self::Whole(status, _, body) => Self::Whole(status, headers.to_owned(), body),
            other => other,
        }
    }

    pub(crate) fn status(status: &'static str, headers: &str) -> Self {
        Self::Whole(status, headers.to_owned(), Vec::new())
    }
}

/// A request: path with query, and head.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) head: String,
}

/// Runs until the test ends.
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// `answer` is asked with the path and how many times it was asked for before.
    pub(crate) fn new(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                // A client that goes away in the middle is none of our business.
                thread::spawn(move || stream.and_then(|stream| serve(stream, &seen, &*answer)));
            }
        });
        Self { address, requests }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &(dyn Fn(&Request, usize) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut head = String::new();
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        head.push_str(&line.to_lowercase());
        head.push('\n');
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let request = Request { path, head };
    let before = {
        let mut seen = seen.lock().unwrap();
        let before = seen.iter().filter(|it| it.path == request.path).count();
        seen.push(request.clone());
        before
    };
    match answer(&request, before) {
        Reply::Whole(status, headers, body) => {
            write!(
                stream,
                "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )?;
            stream.write_all(&body)
        }
        Reply::Cut(headers, body, after) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )?;
            stream.write_all(&body[..after])
        }
        Reply::Drip => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
            loop {
                stream.write_all(b".")?;
                thread::sleep(Duration::from_millis(100));
            }
        }
        Reply::Endless => {
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&[b'0'; 1 << 16])?;
            }
        }
    }
}
