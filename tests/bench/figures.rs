//! Medians and bands of a handful of measurements.

use std::time::Duration;

/// The middle, and the 10 % and 90 % marks around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Figures {
    /// Of at least one measurement, by linear interpolation between the neighbours.
    pub(crate) fn of(measured: impl IntoIterator<Item = f64>) -> Self {
        let measured: Vec<f64> = measured.into_iter().collect();
        let at = |share: f64| Self::mark(&measured, share);
        Self { median: at(0.5), low: at(0.1), high: at(0.9) }
    }

    /// What a share of at least one measurement stays below, from 0 to 1: 0.95 is the 95 % mark.
    pub(crate) fn mark(measured: &[f64], share: f64) -> f64 {
        let mut sorted = measured.to_vec();
        sorted.sort_by(f64::total_cmp);
        let place = share * (sorted.len() as f64 - 1.0);
        let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        below + (above - below) * place.fract()
    }

    /// Of durations, in seconds.
    pub(crate) fn of_times(measured: impl IntoIterator<Item = Duration>) -> Self {
        Self::of(measured.into_iter().map(|time| time.as_secs_f64()))
    }

    /// `0.57 (0.55 – 0.61)`.
    pub(crate) fn show(&self) -> String {
        format!("{:.3} ({:.3} – {:.3})", self.median, self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_lie_between_the_neighbours() {
        let figures = Figures::of([4.0, 1.0, 3.0, 2.0, 5.0]);
        assert_eq!((figures.median, figures.low, figures.high), (3.0, 1.4, 4.6));
        assert_eq!(Figures::of([7.0]).high, 7.0);
    }
}
