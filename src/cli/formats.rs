//! `investtax formats`: what can be read, one line each, from the registry itself.

use std::fmt::Write as _;

use super::{CommandError, Exit, args::FormatsArgs, print};
use crate::statement::FORMATS;

pub(super) fn run(args: &FormatsArgs) -> Result<Exit, CommandError> {
    let mut text = String::new();
    for format in FORMATS {
        // Writing to a String cannot fail.
        drop(writeln!(
            text,
            "{:<22} {:<22} {}",
            format.id(),
            format.broker(),
            format.how_to_export(args.lang)
        ));
    }
    print(text.as_bytes())?;
    Ok(Exit::Report)
}
