//! How many edits lie between two spellings.

/// The longest word that is corrected, in characters: it bounds the work and the row of the table.
pub(super) const LONGEST: usize = 64;

/// The most edits that are looked for.
pub(super) const MOST_EDITS: usize = 2;

/// The optimal string alignment distance (insert, delete, replace, swap two neighbours; nothing is edited twice) of
/// two words of at most `LONGEST + MOST_EDITS` characters, if it is at most `limit`.
pub(super) fn distance(left: &[char], right: &[char], limit: usize) -> Option<usize> {
    const WIDTH: usize = LONGEST + MOST_EDITS + 1;
    if left.len().abs_diff(right.len()) > limit || right.len() >= WIDTH {
        return None;
    }
    let mut older = [0; WIDTH];
    let mut old: [usize; WIDTH] = std::array::from_fn(|column| column);
    for (row, &l) in left.iter().enumerate() {
        let mut new = [0; WIDTH];
        new[0] = row + 1;
        let mut best = new[0];
        for (column, &r) in right.iter().enumerate() {
            let replaced = old[column] + usize::from(l != r);
            let mut cost = replaced.min(old[column + 1] + 1).min(new[column] + 1);
            if row > 0 && column > 0 && l == right[column - 1] && left[row - 1] == r {
                cost = cost.min(older[column - 1] + 1);
            }
            new[column + 1] = cost;
            best = best.min(cost);
        }
        // A row never has less than the smallest of the two above it.
        if best > limit && old[..=right.len()].iter().all(|&cost| cost > limit) {
            return None;
        }
        (older, old) = (old, new);
    }
    Some(old[right.len()]).filter(|&edits| edits <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_inserts_deletes_replaces_or_swaps() {
        let edits = |left: &str, right: &str| {
            distance(
                &left.chars().collect::<Vec<_>>(),
                &right.chars().collect::<Vec<_>>(),
                MOST_EDITS,
            )
        };
        assert_eq!(edits("kitchen", "kitchen"), Some(0));
        assert_eq!(edits("kithcen", "kitchen"), Some(1));
        assert_eq!(edits("ktichne", "kitchen"), Some(2));
        assert_eq!(edits("kichen", "kitchen"), Some(1));
        assert_eq!(edits("kitttchen", "kitchen"), Some(2));
        assert_eq!(edits("ca", "abc"), None, "the swapped pair is not edited again");
        assert_eq!(edits("", "abc"), None);
        assert_eq!(edits(&"x".repeat(500), &"x".repeat(501)), None);
    }
}
