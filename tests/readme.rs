//! The README tells the truth: its mail and reply, its table of formats, its table of options and its
//! commands are those of the program.
//!
//! After a change: `cargo test --test readme -- --ignored` writes the sections anew.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fmt::Write as _;
use std::fs;

use clap::{Arg, ArgAction, Command, CommandFactory as _, Parser as _};
use investtax::{
    cli::Cli,
    lang::Lang,
    mail::Limits,
    pipeline::{Outcome, ReplySettings, answer},
    statement::FORMATS,
    tax::Options,
};
use mail_parser::MessageParser;
use support::{block_on, here, offline, rates_in};

const README: &str = include_str!("../README.md");

/// The sections that are made, by the name in their markers.
fn sections() -> [(&'static str, String); 3] {
    [("exchange", exchange()), ("formats", formats()), ("options", options())]
}

fn section<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("<!-- {name} -->\n")).unwrap();
    rest.split_once(&format!("<!-- /{name} -->")).unwrap().0
}

#[test]
fn every_made_section_is_current() {
    for (name, made) in sections() {
        assert!(section(README, name) == made, "section {name} should be:\n\n{made}");
    }
}

#[test]
#[ignore = "writes README.md"]
fn write_the_sections() {
    let mut text = README.to_owned();
    for (name, made) in sections() {
        let old = section(&text, name).to_owned();
        let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        text = text.replace(&format!("{open}{old}{close}"), &format!("{open}{made}{close}"));
    }
    fs::write(here("README.md"), text).unwrap();
}

/// Lines of the reply that are shown: the figures, up to the first remark.
const LINES_SHOWN: usize = 25;

/// A sample mail and the beginning of its reply.
fn exchange() -> String {
    let raw = fs::read(here("samples/ibkr.eml")).unwrap();
    let mail = MessageParser::default().parse(&raw).unwrap();
    let mut text = String::from("```text\n");
    for name in ["From", "To", "Subject"] {
        writeln!(text, "{name}: {}", mail.header_raw(name).unwrap().trim()).unwrap();
    }
    let words = mail.body_text(0).unwrap().replace("\r\n", "\n");
    writeln!(text, "\n{}\n", words.trim()).unwrap();
    for part in mail.attachments() {
        let name = mail_parser::MimeHeaders::attachment_name(part).unwrap();
        writeln!(text, "[{name}]").unwrap();
    }
    let settings = ReplySettings {
        address: None,
        lang: None,
        options: Options::default(),
        limits: Limits::default(),
        with_document: false,
    };
    let services = offline(rates_in(&here("samples/rates")));
    let outcome = block_on(answer(&raw, &settings, &services, &|_| {})).unwrap();
    let Outcome::Answered(answer) = outcome else { panic!("no answer") };
    text.push_str("```\n\n```text\n");
    for line in answer.content.text.lines().take(LINES_SHOWN) {
        writeln!(text, "{line}").unwrap();
    }
    text.push_str("…\n```\n");
    text
}

fn formats() -> String {
    let mut text = String::from("| Broker | What to ask for |\n|---|---|\n");
    for format in FORMATS {
        let how = format.how_to_export(Lang::En).replace('|', "\\|");
        writeln!(text, "| {} (`{}`) | {how} |", format.broker(), format.id()).unwrap();
    }
    text
}

fn options() -> String {
    let mut cli = Cli::command();
    cli.build();
    let mut text = String::from("| Command | Does |\n|---|---|\n");
    for command in cli.get_subcommands().filter(|command| command.get_name() != "help") {
        let names = command.get_positionals().map(value);
        let name: Vec<_> = std::iter::once(command.get_name().to_owned()).chain(names).collect();
        let about = command.get_about().unwrap();
        writeln!(text, "| `investtax {}` | {about} |", name.join(" ")).unwrap();
    }
    text.push_str("\n| Option | Variable | Meaning |\n|---|---|---|\n");
    let mut seen = Vec::new();
    for name in ["reply", "calc"] {
        let command = cli.find_subcommand(name).unwrap();
        for option in shown(command) {
            let row = option_row(option);
            if !seen.contains(&row) {
                text.push_str(&row);
                seen.push(row);
            }
        }
    }
    text
}

fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    let options = command.get_arguments().filter(|option| !option.is_positional());
    options.filter(|option| {
        !option.is_hide_set() && !matches!(option.get_id().as_str(), "help" | "version")
    })
}

fn option_row(option: &Arg) -> String {
    let flag = option.get_long().unwrap();
    let takes = matches!(option.get_action(), ArgAction::Set | ArgAction::Append);
    let value = if takes { format!(" {}", value(option)) } else { String::new() };
    let variable =
        option.get_env().map_or(String::new(), |name| format!("`{}`", name.to_str().unwrap()));
    let help = option.get_help().unwrap().to_string();
    format!("| `--{flag}{value}` | {variable} | {help} |\n")
}

/// What the value is called, or the words that it may be.
fn value(option: &Arg) -> String {
    let words: Vec<_> =
        option.get_possible_values().iter().map(|word| word.get_name().to_owned()).collect();
    let names = option.get_value_names().unwrap_or_default();
    let name =
        if words.is_empty() { names.iter().map(ToString::to_string).collect() } else { words };
    let more = if matches!(option.get_num_args(), Some(range) if range.max_values() > 1) {
        "…"
    } else {
        ""
    };
    format!("{}{more}", name.join("|").replace('|', "\\|"))
}

#[test]
fn every_command_is_one() {
    let mut count = 0;
    for file in ["README.md", "samples/README.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(here(file)).unwrap();
        for line in text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let line = line.split(" #").next().unwrap().trim();
            let words = line.split(['<', '>']).next().unwrap().split_whitespace();
            let words: Vec<&str> = words.collect();
            let program = match words.as_slice() {
                ["cargo", "run", rest @ ..] => {
                    rest.iter().skip_while(|word| **word != "--").skip(1).copied().collect()
                }
                ["investtax", rest @ ..] => rest.to_vec(),
                ["cargo", ..]
                | ["python3", "samples/generate.py"]
                | ["infra/local/run", "answer"] => continue,
                _ => panic!("{file}: {line}"),
            };
            let parsed =
                Cli::try_parse_from(std::iter::once("investtax").chain(program.iter().copied()));
            assert!(parsed.is_ok(), "{file}: {line}: {}", parsed.unwrap_err());
            let paths = program.iter().filter(|word| word.starts_with("samples/"));
            paths.for_each(|path| assert!(here(path).exists(), "{file}: {path}"));
            count += 1;
        }
    }
    assert!(count >= 7, "{count}");
}

#[test]
fn every_link_leads_somewhere() {
    for file in ["README.md", "CONTRIBUTING.md", "samples/README.md"] {
        let text = fs::read_to_string(here(file)).unwrap();
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let folder = here(file);
            let found =
                target.starts_with("https://") || folder.parent().unwrap().join(target).exists();
            assert!(found, "{file}: {target}");
        }
    }
}
