//! The few statistics that the measurements need.

/// Above this the two are told apart: a chance of about one in 150,000 that equal ones look so different. It is the threshold
/// that leak tests of cryptographic code use (TVLA, dudect).
pub const TOLD_APART: f64 = 4.5;

/// The value below which this part of the samples lies.
pub fn percentile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = ((sorted.len() as f64 * part).ceil() as usize).clamp(1, sorted.len().max(1));
    sorted.get(at - 1).copied().unwrap_or(f64::NAN)
}

fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

fn variance(samples: &[f64]) -> f64 {
    let mean = mean(samples);
    samples.iter().map(|sample| (sample - mean).powi(2)).sum::<f64>() / (samples.len() as f64 - 1.0)
}

/// Welch's t: the difference of the means in units of its own uncertainty. Meant for samples without far outliers.
pub fn welch(one: &[f64], other: &[f64]) -> f64 {
    let uncertainty = (variance(one) / one.len() as f64 + variance(other) / other.len() as f64).sqrt();
    (mean(one) - mean(other)) / uncertainty
}

/// Mann–Whitney's U as a standard score: by ranks alone, so that no outlier counts more than its place. Ties share their rank.
pub fn mann_whitney(one: &[f64], other: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = one
        .iter()
        .map(|x| (*x, true))
        .chain(other.iter().map(|x| (*x, false)))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (n, m) = (one.len() as f64, other.len() as f64);
    let (mut ranks_of_one, mut ties, mut from) = (0.0, 0.0, 0);
    while from < all.len() {
        let to = from
            + all[from..]
                .iter()
                .take_while(|(x, _)| x.total_cmp(&all[from].0).is_eq())
                .count();
        let shared = (from + 1 + to) as f64 / 2.0;
        ranks_of_one += all[from..to].iter().filter(|(_, of_one)| *of_one).count() as f64 * shared;
        let tied = (to - from) as f64;
        ties += tied.powi(3) - tied;
        from = to;
    }
    let u = ranks_of_one - n * (n + 1.0) / 2.0;
    let total = n + m;
    let spread = (n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)))).sqrt();
    (u - n * m / 2.0) / spread
}

/// Both without what lies above the common 95th percentile: a pause of the machine is not the program's doing.
pub fn cropped(one: &[f64], other: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let all: Vec<f64> = one.iter().chain(other).copied().collect();
    let most = percentile(&all, 0.95);
    let below = |samples: &[f64]| samples.iter().copied().filter(|x| *x <= most).collect();
    (below(one), below(other))
}
