//! Small charts of figures over months, with their bounds, as inline SVG.

use std::fmt::Write;

use maud::{Markup, html};

use chrono::NaiveDate;

use super::super::month::{Point, day, number};
use super::verdict_class;

/// The size of a chart, in the units of its drawing.
#[derive(Clone, Copy)]
struct Size {
    width: f64,
    height: f64,
    pad: f64,
}

const SMALL: Size = Size {
    width: 132.0,
    height: 26.0,
    pad: 3.0,
};
const LARGE: Size = Size {
    width: 360.0,
    height: 96.0,
    pad: 8.0,
};

/// A line of figures between its bounds; nothing for fewer than two figures.
pub(super) fn spark(points: &[Point<'_>]) -> Markup {
    let Some(drawing) = Drawing::of(points, SMALL) else {
        return html! {};
    };
    html! {
        svg.spark viewBox={ "0 0 " (SMALL.width) " " (SMALL.height) } role="img" aria-label=(drawing.label) {
            (drawing.marks(points, false))
        }
    }
}

/// The same, large, with its ends named; nothing for fewer than two figures.
pub(super) fn large(points: &[Point<'_>]) -> Markup {
    let (Some(drawing), Some(first), Some(last)) =
        (Drawing::of(points, LARGE), points.first(), points.last())
    else {
        return html! {};
    };
    html! {
        figure.chart {
            svg viewBox={ "0 0 " (LARGE.width) " " (LARGE.height) } role="img" aria-label=(drawing.label) {
                (drawing.marks(points, true))
            }
            figcaption {
                span { (day(first.day)) }
                span.range { (drawing.range()) }
                span { (day(last.day)) }
            }
        }
    }
}

struct Drawing {
    size: Size,
    low: f64,
    high: f64,
    count: usize,
    label: String,
}

impl Drawing {
    fn of(points: &[Point<'_>], size: Size) -> Option<Self> {
        let figures: Vec<f64> = points.iter().filter_map(Point::figure).collect();
        let last = figures.last()?;
        if figures.len() < 2 {
            return None;
        }
        let bounds = points
            .iter()
            .flat_map(|point| [point.limits().least, point.limits().most]);
        let bounds = bounds.flatten().filter(|bound| bound.is_finite());
        let all: Vec<f64> = figures.iter().copied().chain(bounds).collect();
        let counts = points.iter().any(|point| point.outcome.rows.is_some());
        let mut low = all.iter().copied().fold(f64::INFINITY, f64::min);
        let mut high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if counts {
            low = 0.0;
        }
        if high <= low {
            high = low + 1.0;
        }
        let [least, most] = [f64::min, f64::max].map(|pick| figures.iter().copied().reduce(pick));
        let label = format!(
            "{} figures from {} to {}, least {}, most {}, last {}",
            figures.len(),
            points.first()?.day,
            points.last()?.day,
            number(least?),
            number(most?),
            number(*last),
        );
        let count = points.len();
        Some(Self {
            size,
            low,
            high,
            count,
            label,
        })
    }

    fn range(&self) -> String {
        format!("{} to {}", number(self.low), number(self.high))
    }

    fn x(&self, place: usize) -> f64 {
        let inner = self.size.width - 2.0 * self.size.pad;
        self.size.pad + inner * place as f64 / (self.count.max(2) - 1) as f64
    }

    fn y(&self, figure: f64) -> f64 {
        let inner = self.size.height - 2.0 * self.size.pad;
        let part = ((figure - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.size.height - self.size.pad - inner * part
    }

    fn marks(&self, points: &[Point<'_>], dots: bool) -> Markup {
        let least = self.path(points, |point| point.limits().least);
        let most = self.path(points, |point| point.limits().most);
        let line = self.path(points, Point::figure);
        let last = points.len() - 1;
        let marked = points.iter().enumerate();
        let marked = marked.filter(|(i, point)| *i == last || dots || point.fell());
        let radius = if dots { 3.5 } else { 2.4 };
        html! {
            @for bound in [least, most] {
                @if !bound.is_empty() { path.b d=(bound) {} }
            }
            path.v d=(line) {}
            @for (i, point) in marked {
                @if let Some(figure) = point.figure() {
                    circle class=(verdict_class(point.outcome.verdict)) cx=(short(self.x(i))) cy=(short(self.y(figure))) r=(radius) {
                        @if dots { title { (day(point.day)) ": " (number(figure)) } }
                    }
                }
            }
        }
    }

    /// A line through the figures there are, interrupted where there is none.
    fn path<'a>(&self, points: &[Point<'a>], figure: impl Fn(&Point<'a>) -> Option<f64>) -> String {
        let mut path = String::new();
        let mut pen_down = false;
        for (i, point) in points.iter().enumerate() {
            let Some(figure) = figure(point).filter(|figure| figure.is_finite()) else {
                pen_down = false;
                continue;
            };
            let command = if pen_down { 'L' } else { 'M' };
            let (x, y) = (short(self.x(i)), short(self.y(figure)));
            // Writing into a String does not fail.
            let _ = write!(path, "{command}{x} {y}");
            pen_down = true;
        }
        path
    }
}

/// A coordinate to a tenth.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A column for each of the figures; the last is marked.
pub(super) fn columns(figures: &[(NaiveDate, u64)]) -> Markup {
    let most = figures
        .iter()
        .map(|(_, rows)| *rows)
        .max()
        .unwrap_or(0)
        .max(1);
    let step = 120.0 / figures.len().max(6) as f64;
    let names: Vec<String> = figures
        .iter()
        .map(|(day, rows)| format!("{day}: {rows}"))
        .collect();
    html! {
        svg.columns viewBox="0 0 120 30" role="img" aria-label={ "Rows: " (names.join(", ")) } {
            @for (i, (date, rows)) in figures.iter().enumerate() {
                @let height = (*rows as f64 / most as f64 * 28.0).max(1.0);
                rect class=[(i + 1 == figures.len()).then_some("last")]
                    x=(short(i as f64 * step)) y=(short(30.0 - height))
                    width=(short(step - 1.5)) height=(short(height)) {
                    title { (day(*date)) ": " (number(*rows as f64)) " rows" }
                }
            }
        }
    }
}
