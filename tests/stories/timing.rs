//! The tool that measures whether kinds of tries can be told apart by time: that it sees a difference that is there, and none where
//! there is none. What it sees of the product, `make timing` says.

use acceptance::Database;
use acceptance::measure::statistics::{TOLD_APART, mann_whitney, percentile, welch};
use acceptance::measure::timing::{Kind, Wish, compare, run};

/// Numbers that follow no pattern, from a seed: 0 to 1.
fn noise(seed: u64, count: usize) -> Vec<f64> {
    let mut state = seed | 1;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        })
        .collect()
}

#[test]
fn the_statistics_are_those_of_the_textbooks() {
    // Worked by hand: means 3 and 5, variances 2.5 and 2.5, five of each.
    let t = welch(&[1.0, 2.0, 3.0, 4.0, 5.0], &[3.0, 4.0, 5.0, 6.0, 7.0]);
    assert!((t + 2.0).abs() < 1e-9, "{t}");
    // All of one below all of the other: U = 0, mean 12.5, spread √(25·11/12).
    let z = mann_whitney(&[1.0, 2.0, 3.0, 4.0, 5.0], &[6.0, 7.0, 8.0, 9.0, 10.0]);
    assert!((z + 12.5 / (275.0_f64 / 12.0).sqrt()).abs() < 1e-9, "{z}");
    assert_eq!(mann_whitney(&[1.0, 2.0], &[1.0, 2.0]), 0.0);
    assert_eq!(percentile(&[5.0, 1.0, 3.0], 0.5), 3.0);
    assert_eq!(percentile(&[5.0, 1.0, 3.0], 0.99), 5.0);
}

#[test]
fn a_difference_of_a_tenth_of_the_noise_is_seen_and_none_is_not() {
    let one: Vec<f64> = noise(1, 5_000).iter().map(|x| 1_000.0 + 300.0 * x).collect();
    let same: Vec<f64> = noise(2, 5_000).iter().map(|x| 1_000.0 + 300.0 * x).collect();
    let other: Vec<f64> = noise(3, 5_000).iter().map(|x| 1_030.0 + 300.0 * x).collect();
    let (_, t, z) = compare(&one, &same);
    assert!(t.abs() < TOLD_APART && z.abs() < TOLD_APART, "{t} {z}");
    let (apart, t, z) = compare(&one, &other);
    assert!(t.abs() > TOLD_APART && z.abs() > TOLD_APART, "{apart} {t} {z}");
}

/// Few tries, so that nothing is said about the product but that every kind was tried and answered alike.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_is_tried_and_answered_alike() {
    let wish = Wish {
        database: Database::Sqlite,
        tries: 12,
        thin: true,
    };
    let seen = run(wish).await;
    assert_eq!(seen.micros.len(), Kind::ALL.len());
    assert!(
        seen.micros
            .values()
            .all(|tries| tries.len() == wish.tries && tries.iter().all(|micros| *micros > 0.0))
    );
    let pairs = seen.compared();
    assert_eq!(pairs.len(), 15);
    assert!(
        pairs
            .iter()
            .all(|pair| pair.welch.is_finite() && pair.mann_whitney.is_finite())
    );
    assert!(seen.table().contains("unknown user-ID") && seen.as_json(wish)["pairs"].is_array());
}
