//! Imports point one way: no file of the library uses another that uses it, by whatever way round.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What each file imports, by the paths of their modules: `host::table`.
type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_file_imports_itself_by_others() {
    let mut sources = BTreeMap::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut sources);
    assert!(sources.len() > 50, "{} files", sources.len());
    let graph: Graph = sources
        .iter()
        .map(|(module, text)| (module.clone(), imports(module, text, &sources)))
        .collect();
    assert!(graph["nginx::listen"].contains("nginx::capture"), "imports are not read");
    let circles: Vec<_> = graph.keys().filter_map(|module| circle(module, &graph)).collect();
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

/// The text of every file but the command's and tests.
fn collect(folder: &Path, prefix: &str, sources: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_str().expect("UTF-8").to_owned();
        let module = format!("{prefix}{name}");
        if matches!(name.as_str(), "tests" | "bin" | "lib") {
            continue;
        } else if path.is_dir() {
            collect(&path, &format!("{module}::"), sources);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a file");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            // Tests in the file stand last.
            let code = code.split("#[cfg(test)]\nmod tests {").next().expect("a beginning");
            sources.insert(module, code.to_owned());
        }
    }
}

/// The other files that a file's `use` lines name, and its paths from `crate` on.
fn imports(module: &str, text: &str, sources: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut paths = Vec::new();
    for (at, _) in text.match_indices("use ") {
        let line = text[..at].rsplit('\n').next().expect("a line");
        if line.trim().is_empty() || line.trim().starts_with("pub") {
            let tree = text[at + 4..].split(';').next().expect("a statement");
            expand("", &tree.split_whitespace().collect::<Vec<_>>().join(" "), &mut paths);
        }
    }
    for rest in text.split("crate::").skip(1) {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_' && c != ':');
        paths.push(format!("crate::{}", &rest[..end.unwrap_or(rest.len())]));
    }
    let files = paths.iter().filter_map(|path| {
        let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
        let whole = if let Some(path) = path.strip_prefix("crate::") {
            path.to_owned()
        } else if let Some(mut path) = path.strip_prefix("super::") {
            let mut above = parent;
            while let Some(rest) = path.strip_prefix("super::") {
                above = above.rsplit_once("::").map_or("", |(above, _)| above);
                path = rest;
            }
            format!("{above}::{path}").trim_start_matches(':').to_owned()
        } else {
            // A child's, or a crate's, which no file is called like.
            format!("{module}::{path}")
        };
        let mut path = whole.as_str();
        loop {
            if sources.contains_key(path) {
                return (path != module).then(|| path.to_owned());
            }
            path = path.rsplit_once("::")?.0;
        }
    });
    files.collect()
}

/// The paths of a tree of imports: `a::{b, c::{d, e}}`.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let Some((before, body)) = tree.split_once('{') else {
        let name = tree.split(" as ").next().expect("a name").trim();
        paths.push(format!("{prefix}{name}").trim_end_matches("::self").to_owned());
        return;
    };
    let prefix = format!("{prefix}{before}");
    let (mut depth, mut start) = (0, 0);
    for (at, c) in body.char_indices() {
        match c {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                let part = body[start..at].trim();
                if !part.is_empty() {
                    expand(&prefix, part, paths);
                }
                start = at + 1;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
}

/// A way from a file back to it, if there is one.
fn circle(from: &str, graph: &Graph) -> Option<String> {
    let mut ways = vec![vec![from]];
    let mut met = BTreeSet::new();
    while let Some(way) = ways.pop() {
        for next in &graph[*way.last()?] {
            if next == from {
                return Some(format!("{} -> {from}", way.join(" -> ")));
            }
            if met.insert(next) {
                ways.push([&way[..], &[next.as_str()]].concat());
            }
        }
    }
    None
}
