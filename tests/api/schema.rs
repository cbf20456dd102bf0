//! The schema as clients see it: described throughout, and what the contract says.

use crate::support::{TestApp, introspected};

/// The contract, but for its admin and index-run fields: every field with its arguments, every enum value.
const CONTRACT: [&str; 65] = [
    "Query.search(text: String, filter: AutomationFilter, orderBy: AutomationOrder! = RELEVANCE, page: Int! = 1, perPage: Int! = 15): SearchPage",
    "Query.facets(text: String, filter: AutomationFilter, top: Int! = 20, match: String): Facets",
    "Query.stats: Stats",
    "Query.automation(id: ID!): Automation",
    "Query.repository(owner: String!, name: String!): Repository",
    "AutomationFilter.repositories: [String!]",
    "AutomationFilter.blueprints: [String!]",
    "AutomationFilter.triggers: [String!]",
    "AutomationFilter.actionDomains: [String!]",
    "AutomationFilter.actions: [String!]",
    "AutomationOrder RELEVANCE",
    "AutomationOrder STARS",
    "AutomationOrder RECENT",
    "SearchPage.total: Int!",
    "SearchPage.page: Int!",
    "SearchPage.perPage: Int!",
    "SearchPage.pageCount: Int!",
    "SearchPage.results: [Automation!]!",
    "Automation.id: ID!",
    "Automation.alias: String",
    "Automation.description: String",
    "Automation.triggerTypes: [String!]!",
    "Automation.actionCalls: [String!]!",
    "Automation.actionDomains: [String!]!",
    "Automation.blueprintPath: String",
    "Automation.sourceFilePath: String!",
    "Automation.startLine: Int",
    "Automation.endLine: Int",
    "Automation.githubUrl: String!",
    "Automation.source: String",
    "Automation.indexedAt: DateTime!",
    "Automation.repository: Repository!",
    "Repository.owner: String!",
    "Repository.name: String!",
    "Repository.fullName: String!",
    "Repository.description: String",
    "Repository.url: String!",
    "Repository.stars: Int!",
    "Repository.defaultBranch: String!",
    "Repository.automationCount: Int!",
    "Repository.automations(page: Int! = 1, perPage: Int! = 15): SearchPage!",
    "Repository.indexedAt: DateTime!",
    "Facets.total: Int!",
    "Facets.repositories: Facet!",
    "Facets.blueprints: Facet!",
    "Facets.triggers: Facet!",
    "Facets.actionDomains: Facet!",
    "Facets.actions: Facet!",
    "Facet.totalValues: Int!",
    "Facet.values: [FacetValue!]!",
    "FacetValue.value: String!",
    "FacetValue.count: Int!",
    "FacetValue.selected: Boolean!",
    "FacetValue.repository: Repository",
    "Query.indexRuns(last: Int! = 10): [IndexRun!]",
    "Mutation.startIndexRun(repositories: [String!]): IndexRun",
    "Mutation.removeRepository(owner: String!, name: String!): Boolean",
    "Stats.totalRepositories: Int!",
    "Stats.totalAutomations: Int!",
    "Stats.totalBlueprints: Int!",
    "Stats.totalTriggers: Int!",
    "Stats.totalActions: Int!",
    "Stats.lastIndexedAt: DateTime",
    "Stats.updatedAt: DateTime!",
    "Stats.dataVersion: Int!",
];

#[test]
fn the_copy_at_the_root_is_the_generated_schema() {
    let copy = include_str!("../../schema.graphql");
    assert!(
        copy == autodex::graphql::sdl(),
        "schema.graphql is stale: run `autodex schema > schema.graphql`"
    );
}

#[tokio::test]
async fn the_schema_is_what_the_contract_says() {
    let app = TestApp::with(&[]).await;
    let lines: Vec<String> = introspected(&app).await.into_iter().map(|it| it.line).collect();
    let missing: Vec<&str> = CONTRACT
        .into_iter()
        .filter(|line| !lines.iter().any(|found| found == line))
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "the schema says: {lines:#?}");
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let app = TestApp::with(&[]).await;
    let silent: Vec<String> = introspected(&app)
        .await
        .into_iter()
        .filter(|it| !it.is_described)
        .map(|it| it.line)
        .collect();
    assert_eq!(silent, Vec::<String>::new(), "these have no description");
}

#[tokio::test]
async fn the_introspection_of_an_editor_is_answered() {
    let app = TestApp::with(&[]).await;
    let of_type = "ofType { kind name ".repeat(9) + &" }".repeat(9);
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }}
         types {{ ...FullType }} directives {{ name description locations args {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description
           fields(includeDeprecated: true) {{ name description args {{ ...InputValue }} type {{ ...TypeRef }}
             isDeprecated deprecationReason }}
           inputFields {{ ...InputValue }} interfaces {{ ...TypeRef }}
           enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
           possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue }}
         fragment TypeRef on __Type {{ kind name {of_type} }}"
    );
    let answer = app.query(&query).await;
    assert_eq!(answer.data()["__schema"]["queryType"]["name"], "Query");
    assert_eq!(answer.data()["__schema"]["mutationType"]["name"], "Mutation");
}
