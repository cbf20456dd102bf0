//! What an entry was computed from: the whole index, or the repositories it is confined to.

use super::generation;
use crate::cache::{ResponsePlan, ScopeSet, Stamp};
use crate::catalog::Snapshot;

/// Repositories that an entry is confined to at most; what depends on more depends on the whole index.
pub(super) const MAX_NAMED: usize = 50;

/// Of a response.
pub(super) fn of_plan(snapshot: &Snapshot, plan: &ResponsePlan) -> Stamp {
    match &plan.repositories {
        None => of_index(snapshot, plan.scopes),
        Some(names) => of_repositories(snapshot, plan.scopes, names),
    }
}

/// Of what any change may change.
pub(super) fn of_index(snapshot: &Snapshot, scopes: ScopeSet) -> Stamp {
    generation(&snapshot.state).stamp(scopes)
}

/// Of what depends on the repositories of these names and on nothing else.
pub(super) fn of_repositories(snapshot: &Snapshot, scopes: ScopeSet, names: &[String]) -> Stamp {
    let version_of = |name: &String| {
        let (owner, name) = name.split_once('/')?;
        let id = snapshot.catalog.repository_id(owner, name)?;
        let version = *snapshot.versions.get(&id)?;
        Some((id, u64::try_from(version).unwrap_or(0)))
    };
    // A repository that is not there has no version; its coming moves the structure's.
    let structure = u64::try_from(snapshot.state.structure_version).unwrap_or(0);
    let versions = names.iter().filter_map(version_of);
    generation(&snapshot.state).stamp_of_repositories(scopes, structure, versions)
}
