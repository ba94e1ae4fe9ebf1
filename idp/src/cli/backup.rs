//! `idp backup` and `idp restore` for SQLite. Owns that a copy is whole and is put back whole; the old database is never
//! deleted. PostgreSQL has its own tools (docs/cli.md).

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{Cli, Failure, open, print};
use crate::clock::Clock;
use crate::config::Settings;
use crate::files;
use crate::storage::{Store, sqlite_file};

const POSTGRES: &str = "this is for SQLite; PostgreSQL is copied with pg_basebackup or pg_dump";

/// Writes a consistent copy while the server runs.
pub(super) fn backup(cli: &Cli, file: &Path) -> Result<(), Failure> {
    let house = open::house(cli)?;
    sqlite_file(house.settings.storage.url.expose()).ok_or_else(|| Failure::new(POSTGRES))?;
    if file.exists() {
        return Err(Failure::new(format!("{} exists already", file.display())));
    }
    let name = file
        .to_str()
        .ok_or_else(|| Failure::new("the file name is not UTF-8"))?;
    let partial = format!("{name}.partial");
    house.store.copy_to(&partial)?;
    sync_and_rename(Path::new(&partial), file)?;
    print(&format!(
        "{name} written; keep the master key apart from it: without the key it opens nothing"
    ))
}

/// Puts a copy in the place of the database.
pub(super) fn restore(cli: &Cli, file: &Path, replace: bool) -> Result<(), Failure> {
    let settings = open::settings(cli)?;
    let url = settings.storage.url.expose();
    let target = sqlite_file(url).ok_or_else(|| Failure::new(POSTGRES))?.to_owned();
    fits(&settings, file)?;
    if target.exists() {
        if !replace {
            return Err(Failure::new(format!(
                "{} exists; stop the server and use --replace",
                target.display()
            )));
        }
        set_aside(&target)?;
    } else if let Some(dir) = target.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        fs::create_dir_all(dir)?;
    }
    let partial = beside(&target, ".restoring");
    files::copy(file, &partial)?;
    sync_and_rename(&partial, &target)?;
    open::house(cli).map(drop)?;
    print(&format!(
        "{} restored. What happened after the copy is gone: card codes burnt since then are valid again, blocks made since \
         then are not in force (docs/cli.md says what to do)",
        target.display()
    ))
}

/// A copy of ours, of the right kind, not newer than this program.
fn fits(settings: &Settings, file: &Path) -> Result<(), Failure> {
    if !file.is_file() {
        return Err(Failure::new(format!("{}: no such file", file.display())));
    }
    // Looked at through a scratch copy, so that the backup itself is not written to.
    let scratch = beside(file, ".checking");
    files::copy(file, &scratch)?;
    let found = Store::inspect(&format!("sqlite:{}", scratch.display()));
    for suffix in ["", "-wal", "-shm"] {
        let _absent = fs::remove_file(beside(&scratch, suffix));
    }
    let found = found.map_err(|fault| Failure::new(format!("{} is no backup of ours: {fault}", file.display())))?;
    match found.demo {
        None => Err(Failure::new(format!("{} is no backup of ours", file.display()))),
        Some(_) if !found.unknown.is_empty() => Err(Failure::new("the backup is newer than this program")),
        Some(demo) if demo != settings.is_demo() => Err(Failure::new(
            "demo and production do not mix: the backup is of the other kind",
        )),
        Some(_) => Ok(()),
    }
}

fn set_aside(target: &Path) -> Result<(), Failure> {
    let stamp = Clock::system().now().rfc3339().replace([':', '-'], "");
    for suffix in ["", "-wal", "-shm"] {
        let old = beside(target, suffix);
        if old.exists() {
            fs::rename(&old, beside(target, &format!(".before-{stamp}{suffix}")))?;
        }
    }
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn sync_and_rename(from: &Path, to: &Path) -> Result<(), Failure> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    if let Some(dir) = to.parent() {
        let dir = if dir.as_os_str().is_empty() {
            Path::new(".")
        } else {
            dir
        };
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}
