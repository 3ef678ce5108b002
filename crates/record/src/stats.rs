//! Statistics as pure functions: medians, bootstrap, a small seeded generator.

/// A point estimate between the ends of its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Point estimate.
    pub estimate: f64,
    /// Upper end.
    pub high: f64,
}
