//! Fetches a page, and only a public one.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ureq::{
    Agent, ResponseExt,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use daylight_model::Timestamp;

use crate::{Error, Options, decode::decode};

/// A page as fetched.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// What was sent, unpacked.
    pub bytes: Vec<u8>,
    /// The address after all redirects.
    pub address: String,
    /// What the server says the encoding is.
    pub charset: Option<String>,
    /// What to ask with the next time (RFC 9110, section 13.1).
    pub validators: Validators,
    /// The last object that an answer of TAXII holds was added then (TAXII 2.1, section 5.4).
    pub added_last: Option<String>,
}

impl Fetched {
    /// What was sent as text, in whatever encoding it is.
    #[must_use]
    pub fn text(&self) -> String {
        decode(&self.bytes, self.charset.as_deref()).text
    }
}

/// What a server said of the version it sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What a server answers.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The page.
    Page(Box<Fetched>),
    /// It is what it was (304).
    Unchanged,
    /// Not now, or not at all.
    Refused {
        /// The HTTP status.
        status: u16,
        /// Seconds until it may be asked again, where the server says so.
        retry_after_seconds: Option<u64>,
    },
}

/// What media types are asked for.
const PAGES: &str = "text/html, application/pdf, text/plain;q=0.9, */*;q=0.5";

/// Fetches `address` within the limits of `options`.
pub(crate) fn fetch(address: &str, options: &Options) -> Result<Fetched, Error> {
    match ask(address, PAGES, &Validators::default(), options)? {
        Answer::Page(fetched) => Ok(*fetched),
        Answer::Unchanged => Err(Error::Status {
            address: address.to_owned(),
            status: 304,
        }),
        Answer::Refused { status, .. } => Err(Error::Status {
            address: address.to_owned(),
            status,
        }),
    }
}

/// Asks for what `address` leads to, in media types that are wanted, unless it is still what
/// `known` says.
///
/// # Errors
///
/// Where the address may not or cannot be asked, or sends more than the limits allow.
pub fn ask(
    address: &str,
    media: &str,
    known: &Validators,
    options: &Options,
) -> Result<Answer, Error> {
    let uri: Uri = address
        .parse()
        .map_err(|error| bad_address(address, &error))?;
    if uri.host().is_none_or(str::is_empty) {
        return Err(bad_address(address, &"there is no host in it"));
    }
    let refused = Arc::new(Mutex::new(None));
    let resolver = PublicOnly {
        allow_private: options.allow_private,
        allowed_host: options.allowed_host.clone(),
        refused: Arc::clone(&refused),
        inner: DefaultResolver::default(),
    };
    let config = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(options.timeout_seconds.max(1))))
        .max_redirects(options.redirects_max)
        .max_redirects_will_error(true)
        // A proxy would resolve names itself, past the check below.
        .proxy(None)
        .http_status_as_error(false)
        .user_agent(concat!("daylight/", env!("CARGO_PKG_VERSION")))
        .accept(media)
        .build();
    let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
    let failed = |error: ureq::Error| {
        let ip = refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match ip {
            Some(ip) => Error::PrivateAddress {
                address: address.to_owned(),
                ip,
            },
            None => explain(address, &error, options),
        }
    };
    let mut request = agent.get(uri);
    if let Some(etag) = &known.etag {
        request = request.header("If-None-Match", etag);
    }
    if let Some(date) = &known.last_modified {
        request = request.header("If-Modified-Since", date);
    }
    let mut response = request.call().map_err(failed)?;
    let status = response.status().as_u16();
    let header = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    if status == 304 {
        return Ok(Answer::Unchanged);
    }
    if !response.status().is_success() {
        let retry_after_seconds =
            header("retry-after").and_then(|text| seconds_until(text.trim(), options.now));
        return Ok(Answer::Refused {
            status,
            retry_after_seconds,
        });
    }
    let validators = Validators {
        etag: header("etag"),
        last_modified: header("last-modified"),
    };
    let added_last = header("x-taxii-date-added-last");
    let final_address = response.get_uri().to_string();
    let charset = response.body().charset().map(str::to_owned);
    // The limit counts unpacked bytes, so a small page that unpacks to a huge one ends here.
    let bytes = response
        .body_mut()
        .with_config()
        .limit(options.limits.report_bytes_max)
        .read_to_vec()
        .map_err(|error| explain(address, &error, options))?;
    Ok(Answer::Page(Box::new(Fetched {
        bytes,
        address: final_address,
        charset,
        validators,
        added_last,
    })))
}

/// Seconds that `Retry-After` asks for: a number, or a point in time (RFC 9110, section 10.2.3).
fn seconds_until(text: &str, now: Option<Timestamp>) -> Option<u64> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    u64::try_from(until.as_second() - now?.as_second()).ok()
}

fn bad_address(address: &str, message: &dyn std::fmt::Display) -> Error {
    Error::BadAddress {
        address: address.to_owned(),
        message: message.to_string(),
    }
}

fn explain(address: &str, error: &ureq::Error, options: &Options) -> Error {
    let address = address.to_owned();
    match error {
        ureq::Error::BodyExceedsLimit(_) => Error::TooLarge {
            path: address,
            bytes_max: options.limits.report_bytes_max,
        },
        ureq::Error::TooManyRedirects => Error::Fetch {
            address,
            message: format!("more than {} redirects", options.redirects_max),
        },
        ureq::Error::Timeout(_) => Error::Fetch {
            address,
            message: format!(
                "no complete answer within {} seconds",
                options.timeout_seconds
            ),
        },
        ureq::Error::HostNotFound => Error::Fetch {
            address,
            message: "no such host".to_owned(),
        },
        other => Error::Fetch {
            address,
            message: other.to_string(),
        },
    }
}

/// Resolves names to public addresses only. The connection is made to the addresses that
/// were checked, so a name that resolves differently the next time gains nothing, and every
/// redirect passes through here again.
#[derive(Debug)]
struct PublicOnly {
    allow_private: bool,
    /// The one host that may be private.
    allowed_host: Option<String>,
    refused: Arc<Mutex<Option<IpAddr>>>,
    inner: DefaultResolver,
}

impl Resolver for PublicOnly {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        let private = found
            .iter()
            .map(std::net::SocketAddr::ip)
            .find(|ip| !is_public(*ip));
        let is_allowed = self.allow_private
            || self.allowed_host.is_some() && uri.host() == self.allowed_host.as_deref();
        match private {
            Some(ip) if !is_allowed => {
                *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(ip);
                Err(ureq::Error::HostNotFound)
            }
            _ => Ok(found),
        }
    }
}

/// Whether an address belongs to the public internet (IANA special-purpose registries).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || a == 100 && (64..128).contains(&b)
        || a == 198 && (18..20).contains(&b)
        || a == 192 && b == 0 && c == 0
        || a == 192 && b == 88 && c == 99)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, third, _, _, _, seventh, eighth] = ip.segments();
    let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (first, second) {
        // IPv4-mapped, IPv4-compatible, loopback and unspecified.
        (0, _) => false,
        // NAT64 and 6to4 lead to the IPv4 address inside them.
        (0x64, 0xff9b) => third == 0 && is_public_v4(embedded(seventh, eighth)),
        (0x2002, high) => is_public_v4(embedded(high, third)),
        // Teredo, ORCHID, benchmarking, documentation.
        (0x2001, second) => second >= 0x200 && second != 0xdb8,
        // Only 2000::/3 is given out to the public.
        _ => first & 0xe000 == 0x2000 && first != 0x3fff,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_public, seconds_until};

    #[test]
    fn when_to_ask_again() {
        let now = "2021-07-19T12:00:00Z".parse().ok();
        let check = |text, seconds| assert_eq!(seconds_until(text, now), seconds, "{text}");
        check("120", Some(120));
        check("Mon, 19 Jul 2021 12:30:00 GMT", Some(1_800));
        check("Mon, 19 Jul 2021 11:30:00 GMT", None);
        check("-1", None);
        check("soon", None);
    }

    fn check(ip: &str, public: bool) {
        assert_eq!(is_public(ip.parse().expect("an address")), public, "{ip}");
    }

    #[test]
    fn public_addresses() {
        for ip in [
            "1.1.1.1",
            "93.184.216.34",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "2002:101:101::1",
            "64:ff9b::101:101",
        ] {
            check(ip, true);
        }
        for ip in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.168.1.1",
            "192.0.0.8",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::1",
            "64:ff9b::7f00:1",
        ] {
            check(ip, false);
        }
    }
}
