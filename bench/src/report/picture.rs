//! The picture: one bar for each scenario and database on a logarithmic scale, with its target and its floor.

use std::fmt::Write as _;

use bench::figures::Run;

use super::{floor_of, number, target_of};
use crate::plan::SCENARIOS;

const LEFT: f64 = 380.0;
const RIGHT: f64 = 80.0;
const WIDTH: f64 = 1_000.0;
const BAR: f64 = 13.0;
const GAP: f64 = 12.0;
const TOP: f64 = 76.0;
/// The scale's ends, as powers of ten.
const ENDS: (f64, f64) = (1.0, 5.5);
const COLOURS: [(&str, &str); 2] = [("sqlite", "#0b6e99"), ("postgres", "#c2571a")];

fn x(rate: f64) -> f64 {
    let share = (rate.max(10.0).log10() - ENDS.0) / (ENDS.1 - ENDS.0);
    LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
}

fn colour(database: &str) -> &'static str {
    COLOURS
        .iter()
        .find(|(name, _)| *name == database)
        .map_or("#555", |(_, colour)| colour)
}

/// Draws it.
pub fn draw(run: &Run) -> String {
    let mut body = String::new();
    let mut y = TOP;
    for scenario in SCENARIOS {
        let shown: Vec<_> = run
            .houses
            .iter()
            .filter_map(|house| Some((house, run.find(&house.database, scenario.name)?)))
            .collect();
        if shown.is_empty() {
            continue;
        }
        let height = BAR * shown.len() as f64;
        // Writing into a String cannot fail.
        let _ = writeln!(
            body,
            r##"<text x="{:.0}" y="{:.1}" text-anchor="end" fill="#222">{}</text>"##,
            LEFT - 8.0,
            y + height / 2.0 + 4.0,
            scenario.title
        );
        for (at, (house, measured)) in shown.iter().enumerate() {
            let top = y + BAR * at as f64;
            let floor = floor_of(run, house, scenario);
            let end = x(measured.per_cpu);
            let _ = writeln!(
                body,
                r##"<rect x="{LEFT:.0}" y="{top:.1}" width="{:.1}" height="{:.1}" fill="{}"/><text x="{:.1}" y="{:.1}" font-size="11" fill="#222">{}</text>"##,
                end - LEFT,
                BAR - 2.0,
                colour(&house.database),
                end.max(floor.map_or(0.0, x)) + 6.0,
                top + BAR - 3.5,
                number(measured.per_cpu),
            );
            for (value, ink, dash) in [(floor, "#222", ""), (target_of(scenario, floor), "#2e7d32", "3 2")] {
                if let Some(value) = value {
                    let _ = writeln!(
                        body,
                        r#"<line x1="{0:.1}" x2="{0:.1}" y1="{1:.1}" y2="{2:.1}" stroke="{ink}" stroke-width="2" stroke-dasharray="{dash}"/>"#,
                        x(value),
                        top - 1.0,
                        top + BAR - 1.0
                    );
                }
            }
        }
        y += height + GAP;
    }
    frame(run, &body, y)
}

fn frame(run: &Run, body: &str, bottom: f64) -> String {
    let mut text = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0} {:.0}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#fff"/>
<text x="16" y="26" font-size="17" fill="#222">Operations per second of the server's CPU</text>
<text x="16" y="46" fill="#555">commit {}, {}, logarithmic; black: floor, green: target</text>
"##,
        bottom + 30.0,
        run.commit,
        run.date.split('T').next().unwrap_or_default(),
    );
    for (at, (name, ink)) in COLOURS.iter().enumerate() {
        let left = WIDTH - 220.0 + 100.0 * at as f64;
        let _ = writeln!(
            text,
            r##"<rect x="{left:.0}" y="15" width="12" height="12" fill="{ink}"/><text x="{:.0}" y="26" fill="#222">{name}</text>"##,
            left + 18.0
        );
    }
    for power in 1..=5 {
        let at = x(10_f64.powi(power));
        let _ = writeln!(
            text,
            r##"<line x1="{at:.1}" x2="{at:.1}" y1="{:.0}" y2="{bottom:.0}" stroke="#ddd"/><text x="{at:.1}" y="{:.0}" text-anchor="middle" font-size="11" fill="#555">{}</text>"##,
            TOP - 6.0,
            bottom + 16.0,
            number(10_f64.powi(power))
        );
    }
    let _ = writeln!(text, "{body}</svg>");
    text
}
