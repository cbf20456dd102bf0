//! How an operation went, in one word for log, header and status code.

/// How an operation went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it was answered.
    Ok,
    /// Some of it was answered.
    Partial,
    /// It never ran: the request was wrong.
    Rejected,
    /// It never ran: it costs more than its client has left.
    Limited,
    /// It took too long, and was stopped.
    TimedOut,
    /// It broke on this side.
    Broken,
}

impl Outcome {
    /// Every one, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Ok,
        Self::Partial,
        Self::Rejected,
        Self::Limited,
        Self::TimedOut,
        Self::Broken,
    ];

    /// Its name in logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Rejected => "rejected",
            Self::Limited => "limited",
            Self::TimedOut => "timed_out",
            Self::Broken => "broken",
        }
    }
}
