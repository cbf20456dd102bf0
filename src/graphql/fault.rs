//! A resolver that panics, for tests: only where the configuration names one, which no variable does.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ServerResult, Value};

/// Panics in the resolver of a field with this name.
#[derive(Clone, Copy)]
pub(super) struct Fault(pub(super) &'static str);

impl ExtensionFactory for Fault {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait::async_trait]
impl Extension for Fault {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        assert!(info.name != self.0, "a fault that a test asked for");
        next.run(ctx, info).await
    }
}
