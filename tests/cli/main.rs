//! The commands, as processes: what they print, what they leave, and the codes they exit with.

mod support;

mod configuration;
mod database_outage;
mod demo;
mod github;
mod hard_days;
mod health;
mod index;
mod killed_migrations;
mod metrics;
mod migrate;
mod schema;
mod serve;
mod synth;
mod traces;
mod transfer;
