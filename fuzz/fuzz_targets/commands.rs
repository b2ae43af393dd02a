//! Any subject and letter: commands are found or not, and what is remembered of them reads back the same.
#![no_main]

use investtax::mail::{Commands, SubjectOrigin};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (subject, letter) = text.split_once('\n').unwrap_or((text, ""));
    for origin in [SubjectOrigin::Fresh, SubjectOrigin::Inherited] {
        let commands = Commands::find(subject, origin, letter);
        let choices = commands.choices();
        assert_eq!(Commands::restore(&choices).choices(), choices);
    }
});
