use std::fmt;
use std::time::Duration;

use ::postgres::config::{Host, SslMode};
use ::postgres::{Client, Config, NoTls};

use super::{Postgres, objects, reason};
use crate::Error;
use crate::checks::{CHECKS, wrong_row};

/// What leads from one layout to the next; the first makes the store.
const MIGRATIONS: [&str; 1] = [include_str!("schema.sql")];

/// How long to wait for the server.
const PATIENCE: Duration = Duration::from_secs(30);

const SETTINGS: &str = "
    -- What was acknowledged outlasts a loss of power too.
    SET synchronous_commit = on;
    -- How long to wait for another program that writes.
    SET lock_timeout = '30s';
    -- To compile a query takes longer than to answer it.
    SET jit = off;
";

/// One migrates at a time: \"dayl\" as a number.
const TURN: i64 = 0x6461_796c;

/// Where a server of PostgreSQL is, and what to say to it. Shown without the password.
#[derive(Clone)]
pub struct Address(Box<Config>);

impl Address {
    /// Reads an address such as `postgres://user@host/database`.
    ///
    /// # Errors
    /// [`Error::Open`], where it is none, or asks for what is not to be had. The address itself
    /// is not told: there may be a password in it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let fail = |reason: &str| Error::Open {
            store: "postgres://…".to_owned(),
            reason: reason.to_owned(),
        };
        let not_understood = || {
            fail(
                "the address is not understood; one looks like postgres://user@host/database, \
                 and signs such as @ and / in a password are written %40 and %2F",
            )
        };
        let mut config: Config = text.parse().map_err(|_| not_understood())?;
        // The rest of a password with an @ in it, which nobody shall see.
        let holds_password = |host: &Host| matches!(host, Host::Tcp(name) if name.contains('@'));
        if config.get_hosts().iter().any(holds_password) {
            return Err(not_understood());
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(fail("the address names no host"));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("daylight");
        }
        Ok(Self(Box::new(config)))
    }

    /// The password to use where the address holds none.
    pub fn password_unless_given(&mut self, password: &str) {
        if self.0.get_password().is_none() {
            self.0.password(password);
        }
    }

    /// Why nothing is said to this server: what is said is not encrypted.
    fn refusal(&self) -> Option<&'static str> {
        match self.0.get_ssl_mode() {
            SslMode::Disable => None,
            SslMode::Prefer if self.is_of_this_machine() => None,
            SslMode::Prefer => Some(
                "the connection would not be encrypted; lead it through a tunnel to this machine, \
                 or say ?sslmode=disable where the network is trusted",
            ),
            _ => Some(
                "encrypted connections (sslmode=require) are not known to this program; lead one \
                 through a tunnel to this machine",
            ),
        }
    }

    fn is_of_this_machine(&self) -> bool {
        let is_here = |host: &Host| match host {
            Host::Tcp(name) => {
                let address = name.parse::<std::net::IpAddr>();
                name == "localhost" || address.is_ok_and(|it| it.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        };
        let mut addresses = self.0.get_hostaddrs().iter();
        self.0.get_hosts().iter().all(is_here) && addresses.all(|it| it.is_loopback())
    }

    fn connect(&self) -> Result<Client, Error> {
        if let Some(reason) = self.refusal() {
            return Err(self.fail(reason));
        }
        let mut client = self
            .0
            .connect(NoTls)
            .map_err(|error| self.fail(reason(&error)))?;
        client.batch_execute(SETTINGS)?;
        Ok(client)
    }

    fn fail(&self, reason: impl Into<String>) -> Error {
        Error::Open {
            store: self.to_string(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.0.get_user() {
            write!(f, "{user}@")?;
        }
        let mut ports = self.0.get_ports().iter();
        for (place, host) in self.0.get_hosts().iter().enumerate() {
            f.write_str(if place == 0 { "" } else { "," })?;
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                #[cfg(unix)]
                Host::Unix(path) => path.display().fmt(f)?,
            }
            if let Some(port) = ports.next() {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.0.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Postgres {
    /// Opens the store at an address, and makes it where there is none.
    ///
    /// # Errors
    /// [`Error::Open`], where it cannot be reached or is something else; [`Error::Newer`].
    pub(crate) fn open(address: &Address) -> Result<Self, Error> {
        let client = address.connect()?;
        Self::prepare(client, address)
    }

    /// The same, where there is one.
    pub(crate) fn open_if_there(address: &Address) -> Result<Option<Self>, Error> {
        let mut client = address.connect()?;
        if layout(&mut client)?.is_none() {
            return Ok(None);
        }
        Self::prepare(client, address).map(Some)
    }

    fn prepare(mut client: Client, address: &Address) -> Result<Self, Error> {
        let known = MIGRATIONS.len() as u32;
        match layout(&mut client)? {
            Some(found) if found > known => {
                return Err(Error::Newer {
                    store: address.to_string(),
                    found,
                    known,
                });
            }
            Some(found) if found == known => {}
            _ => migrate(&mut client, address)?,
        }
        Ok(Self {
            keyed: client.prepare(objects::KEYED)?,
            client: client.into(),
        })
    }
}

/// The layout of the store in the schema that the connection leads to, where there is one.
fn layout(client: &mut impl ::postgres::GenericClient) -> Result<Option<u32>, Error> {
    // Read from the catalogue: a name once looked up in vain is remembered as missing, though
    // another program has made the table meanwhile.
    let marked = client.query_one(
        "SELECT EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
             WHERE nspname = current_schema() AND relname = 'daylight')",
        &[],
    )?;
    if !marked.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let layout = client.query_opt("SELECT layout FROM daylight", &[])?;
    let layout = layout.map(|row| row.try_get::<_, i64>(0)).transpose()?;
    Ok(layout.map(|layout| u32::try_from(layout).unwrap_or(u32::MAX)))
}

/// Brings the layout up to date, all or nothing; another program may have done so meanwhile.
fn migrate(client: &mut Client, address: &Address) -> Result<(), Error> {
    let mut transaction = client.transaction()?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&TURN])?;
    let found = layout(&mut transaction)?;
    if found.is_none() {
        refuse_others(&mut transaction, address)?;
    }
    for migration in MIGRATIONS.iter().skip(found.unwrap_or_default() as usize) {
        transaction.batch_execute(migration)?;
    }
    transaction.execute("DELETE FROM daylight", &[])?;
    let known = MIGRATIONS.len() as i64;
    transaction.execute("INSERT INTO daylight (layout) VALUES ($1)", &[&known])?;
    Ok(transaction.commit()?)
}

/// A store needs a schema of its own, in a database that holds any text.
fn refuse_others(
    transaction: &mut ::postgres::Transaction<'_>,
    address: &Address,
) -> Result<(), Error> {
    let row = transaction.query_one(
        "SELECT current_schema(), current_setting('server_encoding'),
             EXISTS (SELECT FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')
                 AND relnamespace = to_regnamespace(quote_ident(current_schema())))",
        &[],
    )?;
    let schema: Option<&str> = row.try_get(0)?;
    let encoding: &str = row.try_get(1)?;
    let Some(schema) = schema else {
        return Err(address.fail("it has no schema to keep a store in"));
    };
    if encoding != "UTF8" {
        return Err(address.fail(format!("its encoding is {encoding}, and must be UTF8")));
    }
    if row.try_get(2)? {
        return Err(address.fail(format!(
            "its schema {schema} holds what another program made; name an empty one, as with \
             ?options=-csearch_path%3Ddaylight"
        )));
    }
    Ok(())
}

/// PostgreSQL checks its pages as it reads them, where it was set up so; here, whether what
/// refers to something finds it.
pub(super) fn check(client: &mut Client) -> Result<Vec<String>, Error> {
    let mut wrong = Vec::new();
    for (what, query) in CHECKS {
        if let Some(row) = client.query_opt(query, &[])? {
            wrong.push(wrong_row(what, row.try_get(0)?));
        }
    }
    Ok(wrong)
}
