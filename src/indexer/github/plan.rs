//! What there is to do about a repository, told from what GitHub says of it and what is remembered. Pure.

use super::described::Found;
use crate::config::{Exclusion, IndexConfig, Topic};
use crate::db::{GithubMark, Tracked};
use crate::indexer::reader::EDITION;
use crate::model::Repository;

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Nothing: it is no business of the index.
    Skip,
    /// It was asked for by name and may not be indexed, for this reason.
    Refuse(&'static str),
    /// It is taken out of the index, for this reason.
    Remove(&'static str),
    /// It is as it was.
    Unchanged,
    /// What is said of it changed; its files did not.
    Describe,
    /// Something was pushed to it, perhaps elsewhere: is its newest commit still this one?
    AskCommit(String),
    /// It is empty, and nothing has to be downloaded to know.
    Empty,
    /// It is downloaded and read.
    Download,
}

/// Under what circumstances it was come upon.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting<'a> {
    /// The topics of this run.
    pub(super) topics: &'a [Topic],
    /// Whether it was asked for by name.
    pub(super) by_name: bool,
}

/// Makes the plan.
pub(super) fn plan(
    found: &Found,
    tracked: Option<&Tracked>,
    config: &IndexConfig,
    sighting: Sighting<'_>,
) -> Plan {
    if let Some(reason) = closed(found, config) {
        return match tracked {
            Some(_) => Plan::Remove(reason),
            None if sighting.by_name => Plan::Refuse(reason),
            None => Plan::Skip,
        };
    }
    let has_left = |known: &Tracked| {
        // Of whatever run the topic was: one by other topics takes nothing out that its owner wants in.
        !known.mark.topics.is_empty() && topics(found, Some(&known.mark), sighting).is_empty()
    };
    if tracked.is_some_and(has_left) {
        return Plan::Remove("it no longer carries the topic");
    }
    if found.pushed_at.is_none() {
        return match tracked {
            Some(tracked) if tracked.mark.pushed_at.is_none() => described(found, tracked, sighting),
            _ => Plan::Empty,
        };
    }
    let Some(tracked) = tracked.filter(|it| is_of_use(&it.mark) && same_branch(it, found)) else {
        return Plan::Download;
    };
    if tracked.mark.pushed_at == found.pushed_at {
        return described(found, tracked, sighting);
    }
    match &tracked.mark.commit {
        Some(commit) => Plan::AskCommit(commit.clone()),
        None => Plan::Download,
    }
}

/// What is to be remembered of it: the topics it was found by, or those it was found by before.
///
/// An entity tag is remembered only of an answer after which no run would do otherwise, for as long as GitHub gives it
/// again: such an answer is not looked at any more. So not of what is not public, and not where a topic is gone.
pub(super) fn mark(
    found: &Found,
    tracked: Option<&Tracked>,
    sighting: Sighting<'_>,
    commit: Option<String>,
) -> GithubMark {
    let topics = topics(found, tracked.map(|it| &it.mark), sighting);
    let is_settled = found.is_public && topics.iter().all(|it| found.topics.contains(it));
    GithubMark {
        github_id: found.id,
        pushed_at: found.pushed_at.clone(),
        commit,
        etag: found.etag.clone().filter(|_| is_settled),
        topics,
        reader: EDITION,
    }
}

/// The entity tag with which GitHub is asked for a repository: it answers with nothing where nothing changed, and then
/// nothing is done. So none where it is to be read anew in any case, or to be taken out.
pub(super) fn etag(tracked: &Tracked, config: &IndexConfig) -> Option<String> {
    let is_to_stay = is_of_use(&tracked.mark) && !is_excluded(&tracked.repository, config);
    tracked.mark.etag.clone().filter(|_| is_to_stay)
}

/// Why it is closed to the index.
fn closed(found: &Found, config: &IndexConfig) -> Option<&'static str> {
    if is_excluded(&found.repository, config) {
        Some("it is excluded by INDEX_EXCLUDE")
    } else if !found.is_public && !config.github.include_private {
        Some("it is not public, and GITHUB_INCLUDE_PRIVATE is false")
    } else if found.is_disabled {
        Some("GitHub has closed it")
    } else {
        None
    }
}

fn is_excluded(repository: &Repository, config: &IndexConfig) -> bool {
    let covers = |it: &Exclusion| it.covers(&repository.owner, &repository.name);
    config.exclude.iter().any(covers)
}

fn described(found: &Found, tracked: &Tracked, sighting: Sighting<'_>) -> Plan {
    let is_same = tracked.repository == found.repository
        && tracked.mark.topics == topics(found, Some(&tracked.mark), sighting);
    if is_same { Plan::Unchanged } else { Plan::Describe }
}

fn topics(found: &Found, before: Option<&GithubMark>, sighting: Sighting<'_>) -> Vec<String> {
    let before = before.map(|mark| mark.topics.clone()).unwrap_or_default();
    if sighting.by_name {
        return before;
    }
    let mut topics = matching(found, sighting.topics);
    // Those of another run's topics that it still carries.
    topics.extend(before.into_iter().filter(|topic| found.topics.contains(topic)));
    topics.sort_unstable();
    topics.dedup();
    topics
}

/// Those of a run's topics that it carries.
fn matching(found: &Found, topics: &[Topic]) -> Vec<String> {
    let carried = topics.iter().map(Topic::as_str);
    carried
        .filter(|topic| found.topics.iter().any(|it| it == topic))
        .map(str::to_owned)
        .collect()
}

fn is_of_use(mark: &GithubMark) -> bool {
    mark.reader == EDITION
}

fn same_branch(tracked: &Tracked, found: &Found) -> bool {
    tracked.repository.default_branch == found.repository.default_branch
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Found {
        Found {
            id: 7,
            repository: Repository {
                owner: "frenck".into(),
                name: "home".into(),
                default_branch: "main".into(),
                ..Repository::default()
            },
            pushed_at: Some("2026-01-01T00:00:00Z".into()),
            topics: vec!["hadiscover".into(), "home".into()],
            is_public: true,
            is_disabled: false,
            etag: None,
        }
    }

    fn tracked() -> Tracked {
        let sighting = by_topic();
        Tracked {
            mark: mark(&found(), None, sighting, Some("1a2b3c4".into())),
            repository: found().repository,
        }
    }

    fn by_topic() -> Sighting<'static> {
        static TOPICS: std::sync::OnceLock<Vec<Topic>> = std::sync::OnceLock::new();
        Sighting {
            topics: TOPICS.get_or_init(Topic::defaults),
            by_name: false,
        }
    }

    fn by_name() -> Sighting<'static> {
        Sighting {
            topics: &[],
            by_name: true,
        }
    }

    fn planned(found: &Found, tracked: Option<&Tracked>) -> Plan {
        plan(found, tracked, &IndexConfig::default(), by_topic())
    }

    #[test]
    fn what_did_not_change_costs_nothing() {
        assert_eq!(planned(&found(), Some(&tracked())), Plan::Unchanged);
    }

    #[test]
    fn what_is_new_or_was_read_by_an_earlier_reader_or_from_another_branch_is_downloaded() {
        assert_eq!(planned(&found(), None), Plan::Download);
        let mut earlier = tracked();
        earlier.mark.reader = EDITION - 1;
        assert_eq!(planned(&found(), Some(&earlier)), Plan::Download);
        let mut moved = found();
        moved.repository.default_branch = "trunk".into();
        assert_eq!(planned(&moved, Some(&tracked())), Plan::Download);
    }

    #[test]
    fn a_push_leads_to_a_look_at_the_commit() {
        let mut pushed = found();
        pushed.pushed_at = Some("2026-02-02T00:00:00Z".into());
        assert_eq!(
            planned(&pushed, Some(&tracked())),
            Plan::AskCommit("1a2b3c4".into())
        );
    }

    #[test]
    fn stars_a_new_name_and_other_topics_are_written_without_a_download() {
        let changes: [fn(&mut Found); 3] = [
            |it| it.repository.stars = 9,
            |it| it.repository.name = "house".into(),
            |it| it.topics = vec!["ha-discover".into()],
        ];
        for change in changes {
            let mut other = found();
            change(&mut other);
            assert_eq!(planned(&other, Some(&tracked())), Plan::Describe);
        }
    }

    #[test]
    fn what_may_not_be_indexed_goes_or_never_comes() {
        let changes: [fn(&mut Found, &mut IndexConfig); 3] = [
            |it, _| it.is_public = false,
            |it, _| it.is_disabled = true,
            |_, config| config.exclude = vec!["Frenck".parse().unwrap()],
        ];
        for change in changes {
            let (mut it, mut config) = (found(), IndexConfig::default());
            change(&mut it, &mut config);
            assert_eq!(plan(&it, None, &config, by_topic()), Plan::Skip);
            assert!(matches!(plan(&it, None, &config, by_name()), Plan::Refuse(_)));
            let known = plan(&it, Some(&tracked()), &config, by_topic());
            assert!(matches!(known, Plan::Remove(_)), "{known:?}");
        }
    }

    #[test]
    fn opting_out_takes_out_what_came_by_topic_and_nothing_else() {
        let mut without = found();
        without.topics = vec!["home".into()];
        assert!(matches!(planned(&without, Some(&tracked())), Plan::Remove(_)));
        let mut asked_for = tracked();
        asked_for.mark.topics.clear();
        assert_eq!(planned(&without, Some(&asked_for)), Plan::Unchanged);
        let by_name = plan(&without, Some(&tracked()), &IndexConfig::default(), by_name());
        assert_eq!(by_name, Plan::Unchanged, "a run by name is not about topics");
    }

    #[test]
    fn a_run_by_other_topics_takes_out_only_what_has_left_its_own_too() {
        let mut other = tracked();
        other.mark.topics = vec!["home".into()];
        let mut without = found();
        without.topics = vec!["home".into()];
        assert_eq!(planned(&without, Some(&other)), Plan::Unchanged);
        without.topics.clear();
        assert!(matches!(planned(&without, Some(&other)), Plan::Remove(_)));
    }

    #[test]
    fn an_answer_is_known_again_only_where_nothing_would_be_done_about_it() {
        let answered = Found {
            etag: Some("W/1".into()),
            ..found()
        };
        let remembered = |found: &Found, sighting| mark(found, Some(&tracked()), sighting, None).etag;
        assert_eq!(remembered(&answered, by_topic()).as_deref(), Some("W/1"));
        assert_eq!(remembered(&answered, by_name()).as_deref(), Some("W/1"));
        let (mut private, mut left) = (answered.clone(), answered.clone());
        private.is_public = false;
        left.topics.clear();
        assert_eq!(remembered(&private, by_name()), None);
        assert_eq!(remembered(&left, by_name()), None);

        let mut known = tracked();
        known.mark.etag = Some("W/1".into());
        let mut config = IndexConfig::default();
        assert_eq!(etag(&known, &config).as_deref(), Some("W/1"));
        config.exclude = vec!["frenck".parse().unwrap()];
        assert_eq!(etag(&known, &config), None);
        known.mark.reader = EDITION - 1;
        assert_eq!(etag(&known, &IndexConfig::default()), None);
    }

    #[test]
    fn an_empty_repository_is_known_to_be_without_a_question() {
        let mut empty = found();
        empty.pushed_at = None;
        assert_eq!(planned(&empty, None), Plan::Empty);
        assert_eq!(planned(&empty, Some(&tracked())), Plan::Empty);
        let mut known = tracked();
        known.mark.pushed_at = None;
        assert_eq!(planned(&empty, Some(&known)), Plan::Unchanged);
    }
}
