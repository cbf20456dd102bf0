//! The processor time a process has used, by what Linux tells in `/proc`: unlike throughput, it hardly depends on what else
//! the machine is doing.

use std::time::Duration;

/// Linux tells times in hundredths of a second to every program, whatever the kernel ticks at.
const TICK: Duration = Duration::from_millis(10);

/// User and system time of a process so far; nothing where the system does not tell.
pub(crate) fn time_of(process: u32) -> Option<Duration> {
    let line = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    ticks(&line).map(|ticks| TICK * ticks)
}

/// Fields 14 and 15, counted past the name, which may hold anything but is the last thing in parentheses.
fn ticks(line: &str) -> Option<u32> {
    let (_, after_name) = line.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_found_behind_any_name() {
        let line = "42 (a) name)) S 1 42 42 0 -1 4194560 113 0 0 0 12 34 0 0 20 0 2 0 100 0 0";
        assert_eq!(ticks(line), Some(46));
        assert_eq!(ticks("42 (short) S 1"), None);
    }
}
