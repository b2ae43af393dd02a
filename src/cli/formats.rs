//! `investtax formats`: what can be read, one line each, from the registry itself.

use super::{CommandError, Exit, args::FormatsArgs, print};
use crate::statement::FORMATS;

pub(super) fn run(args: &FormatsArgs) -> Result<Exit, CommandError> {
    for format in FORMATS {
        let line = format!(
            "{:<18} {:<20} {}\n",
            format.id(),
            format.broker(),
            format.how_to_export(args.lang)
        );
        print(line.as_bytes())?;
    }
    Ok(Exit::Report)
}
