//! GitHub's rate limits, as its answers tell them (docs.github.com, "Rate limits for the REST API" and "Best practices"):
//! a primary one counted in `x-ratelimit-*`, and secondary ones told by `retry-after`, or by a message and nothing more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

/// What is waited for where GitHub says that there is a limit, but not until when.
const UNTOLD: Duration = Duration::from_mins(1);
/// The longest that is believed: no limit of GitHub's lasts longer than an hour.
const LONGEST: Duration = Duration::from_hours(24);

/// What requests are counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Resource {
    /// Most of them.
    Core,
    /// The search.
    Search,
}

/// What a limit holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// What is counted against the same resource: its budget is spent.
    Resource,
    /// Everything: a secondary limit is one on the client.
    All,
}

/// What to make of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is one.
    Answer,
    /// Ask again after this long: a limit was reached, which holds back so much.
    Limited(Duration, Reach),
    /// Ask again soon, or after this long: a fault that may pass.
    Again(Option<Duration>),
    /// The token is no good.
    Unauthorized,
    /// The repository is closed to everybody.
    Blocked,
    /// Not for this client, for a reason that stays.
    Forbidden,
}

/// Judges an answer. `message` is what the body of a refusal says.
pub(super) fn judge(status: StatusCode, headers: &HeaderMap, message: &str, now: SystemTime) -> Verdict {
    let retry_after = number(headers, "retry-after").map(|seconds| Duration::from_secs(seconds).min(LONGEST));
    let message = message.to_ascii_lowercase();
    let is_spent = number(headers, "x-ratelimit-remaining") == Some(0);
    let limited = || {
        // With something left it is not the primary limit, whose reset says nothing then.
        let until_reset = until_reset(headers, now).filter(|_| is_spent);
        let reach = if is_spent { Reach::Resource } else { Reach::All };
        Verdict::Limited(retry_after.or(until_reset).unwrap_or(UNTOLD), reach)
    };
    match status.as_u16() {
        401 => Verdict::Unauthorized,
        429 => limited(),
        403 if retry_after.is_some() || is_spent || message.contains("rate limit") => limited(),
        403 if message.contains("blocked") => Verdict::Blocked,
        451 => Verdict::Blocked,
        403 => Verdict::Forbidden,
        408 | 500..=599 => Verdict::Again(retry_after),
        _ => Verdict::Answer,
    }
}

/// How long until the primary limit is whole again; a second more, for clocks that differ by less than one.
fn until_reset(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let reset = Duration::from_secs(number(headers, "x-ratelimit-reset")?);
    let left = reset.saturating_sub(now.duration_since(UNIX_EPOCH).unwrap_or_default());
    Some(left.saturating_add(Duration::from_secs(1)).min(LONGEST))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Until when each resource is not to be asked. Shared by all requests, so that one that is limited holds all back.
#[derive(Debug, Default)]
pub(super) struct Budget {
    closed_until: Mutex<HashMap<Resource, SystemTime>>,
}

impl Budget {
    /// How long until a resource may be asked.
    pub(super) fn wait(&self, resource: Resource, now: SystemTime) -> Duration {
        let closed = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        let until = closed.get(&resource);
        until.map_or(Duration::ZERO, |until| {
            until.duration_since(now).unwrap_or_default()
        })
    }

    /// Closes a resource for this long.
    fn close(&self, resource: Resource, time: Duration, now: SystemTime) {
        let mut closed = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        let until = closed.entry(resource).or_insert(now);
        *until = (*until).max(now + time);
    }

    /// Closes what a refusal holds back.
    pub(super) fn refused(&self, resource: Resource, reach: Reach, time: Duration, now: SystemTime) {
        match reach {
            Reach::Resource => self.close(resource, time, now),
            Reach::All => {
                for resource in [Resource::Core, Resource::Search] {
                    self.close(resource, time, now);
                }
            }
        }
    }

    /// Takes in what an answer says is left: with nothing left, the next request would be refused, and is not made.
    pub(super) fn note(&self, resource: Resource, headers: &HeaderMap, now: SystemTime) {
        if number(headers, "x-ratelimit-remaining") == Some(0)
            && let Some(time) = until_reset(headers, now)
        {
            self.close(resource, time, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
        of.iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    const NOW: SystemTime = UNIX_EPOCH;

    fn verdict(status: u16, of: &[(&'static str, &str)], message: &str) -> Verdict {
        judge(StatusCode::from_u16(status).unwrap(), &headers(of), message, NOW)
    }

    #[test]
    fn every_form_of_a_limit_is_known_with_how_long_it_lasts() {
        let (spent, reset) = (("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "90"));
        let left = ("x-ratelimit-remaining", "4000");
        let retry_after = ("retry-after", "7");
        let primary = |seconds| Verdict::Limited(Duration::from_secs(seconds), Reach::Resource);
        let secondary = |seconds| Verdict::Limited(Duration::from_secs(seconds), Reach::All);
        assert_eq!(verdict(403, &[spent, reset], ""), primary(91));
        assert_eq!(verdict(429, &[spent, reset], ""), primary(91));
        assert_eq!(verdict(429, &[retry_after, spent, reset], ""), primary(7));
        assert_eq!(verdict(403, &[retry_after], "secondary"), secondary(7));
        let told = "You have exceeded a secondary rate limit. Please wait.";
        assert_eq!(verdict(403, &[left, reset], told), secondary(60));
        assert_eq!(verdict(429, &[left, reset], ""), secondary(60));
        assert_eq!(verdict(429, &[], ""), secondary(60));
    }

    #[test]
    fn a_time_beyond_all_reason_is_a_day() {
        let (spent, day) = (("x-ratelimit-remaining", "0"), Duration::from_hours(24));
        for absurd in ["999999999", "18446744073709551615"] {
            let retry_after = [("retry-after", absurd)];
            assert_eq!(verdict(429, &retry_after, ""), Verdict::Limited(day, Reach::All));
            assert_eq!(verdict(503, &retry_after, ""), Verdict::Again(Some(day)));
            let reset = [spent, ("x-ratelimit-reset", absurd)];
            assert_eq!(verdict(403, &reset, ""), Verdict::Limited(day, Reach::Resource));
            let budget = Budget::default();
            budget.note(Resource::Core, &headers(&reset), NOW);
            assert_eq!(budget.wait(Resource::Core, NOW), day);
        }
    }

    #[test]
    fn a_secondary_limit_closes_everything_and_a_spent_budget_its_resource() {
        for (reach, of_search) in [(Reach::All, UNTOLD), (Reach::Resource, Duration::ZERO)] {
            let budget = Budget::default();
            budget.refused(Resource::Core, reach, UNTOLD, NOW);
            assert_eq!(budget.wait(Resource::Core, NOW), UNTOLD);
            assert_eq!(budget.wait(Resource::Search, NOW), of_search, "{reach:?}");
        }
    }

    #[test]
    fn other_refusals_are_none() {
        assert_eq!(verdict(401, &[], "Bad credentials"), Verdict::Unauthorized);
        assert_eq!(
            verdict(403, &[], "Resource not accessible by token"),
            Verdict::Forbidden
        );
        assert_eq!(verdict(403, &[], "Repository access blocked"), Verdict::Blocked);
        assert_eq!(verdict(451, &[], ""), Verdict::Blocked);
        assert_eq!(verdict(502, &[], ""), Verdict::Again(None));
        let later = Verdict::Again(Some(Duration::from_secs(3)));
        assert_eq!(verdict(503, &[("retry-after", "3")], ""), later);
        for status in [200, 304, 404, 409, 422] {
            assert_eq!(verdict(status, &[], ""), Verdict::Answer, "{status}");
        }
    }

    #[test]
    fn what_is_spent_closes_its_resource_and_no_other() {
        let budget = Budget::default();
        budget.note(Resource::Search, &headers(&[("x-ratelimit-remaining", "1")]), NOW);
        assert_eq!(budget.wait(Resource::Search, NOW), Duration::ZERO);
        let spent = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "59")]);
        budget.note(Resource::Search, &spent, NOW);
        assert_eq!(budget.wait(Resource::Search, NOW), Duration::from_mins(1));
        assert_eq!(budget.wait(Resource::Core, NOW), Duration::ZERO);
        budget.close(Resource::Search, Duration::from_secs(1), NOW);
        assert_eq!(
            budget.wait(Resource::Search, NOW),
            Duration::from_mins(1),
            "never shortened"
        );
        assert_eq!(
            budget.wait(Resource::Search, NOW + Duration::from_mins(2)),
            Duration::ZERO
        );
    }
}
