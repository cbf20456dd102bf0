//! Writing SVG: a few shapes and text, with what must be escaped escaped.

use std::fmt::Write;

const STYLE: &str = "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:13px;fill:#1f2933}\
.title{font-size:19px;font-weight:600}.heading{font-size:14px;font-weight:600}.small{font-size:11px;fill:#616e7c}\
.strong{font-weight:600}";

/// A picture under way.
#[derive(Debug, Default)]
pub(super) struct Svg {
    shapes: String,
}

/// Where a text stands from its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    /// To the right of it.
    Start,
    /// Around it.
    Middle,
    /// To the left of it.
    End,
}

/// A point, in pixels from the top left.
pub(super) type Point = (f64, f64);

impl Svg {
    /// A filled rectangle with slightly rounded corners.
    pub(super) fn rectangle(&mut self, (x, y): Point, (width, height): Point, colour: &str) {
        self.shape(&format!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="2" fill="{colour}"/>"#
        ));
    }

    /// A line.
    pub(super) fn line(&mut self, (x1, y1): Point, (x2, y2): Point, colour: &str, width: f64) {
        self.shape(&format!(
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>"#
        ));
    }

    /// A filled circle.
    pub(super) fn dot(&mut self, (x, y): Point, radius: f64, colour: &str) {
        self.shape(&format!(
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}" fill="{colour}"/>"#
        ));
    }

    /// A text, of a class of the style.
    pub(super) fn text(&mut self, (x, y): Point, anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.shape(&format!(
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{}</text>"#,
            escaped(text)
        ));
    }

    /// The whole file: on white, so that it can be read on a dark page too.
    pub(super) fn file(&self, (width, height): Point, title: &str) -> String {
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="img">
<title>{}</title>
<style>{STYLE}</style>
<rect width="100%" height="100%" rx="8" fill="#ffffff"/>
{}</svg>
"##,
            escaped(title),
            self.shapes
        )
    }

    fn shape(&mut self, shape: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.shapes, "{shape}");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let mut svg = Svg::default();
        svg.text((1.0, 2.0), Anchor::End, "small", "a <b> & c");
        let file = svg.file((10.0, 20.0), "a > b");
        assert!(file.contains(">a &lt;b&gt; &amp; c</text>"), "{file}");
        assert!(file.contains("<title>a &gt; b</title>"), "{file}");
    }
}
