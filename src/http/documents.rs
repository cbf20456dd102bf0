//! From what a request names to the operation that is run: its document may have to be looked up, and may want to be kept.

use super::asked::Wanted;
use super::failure::Failure;
use crate::graphql::{Answer, Operation, Outcome};
use crate::persisted::{Documents, Refused, Registration};

/// An operation with its document.
pub(super) struct Found {
    pub(super) operation: Operation,
    registration: Option<Registration>,
}

impl Found {
    /// Looks its document up.
    ///
    /// # Errors
    /// It is not known, or must not be run.
    pub(super) async fn of(wanted: Wanted, documents: &Documents) -> Result<Self, Refused> {
        let Wanted {
            document,
            id,
            operation_name,
            variables,
        } = wanted;
        let found = documents.find(id.as_deref(), document).await?;
        Ok(Self {
            operation: Operation {
                query: found.text,
                operation_name,
                variables,
            },
            registration: found.registration,
        })
    }

    /// Runs it, and keeps its document if it turns out to fit the schema.
    pub(super) async fn run(
        self,
        documents: &Documents,
        run: impl AsyncFnOnce(Operation) -> Answer,
    ) -> Answer {
        let answer = run(self.operation).await;
        if let Some(registration) = self.registration
            && matches!(answer.outcome, Outcome::Ok | Outcome::Partial)
        {
            documents.keep(registration);
        }
        answer
    }
}

/// The answer to one request of a batch whose document is not run.
pub(super) fn refusal(refused: Refused) -> Answer {
    let failure = Failure::Document(refused);
    Answer::refused(failure.to_string(), failure.code())
}
