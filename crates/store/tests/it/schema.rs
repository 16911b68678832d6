//! Room for tests on a server of PostgreSQL.

use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, NoTls};

/// Names the server of PostgreSQL to test with.
const SERVER: &str = "DAYLIGHT_TEST_POSTGRES";

/// An empty schema of PostgreSQL, gone with this.
pub(crate) struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// `None`, where there is no server to test with; then that is said.
    pub(crate) fn new() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var(SERVER) else {
            println!("skipped: {SERVER} names no server of PostgreSQL");
            return None;
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let schema = Self { server, name };
        schema.execute(&format!("CREATE SCHEMA {}", schema.name));
        Some(schema)
    }

    pub(crate) fn address(&self) -> String {
        let sign = if self.server.contains('?') { '&' } else { '?' };
        let Self { server, name } = self;
        format!("{server}{sign}options=-csearch_path%3D{name}")
    }

    pub(crate) fn execute(&self, statements: &str) {
        let mut client = Client::connect(&self.address(), NoTls).unwrap();
        client.batch_execute(statements).unwrap();
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        self.execute(&format!("DROP SCHEMA {} CASCADE", self.name));
    }
}
