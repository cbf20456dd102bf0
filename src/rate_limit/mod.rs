//! Rate limits: so many requests per window and client, over all instances together.
//!
//! A request is judged from this process's memory: it spends a lease of the client's quota that Redis granted before.
//! Only where no lease covers it is Redis asked, by one script that counts and grants at once; and where Redis does not
//! answer within its deadline, this process judges alone by what it knows of the client.
//!
//! Invariants: in no window is more let through than the limit, over all instances, while Redis is there; without it, no
//! more than the limit by each instance. Of a client's quota at most 5 % lies unspent in other instances' hands; an
//! instance that alone serves a client may hold 10 % of it, and gives that back when another comes. A denied request costs
//! nothing. No list here grows without a bound.
//!
//! | file | holds |
//! |---|---|
//! | `proxies`, `hops`, `client_key` | who the client is |
//! | `policy`, `decision`, `statistics` | the rules, the answers, the figures |
//! | `limiter` | the way of a request |
//! | `account`, `step`, `accounts` | one client, what is to be done for it; all clients, bounded |
//! | `lease`, `counters`, `lease.lua`, `strike.lua` | what is asked of Redis, and how |
//! | `local` | governor: the pace of a client, as this process sees it |
//! | `recall` | leases given back when another instance comes, or when this one stops |
//! | `penalty` | the back-off |
//! | `clock`, `flight`, `activity`, `upkeep`, `rules` | time; one question at a time; what is logged; what is done beside |

mod account;
mod accounts;
mod activity;
mod client_key;
mod clock;
mod counters;
mod decision;
mod flight;
mod hops;
mod lease;
#[cfg(test)]
mod ledger;
mod limiter;
mod local;
mod meter;
mod penalty;
mod policy;
mod proxies;
mod recall;
mod rules;
mod statistics;
mod step;
mod upkeep;

pub use client_key::ClientKey;
pub use decision::{Decision, Denial, DenialReason, Quota};
pub use limiter::RateLimiter;
pub use meter::{Meter, Unpaid};
pub use policy::Policy;
pub use proxies::TrustedProxies;
pub use statistics::{ActiveLimiter, Figures, RateLimitStatistics};
