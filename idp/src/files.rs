//! Files that hold secrets or people: made for the eyes of the service's own user, whatever the umask says. Never decides where.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{Result, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Read and written by its owner, by nobody else.
const PRIVATE: u32 = 0o600;

/// A new file.
///
/// # Errors
/// When there is one already, or it cannot be made.
pub fn create_new(path: &Path) -> Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path)
}

/// A file, new or emptied. One that was there is closed to others before anything is written into it.
///
/// # Errors
/// When it cannot be made or closed to others.
pub fn create(path: &Path) -> Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(PRIVATE)
        .open(path)?;
    if file.metadata()?.is_file() {
        file.set_permissions(Permissions::from_mode(PRIVATE))?;
    }
    Ok(file)
}

/// Writes a whole file that is not there yet: beside its place first, so that there is never one with less in it.
///
/// # Errors
/// When there is one already, or it cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = Path::new(&beside);
    let written = create(beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    // A link in the place of a rename: whoever comes second keeps what is there.
    let placed = written.and_then(|()| std::fs::hard_link(beside, path));
    let _gone = std::fs::remove_file(beside);
    placed
}

/// Writes a whole file.
///
/// # Errors
/// As [`create`], or when it cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    create(path)?.write_all(bytes)
}

/// A copy of a file.
///
/// # Errors
/// As [`create`], or when either cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::io::copy(&mut File::open(from)?, &mut create(to)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn nobody_else_reads_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("codes");
        write(&path, b"first").unwrap();
        assert_eq!(mode(&path), 0o600);
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(
            (mode(&path), std::fs::read(&path).unwrap()),
            (0o600, b"second".to_vec())
        );
        assert!(create_new(&path).is_err());
        assert!(write_new(&path, b"third").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        let new = folder.path().join("new");
        write_new(&new, b"whole").unwrap();
        assert_eq!((mode(&new), std::fs::read(&new).unwrap()), (0o600, b"whole".to_vec()));
        let left = std::fs::read_dir(folder.path()).unwrap();
        assert_eq!(left.count(), 2, "nothing is left beside it");
        let other = folder.path().join("copy");
        copy(&path, &other).unwrap();
        assert_eq!(
            (mode(&other), std::fs::read(&other).unwrap()),
            (0o600, b"second".to_vec())
        );
    }

    #[test]
    fn what_is_no_file_is_written_to_as_it_is() {
        write(Path::new("/dev/null"), b"x").unwrap();
    }
}
