//! The rate limits' figures as text.

use super::text_table::{TextTable, count, grouped};
use crate::limits::{Attacker, Crowd, Exactness, Limits, Outage};

/// All of them.
pub(super) fn text(limits: &Limits) -> String {
    let Limits {
        crowd,
        attacker,
        exactness,
        outage,
    } = limits;
    format!(
        "\n{}\n{}\n{}\n{}",
        of_crowd(crowd),
        of_attacker(attacker),
        of_exactness(exactness),
        of_outage(outage)
    )
}

fn of_crowd(crowd: &Crowd) -> String {
    let mut table = TextTable::new(&["", "req/s", "share", "p50 ms", "p99 ms", "cpu us/req"]);
    for (name, figures, share) in [
        ("limits off", &crowd.off, 1.0),
        ("limits on", &crowd.on, crowd.share),
    ] {
        table.row(vec![
            name.to_owned(),
            grouped(figures.per_second),
            format!("{share:.2}"),
            format!("{:.3}", figures.p50_ms),
            format!("{:.3}", figures.p99_ms),
            figures
                .server_cpu_us
                .map(|time| format!("{time:.1}"))
                .unwrap_or_default(),
        ]);
    }
    format!(
        "limits: the hot query by {} clients behind a proxy, memory + redis\n{}",
        count(crowd.clients),
        table.lines()
    )
}

fn of_attacker(attacker: &Attacker) -> String {
    let mut table = TextTable::new(&["", "answers/s", "of floor", "other client's p99 ms"]);
    let row = |name: &str, rate: String, share: String, p99: f64| {
        vec![name.to_owned(), rate, share, format!("{p99:.3}")]
    };
    table.row(row(
        "nobody",
        String::new(),
        String::new(),
        attacker.polite_alone_ms,
    ));
    table.row(row(
        "a blocked attacker",
        grouped(attacker.refused_per_second),
        format!("{:.2}", attacker.of_floor),
        attacker.polite_beside_ms,
    ));
    table.row(row(
        "floor: bare handler",
        grouped(attacker.floor_per_second),
        String::new(),
        attacker.polite_on_floor_ms,
    ));
    table.row(vec![
        "floor: the bytes of a refusal".to_owned(),
        grouped(attacker.small_floor_per_second),
        format!("(refusals: {:.2})", attacker.of_small_floor),
        String::new(),
    ]);
    format!(
        "attacker: as fast as it can, beside a client that keeps to the limit; {} of its requests were let through; Redis \
         ran {:.1} commands/s more than when the other client asks alone\n{}",
        count(usize::try_from(attacker.let_through).unwrap_or(usize::MAX)),
        attacker.redis_commands_per_second,
        table.lines()
    )
}

fn of_exactness(exactness: &Exactness) -> String {
    format!(
        "exactness: one client, two instances, limit {}: asked {:?}, let through {:?}\n",
        exactness.limit, exactness.asked, exactness.accepted
    )
}

fn of_outage(outage: &Outage) -> String {
    format!(
        "outage: Redis killed and started again under load on two instances: {} answers, {} of them 5xx; limit {}, let \
         through at most {} by one instance, {} by both while Redis was there; p99 {:.3} ms before, {:.3} ms in the \
         second after it went, {:.3} ms in the second after it came back\n",
        count(outage.answers),
        outage.failures,
        outage.limit,
        outage.most_of_an_instance,
        outage.most_together,
        outage.p99_before_ms,
        outage.p99_gone_ms,
        outage.p99_back_ms
    )
}
