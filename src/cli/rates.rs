//! `investtax rates`: fill the local store, import NBP's files, show a rate.

use std::path::PathBuf;

use jiff::civil::Date;

use super::{
    CommandError, Exit,
    args::{RateArgs, RatesArgs, RatesCommand},
    print,
    services::{RateProgress, open_store, services},
};
use crate::{
    adapters::RateFiles,
    days,
    error::Fault,
    gather::gather,
    money::Currency,
    rates::{RateNeed, calendar::is_publication_day},
};

pub(super) async fn run(args: RatesArgs) -> Result<Exit, CommandError> {
    match args.command {
        RatesCommand::Sync { from, through, rates, today } => {
            sync(from, through, &rates, today).await
        }
        RatesCommand::Import { files, rates } => import(&files, &rates).await,
        RatesCommand::Show { currency, day, rates, today } => {
            show(currency.0, day, &rates, today).await
        }
    }
}

/// How many years before this one are fetched when nothing is said: as many as losses reach back.
const YEARS_BACK: i16 = 5;

async fn sync(
    from: Option<i16>,
    through: Option<i16>,
    args: &RateArgs,
    today: Option<Date>,
) -> Result<Exit, CommandError> {
    let services = services(args, today).await?;
    let today = services.clock.today();
    let (from, through) =
        (from.unwrap_or(today.year() - YEARS_BACK), through.unwrap_or(today.year()));
    let mut need = RateNeed::default();
    let mut day = first_day(from)?;
    let last = first_day(through.saturating_add(1))?.min(today);
    while day <= last {
        // Every publication day is the last one before the day after it.
        if is_publication_day(days::before(day)) {
            need.add(Currency::EUR, day);
        }
        day = days::plus(day, 1);
    }
    let bar = RateProgress::new();
    let source = services.nbp.as_deref();
    let gathered =
        gather(&need, services.rates.as_ref(), source, today, &|progress| bar.show(progress)).await;
    bar.clear();
    let (_, missing) = gathered?;
    if let Some(first) = missing.first() {
        let count = missing.len();
        return Err(CommandError::Fault(Fault::later(
            "fetch every table",
            format!("{count} days are missing, the first is {}", first.day),
        )));
    }
    print(format!("{from}–{through}: complete\n").as_bytes())?;
    Ok(Exit::Report)
}

fn first_day(year: i16) -> Result<Date, CommandError> {
    Date::new(year, 1, 1).map_err(|error| CommandError::Usage(error.to_string()))
}

async fn import(paths: &[PathBuf], args: &RateArgs) -> Result<Exit, CommandError> {
    let store = open_store(args.state.as_deref())?;
    let mut count = 0;
    for path in paths {
        let files = if path.is_dir() {
            RateFiles::read_dir(path)
        } else {
            RateFiles::read_files(std::slice::from_ref(path))
        };
        let files = files.map_err(|fault| CommandError::Usage(fault.chain()))?;
        if files.is_empty() {
            let name = path.display();
            return Err(CommandError::Usage(format!("no table of NBP is in {name}")));
        }
        count += files.len();
        files.save_into(&store).await?;
    }
    print(format!("{count} tables\n").as_bytes())?;
    Ok(Exit::Report)
}

async fn show(
    currency: Currency,
    day: Date,
    args: &RateArgs,
    today: Option<Date>,
) -> Result<Exit, CommandError> {
    if currency.is_pln() {
        print("PLN is the currency of the tax: no rate is needed\n".as_bytes())?;
        return Ok(Exit::Report);
    }
    let services = services(args, today).await?;
    let mut need = RateNeed::default();
    need.add(currency, day);
    let (store, source) = (services.rates.as_ref(), services.nbp.as_deref());
    let (book, _) = gather(&need, store, source, services.clock.today(), &|_| {}).await?;
    let Ok(rate) = book.preceding(currency, day) else {
        print(format!("no NBP rate of {currency} is known for {day}\n").as_bytes())?;
        return Ok(Exit::SenderMustFix);
    };
    let line = format!("{currency} {} {} {}\n", rate.mid, rate.published_on, book.number(rate));
    print(line.as_bytes())?;
    Ok(Exit::Report)
}
