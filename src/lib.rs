//! Autodex: a search engine for Home Assistant automations, served over GraphQL.
pub mod app;
pub mod cache;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod db;
pub mod graphql;
pub mod http;
pub mod indexer;
pub mod model;
pub mod persisted;
pub mod rate_limit;
pub mod redis_conn;
pub mod synth;
pub mod telemetry;
pub mod transfer;
