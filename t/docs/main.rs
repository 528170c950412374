//! The documentation hangs together: each link leads somewhere, and the index leads everywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A page: where it is in the project's folder, and its text outside of code blocks.
struct Page {
    path: PathBuf,
    text: String,
}

const INDEX: &str = "docs/README.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(path: PathBuf) -> Page {
    let whole = fs::read_to_string(root().join(&path)).unwrap();
    let blocks = whole.split("```");
    Page { path, text: blocks.step_by(2).collect() }
}

/// The pages of a folder; those below it, too, if `deep`.
fn pages(folder: &str, deep: bool) -> Vec<Page> {
    let mut found = vec![];
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = Path::new(folder).join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            if deep {
                found.extend(pages(path.to_str().unwrap(), deep));
            }
        } else if path.extension().is_some_and(|end| end == "md") {
            found.push(page(path));
        }
    }
    found
}

fn all() -> Vec<Page> {
    pages("", false).into_iter().chain(pages("docs", true)).collect()
}

impl Page {
    /// Where its links lead, but for those to other sites.
    fn links(&self) -> impl Iterator<Item = &str> {
        let targets = self.text.split("](").skip(1);
        let targets = targets.map(|rest| rest.split_once(')').expect("a link ends").0);
        targets.filter(|target| !target.contains("://"))
    }

    /// The anchors that GitHub gives its headings.
    fn anchors(&self) -> BTreeSet<String> {
        let headings = self.text.lines().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }

    /// The file that a link leads to, from the project's folder on.
    fn target(&self, link: &str) -> PathBuf {
        let mut path = self.path.parent().unwrap().to_path_buf();
        for part in Path::new(link).components() {
            match part {
                Component::ParentDir => assert!(path.pop(), "{link} leaves the project"),
                part => path.push(part),
            }
        }
        path
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|&it| it.is_alphanumeric() || it == '-' || it == '_').collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut followed = 0;
    for from in all() {
        for link in from.links() {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { from.path.clone() } else { from.target(file) };
            assert!(root().join(&target).exists(), "{}: no {link}", from.path.display());
            assert!(
                heading.is_empty() || page(target).anchors().contains(heading),
                "{}: no heading {link}",
                from.path.display()
            );
            followed += 1;
        }
    }
    assert!(followed >= 80, "{followed} links");
}

#[test]
fn the_index_leads_to_every_page() {
    let index = page(INDEX.into());
    let linked: BTreeSet<_> = index.links().map(|link| index.target(link)).collect();
    let missing: Vec<_> =
        all().into_iter().map(|page| page.path).filter(|path| !linked.contains(path)).collect();
    assert_eq!(missing, [Path::new(INDEX)]);
}

#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.lines().count() <= 200);
    assert!(page("README.md".into()).links().any(|link| link == INDEX));
}
