//! Layers laid over one another, as a container sees them (OCI image specification, "Image Layer Filesystem Changeset").

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::content::{Content, Op};
use super::path::{parent, target};
/// Symbolic links on the way to one file; Linux gives up at 40 as well.
const MOST_LINKS: usize = 40;

/// The files and links of all layers so far, by where they really are.
#[derive(Default)]
pub(crate) struct View {
    nodes: BTreeMap<String, Node>,
}

#[derive(Clone)]
enum Node {
    File(Found),
    /// With its target.
    Symlink(String),
    /// A second name of a file that was not asked for.
    HardLink(String),
}

/// A file of the view.
#[derive(Clone)]
pub(crate) struct Found {
    /// As the layer names it.
    pub(crate) path: String,
    pub(crate) bytes: Bytes,
    /// Position of the layer.
    pub(crate) layer: usize,
}

impl View {
    /// Lays a layer over those before it.
    pub(crate) fn lay(&mut self, layer: usize, content: Content) {
        for op in content.ops {
            match op {
                Op::Whiteout(path) | Op::Other(path) => {
                    let path = self.place(&path);
                    self.remove(&path);
                }
                Op::Opaque(folder) => {
                    let folder = self.place(&folder);
                    self.remove_under(&folder);
                }
                Op::Directory(path) => {
                    let path = self.place(&path);
                    self.nodes.remove(&path);
                }
                Op::Selected(path, bytes) => {
                    self.put(&path.clone(), Node::File(Found { path, bytes, layer }));
                }
                Op::Symlink(path, target) => self.put(&path, Node::Symlink(target)),
                Op::HardLink(path, first) => {
                    let first = self.place(&first);
                    let node = match self.nodes.get(&first) {
                        Some(Node::File(found)) => {
                            Node::File(Found { path: path.clone(), bytes: found.bytes.clone(), layer })
                        }
                        Some(other) => other.clone(),
                        None => Node::HardLink(first),
                    };
                    self.put(&path, node);
                }
            }
        }
    }

    fn put(&mut self, path: &str, node: Node) {
        let path = self.place(path);
        self.remove(&path);
        self.nodes.insert(path, node);
    }

    fn remove(&mut self, path: &str) {
        self.nodes.remove(path);
        self.remove_under(path);
    }

    fn remove_under(&mut self, folder: &str) {
        if folder.is_empty() {
            self.nodes.clear();
            return;
        }
        let range = format!("{folder}/")..format!("{folder}0");
        let gone: Vec<String> = self.nodes.range(range).map(|(path, _)| path.clone()).collect();
        for path in gone {
            self.nodes.remove(&path);
        }
    }

    /// Where a path really is: its folders may be links that lower layers made. Circles leave it as it is.
    fn place(&self, path: &str) -> String {
        let Some(folder) = parent(path) else { return path.to_owned() };
        match self.resolve(folder) {
            Some(real) if real == folder => path.to_owned(),
            Some(real) => target(Some(&real), &path[folder.len() + 1..]),
            None => path.to_owned(),
        }
    }

    /// Follows all links of a path; none where they lead in circles.
    fn resolve(&self, path: &str) -> Option<String> {
        let mut path = path.to_owned();
        'again: for _ in 0..=MOST_LINKS {
            let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            for end in ends {
                let part = &path[..end];
                if let Some(Node::Symlink(link)) = self.nodes.get(part) {
                    path = target(Some(&target(parent(part), link)), path[end..].trim_start_matches('/'));
                    continue 'again;
                }
            }
            return Some(path);
        }
        None
    }

    /// The file that a path leads to. Links in circles lead nowhere, for the container as well.
    fn file(&self, path: &str) -> Leads<'_> {
        let mut path = path;
        let mut real;
        for _ in 0..=MOST_LINKS {
            let Some(end) = self.resolve(path) else { return Leads::Nowhere };
            real = end;
            match self.nodes.get(&real) {
                Some(Node::File(found)) => return Leads::To(found),
                Some(Node::HardLink(first)) if *first != real => path = first,
                _ => return Leads::Elsewhere(real),
            }
        }
        Leads::Nowhere
    }

    /// All files, and the selected links with what they lead to. `missing` gathers the links that lead to files which no layer
    /// was asked for, by those files' paths.
    pub(crate) fn files(
        &self,
        wants: impl Fn(&str) -> bool,
        missing: &mut BTreeMap<String, BTreeSet<String>>,
    ) -> Vec<Found> {
        let mut files = Vec::new();
        for (path, node) in &self.nodes {
            match node {
                Node::File(found) => files.push(found.clone()),
                Node::Symlink(_) | Node::HardLink(_) if wants(path) => match self.file(path) {
                    Leads::To(found) => files.push(Found { path: path.clone(), ..found.clone() }),
                    // Had it been a file, it would be here: it is a folder or nothing.
                    Leads::Elsewhere(real) if wants(&real) => {}
                    Leads::Elsewhere(real) => {
                        missing.entry(real).or_default().insert(path.clone());
                    }
                    Leads::Nowhere => tracing::debug!(path, "symbolic links in circles"),
                },
                Node::Symlink(_) | Node::HardLink(_) => {}
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }
}

/// Where a path leads.
enum Leads<'a> {
    To(&'a Found),
    /// To something that is not here, at its real path.
    Elsewhere(String),
    Nowhere,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, bytes: &'static str) -> Op {
        Op::Selected(path.to_owned(), Bytes::from_static(bytes.as_bytes()))
    }

    fn link(path: &str, target: &str) -> Op {
        Op::Symlink(path.to_owned(), target.to_owned())
    }

    fn view(layers: Vec<Vec<Op>>) -> String {
        let mut view = View::default();
        for (index, ops) in layers.into_iter().enumerate() {
            view.lay(index, Content { ops });
        }
        let mut missing = BTreeMap::new();
        let files = view.files(|path| !path.starts_with("no"), &mut missing);
        let mut lines: Vec<String> = files
            .iter()
            .map(|f| format!("{} {} {}", f.path, f.layer, String::from_utf8_lossy(&f.bytes)))
            .collect();
        lines.extend(missing.keys().map(|path| format!("missing {path}")));
        lines.join("\n")
    }

    #[test]
    fn upper_layers_win() {
        assert_eq!(view(vec![vec![file("a", "1"), file("b", "1")], vec![file("a", "2")]]), "a 1 2\nb 0 1");
        assert_eq!(
            view(vec![vec![file("d/a", "1"), file("d0", "1")], vec![Op::Whiteout("d".into())]]),
            "d0 0 1"
        );
        assert_eq!(
            view(vec![vec![file("d/a", "1")], vec![Op::Opaque("d".into()), file("d/b", "2")]]),
            "d/b 1 2",
            "an opaque folder keeps what its own layer puts there"
        );
        assert_eq!(
            view(vec![vec![file("d/a", "1")], vec![Op::Other("d".into())]]),
            "",
            "a file in place of a folder"
        );
        assert_eq!(
            view(vec![vec![file("d", "1")], vec![Op::Directory("d".into()), file("d/x", "2")]]),
            "d/x 1 2"
        );
        assert_eq!(view(vec![vec![file("d/x", "1")], vec![Op::Directory("d".into())]]), "d/x 0 1");
        assert_eq!(view(vec![vec![file("x", "1")], vec![Op::Opaque(String::new())]]), "");
    }

    #[test]
    fn links_are_followed_inside() {
        let release = file("usr/lib/os-release", "debian");
        assert_eq!(
            view(vec![vec![release.clone(), link("etc/os-release", "../usr/lib/os-release")]]),
            "etc/os-release 0 debian\nusr/lib/os-release 0 debian"
        );
        assert_eq!(
            view(vec![vec![
                release.clone(),
                link("no-lib", "/usr/lib"),
                link("etc/x", "../../no-lib/os-release")
            ]]),
            "etc/x 0 debian\nusr/lib/os-release 0 debian",
            "through a linked folder, and no higher than the root"
        );
        assert_eq!(
            view(vec![vec![release, link("no-lib", "usr/lib")], vec![file("no-lib/os-release", "new")]]),
            "no-lib/os-release 1 new",
            "written through a linked folder"
        );
        assert_eq!(view(vec![vec![link("a", "no")]]), "missing no");
        assert_eq!(view(vec![vec![link("a", "b")]]), "", "had there been a b, it would have been selected");
    }

    #[test]
    fn circles_end() {
        let mut view = View::default();
        view.lay(0, Content { ops: vec![link("a", "b"), link("b", "a"), file("a/x", "1")] });
        let mut missing = BTreeMap::new();
        assert_eq!(view.files(|_| true, &mut missing).len(), 1);
        assert!(missing.is_empty());
    }

    #[test]
    fn hard_links_are_second_names() {
        let hard = |path: &str, first: &str| Op::HardLink(path.to_owned(), first.to_owned());
        assert_eq!(view(vec![vec![file("a", "1"), hard("b", "a")]]), "a 0 1\nb 0 1");
        assert_eq!(view(vec![vec![hard("b", "no")]]), "missing no");
        assert_eq!(view(vec![vec![hard("b", "b")]]), "");
    }

    proptest::proptest! {
        #[test]
        fn any_steps_end(steps in proptest::collection::vec((0u8..7, "[ab]{1,2}(/[ab]){0,3}", "(\\.\\./|/)?[ab](/[ab.]{1,2}){0,3}"), 0..40)) {
            let mut view = View::default();
            for (layer, (kind, path, target)) in steps.into_iter().enumerate() {
                let op = match kind {
                    0 => Op::Whiteout(path),
                    1 => Op::Opaque(path),
                    2 => Op::Directory(path),
                    3 => Op::Other(path),
                    4 => Op::Selected(path, Bytes::new()),
                    5 => Op::Symlink(path, target),
                    _ => Op::HardLink(path, target),
                };
                view.lay(layer, Content { ops: vec![op] });
            }
            view.files(|_| true, &mut BTreeMap::new());
        }
    }
}
