//! Arguments: their types in the schema, and their bounds. A resolver sees them only after they were checked here.

use async_graphql::{Enum, InputObject};

use super::error::QueryError;
use crate::catalog::Filter;

/// The longest text searched for, in characters.
const MAX_TEXT_CHARS: usize = 256;
/// The most values in one list of a filter.
const MAX_FILTER_VALUES: usize = 50;
/// The most results on a page, and the most values of a facet.
const MAX_PER_PAGE: u32 = 100;
/// The deepest result that paging reaches.
const MAX_DEPTH: u64 = 10_000;

/// Checks how many of the last ones are asked for.
pub(super) fn check_last(last: i32) -> Result<u32, QueryError> {
    let checked = u32::try_from(last)
        .ok()
        .filter(|last| (1..=MAX_PER_PAGE).contains(last));
    checked.ok_or_else(|| QueryError::Argument {
        argument: "last",
        given: last.to_string(),
        expected: format!("1 to {MAX_PER_PAGE}"),
    })
}

/// Which automations to look at. Values are OR inside one list and AND across lists; an empty list asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, InputObject)]
pub(super) struct AutomationFilter {
    /// Repositories, as `owner/name`, in any spelling of their case. At most 50.
    pub repositories: Option<Vec<String>>,
    /// Blueprint paths, as written in the automations (`homeassistant/motion_light.yaml`). At most 50.
    pub blueprints: Option<Vec<String>>,
    /// Kinds of triggers (`state`, `sun`, `zone`). At most 50.
    pub triggers: Option<Vec<String>>,
    /// Domains of the actions called (`light`, `notify`). At most 50.
    pub action_domains: Option<Vec<String>>,
    /// Actions called (`light.turn_on`). At most 50.
    pub actions: Option<Vec<String>>,
}

/// The order of results. Every order is total: no two pages repeat a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum AutomationOrder {
    /// The best match first: in the alias before actions and triggers, those before the description, that before the
    /// repository; whole words before beginnings of words, before parts of words, before misspelt ones; then the most
    /// stars. With no text, as RECENT.
    Relevance,
    /// The most stars of the repository first.
    Stars,
    /// The last changed first.
    Recent,
}

impl AutomationFilter {
    /// Checks the length of every list.
    ///
    /// # Errors
    /// A list is too long.
    pub(super) fn check(&self) -> Result<(), QueryError> {
        let Self {
            repositories,
            blueprints,
            triggers,
            action_domains,
            actions,
        } = self;
        let lists = [
            ("filter.repositories", repositories),
            ("filter.blueprints", blueprints),
            ("filter.triggers", triggers),
            ("filter.actionDomains", action_domains),
            ("filter.actions", actions),
        ];
        for (argument, list) in lists {
            let length = list.as_ref().map_or(0, Vec::len);
            if length > MAX_FILTER_VALUES {
                return Err(QueryError::Argument {
                    argument,
                    given: format!("a list of {length} values"),
                    expected: format!("at most {MAX_FILTER_VALUES}"),
                });
            }
        }
        Ok(())
    }
}

/// Checks a filter and brings it into one form for all that mean the same: sorted, each value once, repositories in lower
/// case.
///
/// # Errors
/// A list is too long.
pub(super) fn check_filter(filter: Option<AutomationFilter>) -> Result<Filter, QueryError> {
    let filter = filter.unwrap_or_default();
    filter.check()?;
    let AutomationFilter {
        repositories,
        blueprints,
        triggers,
        action_domains,
        actions,
    } = filter;
    let lower = |names: Vec<String>| names.into_iter().map(|name| name.to_ascii_lowercase()).collect();
    Ok(Filter {
        repositories: normal_list(repositories.map(lower)),
        blueprints: normal_list(blueprints),
        triggers: normal_list(triggers),
        action_domains: normal_list(action_domains),
        actions: normal_list(actions),
    })
}

fn normal_list(values: Option<Vec<String>>) -> Vec<String> {
    let mut values = values.unwrap_or_default();
    values.sort_unstable();
    values.dedup();
    values
}

/// A text in one form for all that are searched for alike: folded, one space between words; blank is none.
pub(super) fn normal_text(text: Option<&str>) -> Option<String> {
    let folded = crate::catalog::fold(text?);
    let words: Vec<&str> = folded.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A page that may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Its number, from 1.
    pub(super) page: u32,
    /// Results on it.
    pub(super) per_page: u32,
}

impl Page {
    /// Checks `page` and `perPage`.
    ///
    /// # Errors
    /// One of them, or the depth they reach together, is out of bounds.
    pub(super) fn check(page: i32, per_page: i32) -> Result<Self, QueryError> {
        let page = at_least_one("page", page)?;
        let per_page = up_to_hundred("perPage", per_page)?;
        let depth = u64::from(page) * u64::from(per_page);
        if depth > MAX_DEPTH {
            return Err(QueryError::Argument {
                argument: "page",
                given: format!("{page} with perPage {per_page}, {depth} results deep"),
                expected: format!("page * perPage of at most {MAX_DEPTH}"),
            });
        }
        Ok(Self { page, per_page })
    }

    /// How many results lie before it.
    pub(super) const fn offset(self) -> u32 {
        (self.page - 1) * self.per_page
    }

    /// How many such pages hold so many results.
    pub(super) const fn count(self, total: u32) -> u32 {
        total.div_ceil(self.per_page)
    }
}

/// Checks `top`.
///
/// # Errors
/// It is out of bounds.
pub(super) fn check_top(top: i32) -> Result<u32, QueryError> {
    up_to_hundred("top", top)
}

/// Checks the length of a text.
///
/// # Errors
/// It is too long.
pub(super) fn check_text(argument: &'static str, text: Option<&str>) -> Result<(), QueryError> {
    let length = text.map_or(0, |text| text.chars().count());
    if length <= MAX_TEXT_CHARS {
        return Ok(());
    }
    Err(QueryError::Argument {
        argument,
        given: format!("{length} characters long"),
        expected: format!("at most {MAX_TEXT_CHARS} characters"),
    })
}

fn at_least_one(argument: &'static str, given: i32) -> Result<u32, QueryError> {
    match u32::try_from(given) {
        Ok(number) if number >= 1 => Ok(number),
        _ => Err(QueryError::Argument {
            argument,
            given: given.to_string(),
            expected: "1 or more".into(),
        }),
    }
}

fn up_to_hundred(argument: &'static str, given: i32) -> Result<u32, QueryError> {
    match u32::try_from(given) {
        Ok(number) if (1..=MAX_PER_PAGE).contains(&number) => Ok(number),
        _ => {
            let expected = format!("1 to {MAX_PER_PAGE}");
            Err(QueryError::Argument {
                argument,
                given: given.to_string(),
                expected,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal<T: std::fmt::Debug>(result: Result<T, QueryError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_page_within_bounds_knows_its_place() {
        let page = Page::check(3, 15).unwrap();
        assert_eq!(
            (page.offset(), page.count(0), page.count(45), page.count(46)),
            (30, 0, 3, 4)
        );
        assert!(Page::check(100, 100).is_ok() && Page::check(10_000, 1).is_ok());
    }

    #[test]
    fn a_page_out_of_bounds_is_refused_by_name_value_and_bound() {
        assert_eq!(refusal(Page::check(0, 15)), "page is 0; expected 1 or more");
        assert_eq!(refusal(Page::check(1, 101)), "perPage is 101; expected 1 to 100");
        assert_eq!(refusal(Page::check(1, -3)), "perPage is -3; expected 1 to 100");
        assert_eq!(
            refusal(Page::check(101, 100)),
            "page is 101 with perPage 100, 10100 results deep; expected page * perPage of at most 10000"
        );
        assert!(refusal(Page::check(i32::MAX, 100)).contains("214748364700 results deep"));
    }

    #[test]
    fn text_is_measured_in_characters() {
        assert!(check_text("text", Some(&"ü".repeat(256))).is_ok());
        assert_eq!(
            refusal(check_text("text", Some(&"ü".repeat(257)))),
            "text is 257 characters long; expected at most 256 characters"
        );
    }

    #[test]
    fn a_long_list_is_refused_by_its_path() {
        let filter = AutomationFilter {
            action_domains: Some(vec![String::new(); 51]),
            ..Default::default()
        };
        assert_eq!(
            refusal(filter.check()),
            "filter.actionDomains is a list of 51 values; expected at most 50"
        );
    }
}
