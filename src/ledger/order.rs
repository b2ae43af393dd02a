//! The order of events within a day, and why.
