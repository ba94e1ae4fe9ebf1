//! What stands in the house's database, asked past the programs.

use std::process::Command;

use super::House;
use crate::postgres;
use crate::program::run;

impl House {
    /// The name of its database on the PostgreSQL that all tests share; nothing on SQLite.
    pub fn on_postgres(&self) -> Option<&str> {
        self.storage_url.strip_prefix("postgres:///")?.split('?').next()
    }

    /// One value, asked of the database directly.
    pub fn asks(&self, sql: &str) -> String {
        if let Some(name) = self.on_postgres() {
            return postgres::shared().ask(name, sql);
        }
        let file = self.storage_url.strip_prefix("sqlite:").expect("SQLite");
        let script = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])";
        run(Command::new("/usr/bin/python3").args(["-c", script, file, sql]))
            .trim()
            .to_owned()
    }
}
