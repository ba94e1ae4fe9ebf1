//! The picture in ARCHITECTURE.md, held against the code: every path is walked (not only `use` lines), resolved and looked up in
//! the table of who may know whom. Each rule has a fixture that must fail.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "architecture/documents.rs"]
mod documents;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// Importable everywhere but in the law: what every act is given, and settings.
const GROUND: &[&str] = &[
    "domain", "ctx", "config", "fault", "files", "hex", "sheet", "clock", "entropy", "minute", "shed", "tally", "texts",
];

/// Who may know whom, beyond [`GROUND`]. A room that is not here may know nothing.
const FLOORS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("fault", &[]),
    ("files", &[]),
    ("sheet", &[]),
    ("entropy", &[]),
    ("clock", &[]),
    ("ctx", &[]),
    ("config", &[]),
    ("hex", &[]),
    ("minute", &[]),
    ("tally", &[]),
    ("shed", &[]),
    ("texts", &[]),
    ("vault", &[]),
    ("work", &["vault"]),
    ("web", &[]),
    ("storage", &["vault"]),
    ("audit", &["storage", "vault"]),
    ("outbox", &["storage"]),
    ("delivery", &["audit", "outbox", "storage", "vault"]),
    ("session", &["audit", "delivery", "storage", "vault"]),
    (
        "certificates",
        &["pid", "session", "delivery", "audit", "storage", "vault"],
    ),
    (
        "credentials",
        &[
            "certificates",
            "session",
            "delivery",
            "audit",
            "storage",
            "vault",
            "work",
        ],
    ),
    ("pid", &["session", "audit", "storage", "vault"]),
    (
        "letters",
        &["credentials", "delivery", "outbox", "audit", "storage", "vault"],
    ),
    ("firstuse", &["login", "credentials", "audit", "storage", "vault"]),
    (
        "login",
        &[
            "credentials",
            "pid",
            "session",
            "delivery",
            "audit",
            "storage",
            "vault",
            "work",
        ],
    ),
    (
        "oidc",
        &["login", "pid", "session", "audit", "outbox", "storage", "vault"],
    ),
    (
        "saml",
        &["login", "pid", "session", "audit", "outbox", "storage", "vault"],
    ),
    (
        "selfservice",
        &[
            "login",
            "issuing",
            "certificates",
            "registers",
            "credentials",
            "pid",
            "delivery",
            "session",
            "audit",
            "storage",
            "vault",
        ],
    ),
    (
        "issuing",
        &[
            "registers",
            "certificates",
            "credentials",
            "pid",
            "delivery",
            "audit",
            "storage",
            "vault",
        ],
    ),
    ("directory", &[]),
    ("registers", &["audit", "storage", "vault"]),
    (
        "ra",
        &[
            "registers",
            "issuing",
            "certificates",
            "credentials",
            "letters",
            "delivery",
            "session",
            "audit",
            "storage",
            "vault",
        ],
    ),
    ("help", &[]),
    ("jobs", &["storage"]),
    ("telemetry", &[]),
];

/// The roof: may know everything.
const ROOF: &[&str] = &["app", "cli", "demo", "fuzzing", "lib", "main"];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Arrow {
    file: PathBuf,
    line: usize,
    to: String,
}

/// Every path of a file that leads into one of our rooms, and every first segment that is a crate's name.
struct Walker<'a> {
    module: &'a [String],
    file: &'a Path,
    ours: BTreeSet<Arrow>,
    crates: BTreeSet<Arrow>,
    matched: Vec<(usize, String)>,
}

impl Walker<'_> {
    fn path(&mut self, segments: &[String], line: usize) {
        let mut at: Vec<String> = self.module.to_vec();
        let mut rest = segments;
        let absolute = match rest.first().map(String::as_str) {
            Some("crate" | "idp") => {
                at.clear();
                rest = &rest[1..];
                true
            }
            Some("super" | "self") => {
                while let Some(first) = rest.first() {
                    match first.as_str() {
                        "super" => drop(at.pop()),
                        "self" => {}
                        _ => break,
                    }
                    rest = &rest[1..];
                }
                true
            }
            _ => false,
        };
        let arrow = |to: &str| Arrow {
            file: self.file.to_owned(),
            line,
            to: to.to_owned(),
        };
        if absolute {
            at.extend(rest.iter().cloned());
            if let Some(room) = at.first() {
                let arrow = arrow(room);
                self.ours.insert(arrow);
            }
        } else if let Some(first) = rest.first() {
            let arrow = arrow(first);
            self.crates.insert(arrow);
        }
    }

    fn tree(&mut self, before: &mut Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(before, &path.tree);
                before.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(before, item)),
            syn::UseTree::Name(name) => self.leaf(before, &name.ident),
            syn::UseTree::Rename(name) => self.leaf(before, &name.ident),
            syn::UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                self.path(&before.clone(), line);
            }
        }
    }

    fn leaf(&mut self, before: &[String], ident: &syn::Ident) {
        let segments: Vec<_> = before.iter().cloned().chain([ident.to_string()]).collect();
        self.path(&segments, ident.span().start().line);
    }
}

impl<'ast> Visit<'ast> for Walker<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&mut Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |s| s.ident.span().start().line);
        if segments.len() > 1 {
            self.path(&segments, line);
        }
        visit::visit_path(self, path);
    }

    fn visit_pat_tuple_struct(&mut self, pattern: &'ast syn::PatTupleStruct) {
        let segments: Vec<_> = pattern.path.segments.iter().map(|s| s.ident.to_string()).collect();
        if segments.len() == 2 {
            self.matched
                .push((pattern.path.segments[0].ident.span().start().line, segments.join("::")));
        }
        visit::visit_pat_tuple_struct(self, pattern);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .any(|a| a.path().is_ident("cfg") && matches!(&a.meta, syn::Meta::List(l) if l.tokens.to_string() == "test"))
}

/// What is wrong in one file of the program.
fn findings(file: &Path, module: &[String], source: &str) -> Vec<String> {
    let mut parsed = syn::parse_file(source).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    parsed
        .items
        .retain(|item| !matches!(item, syn::Item::Mod(m) if is_test(&m.attrs)));
    let mut walker = Walker {
        module,
        file,
        ours: BTreeSet::new(),
        crates: BTreeSet::new(),
        matched: Vec::new(),
    };
    walker.visit_file(&parsed);
    let room = module.first().map_or("lib", String::as_str);
    let is_http = module.iter().any(|m| m == "http");
    let mut wrong = Vec::new();
    for arrow in &walker.ours {
        let to = arrow.to.as_str();
        let floors = FLOORS
            .iter()
            .find(|(name, _)| *name == room)
            .map_or(&[][..], |(_, may)| *may);
        let known_room = FLOORS.iter().any(|(name, _)| *name == to) || ROOF.contains(&to);
        let ground = GROUND.contains(&to) && (room != "domain");
        let web = to == "web" && is_http;
        if known_room && to != room && !ROOF.contains(&room) && !ground && !web && !floors.contains(&to) {
            wrong.push(format!("{}:{}: {room} must not know {to}", file.display(), arrow.line));
        }
    }
    for arrow in &walker.crates {
        let may = match arrow.to.as_str() {
            "diesel" | "diesel_migrations" | "r2d2" | "libsqlite3_sys" | "pq_sys" => room == "storage",
            "actix_web" => is_http || matches!(room, "web" | "app" | "cli" | "telemetry" | "main"),
            "tokio" | "reqwest" => room != "domain",
            _ => true,
        };
        if !may {
            wrong.push(format!(
                "{}:{}: {} does not belong in {room}",
                file.display(),
                arrow.line,
                arrow.to
            ));
        }
    }
    let dialect = module.last().is_some_and(|m| m == "dialect");
    for (line, matched) in &walker.matched {
        if matches!(matched.as_str(), "Db::Sqlite" | "Db::Postgres") && !dialect {
            wrong.push(format!(
                "{}:{line}: only storage/dialect.rs tells the databases apart",
                file.display()
            ));
        }
    }
    wrong
}

fn module_of(root: &Path, file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(root).unwrap().with_extension("");
    let mut module: Vec<_> = relative.iter().map(|p| p.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib") {
        module.pop();
    }
    module
}

fn sources() -> Vec<(PathBuf, Vec<String>, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path());
    files
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .filter(|path| {
            !path.ends_with("tests.rs")
                && !path.ends_with("testing.rs")
                && !path
                    .components()
                    .any(|c| ["tests", "testing"].iter().any(|of| c.as_os_str() == *of))
        })
        .map(|path| {
            let (module, source) = (
                module_of(&root, &path),
                std::fs::read_to_string(&path).expect("readable"),
            );
            (path, module, source)
        })
        .collect()
}

#[test]
fn no_arrow_points_against_the_picture() {
    let wrong: Vec<_> = sources()
        .iter()
        .flat_map(|(file, module, source)| findings(file, module, source))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_owns() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|(_, _, source)| !source.starts_with("//! "))
        .map(|(file, _, _)| file)
        .collect();
    assert!(silent.is_empty(), "no first line of `//!`: {silent:?}");
}

/// A file that somebody new reads in one sitting.
fn is_small(source: &str) -> bool {
    source.lines().count() <= 400
}

#[test]
fn no_file_is_too_long_to_be_read_at_once() {
    let large: Vec<_> = sources()
        .into_iter()
        .filter(|(_, _, source)| !is_small(source))
        .map(|(file, _, _)| file)
        .collect();
    assert!(large.is_empty(), "more than 400 lines: {large:?}");
}

#[test]
fn every_room_stands_in_the_picture() {
    let rooms: BTreeSet<_> = sources()
        .into_iter()
        .filter_map(|(_, module, _)| module.first().cloned())
        .collect();
    let known = |room: &String| FLOORS.iter().any(|(name, _)| name == room) || ROOF.contains(&room.as_str());
    let unknown: Vec<_> = rooms.iter().filter(|room| !known(room)).collect();
    assert!(unknown.is_empty(), "rooms without a floor: {unknown:?}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let page = std::fs::read_to_string(page).expect("ARCHITECTURE.md");
    let missing: Vec<_> = rooms
        .iter()
        .filter(|room| !page.contains(&format!("`{room}")))
        .collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not name {missing:?}");
}

#[test]
fn each_rule_bites() {
    let fixture = |module: &[&str], source: &str| {
        let module: Vec<_> = module.iter().map(|m| (*m).to_owned()).collect();
        findings(Path::new("fixture.rs"), &module, source)
    };
    let must_fail: &[(&[&str], &str)] = &[
        (&["domain", "cpr"], "use crate::fault::Fault;"),
        (&["domain", "cpr"], "fn f() { let _ = crate::clock::Clock::system(); }"),
        (&["vault", "seal"], "use crate::storage::Tx;"),
        (&["storage", "cards"], "use crate::session::end;"),
        (&["storage", "cards"], "use super::super::login::Flow;"),
        (&["credentials", "password"], "use crate::login::Flow;"),
        (&["oidc", "service"], "use crate::saml::Registry;"),
        (&["oidc", "service"], "use crate::web::Visit;"),
        (&["login", "finish"], "use diesel::prelude::*;"),
        (&["login", "finish"], "fn f() -> diesel::QueryResult<()> { Ok(()) }"),
        (&["login", "service"], "use actix_web::HttpResponse;"),
        (
            &["storage", "cards"],
            "fn f(db: &mut Db) { match db { Db::Sqlite(_) => {} Db::Postgres(_) => {} } }",
        ),
    ];
    assert!(is_small(&"a line\n".repeat(400)) && !is_small(&"a line\n".repeat(401)));
    for (module, source) in must_fail {
        assert!(!fixture(module, source).is_empty(), "{module:?}: {source}");
    }
    let may: &[(&[&str], &str)] = &[
        (
            &["storage", "cards"],
            "use crate::vault::Place; use diesel::prelude::*;",
        ),
        (&["oidc", "http"], "use crate::web::Visit; use actix_web::web;"),
        (&["login", "http", "begin"], "use crate::web::Visit;"),
        (
            &["storage", "dialect"],
            "fn f(db: &mut Db) { match db { Db::Sqlite(_) => {} Db::Postgres(_) => {} } }",
        ),
        (&["app", "server"], "use crate::saml::Registry;"),
    ];
    for (module, source) in may {
        assert_eq!(fixture(module, source), Vec::<String>::new(), "{module:?}: {source}");
    }
}

/// What stands between backticks on a page.
fn quoted(page: &str) -> Vec<&str> {
    page.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_test_and_file_that_the_threat_model_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/threat-model.md")).unwrap();
    let code: String = [
        "idp/src",
        "idp/tests",
        "idp/saml-core",
        "sp-demo/src",
        "sp-demo/tests",
        "tests/stories",
    ]
    .iter()
    .flat_map(|folder| walkdir::WalkDir::new(root.join(folder)))
    .map(|entry| entry.unwrap().into_path())
    .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
    .map(|path| std::fs::read_to_string(path).unwrap())
    .collect();
    let is_there = |test: &str| code.contains(&format!("fn {test}(")) || code.contains(&format!("{test} =>"));
    let table = page.split("## What lies readable").next().unwrap();
    let mut rows = 0;
    for row in table.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let shown_by = row.trim_end_matches('|').rsplit(" | ").next().unwrap();
        let tests = quoted(shown_by);
        assert!(!tests.is_empty(), "nothing shows this: {row}");
        for test in tests {
            assert!(is_there(test), "there is no test {test}");
        }
        rows += 1;
    }
    assert!(rows > 10);
    for file in quoted(&page)
        .into_iter()
        .filter(|word| word.contains(".rs") || word.contains(".md"))
    {
        assert!(root.join(file).exists(), "there is no file {file}");
    }
    for link in page.split("decision ").skip(1) {
        let number: String = link.chars().take(4).collect();
        let found = std::fs::read_dir(root.join("docs/decisions")).unwrap().flatten();
        let mut names = found.map(|entry| entry.file_name().into_string().unwrap());
        assert!(
            names.any(|name| name.starts_with(&number)),
            "there is no decision {number}"
        );
    }
}
