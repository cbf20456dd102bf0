//! What a request depends on, told from its text alone: which kinds of values, and which repositories.

use std::sync::Arc;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Value as ConstValue, Variables};

use super::Caching;
use super::canonical;
use super::stamp::MAX_NAMED;
use crate::cache::{ResponsePlan, Scope, ScopeSet};
use crate::graphql::engine::Operation;
use crate::graphql::finish::{chosen, root_fields};
use crate::graphql::warm::noted;

impl Caching {
    /// The plan of a request; `None` if its answer is not to be cached: mutations, introspection, what only an operator
    /// may see, and what asks for nothing.
    pub(in crate::graphql) fn plan(
        &self,
        document: &ExecutableDocument,
        asked: &Operation,
    ) -> Option<ResponsePlan> {
        let (name, variables) = (asked.operation_name.as_deref(), &asked.variables);
        let operation = &chosen(document, name)?.node;
        if operation.ty != OperationType::Query {
            return None;
        }
        let mut reader = Reader {
            operation,
            variables,
            found: Dependencies::default(),
        };
        for field in root_fields(document, operation) {
            reader.field(field)?;
        }
        let Dependencies {
            scopes,
            repositories,
            whole_index,
        } = reader.found;
        if scopes.is_empty() {
            return None;
        }
        let document = canonical::digest(&self.space, document, operation, name, variables)?;
        let named = !whole_index && repositories.len() <= MAX_NAMED;
        let repositories = named.then(|| Arc::from(repositories));
        Some(ResponsePlan {
            document,
            scopes,
            repositories,
            operation: noted(asked),
        })
    }
}

#[derive(Default)]
struct Dependencies {
    scopes: ScopeSet,
    repositories: Vec<String>,
    whole_index: bool,
}

struct Reader<'a> {
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    found: Dependencies,
}

impl Reader<'_> {
    /// Takes a root field in; `None` if it is not to be cached.
    fn field(&mut self, field: &Field) -> Option<()> {
        let (scope, repositories) = match field.name.node.as_str() {
            "__typename" => return Some(()),
            "search" => (Scope::Search, self.confined_to(field)),
            "repository" => (Scope::Search, self.named_repository(field)),
            "automation" => (Scope::Search, None),
            "facets" if counts_repositories(field) => (Scope::Facets, None),
            "facets" => (Scope::Facets, self.confined_to(field)),
            "stats" => (Scope::Stats, None),
            _ => return None,
        };
        self.found.scopes = self.found.scopes.with(scope);
        match repositories {
            Some(mut named) => self.found.repositories.append(&mut named),
            None => self.found.whole_index = true,
        }
        Some(())
    }

    /// The repositories a search or counts are confined to. With a text it depends on the whole index all the same: whether a word
    /// is misspelt is asked of every repository's words.
    fn confined_to(&self, field: &Field) -> Option<Vec<String>> {
        if !matches!(self.argument(field, "text"), None | Some(ConstValue::Null)) {
            return None;
        }
        let Some(ConstValue::Object(filter)) = self.argument(field, "filter") else {
            return None;
        };
        let Some(ConstValue::List(names)) = filter.get("repositories") else {
            return None;
        };
        let names: Option<Vec<String>> = names.iter().map(text).collect();
        names.filter(|names| !names.is_empty())
    }

    fn named_repository(&self, field: &Field) -> Option<Vec<String>> {
        let (owner, name) = (self.argument(field, "owner")?, self.argument(field, "name")?);
        Some(vec![format!("{}/{}", text(&owner)?, text(&name)?)])
    }

    /// The value of an argument, variables replaced; `None` where it is absent or cannot be told.
    fn argument(&self, field: &Field, name: &str) -> Option<ConstValue> {
        let value = field.get_argument(name)?.node.clone();
        let variable = |name: Name| {
            let definition = || {
                self.operation
                    .variable_definitions
                    .iter()
                    .find(|it| it.node.name.node == name)
            };
            let default = || {
                definition()?
                    .node
                    .default_value
                    .as_ref()
                    .map(|value| value.node.clone())
            };
            self.variables.get(&name).cloned().or_else(default).ok_or(())
        };
        // A variable without a value is null here, which for these arguments is as good as absent.
        value
            .into_const_with(|name| Ok::<_, ()>(variable(name).unwrap_or(ConstValue::Null)))
            .ok()
    }
}

/// Whether facets may be asked how many automations other repositories have, whose counts leave their own filter out. What a
/// named fragment asks for is not looked at.
fn counts_repositories(facets: &Field) -> bool {
    fn asks(selection: &SelectionSet) -> bool {
        selection.items.iter().any(|item| match &item.node {
            Selection::Field(field) => field.node.name.node == "repositories",
            Selection::InlineFragment(fragment) => asks(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => true,
        })
    }
    asks(&facets.selection_set.node)
}

fn text(value: &ConstValue) -> Option<String> {
    match value {
        ConstValue::String(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cache::Cache;
    use crate::config::CacheConfig;

    fn plan_with(query: &str, variables: serde_json::Value) -> Option<ResponsePlan> {
        let caching = Caching::new(
            Arc::new(Cache::new(&CacheConfig::default(), None)),
            Caching::space_of(7),
        );
        let document = async_graphql::parser::parse_query(query).unwrap();
        caching.plan(
            &document,
            &Operation {
                query: query.to_owned(),
                operation_name: None,
                variables: Variables::from_json(variables),
            },
        )
    }

    fn plan(query: &str) -> Option<ResponsePlan> {
        plan_with(query, json!({}))
    }

    fn repositories(query: &str) -> Option<Vec<String>> {
        plan(query).unwrap().repositories.map(|names| names.to_vec())
    }

    #[test]
    fn the_root_fields_name_the_scopes_through_fragments_too() {
        let scopes = |query| plan(query).unwrap().scopes.iter().collect::<Vec<_>>();
        assert_eq!(scopes("{ stats { dataVersion } }"), [Scope::Stats]);
        assert_eq!(
            scopes(
                "{ ...F a: stats { dataVersion } } fragment F on Query { ... on Query { facets { total } } }"
            ),
            [Scope::Facets, Scope::Stats]
        );
        assert_eq!(
            scopes("{ automation(id: 1) { alias } __typename }"),
            [Scope::Search]
        );
    }

    #[test]
    fn what_is_an_operators_changes_something_or_is_about_the_schema_is_not_cached() {
        for query in [
            "{ __schema { types { name } } }",
            "{ stats { dataVersion } __type(name: \"Stats\") { name } }",
            "{ cacheStats { enabled } }",
            "mutation { clearCache { generation } }",
            "{ __typename }",
        ] {
            assert_eq!(plan(query), None, "{query}");
        }
    }

    #[test]
    fn a_query_confined_to_repositories_depends_on_them_alone() {
        let found = repositories(
            "{ repository(owner: \"a\", name: \"b\") { stars } search(filter: {repositories: [\"c/d\"]}) { total } }",
        );
        assert_eq!(found, Some(vec!["a/b".to_owned(), "c/d".to_owned()]));
        let counted = "{ facets(filter: {repositories: [\"c/d\"]}, match: \"x\") { total ... { triggers { totalValues } } } }";
        assert_eq!(repositories(counted), Some(vec!["c/d".to_owned()]));
        let by_variable = plan_with(
            "query($f: AutomationFilter) { search(filter: $f) { total } }",
            json!({"f": {"repositories": ["c/d"]}}),
        );
        assert_eq!(
            by_variable.unwrap().repositories.as_deref(),
            Some(&["c/d".to_owned()][..])
        );
    }

    #[test]
    fn a_query_with_words_or_counts_depends_on_the_whole_index() {
        for query in [
            "{ search(filter: {repositories: [\"c/d\"]}, text: \"lamp\") { total } }",
            "{ search(filter: {repositories: []}) { total } }",
            "{ search { total } }",
            "{ facets { total } }",
            "{ facets(filter: {repositories: [\"c/d\"]}, text: \"lamp\") { total } }",
            "{ facets(filter: {repositories: [\"c/d\"]}) { total repositories { totalValues } } }",
            "{ facets(filter: {repositories: [\"c/d\"]}) { ... @include(if: false) { repositories { totalValues } } } }",
            "{ facets(filter: {repositories: [\"c/d\"]}) { total ...F } } fragment F on Facets { total }",
            "{ repository(owner: \"a\", name: \"b\") { stars } stats { dataVersion } }",
        ] {
            assert_eq!(repositories(query), None, "{query}");
        }
    }
}
