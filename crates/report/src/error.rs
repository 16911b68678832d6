use std::net::IpAddr;

/// Why a report could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The path leads nowhere.
    #[error("no such report: {path}")]
    Missing {
        /// The path as given.
        path: String,
    },
    /// The file, or standard input, could not be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The path as given.
        path: String,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// More bytes than the limits allow.
    #[error("{path} is larger than {bytes_max} bytes, the limit for one report")]
    TooLarge {
        /// The path or address as given.
        path: String,
        /// The limit.
        bytes_max: u64,
    },
    /// No bytes, or nothing but white space.
    #[error("{path} is empty")]
    Empty {
        /// The path or address as given.
        path: String,
    },
    /// Something Daylight does not read as a report.
    #[error("{path} is not a report Daylight reads: it looks like {found}")]
    Unsupported {
        /// The path or address as given.
        path: String,
        /// What it looks like.
        found: String,
        /// What to do instead.
        hint: &'static str,
    },
    /// The kind is known, the content is broken.
    #[error("{path}{}: expected {expected}, found {found}", at(*.offset))]
    Damaged {
        /// The path or address as given.
        path: String,
        /// Where, in bytes from the start, where known.
        offset: Option<u64>,
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// Locked with a password.
    #[error("{path} is encrypted")]
    Encrypted {
        /// The path or address as given.
        path: String,
    },
    /// Whole, but without any text in it.
    #[error("{path} holds no text")]
    NoText {
        /// The path or address as given.
        path: String,
    },
    /// Not an address that can be fetched.
    #[error("{address} is not an address that can be fetched: {message}")]
    BadAddress {
        /// The address as given.
        address: String,
        /// What is wrong with it.
        message: String,
    },
    /// The name leads to an address inside a private or special network.
    #[error("{address} leads to {ip}, which is not a public address")]
    PrivateAddress {
        /// The address as given.
        address: String,
        /// Where it leads.
        ip: IpAddr,
    },
    /// The server answered, but not with the page.
    #[error("{address} answered with status {status}")]
    Status {
        /// The address as given.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// The page could not be fetched.
    #[error("cannot fetch {address}: {message}")]
    Fetch {
        /// The address as given.
        address: String,
        /// What went wrong.
        message: String,
    },
}

impl Error {
    /// What the reader can do about it, where there is something.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Unsupported { hint, .. } => Some(hint),
            Self::Encrypted { .. } => Some("remove the password first and read the result"),
            Self::NoText { .. } => {
                Some("it may hold scanned pages only: run text recognition over it first")
            }
            Self::PrivateAddress { .. } => {
                Some("allow private addresses if the page really is on your own network")
            }
            Self::Status { .. } | Self::Fetch { .. } => {
                Some("save the page in a browser and read the file instead")
            }
            _ => None,
        }
    }
}

fn at(offset: Option<u64>) -> String {
    offset.map_or_else(String::new, |offset| format!(" at byte {offset}"))
}
