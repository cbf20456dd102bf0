//! The commands, as processes: what they print, what they leave, and the codes they exit with.

mod support;

mod configuration;
mod demo;
mod health;
mod index;
mod migrate;
mod schema;
mod serve;
mod synth;
mod transfer;
