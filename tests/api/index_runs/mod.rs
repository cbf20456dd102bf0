//! Index runs over a GitHub of the tests' own.

mod archives;
mod changes;
mod faults;
mod finding;
mod known;
mod lease;
mod leaving;
mod limits;
mod names;
mod operators;
mod reading;
mod setting;

use setting::{Place, index};
