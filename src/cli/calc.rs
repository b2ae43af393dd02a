//! `investtax calc`: broker files straight to a result.

use super::{
    CommandError, Exit,
    args::CalcArgs,
    files, print,
    services::{RateProgress, services},
};
use crate::{
    error::Fault,
    lang::Lang,
    mail::{Limits, expand_files},
    pipeline::{FileSet, calculate, read},
    reply::{ReplyKind, rejection_findings, rejection_reply, report_kind, report_reply},
    report::{ReportInput, calculation, pdf, xlsx},
    tax::Status,
};

pub(super) async fn run(args: CalcArgs) -> Result<Exit, CommandError> {
    let limits = Limits::local();
    let mut named = Vec::with_capacity(args.files.len());
    for path in &args.files {
        named.push((files::label(path), files::read(path)?));
    }
    let services = services(&args.compute.rates, args.compute.today).await?;
    let ledger = read(FileSet::from(expand_files(named, &limits)), &limits);
    let bar = RateProgress::new();
    let calculated =
        calculate(ledger, args.compute.options()?, &services, &|progress| bar.show(progress)).await;
    bar.clear();
    let calculated = calculated?;
    let input = calculated.report(args.compute.lang.unwrap_or(Lang::Pl));
    if let Some(path) = &args.pdf {
        files::write(path, &pdf::render(&input)?)?;
    }
    if let Some(path) = &args.xlsx {
        files::write(path, &xlsx::render(&input)?)?;
    }
    if args.json {
        print_json(&input)?;
    } else {
        print(summary(&input)?.as_bytes())?;
    }
    Ok(match input.assessment.status {
        Status::Complete => Exit::Report,
        Status::Incomplete => Exit::SenderMustFix,
    })
}

fn print_json(input: &ReportInput<'_>) -> Result<(), CommandError> {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let written = calculation::write(input, &mut out)
        .map_err(std::io::Error::from)
        .and_then(|()| std::io::Write::write_all(&mut out, b"\n"))
        .and_then(|()| std::io::Write::flush(&mut out));
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Fault::never("write to standard output", error).into())
        }
        _ => Ok(()),
    }
}

/// The text that a mail would bring.
fn summary(input: &ReportInput<'_>) -> Result<String, CommandError> {
    let content = match report_kind(input) {
        ReplyKind::Report => report_reply(input, Vec::new())?,
        ReplyKind::Rejection => {
            rejection_reply(input.ledger, rejection_findings(input), input.lang, Vec::new())?
        }
    };
    Ok(content.text)
}
