//! A table in plain text: the first column to the left, the others to the right.

use crate::units::number;

/// Rows of cells.
#[derive(Debug)]
pub(super) struct TextTable {
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table with these headings.
    pub(super) fn new(headings: &[&str]) -> Self {
        let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
        Self { rows: vec![headings] }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The lines, each with its end.
    pub(super) fn lines(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        self.rows.iter().map(|row| line(row, &widths)).collect()
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut line = String::from(" ");
    for (column, (cell, &width)) in row.iter().zip(widths).enumerate() {
        let cell = if column == 0 {
            format!(" {cell:<width$}")
        } else {
            format!("  {cell:>width$}")
        };
        line.push_str(&cell);
    }
    line.truncate(line.trim_end().len());
    line + "\n"
}

/// A number with commas between the thousands.
pub(super) fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count, likewise.
pub(super) fn count(count: usize) -> String {
    grouped(number(count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = TextTable::new(&["", "req/s"]);
        table.row(vec!["mémoire".to_owned(), "9".to_owned()]);
        table.row(vec!["off".to_owned(), "12,345".to_owned()]);
        assert_eq!(
            table.lines(),
            "            req/s\n  mémoire       9\n  off      12,345\n"
        );
    }

    #[test]
    fn thousands_are_set_apart() {
        let table = [
            (0.0, "0"),
            (999.4, "999"),
            (1_000.0, "1,000"),
            (1_234_567.0, "1,234,567"),
        ];
        for (value, expected) in table {
            assert_eq!(grouped(value), expected);
        }
    }
}
