//! What the functions are told by their environment; nothing else of them reads it.
//!
//! The names are agreed with the infrastructure in `infra/contract/environment.json`.

use std::path::PathBuf;

use crate::{adapters::NBP_URL, error::Fault};

/// The settings of a function.
#[derive(Clone, Debug)]
pub struct Config {
    /// The environment: `dev`, `staging` or `prod`.
    pub stage: String,
    /// The address at which mail is taken and from which it is answered.
    pub address: String,
    /// The bucket of raw mail.
    pub mail_bucket: String,
    /// The bucket of what one stage hands to the next.
    pub temp_bucket: String,
    /// The bucket of finished jobs, files of conversations and closed years of rates.
    pub archive_bucket: String,
    /// The table of jobs.
    pub jobs_table: String,
    /// The table of conversations and all that is remembered between mails.
    pub mailbox_table: String,
    /// The table of NBP's rates.
    pub rates_table: String,
    /// The configuration set of SES that reports bounces.
    pub configuration_set: Option<String>,
    /// The state machine of large mail; without one every mail is handled here.
    pub state_machine: Option<String>,
    /// The worker's own queue, for what has to wait.
    pub queue_url: Option<String>,
    /// A raw mail of more bytes is handed to the state machine.
    pub large_bytes: u64,
    /// A ledger of more events is worked out in parts.
    pub events_per_part: usize,
    /// What stands before `/exchangerates` at NBP.
    pub nbp_url: String,
    /// What is logged, as `telemetry::FILTER_VARIABLE` describes.
    pub log: String,
    /// Where and as whom the cloud is called.
    pub cloud: Cloud,
}

/// Where and as whom the cloud is called; set by Lambda itself.
#[derive(Clone)]
pub struct Cloud {
    /// The region.
    pub region: String,
    /// The id of the temporary key.
    pub key_id: String,
    /// The temporary key.
    pub key: String,
    /// The token that makes it valid.
    pub session: Option<String>,
    /// Where all services are, if they are not Amazon's.
    pub endpoint: Option<String>,
    /// Where SES is, if it is elsewhere still.
    pub ses_endpoint: Option<String>,
    /// A PEM file with the only certificates to trust there, for emulators.
    pub ca_bundle: Option<PathBuf>,
    /// Whether a bucket stands in the path instead of the host name, for emulators.
    pub path_style: bool,
}

impl std::fmt::Debug for Cloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cloud").field("region", &self.region).finish_non_exhaustive()
    }
}

/// A raw mail of more bytes is handed over, unless the environment says otherwise.
const LARGE_BYTES: u64 = 8_000_000;

/// As [`Stages::EVENTS_PER_PART`](crate::pipeline::Stages::EVENTS_PER_PART).
const EVENTS_PER_PART: u64 = 100_000;

impl Config {
    /// Reads the environment of the process.
    ///
    /// # Errors
    ///
    /// If a variable is missing or cannot be read; its value is not in the fault.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads it")]
    pub fn from_env() -> Result<Self, Fault> {
        Self::read(&|name| std::env::var(name).ok())
    }

    fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, Fault> {
        let optional = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
        let needed = |name: &'static str| {
            optional(name).ok_or_else(|| Fault::never("read the environment", Missing(name)))
        };
        let number = |name: &str, default: u64| match optional(name) {
            Some(text) => text
                .parse()
                .map_err(|error| Fault::never(format!("read {name} as a number"), error)),
            None => Ok(default),
        };
        let events = number("INVESTTAX_EVENTS_PER_PART", EVENTS_PER_PART)?;
        Ok(Self {
            stage: needed("INVESTTAX_STAGE")?,
            address: needed("INVESTTAX_ADDRESS")?,
            mail_bucket: needed("INVESTTAX_MAIL_BUCKET")?,
            temp_bucket: needed("INVESTTAX_TEMP_BUCKET")?,
            archive_bucket: needed("INVESTTAX_ARCHIVE_BUCKET")?,
            jobs_table: needed("INVESTTAX_JOBS_TABLE")?,
            mailbox_table: needed("INVESTTAX_MAILBOX_TABLE")?,
            rates_table: needed("INVESTTAX_RATES_TABLE")?,
            configuration_set: optional("INVESTTAX_CONFIGURATION_SET"),
            state_machine: optional("INVESTTAX_STATE_MACHINE_ARN"),
            queue_url: optional("INVESTTAX_QUEUE_URL"),
            large_bytes: number("INVESTTAX_LARGE_BYTES", LARGE_BYTES)?,
            events_per_part: usize::try_from(events).unwrap_or(usize::MAX),
            nbp_url: optional("INVESTTAX_NBP_URL").unwrap_or_else(|| NBP_URL.to_owned()),
            log: optional("INVESTTAX_LOG").unwrap_or_else(|| "info".to_owned()),
            cloud: Cloud {
                region: needed("AWS_REGION")?,
                key_id: needed("AWS_ACCESS_KEY_ID")?,
                key: needed("AWS_SECRET_ACCESS_KEY")?,
                session: optional("AWS_SESSION_TOKEN"),
                endpoint: optional("AWS_ENDPOINT_URL"),
                ses_endpoint: optional("AWS_ENDPOINT_URL_SESV2"),
                ca_bundle: optional("AWS_CA_BUNDLE").map(PathBuf::from),
                path_style: optional("INVESTTAX_PATH_STYLE").as_deref() == Some("1"),
            },
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0} is not set")]
struct Missing(&'static str);

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeSet};

    use super::*;

    /// `infra/` gives the functions exactly the variables that they read.
    #[test]
    fn the_names_are_those_of_the_contract() {
        let contract: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(include_str!("../infra/contract/environment.json")).unwrap();
        let read = RefCell::new(BTreeSet::new());
        let config = Config::read(&|name| {
            read.borrow_mut().insert(name.to_owned());
            Some("1".to_owned())
        });
        assert!(config.unwrap().cloud.path_style);
        let ours: Vec<String> =
            read.into_inner().into_iter().filter(|name| name.starts_with("INVESTTAX_")).collect();
        assert_eq!(
            ours,
            contract.keys().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_missing_variable_is_named_and_no_value_is_shown() {
        let fault = Config::read(&|name| (name != "INVESTTAX_JOBS_TABLE").then(|| "7".to_owned()));
        let text = fault.unwrap_err().chain();
        assert!(text.contains("INVESTTAX_JOBS_TABLE"), "{text}");
        let all = Config::read(&|_| Some("99".to_owned())).unwrap();
        assert!(!format!("{:?}", all.cloud).contains("99\", key"), "{all:?}");
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let needed = |name: &str| {
            let optional = ["LARGE_BYTES", "PER_PART", "NBP_URL", "LOG", "PATH_STYLE", "QUEUE_URL"];
            let default =
                optional.iter().any(|word| name.ends_with(word)) || name.ends_with("TOKEN");
            (!default).then(|| "x".to_owned())
        };
        let config = Config::read(&needed).unwrap();
        assert_eq!((config.large_bytes, config.nbp_url.as_str()), (8_000_000, NBP_URL));
        assert_eq!(config.events_per_part, crate::pipeline::Stages::EVENTS_PER_PART);
        assert!(!config.cloud.path_style && config.queue_url.is_none());
    }
}
