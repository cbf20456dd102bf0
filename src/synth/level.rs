//! The five sizes.

/// How large a synthetic data set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(u8);

/// A number that is no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no level {given}: expected 1, 2, 3, 4 or 5")]
pub struct UnknownLevel {
    given: u8,
}

impl TryFrom<u8> for Level {
    type Error = UnknownLevel;

    fn try_from(given: u8) -> Result<Self, Self::Error> {
        if (1..=5).contains(&given) {
            Ok(Self(given))
        } else {
            Err(UnknownLevel { given })
        }
    }
}

impl Level {
    /// The level's number, 1 to 5.
    pub fn number(self) -> u8 {
        self.0
    }

    /// How many repositories it has.
    pub fn repositories(self) -> usize {
        self.pick([50, 500, 2_000, 10_000, 50_000])
    }

    /// How many automations they have together.
    pub fn automations(self) -> usize {
        self.pick([500, 5_000, 20_000, 200_000, 1_000_000])
    }

    /// How many blueprints there are to choose from; in a small set not every one is used.
    pub(super) fn blueprints(self) -> usize {
        self.pick([50, 200, 500, 1_000, 2_000])
    }

    fn pick(self, sizes: [usize; 5]) -> usize {
        sizes[usize::from(self.0) - 1]
    }
}
