//! Reading and writing files, with errors that name them.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use super::CommandError;
use crate::error::Fault;

/// Reads a file. A file that is not there is wrong usage.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path)
        .map_err(|error| CommandError::Usage(format!("cannot read {}: {error}", path.display())))
}

/// Reads a mail, but not much more of it than the limit: what is longer is refused anyway.
pub(super) fn read_at_most(path: &Path, limit: usize) -> Result<Vec<u8>, CommandError> {
    let unreadable = |error: std::io::Error| {
        CommandError::Usage(format!("cannot read {}: {error}", path.display()))
    };
    let input: Box<dyn std::io::Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).map_err(unreadable)?)
    };
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    input.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Writes a file, creating its directory.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let doing = || format!("write {}", path.display());
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(|error| Fault::never(doing(), error))?;
    }
    std::fs::write(path, bytes).map_err(|error| Fault::never(doing(), error))?;
    Ok(())
}

/// The name of a file without its directories, as a label.
pub(super) fn label(path: &Path) -> String {
    let name = path.file_name().map(PathBuf::from).unwrap_or_default();
    name.to_string_lossy().into_owned()
}
