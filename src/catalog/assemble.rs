//! Assembling a part: everything gets its final number, and lists are turned around.

use super::builder::{BuildError, CatalogBuilder, add_tokens, unpacked};
use super::counting::by_value_cost;
use super::csr::Csr;
use super::documents::Documents;
use super::interner::Interner;
use super::part::Part;
use super::postings::Postings;
use super::query::Dimension;
use super::repositories::Repositories;
use super::rows::RepositoryRow;
use super::spelling::Spelling;
use super::strings::Strings;
use super::text::TextIndex;
use super::values::Values;

/// A token or a repository that one of so many documents has is kept as a bitmap, which then takes no more room.
const TEXT_BITMAP: usize = 32;
/// Own values, which are few, have bitmaps as soon as intersecting one is faster than testing the list.
const VALUE_BITMAP: usize = 96;

/// Makes the part of what a builder took in.
pub(super) fn assemble(mut builder: CatalogBuilder) -> Result<Part, BuildError> {
    let order = by_stars(&builder);
    let (repository_names, repository_rows, repository_numbers) = name_order(&mut builder.repositories)?;
    let documents = documents(&builder, &order, &repository_numbers);
    let repository_postings = Postings::invert(
        documents.repositories().chunks_exact(1),
        repository_rows.len(),
        TEXT_BITMAP,
    );
    let ids = repository_rows.iter().map(|row| row.id).collect();
    let stars = repository_rows.iter().map(|row| row.stars).collect();
    let repositories = Repositories::new(ids, stars, &repository_names);

    let own = OwnValues::new(std::mem::take(&mut builder.names))?;
    let forward = own.forward(&builder.own, &order)?;
    builder.own = Csr::default();
    let value_postings = Postings::invert(forward.rows(), own.len(), VALUE_BITMAP);
    let text = text_index(builder, &order, &own, &repository_rows, &repository_postings)?;

    let repository_counts = (0_u32..)
        .zip(&repository_rows)
        .map(|(number, _)| repository_postings.get(number).count());
    let repository_values = values(repository_names, repository_counts.collect())?;
    let by_value_costs = own.by_value_costs(&value_postings);
    let [blueprints, triggers, action_domains, actions] = own.into_values(&value_postings)?;
    let values = [repository_values, blueprints, triggers, action_domains, actions];
    Ok(Part {
        documents,
        repositories,
        values,
        forward,
        value_postings,
        by_value_costs,
        repository_postings,
        text,
    })
}

/// The automations' places in the order of documents: by stars, most first, then by id.
fn by_stars(builder: &CatalogBuilder) -> Vec<u32> {
    let mut order: Vec<u32> = (0_u32..).zip(&builder.ids).map(|(place, _)| place).collect();
    order.sort_unstable_by_key(|&place| {
        let stars = builder.repositories[builder.owners[place as usize] as usize].stars;
        (std::cmp::Reverse(stars), builder.ids[place as usize])
    });
    order
}

/// The repositories in the order of their names, then ids: the names, the rows, and the new number of each old place.
fn name_order(rows: &mut Vec<RepositoryRow>) -> Result<(Strings, Vec<RepositoryRow>, Vec<u32>), BuildError> {
    let mut sortable: Vec<(String, RepositoryRow, usize)> = rows
        .drain(..)
        .enumerate()
        .map(|(place, row)| (format!("{}/{}", row.owner, row.name), row, place))
        .collect();
    sortable.sort_unstable_by(|a, b| (&a.0, a.1.id).cmp(&(&b.0, b.1.id)));
    let mut numbers = vec![0; sortable.len()];
    let mut names = Strings::default();
    let mut sorted = Vec::with_capacity(sortable.len());
    for (number, (name, row, place)) in (0_u32..).zip(sortable) {
        numbers[place] = number;
        names.push(&name).ok_or(BuildError::TooLarge)?;
        sorted.push(row);
    }
    names.shrink();
    Ok((names, sorted, numbers))
}

fn documents(builder: &CatalogBuilder, order: &[u32], repository_numbers: &[u32]) -> Documents {
    let places = || order.iter().map(|&place| place as usize);
    let ids = places().map(|place| builder.ids[place]).collect();
    let repositories = places()
        .map(|place| repository_numbers[builder.owners[place] as usize])
        .collect();
    let indexed_at = places().map(|place| builder.indexed_at[place]).collect();
    Documents::new(ids, repositories, indexed_at)
}

/// The own values in their final order.
struct OwnValues {
    /// The names of each dimension of [`Dimension::OWN`], sorted.
    names: [Strings; 4],
    /// For each of them, the number in the sequence of all own values by the builder's number.
    numbers: [Vec<u32>; 4],
}

impl OwnValues {
    fn new(interners: [Interner; 4]) -> Result<Self, BuildError> {
        let (mut names, mut numbers) = (<[Strings; 4]>::default(), <[Vec<u32>; 4]>::default());
        let mut first = 0_u32;
        for (place, interner) in interners.into_iter().enumerate() {
            let given = interner.into_strings();
            let mut order: Vec<usize> = (0..given.len()).collect();
            order.sort_unstable_by_key(|&old| given.get(old));
            numbers[place] = vec![0; given.len()];
            for (new, old) in (first..).zip(order) {
                numbers[place][old] = new;
                names[place].push(given.get(old)).ok_or(BuildError::TooLarge)?;
            }
            names[place].shrink();
            let count = u32::try_from(given.len()).map_err(|_| BuildError::TooLarge)?;
            first = first.checked_add(count).ok_or(BuildError::TooLarge)?;
        }
        Ok(Self { names, numbers })
    }

    fn len(&self) -> usize {
        self.names.iter().map(Strings::len).sum()
    }

    /// The own values of each document.
    fn forward(&self, given: &Csr, order: &[u32]) -> Result<Csr, BuildError> {
        let mut forward = Csr::default();
        for &place in order {
            for &value in given.row(place as usize) {
                let (dimension, old) = unpacked(value);
                forward.push(self.numbers[dimension][old]);
            }
            forward.end_row().ok_or(BuildError::TooLarge)?;
        }
        forward.shrink();
        Ok(forward)
    }

    /// What counting each dimension by value costs; nothing in the first, the repositories.
    fn by_value_costs(&self, postings: &Postings) -> [usize; 5] {
        let mut costs = [0; 5];
        let mut first = 0_u32;
        for (dimension, names) in Dimension::OWN.into_iter().zip(&self.names) {
            let end = first.saturating_add(u32::try_from(names.len()).unwrap_or(u32::MAX));
            costs[dimension as usize] = by_value_cost(postings, first..end);
            first = end;
        }
        costs
    }

    fn into_values(self, postings: &Postings) -> Result<[Values; 4], BuildError> {
        let mut all = <[Values; 4]>::default();
        let mut first = 0_u32;
        for (place, names) in self.names.into_iter().enumerate() {
            let counts: Vec<u32> = (first..)
                .take(names.len())
                .map(|value| postings.get(value).count())
                .collect();
            first += u32::try_from(names.len()).map_err(|_| BuildError::TooLarge)?;
            all[place] = values(names, counts)?;
        }
        Ok(all)
    }
}

fn values(names: Strings, counts: Vec<u32>) -> Result<Values, BuildError> {
    Values::new(names, counts).ok_or(BuildError::TooLarge)
}

fn text_index(
    builder: CatalogBuilder,
    order: &[u32],
    own: &OwnValues,
    repositories: &[RepositoryRow],
    repository_postings: &Postings,
) -> Result<TextIndex, BuildError> {
    let CatalogBuilder {
        tokens: mut interner,
        aliases,
        descriptions,
        ..
    } = builder;
    let value_tokens = value_tokens(own, &mut interner)?;
    let repository_tokens = repository_tokens(repositories, repository_postings, &mut interner)?;
    let mut tokens = interner.into_strings();
    tokens.shrink();
    let rows = |fields: &Csr| {
        Postings::invert(
            order.iter().map(|&place| fields.row(place as usize)),
            tokens.len(),
            TEXT_BITMAP,
        )
    };
    let aliases = {
        let given = aliases;
        rows(&given)
    };
    let descriptions = {
        let given = descriptions;
        rows(&given)
    };
    Ok(TextIndex {
        spelling: Spelling::new(&tokens).ok_or(BuildError::TooLarge)?,
        values: value_tokens.inverted(tokens.len()),
        repositories: repository_tokens.inverted(tokens.len()),
        aliases,
        descriptions,
        tokens,
    })
}

/// The tokens of each own value. A domain is part of its actions: it has none of its own.
fn value_tokens(own: &OwnValues, interner: &mut Interner) -> Result<Csr, BuildError> {
    let (mut rows, mut folded) = (Csr::default(), String::new());
    for (dimension, names) in Dimension::OWN.iter().zip(&own.names) {
        for name in names.iter() {
            let text = (*dimension != Dimension::ActionDomains).then_some(name);
            add_tokens(text, interner, &mut rows, &mut folded)?;
            rows.end_row().ok_or(BuildError::TooLarge)?;
        }
    }
    Ok(rows)
}

/// The tokens of each repository. One without automations has none: a word found only there would find nothing, and
/// so must count as misspelt.
fn repository_tokens(
    repositories: &[RepositoryRow],
    postings: &Postings,
    interner: &mut Interner,
) -> Result<Csr, BuildError> {
    let (mut rows, mut folded) = (Csr::default(), String::new());
    for (number, row) in (0_u32..).zip(repositories) {
        if postings.get(number).count() > 0 {
            for text in [Some(&row.owner), Some(&row.name), row.description.as_ref()] {
                add_tokens(text.map(String::as_str), interner, &mut rows, &mut folded)?;
            }
        }
        rows.end_row().ok_or(BuildError::TooLarge)?;
    }
    Ok(rows)
}
