//! Reading and writing files, with errors that name them.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use super::CommandError;
use crate::error::Fault;

/// Reads a file; `-` is standard input. A file that is not there is wrong usage.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| Fault::never("read standard input", error))?;
        return Ok(bytes);
    }
    std::fs::read(path)
        .map_err(|error| CommandError::Usage(format!("cannot read {}: {error}", path.display())))
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
