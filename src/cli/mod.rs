//! The command line: arguments in, exit status out. Words come from elsewhere, figures too.

mod args;
mod calc;
mod files;
mod formats;
mod rates;
mod reply;
mod serve;
mod services;
mod state;

use std::{io::Write as _, process::ExitCode};

use clap::{CommandFactory as _, Parser as _};

use crate::{error::Fault, telemetry};

pub use args::{Cli, Command};

/// How a run ended (PRODUCT §3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// A report.
    Report,
    /// The sender must fix something; the reply says what.
    SenderMustFix,
    /// Wrong usage.
    Usage,
    /// A fault of ours or of the world.
    Fault,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Report => Self::SUCCESS,
            Exit::SenderMustFix => Self::from(1),
            Exit::Usage => Self::from(2),
            Exit::Fault => Self::from(3),
        }
    }
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The arguments make no sense together, or name something that is not there.
    #[error("{0}")]
    Usage(String),
    /// A fault of ours or of the world.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Parses the process's arguments and carries the command out.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let usage = error.use_stderr();
            // Nothing can be done about a closed terminal.
            drop(error.print());
            return if usage { Exit::Usage.into() } else { ExitCode::SUCCESS };
        }
    };
    telemetry::start_for_people();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return report(&CommandError::Fault(Fault::never("start the runtime", error)));
        }
    };
    match runtime.block_on(dispatch(cli.command)) {
        Ok(exit) => exit.into(),
        Err(error) => report(&error),
    }
}

async fn dispatch(command: Command) -> Result<Exit, CommandError> {
    match command {
        Command::Reply(args) => reply::run(args).await,
        Command::Calc(args) => calc::run(args).await,
        Command::Serve(args) => serve::run(*args).await,
        Command::Rates(args) => rates::run(args).await,
        Command::Formats(args) => formats::run(&args),
        Command::Completions(args) => {
            let mut command = Cli::command();
            clap_complete::generate(args.shell, &mut command, "investtax", &mut std::io::stdout());
            Ok(Exit::Report)
        }
    }
}

fn report(error: &CommandError) -> ExitCode {
    let (exit, text) = match error {
        CommandError::Usage(text) => (Exit::Usage, text.clone()),
        CommandError::Fault(fault) => {
            tracing::error!(cause = %fault.chain(), "the command failed");
            (Exit::Fault, fault.chain())
        }
    };
    // Nothing can be done about a closed terminal.
    drop(writeln!(std::io::stderr(), "investtax: {text}"));
    exit.into()
}

/// Writes to standard output; a closed pipe is no fault of ours.
pub(crate) fn print(text: &[u8]) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Fault::never("write to standard output", error).into())
        }
        _ => Ok(()),
    }
}
