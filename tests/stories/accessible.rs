//! Every page is for everybody: the rules of axe-core (WCAG 2.2 A and AA, best practice), in both languages, on a telephone and
//! on a desk, there in dark colours where a page has them. Each section of self-service is broken once, to see that it would be found out. PAGES=folder keeps a picture of each page that was looked at.

use std::fs;
use std::path::PathBuf;

use acceptance::chromium::{Chromium, Reader};
use acceptance::gallery::Gallery;
use acceptance::program::root;

const BREAK: &str = "const nameless = document.createElement('button'); nameless.id = 'nameless'; nameless.type = 'button'; \
                     document.querySelector('main').append(nameless)";
const MEND: &str = "document.getElementById('nameless').remove()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_on_a_telephone_in_danish_and_on_a_desk_in_english() {
    let rules = fs::read_to_string(root().join("tests/foreign/axe-core/node_modules/axe-core/axe.min.js"))
        .expect("axe-core: run `make setup`");
    let pictures = std::env::var_os("PAGES").map(PathBuf::from);
    let gallery = Gallery::open().await;
    let mut wrong = Vec::new();
    for (language, width, dark) in [("da", 390, false), ("en", 1200, true)] {
        let reader = Reader { language, width, dark };
        let chromium = Chromium::open_for(&gallery.house, reader).await;
        chromium.goes_to("data:text/html,<button></button>").await;
        assert_ne!(broken_rules(&chromium, &rules).await.count(), 0, "nothing is found out");
        let mut seen = 0;
        gallery
            .walk(&chromium, async |chromium, page| {
                seen += 1;
                let name = format!("{page} ({language}, {width})");
                let complaints = chromium.complaints().await;
                wrong.extend(complaints.into_iter().map(|one| format!("{name}: {one}")));
                wrong.extend(broken_rules(chromium, &rules).await.map(|one| format!("{name}: {one}")));
                let spoken = chromium.runs("return document.documentElement.lang").await;
                if spoken != language {
                    wrong.push(format!("{name}: speaks {spoken}"));
                }
                let sideways = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
                if chromium.runs(sideways).await != 0 {
                    wrong.push(format!("{name}: scrolls sideways"));
                }
                // A section of self-service in which nothing could be wrong would tell nothing: a button without a name must be found there.
                if page.starts_with("own-") {
                    chromium.runs(BREAK).await;
                    if broken_rules(chromium, &rules).await.count() == 0 {
                        wrong.push(format!("{name}: nothing is found out"));
                    }
                    chromium.runs(MEND).await;
                }
                // What the rules themselves have loaded is no page's complaint.
                chromium.complaints().await;
                if let Some(folder) = &pictures {
                    fs::create_dir_all(folder).unwrap();
                    chromium
                        .takes_long_picture(&folder.join(format!("{page}-{language}-{width}.png")))
                        .await;
                }
            })
            .await;
        assert!(seen > 25, "only {seen} pages");
        chromium.closes().await;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What axe-core finds, each with the markup it is about.
async fn broken_rules(chromium: &Chromium, rules: &str) -> impl Iterator<Item = String> {
    chromium.runs(rules).await;
    let found = chromium
        .runs_async(
            "const done = arguments[0]; axe.run().then(found => done(found.violations.flatMap(rule => \
             rule.nodes.map(node => `${rule.impact} ${rule.id}: ${node.html} ${node.failureSummary}`))))",
        )
        .await;
    let found: Vec<String> = serde_json::from_value(found).unwrap();
    found.into_iter()
}
