//! Results put into a mail.
