//! Pairs: something of the base, and the same of what was changed since the base was built.

/// Something of the base, and of the changes where there are any.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Both<T> {
    pub(super) base: T,
    pub(super) fresh: Option<T>,
}

impl<T> Both<T> {
    pub(super) fn as_ref(&self) -> Both<&T> {
        Both {
            base: &self.base,
            fresh: self.fresh.as_ref(),
        }
    }

    pub(super) fn as_mut(&mut self) -> Both<&mut T> {
        Both {
            base: &mut self.base,
            fresh: self.fresh.as_mut(),
        }
    }

    pub(super) fn map<U>(self, mut each: impl FnMut(T) -> U) -> Both<U> {
        Both {
            base: each(self.base),
            fresh: self.fresh.map(each),
        }
    }

    /// Pairs with another, which has changes where this one has.
    pub(super) fn zip<U>(self, other: Both<U>) -> Both<(T, U)> {
        Both {
            base: (self.base, other.base),
            fresh: self.fresh.zip(other.fresh),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.base).chain(&self.fresh)
    }
}
