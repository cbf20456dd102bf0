//! Rate limits against a real Redis, by two instances in one process.

mod limits {
    mod attacker;
    mod exactness;
    mod outage;
    mod redis_server;
    mod setting;
}
