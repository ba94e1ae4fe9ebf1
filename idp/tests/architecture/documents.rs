//! No file of the project cites a document, a decision, a rule or a requirement that is not in the project.

use std::path::{Path, PathBuf};

/// Written by others, or not text of ours.
const NOT_OURS: &[&str] = &[
    "target",
    ".git",
    "node_modules",
    ".installed",
    "var",
    ".venv",
    "__pycache__",
    "images",
    "fonts",
];
const TEXTS: &[&str] = &[
    "rs", "md", "toml", "sh", "html", "ftl", "css", "yml", "yaml", "sql", "mjs", "py",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every text of the project: its path from the root, and what stands in it.
fn texts() -> Vec<(PathBuf, String)> {
    let root = root();
    let (mut folders, mut texts) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_text = path
                .extension()
                .is_some_and(|end| TEXTS.contains(&end.to_str().unwrap_or_default()));
            if NOT_OURS.contains(&name) || name.starts_with("LICENSE") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if is_text || ["Makefile", "Dockerfile"].contains(&name) {
                let text = std::fs::read_to_string(&path).unwrap();
                texts.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    texts
}

/// What is wrong with a text at that place in the project.
fn findings(root: &Path, path: &Path, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut note = |line: usize, what: String| wrong.push(format!("{}:{}: {what}", path.display(), line + 1));
    for (n, line) in text.lines().enumerate() {
        for paper in papers(line) {
            note(
                n,
                format!(
                    "{paper} is not in the project: cite docs/design.md, docs/mission.md, a decision or the source itself"
                ),
            );
        }
        for file in files(line) {
            if !root.join(file).exists() {
                note(n, format!("there is no {file}"));
            }
        }
        for number in decisions(line) {
            if !has(&root.join("docs/decisions"), |name| {
                name.starts_with(&format!("{number}-"))
            }) {
                note(n, format!("there is no decision {number}"));
            }
        }
        for row in requirements(line) {
            if !lines_of(&root.join("docs/mission.md"), |line| {
                line.starts_with(&format!("| {row} |"))
            }) {
                note(n, format!("there is no requirement {row}"));
            }
        }
        for rule in rules(line) {
            if !lines_of(&root.join("docs/design.md"), |line| line.starts_with(&rule)) {
                note(n, format!("docs/design.md has no {rule:?}"));
            }
        }
        if path.extension().is_some_and(|end| end == "md") {
            for link in links(line) {
                let folder = root.join(path).parent().unwrap().to_owned();
                if !folder.join(link).exists() {
                    note(n, format!("the link leads nowhere: {link}"));
                }
            }
        }
    }
    wrong
}

/// Words of a line, without what stands around them.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

/// Names of papers that were never in the project.
fn papers(line: &str) -> Vec<&str> {
    const NAMES: [&str; 4] = ["DESIGN", "CONTRACT", "MISSION", "CRATES"];
    let mut found: Vec<_> = words(line).filter(|word| NAMES.contains(word)).collect();
    found.extend(["(facts:", "(facts ", "facts §", "facts/"].into_iter().filter(|cited| {
        let mut before = line.match_indices(cited).map(|(at, _)| line[..at].chars().next_back());
        before.any(|before| !before.is_some_and(char::is_alphanumeric))
    }));
    found
}

fn starts<'a>(line: &'a str, with: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(with).map(move |(at, _)| &line[at..])
}

/// `docs/….md` and the like, from the root; not as the end of a longer path, and not with a blank to be filled in.
fn files(line: &str) -> Vec<&str> {
    let at = line.match_indices("docs/").map(|(at, _)| at);
    let own = at.filter(|at| !line[..*at].ends_with(|c: char| c.is_alphanumeric() || "/._-".contains(c)));
    let file = own.map(|at| {
        let rest = &line[at..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "/._-".contains(c)))
            .unwrap_or(rest.len());
        rest[..end].trim_end_matches(['.', '/', '-'])
    });
    file.filter(|file| Path::new(file).extension().is_some_and(|end| end == "md"))
        .collect()
}

/// “decision 0012”, “decisions 0012 and 0013”, `docs/decisions/0012`.
fn decisions(line: &str) -> Vec<&str> {
    let lower = ["decision ", "decisions ", "decisions/", "Decision ", "Decisions "];
    let after = lower
        .iter()
        .flat_map(|word| starts(line, word).map(|rest| &rest[word.len()..]));
    let mut found = Vec::new();
    for mut rest in after {
        while let Some(number) = rest
            .get(..4)
            .filter(|number| number.bytes().all(|digit| digit.is_ascii_digit()))
        {
            found.push(number);
            rest = &rest[4..];
            rest = rest
                .strip_prefix(" and ")
                .or_else(|| rest.strip_prefix(", "))
                .unwrap_or_default();
        }
    }
    found
}

/// `M07`.
fn requirements(line: &str) -> Vec<&str> {
    let is =
        |word: &&str| word.len() == 3 && word.starts_with('M') && word[1..].bytes().all(|digit| digit.is_ascii_digit());
    words(line).filter(is).collect()
}

/// How the cited line of docs/design.md begins: “docs/design.md, rule 11”, “docs/design.md §4”.
fn rules(line: &str) -> Vec<String> {
    let number = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    let rule = starts(line, "design.md, rule ").map(|rest| format!("{}. ", number(&rest["design.md, rule ".len()..])));
    let section = starts(line, "design.md §").map(|rest| format!("## {}. ", number(&rest["design.md §".len()..])));
    rule.chain(section).collect()
}

/// Targets of Markdown links into the project, without what follows `#`.
fn links(line: &str) -> Vec<&str> {
    let target = |rest: &&str| !rest.contains("://") && !rest.starts_with(['#', '<']) && !rest.starts_with("mailto:");
    let inside = starts(line, "](").filter_map(|rest| rest[2..].split(')').next());
    inside
        .filter(target)
        .map(|link| link.split(['#', ' ']).next().unwrap_or_default())
        .filter(|link| !link.is_empty())
        .collect()
}

fn has(folder: &Path, is: impl Fn(&str) -> bool) -> bool {
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    names.into_iter().any(|name| name.to_str().is_some_and(&is))
}

fn lines_of(file: &Path, is: impl Fn(&str) -> bool) -> bool {
    std::fs::read_to_string(file).unwrap().lines().any(is)
}

#[test]
fn whatever_is_cited_is_in_the_project() {
    let texts = texts();
    assert!(texts.len() > 200, "only {} texts were found", texts.len());
    let this = Path::new(file!()).file_name().unwrap();
    let others = texts.iter().filter(|(path, _)| path.file_name() != Some(this));
    let wrong: Vec<_> = others.flat_map(|(path, text)| findings(&root(), path, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_citation_of_nothing_is_found() {
    let at = |path: &str, text: &str| findings(&root(), Path::new(path), text).len();
    for nothing in [
        "as DESIGN §4 says",
        "the row of MISSION",
        "(facts: a table)",
        "see docs/nothing.md",
        "decision 9999",
        "decisions 0012 and 9999",
        "docs/decisions/9999",
        "M99",
        "(docs/design.md, rule 99)",
        "docs/design.md §99",
    ] {
        assert_eq!(at("idp/src/lib.rs", nothing), 1, "{nothing}");
    }
    assert_eq!(at("docs/cli.md", "[this](nothing.md#there)"), 1);
    for something in [
        "docs/design.md, rule 2, and docs/mission.md (M07)",
        "decisions 0012 and 0013, docs/decisions/0085-an-answer-states-what-was-asked.md",
        "[that](cli.md#there), [out](https://example.com/docs/nothing.md)",
    ] {
        assert_eq!(at("docs/cli.md", something), 0, "{something}");
    }
}
