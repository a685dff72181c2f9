//! End to end: the built app in a real window, driven as a person would, on real servers.

mod desktop;
mod first_run;
mod journey;
mod oracle;
mod page;
mod snowflake;
