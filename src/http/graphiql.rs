//! `/graphiql`: the editor developers write queries in.

use async_graphql::http::GraphiQLSource;
use axum::response::Html;

/// The page.
pub(super) async fn page() -> Html<String> {
    Html(
        GraphiQLSource::build()
            .endpoint("/graphql")
            .title("Autodex GraphiQL")
            .finish(),
    )
}
