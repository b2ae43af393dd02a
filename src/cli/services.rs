//! The outside world of the command line: clock, rate store, NBP, progress on a terminal.

use std::{
    io::IsTerminal as _,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use indicatif::{ProgressBar, ProgressStyle};
use jiff::{Timestamp, civil::Date};

use super::{CommandError, args::RateArgs};
use crate::{
    adapters::{MemoryRates, NBP_URL, Nbp, Patience, RateFiles, SqliteRates, SystemClock},
    error::Fault,
    gather::Progress,
    pipeline::Services,
    ports::{Clock, RateSource, RateStore},
};

/// Builds the services of a computing command.
pub(super) async fn services(
    args: &RateArgs,
    today: Option<Date>,
) -> Result<Services, CommandError> {
    let clock: Arc<dyn Clock> = match today {
        Some(day) => Arc::new(FixedClock(day)),
        None => Arc::new(SystemClock),
    };
    let rates = store(args).await?;
    // A directory of rates stands alone, unless an address is given as well.
    let nbp = if args.dir.is_some() && args.nbp_url.is_none() { None } else { Some(nbp(args)?) };
    Ok(Services { rates, nbp, clock })
}

/// The store: the directory's files in memory, or the user's own store on disk.
pub(super) async fn store(args: &RateArgs) -> Result<Arc<dyn RateStore>, CommandError> {
    if let Some(dir) = &args.dir {
        let files = RateFiles::read_dir(dir).map_err(|fault| CommandError::Usage(fault.chain()))?;
        if files.is_empty() {
            return Err(CommandError::Usage(format!("no NBP rate files in {}", dir.display())));
        }
        let store = MemoryRates::default();
        files.save_into(&store).await?;
        return Ok(Arc::new(store));
    }
    // The user's own store holds what NBP published. What another address serves stays out of it,
    // unless a store is named for it.
    if args.state.is_none() && args.nbp_url.as_deref().is_some_and(|url| url != NBP_URL) {
        return Ok(Arc::new(MemoryRates::default()));
    }
    Ok(Arc::new(open_store(args.state.as_deref())?))
}

/// The store on disk.
pub(super) fn open_store(state: Option<&Path>) -> Result<SqliteRates, CommandError> {
    Ok(SqliteRates::open(&state_dir(state)?.join("rates.sqlite"))?)
}

/// The directory of what is kept, made if it is not there.
pub(super) fn state_dir(state: Option<&Path>) -> Result<PathBuf, CommandError> {
    let dir = state.map(Path::to_owned).or_else(default_state).ok_or_else(|| {
        CommandError::Usage("no home directory: say where to keep things with --state".to_owned())
    })?;
    // What people sent lies in it.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)
        .map_err(|error| Fault::never(format!("create {}", dir.display()), error))?;
    Ok(dir)
}

/// `$XDG_STATE_HOME/investtax`, else `~/.local/state/investtax`; `None` on a machine without a home.
fn default_state() -> Option<PathBuf> {
    let variable =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state =
        variable("XDG_STATE_HOME").or_else(|| Some(variable("HOME")?.join(".local/state")))?;
    Some(state.join("investtax"))
}

/// NBP, as far as the arguments say.
pub(super) fn nbp(args: &RateArgs) -> Result<Arc<dyn RateSource>, CommandError> {
    let base = args.nbp_url.as_deref().unwrap_or(NBP_URL);
    let api =
        Nbp::new(base, Patience::default()).map_err(|fault| CommandError::Usage(fault.chain()))?;
    Ok(Arc::new(api))
}

/// Noon of one day in Warsaw, for reproducible runs.
#[derive(Debug)]
struct FixedClock(Date);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        let noon = self.0.at(12, 0, 0, 0).to_zoned(crate::zones::warsaw());
        noon.map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
    }
}

/// A bar on a terminal while rates are fetched; nothing elsewhere.
pub(super) struct RateProgress(ProgressBar);

impl RateProgress {
    pub(super) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }

    pub(super) fn show(&self, progress: Progress) {
        self.0.set_length(u64::try_from(progress.total).unwrap_or(u64::MAX));
        self.0.set_position(u64::try_from(progress.done).unwrap_or(u64::MAX));
        self.0.set_message(format!("NBP {}", progress.window.from));
    }

    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
