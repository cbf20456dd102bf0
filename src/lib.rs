//! Autodex: a search engine for Home Assistant automations, served over GraphQL.

pub mod db;
pub mod model;
