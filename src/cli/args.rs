//! What the command line accepts. The doc comments are the help texts.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::CommandError;
use crate::{
    lang::Lang,
    money::{Currency, Pln},
    serve::Network,
    tax::{self, Basis, CreditCap, ForeignTax, LossClaim, Pit8c, Residence},
};

/// A broker's export in, a traceable PIT-38 out.
///
/// Reads what brokers export, converts every leg at NBP's rate of the day before, matches lots first in,
/// first out, and fills the fields of PIT-38. Every figure leads back to its row, its lot and its table.
#[derive(Debug, Parser)]
#[command(name = "investtax", version, propagate_version = true, after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 a report; 1 something is missing or wrong in the files, the \
    answer says what; 2 wrong usage; 3 a fault of the program or of the world (NBP does not answer).";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer one raw mail: the whole journey, without a cloud
    #[command(
        after_help = "Examples:\n  investtax reply samples/trading212.eml --rates samples/rates --out out\n  \
        investtax reply - < mail.eml > reply.eml     behind a mail server's pipe"
    )]
    Reply(ReplyArgs),
    /// Compute broker files straight to a result
    #[command(
        after_help = "Examples:\n  investtax calc export.csv                          a summary for people\n  \
        investtax calc 2023.csv 2024.csv --json            the calculation document\n  \
        investtax calc export.csv --pdf report.pdf --xlsx report.xlsx\n  \
        investtax calc export.csv --loss 2022:1500.00      deduct a loss of 2022"
    )]
    Calc(CalcArgs),
    /// Run a local mailbox: SMTP and a Maildir in, replies out
    #[command(
        after_help = "Examples:\n  investtax serve --address calc@example.org --listen 127.0.0.1:2525 \\\n      \
        --trusted-relay 127.0.0.1 --relay smtp://127.0.0.1:25\n  \
        investtax serve --address calc@example.org --maildir ~/Maildir --trust-maildir --reply-maildir out\n  \
        investtax serve --address calc@example.org --backup /backup/2026-03-02\n\n\
        While the file replies-off is in the state directory, nothing is taken and nothing is sent."
    )]
    Serve(Box<ServeArgs>),
    /// Fill the local store of NBP rates, or show a rate
    Rates(RatesArgs),
    /// List the broker files that can be read, and where to get them
    Formats(FormatsArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
}

/// Options that every computing command has.
#[derive(Args, Clone, Debug)]
pub struct ComputeArgs {
    /// Tax year to answer for [default: the latest with a disposal or income]
    #[arg(long, value_parser = clap::value_parser!(i16).range(2002..2100))]
    pub year: Option<i16>,
    /// Day that fixes the tax year and the rate of a trade
    #[arg(long, value_enum, default_value_t = BasisArg::Settlement)]
    pub basis: BasisArg,
    /// How far tax withheld abroad is credited
    #[arg(long, value_enum, default_value_t = CreditCapArg::Treaty)]
    pub credit_cap: CreditCapArg,
    /// Loss of an earlier year to deduct: YEAR:AMOUNT[:USED[:DEDUCT]]; without DEDUCT, the most allowed
    #[arg(long = "loss", value_name = "YEAR:AMOUNT[:USED[:DEDUCT]]")]
    pub losses: Vec<LossClaim>,
    /// Crypto costs of earlier years that were not deducted yet
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub crypto_costs: Option<Pln>,
    /// Amounts of PIT-8C forms, boxes 35 and 36
    #[arg(long, value_name = "REVENUE:COST")]
    pub pit8c: Option<Pit8c>,
    /// Tax paid abroad on sales, in złoty, for each country; credited up to its limit (art. 30b sec. 5a)
    #[arg(long, value_name = "COUNTRY:AMOUNT")]
    pub foreign_tax: Vec<ForeignTax>,
    /// Period of Polish residence, if it is not the whole time; one end may be left out
    #[arg(long, value_name = "FROM:UNTIL")]
    pub residence: Option<Residence>,
    #[command(flatten)]
    pub rates: RateArgs,
    /// Language of the answer [default: that of the mail, else Polish]
    #[arg(long, value_name = "pl|en")]
    pub lang: Option<Lang>,
    /// Pretend that today is this day
    #[arg(long, hide = true)]
    pub today: Option<Date>,
}

impl ComputeArgs {
    /// What the sender chose.
    ///
    /// # Errors
    ///
    /// If two options contradict each other: there is one loss of a year, and one tax of a country.
    pub fn options(&self) -> Result<tax::Options, CommandError> {
        let mut years: Vec<i16> = self.losses.iter().map(|loss| loss.year).collect();
        if let Some(year) = repeated(&mut years) {
            return Err(CommandError::Usage(format!("--loss is given twice for {year}")));
        }
        let mut countries: Vec<_> = self.foreign_tax.iter().map(|paid| paid.country).collect();
        if let Some(country) = repeated(&mut countries) {
            return Err(CommandError::Usage(format!("--foreign-tax is given twice for {country}")));
        }
        Ok(tax::Options {
            basis: self.basis.into(),
            year: self.year,
            credit_cap: self.credit_cap.into(),
            losses: self.losses.clone(),
            crypto_costs: self.crypto_costs,
            pit8c: self.pit8c,
            foreign_tax: self.foreign_tax.clone(),
            residence: self.residence,
        })
    }
}

/// Where rates come from.
#[derive(Args, Clone, Debug)]
pub struct RateArgs {
    /// Take rates from NBP's archive CSV files (or plain per-year CSV files) in this directory, offline
    #[arg(long = "rates", value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// What stands before /exchangerates at NBP; plain http only on this machine
    #[arg(long, value_name = "URL", env = "INVESTTAX_NBP_URL")]
    pub nbp_url: Option<String>,
    /// Where published rates are kept [default: the user's state directory]
    #[arg(long, value_name = "DIR", env = "INVESTTAX_STATE")]
    pub state: Option<PathBuf>,
}

/// `investtax reply`.
#[derive(Args, Debug)]
pub struct ReplyArgs {
    /// The raw message (RFC 5322); - for standard input
    #[arg(value_name = "MAIL.eml")]
    pub mail: PathBuf,
    /// Where the reply and its attachments go [default: ./out; with -, standard output]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Our address, from which the reply comes [default: the one that the mail was sent to]
    #[arg(long, value_name = "ADDRESS", env = "INVESTTAX_ADDRESS")]
    pub address: Option<String>,
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// `investtax serve`.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Our address: mail to it is taken, replies come from it
    #[arg(long, value_name = "ADDRESS", env = "INVESTTAX_ADDRESS")]
    pub address: String,
    /// Take mail by SMTP on this address of this machine
    #[arg(long, value_name = "IP:PORT", required_unless_present_any = ["maildir", "backup", "restore"])]
    pub listen: Option<SocketAddr>,
    /// Offer STARTTLS with this chain of certificates, PEM
    #[arg(long, value_name = "FILE", requires_all = ["listen", "tls_key"])]
    pub tls_certificate: Option<PathBuf>,
    /// The key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub tls_key: Option<PathBuf>,
    /// A mail server, or a network of them, that verifies its mail (DMARC): authors of what it hands over
    /// count as proven; those of other mail are asked to confirm their address
    #[arg(long, value_name = "IP[/BITS]")]
    pub trusted_relay: Vec<Network>,
    /// Watch a Maildir for mail
    #[arg(long, value_name = "DIR")]
    pub maildir: Option<PathBuf>,
    /// The server that delivers into the Maildir verifies its mail: authors count as proven
    #[arg(long, requires = "maildir")]
    pub trust_maildir: bool,
    /// The trusted server does not refuse what fails, but writes what it found into
    /// Authentication-Results under this name (and removes what others write under it): believe that,
    /// mail by mail
    #[arg(long, value_name = "NAME")]
    pub authserv_id: Option<String>,
    /// Check DKIM and DMARC over DNS for mail that nobody vouches for, before its author is asked to
    /// confirm the address (needs a build with the feature `verify`)
    #[arg(long)]
    pub verify: bool,
    /// Hand replies to this mail server: smtp://HOST:PORT, or smtps:// with TLS
    #[arg(long, value_name = "URL", env = "INVESTTAX_RELAY", hide_env_values = true)]
    pub relay: Option<String>,
    /// Put replies into this Maildir
    #[arg(long, value_name = "DIR", conflicts_with = "relay")]
    pub reply_maildir: Option<PathBuf>,
    /// Show conversations, states and replies on this address of this machine, and /health; replies are
    /// kept for it as long as files are
    #[arg(long, value_name = "IP:PORT")]
    pub web: Option<SocketAddr>,
    /// Copy the store and its secret into this new directory and end; works while another serve runs
    #[arg(long, value_name = "DIR")]
    pub backup: Option<PathBuf>,
    /// Put the store and its secret from this backup in place of what is kept, and end; refused while
    /// another serve runs. What was there is put aside, not deleted
    #[arg(long, value_name = "DIR", conflicts_with = "backup")]
    pub restore: Option<PathBuf>,
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// `investtax calc`.
#[derive(Args, Debug)]
pub struct CalcArgs {
    /// Broker files: CSV, XLSX, XML, JSON, or archives of them
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print the calculation document instead of a summary
    #[arg(long)]
    pub json: bool,
    /// Write the report as PDF
    #[arg(long, value_name = "PATH")]
    pub pdf: Option<PathBuf>,
    /// Write the workbook
    #[arg(long, value_name = "PATH")]
    pub xlsx: Option<PathBuf>,
    #[command(flatten)]
    pub compute: ComputeArgs,
}

/// `investtax rates`.
#[derive(Args, Debug)]
pub struct RatesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RatesCommand,
}

/// What `investtax rates` does.
#[derive(Debug, Subcommand)]
pub enum RatesCommand {
    /// Fetch tables of NBP into the store: table A, every currency, quarter by quarter
    Sync {
        /// First year [default: five years ago]
        #[arg(long)]
        from: Option<i16>,
        /// Last year [default: this year]
        #[arg(long)]
        through: Option<i16>,
        #[command(flatten)]
        rates: RateArgs,
        /// Pretend that today is this day
        #[arg(long, hide = true)]
        today: Option<Date>,
    },
    /// Import NBP's archive CSV files as served (`archiwum_tab_a_2024.csv`) into the store
    Import {
        /// The files, or directories of them
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        rates: RateArgs,
    },
    /// Show the rate and table for an event on a day: the last table published before it
    Show {
        /// Currency code, such as USD
        currency: CurrencyArg,
        /// Day of the event, such as 2025-01-07
        day: Date,
        #[command(flatten)]
        rates: RateArgs,
        /// Pretend that today is this day
        #[arg(long, hide = true)]
        today: Option<Date>,
    },
}

/// `investtax formats`.
#[derive(Args, Debug)]
pub struct FormatsArgs {
    /// Language of the list
    #[arg(long, value_name = "pl|en", default_value = "pl")]
    pub lang: Lang,
}

/// `investtax completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// For which shell
    pub shell: clap_complete::Shell,
}

/// [`Basis`] on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum BasisArg {
    /// the day the trade was concluded
    Trade,
    /// the day ownership passed: given by the file, else derived
    Settlement,
}

impl From<BasisArg> for Basis {
    fn from(basis: BasisArg) -> Self {
        match basis {
            BasisArg::Trade => Self::Trade,
            BasisArg::Settlement => Self::Settlement,
        }
    }
}

/// [`CreditCap`] on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum CreditCapArg {
    /// up to the treaty rate and 19 % (the tax authority's line)
    Treaty,
    /// up to 19 % (the line of the Supreme Administrative Court)
    Nineteen,
}

impl From<CreditCapArg> for CreditCap {
    fn from(cap: CreditCapArg) -> Self {
        match cap {
            CreditCapArg::Treaty => Self::Treaty,
            CreditCapArg::Nineteen => Self::Nineteen,
        }
    }
}

/// A currency on the command line.
#[derive(Clone, Copy, Debug)]
pub struct CurrencyArg(pub Currency);

impl std::str::FromStr for CurrencyArg {
    type Err = crate::money::NotACurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Currency::parse(text).map(Self)
    }
}

fn amount(text: &str) -> Result<Pln, tax::BadOption> {
    tax::parse_amount(text)
}

/// The first that stands there twice.
fn repeated<T: Copy + Ord>(values: &mut [T]) -> Option<T> {
    values.sort_unstable();
    values.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(*one),
        _ => None,
    })
}
