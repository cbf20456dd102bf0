//! The two charts: bars from zero, and ranges on a logarithmic axis.

use super::svg::{Anchor, Point, Svg};

/// The width of the picture, where the axes begin, and where they end, in pixels.
pub(super) const WIDTH: f64 = 900.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 690.0;
const BAR_STEP: f64 = 27.0;
const RANGE_STEP: f64 = 19.0;
const GRID: &str = "#e4e7eb";

/// One bar.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: f64,
    /// What stands behind the bar.
    pub(super) note: String,
    pub(super) colour: &'static str,
}

/// Ranges under one name.
pub(super) struct Group {
    pub(super) name: String,
    pub(super) ranges: Vec<Range>,
}

/// From a median, a dot, to a percentile, the end of a line.
pub(super) struct Range {
    pub(super) label: &'static str,
    pub(super) from: f64,
    pub(super) to: f64,
    /// What stands at the right.
    pub(super) note: String,
    pub(super) colour: &'static str,
}

/// Draws bars below `top`, and tells where they end.
pub(super) fn bars(svg: &mut Svg, top: f64, bars: &[Bar]) -> f64 {
    let largest = bars.iter().map(|bar| bar.value).fold(1.0, f64::max);
    for (bar, y) in bars.iter().zip(steps(top, BAR_STEP)) {
        let width = (RIGHT - LEFT) * bar.value / largest;
        svg.text((LEFT - 10.0, y + 14.0), Anchor::End, "", &bar.label);
        svg.rectangle((LEFT, y), (width, BAR_STEP - 8.0), bar.colour);
        svg.text((LEFT + width + 8.0, y + 14.0), Anchor::Start, "", &bar.note);
    }
    let bottom = steps(top, BAR_STEP).nth(bars.len()).unwrap_or(top);
    svg.line((LEFT, top - 4.0), (LEFT, bottom), "#9aa5b1", 1.0);
    bottom
}

/// Draws groups of ranges below `top`, and tells where they end. Values are milliseconds.
pub(super) fn ranges(svg: &mut Svg, top: f64, groups: &[Group]) -> f64 {
    let values = || {
        groups
            .iter()
            .flat_map(|group| &group.ranges)
            .flat_map(|range| [range.from, range.to])
    };
    let axis = Axis::over(values());
    let height: f64 = groups.iter().map(height).sum();
    axis.draw(svg, (top, top + height));
    let mut y = top + 6.0;
    for group in groups {
        svg.text((24.0, y + 12.0), Anchor::Start, "strong", &group.name);
        for (range, y) in group.ranges.iter().zip(steps(y, RANGE_STEP)) {
            draw_range(svg, &axis, y + 8.0, range);
        }
        y += height_of(group.ranges.len());
    }
    top + height + 18.0
}

fn draw_range(svg: &mut Svg, axis: &Axis, y: f64, range: &Range) {
    let (from, to) = (axis.x(range.from), axis.x(range.to));
    svg.text((LEFT - 10.0, y + 4.0), Anchor::End, "small", range.label);
    svg.line((from, y), (to, y), range.colour, 3.0);
    svg.dot((from, y), 5.0, range.colour);
    svg.text((RIGHT + 18.0, y + 4.0), Anchor::Start, "small", &range.note);
}

fn height(group: &Group) -> f64 {
    height_of(group.ranges.len())
}

fn height_of(ranges: usize) -> f64 {
    steps(10.0, RANGE_STEP).nth(ranges).unwrap_or(10.0)
}

/// `first`, and on by `step`.
fn steps(first: f64, step: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(first), move |y| Some(y + step))
}

/// A logarithmic axis, over whole decades.
struct Axis {
    first: f64,
    last: f64,
}

impl Axis {
    /// One that holds all of `values`; what is below a microsecond counts as one.
    fn over(values: impl Iterator<Item = f64>) -> Self {
        let exponents = values.map(|value| value.max(1e-3).log10());
        let (low, high) = exponents.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), exponent| {
            (low.min(exponent), high.max(exponent))
        });
        if low > high {
            return Self {
                first: -1.0,
                last: 0.0,
            };
        }
        let first = low.floor();
        let last = high.ceil().max(first + 1.0);
        Self { first, last }
    }

    fn x(&self, value: f64) -> f64 {
        let share = (value.max(1e-3).log10() - self.first) / (self.last - self.first);
        LEFT + share * (RIGHT - LEFT)
    }

    /// A line and a number at each 1, 2 and 5.
    fn draw(&self, svg: &mut Svg, (top, bottom): Point) {
        let decades = steps(self.first, 1.0).take_while(|&decade| decade <= self.last);
        for decade in decades {
            for step in [1.0, 2.0, 5.0] {
                let value = step * 10_f64.powf(decade);
                let x = self.x(value);
                if x > RIGHT + 1.0 {
                    break;
                }
                svg.line((x, top), (x, bottom), GRID, if step > 1.0 { 0.5 } else { 1.5 });
                svg.text((x, bottom + 15.0), Anchor::Middle, "small", &number(value));
            }
        }
        svg.text(
            (RIGHT + 18.0, bottom + 15.0),
            Anchor::Start,
            "small",
            "ms, p50 to p95",
        );
    }
}

/// With as many digits as it needs.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_whole_decades_and_its_ends_are_the_picture_s() {
        let axis = Axis::over([0.04, 3.0].into_iter());
        assert!((axis.x(0.01) - LEFT).abs() < 1e-6);
        assert!((axis.x(10.0) - RIGHT).abs() < 1e-6);
        assert!((axis.x(1.0) - (LEFT + (RIGHT - LEFT) * 2.0 / 3.0)).abs() < 1e-6);
    }

    #[test]
    fn a_single_power_of_ten_still_has_a_decade() {
        let axis = Axis::over([1.0].into_iter());
        assert!(axis.last > axis.first);
        let none = Axis::over(std::iter::empty());
        assert!(none.x(0.5).is_finite());
    }

    #[test]
    fn numbers_have_no_idle_zeros() {
        for (value, expected) in [(0.01, "0.01"), (0.5, "0.5"), (1.0, "1"), (20.0, "20")] {
            assert_eq!(number(value), expected);
        }
    }
}
