//! Layers laid over one another, as a container sees them (OCI image specification, "Image Layer Filesystem Changeset").

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;

use super::path::{parent, target};
use super::records::Records;
use super::structure::{Step, Structure};

/// Symbolic links on the way to one file; Linux gives up at 40 as well.
const MOST_LINKS: usize = 40;

/// What some reader has a record of, and the links, of all layers so far, by where they really are.
#[derive(Default)]
pub(crate) struct View {
    nodes: BTreeMap<String, Node>,
    /// Of the next file.
    next: usize,
    /// Where the last folder really is: files come folder by folder.
    last: Option<(String, String)>,
}

#[derive(Clone)]
enum Node {
    File(Found),
    /// With its target.
    Symlink(String),
    /// A second name of a file that has no record.
    HardLink(String),
}

/// A file (or folder, or device) with records.
#[derive(Clone)]
pub(crate) struct Found {
    /// As the layer names it.
    pub(crate) path: String,
    /// Position of the layer.
    pub(crate) layer: usize,
    /// By reader.
    pub(crate) records: Arc<[Option<Bytes>]>,
    /// The same for all names of one file.
    pub(crate) file: usize,
    /// It is a second name.
    pub(crate) again: bool,
}

impl View {
    /// Lays a layer over those before it. `each` is told of every file with a record, covered later or not.
    pub(crate) fn lay(
        &mut self,
        layer: usize,
        structure: &Structure,
        records: &[Records],
        mut each: impl FnMut(&Found),
    ) {
        let mut rests: Vec<_> = records.iter().map(|records| records.items.iter().peekable()).collect();
        structure.each(|path, step, number| {
            let found = matches!(step, Step::File | Step::Directory).then(|| {
                let of = |rest: &mut std::iter::Peekable<std::slice::Iter<'_, (u32, Bytes)>>| {
                    let mut last = None;
                    while let Some((_, bytes)) = rest.next_if(|(at, _)| *at <= number) {
                        last = Some(bytes.clone());
                    }
                    last
                };
                let due = |rest: &mut std::iter::Peekable<std::slice::Iter<'_, (u32, Bytes)>>| {
                    rest.peek().is_some_and(|(at, _)| *at <= number)
                };
                // Most files have none.
                if !rests.iter_mut().any(due) {
                    return None;
                }
                let records = rests.iter_mut().map(of).collect();
                self.next += 1;
                Some(Found { path: path.to_owned(), layer, records, file: self.next, again: false })
            });
            let found = found.flatten();
            found.iter().for_each(&mut each);
            self.step(layer, path, step, found);
        });
    }

    fn step(&mut self, layer: usize, path: &str, step: Step<'_>, found: Option<Found>) {
        let path = self.place(path);
        match step {
            Step::Whiteout => self.remove(&path),
            Step::Opaque => self.remove_under(&path),
            Step::Directory => {
                self.remove_node(&path);
                if let Some(found) = found {
                    self.nodes.insert(path, Node::File(found));
                }
            }
            Step::File => {
                self.remove(&path);
                if let Some(found) = found {
                    self.nodes.insert(path, Node::File(found));
                }
            }
            Step::Symlink(target) => {
                self.remove(&path);
                self.last = None;
                self.nodes.insert(path, Node::Symlink(target.to_owned()));
            }
            Step::HardLink(first) => {
                let first = self.place(first);
                let node = match self.nodes.get(&first) {
                    Some(Node::File(found)) => {
                        Node::File(Found { path: path.clone(), layer, again: true, ..found.clone() })
                    }
                    Some(other) => other.clone(),
                    None => Node::HardLink(first),
                };
                self.remove(&path);
                self.last = None;
                self.nodes.insert(path, node);
            }
        }
    }

    fn remove_node(&mut self, path: &str) {
        if let Some(Node::Symlink(_)) = self.nodes.remove(path) {
            self.last = None;
        }
    }

    fn remove(&mut self, path: &str) {
        self.remove_node(path);
        self.remove_under(path);
    }

    fn remove_under(&mut self, folder: &str) {
        if folder.is_empty() {
            self.nodes.clear();
            self.last = None;
            return;
        }
        let range = format!("{folder}/")..format!("{folder}0");
        let gone: Vec<String> = self.nodes.range(range).map(|(path, _)| path.clone()).collect();
        for path in gone {
            self.remove_node(&path);
        }
    }

    /// Where a path really is: its folders may be links that lower layers made. Circles leave it as it is.
    pub(crate) fn place(&mut self, path: &str) -> String {
        let Some(folder) = parent(path) else { return path.to_owned() };
        let name = path.get(folder.len() + 1..).unwrap_or_default();
        let known = self.last.as_ref().filter(|(known, _)| known == folder);
        let real = if let Some((_, real)) = known {
            real
        } else {
            let real = self.resolve(folder).unwrap_or_else(|| folder.to_owned());
            &self.last.insert((folder.to_owned(), real)).1
        };
        if real == folder { path.to_owned() } else { target(Some(real), name) }
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
    pub(crate) fn file(&self, path: &str) -> Leads<'_> {
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

    /// All that have records.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Found> {
        self.nodes.values().filter_map(|node| match node {
            Node::File(found) => Some(found),
            Node::Symlink(_) | Node::HardLink(_) => None,
        })
    }

    /// One name for each file with records: its first, and where that is gone, one of the others.
    pub(crate) fn names(&self) -> HashMap<usize, &str> {
        let mut names = HashMap::new();
        for first in [true, false] {
            for found in self.files().filter(|found| found.again != first) {
                names.entry(found.file).or_insert(found.path.as_str());
            }
        }
        names
    }

    /// The files that are still there.
    pub(crate) fn alive(&self) -> HashSet<usize> {
        self.files().map(|found| found.file).collect()
    }

    /// Paths of all links.
    pub(crate) fn links(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|(path, node)| match node {
            Node::Symlink(_) | Node::HardLink(_) => Some(path.as_str()),
            Node::File(_) => None,
        })
    }

    /// Links to where they lead, the other way round: what is below a folder is below the links to it as well.
    pub(crate) fn links_by_target(&self) -> HashMap<String, Vec<String>> {
        let mut by_target: HashMap<String, Vec<String>> = HashMap::new();
        for (path, node) in &self.nodes {
            if let Node::Symlink(_) = node
                && let Some(real) = self.resolve(path)
            {
                by_target.entry(real).or_default().push(path.clone());
            }
        }
        by_target
    }
}

/// Where a path leads.
pub(crate) enum Leads<'a> {
    To(&'a Found),
    /// To something that has no record, at its real path.
    Elsewhere(String),
    Nowhere,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::structure::Writer;

    /// A step of a test, with a record where it is a file that some reader wanted.
    #[derive(Clone)]
    struct Op(&'static str, Step<'static>, Option<&'static str>);

    fn file(path: &'static str, bytes: &'static str) -> Op {
        Op(path, Step::File, Some(bytes))
    }

    fn link(path: &'static str, target: &'static str) -> Op {
        Op(path, Step::Symlink(target), None)
    }

    fn op(path: &'static str, step: Step<'static>) -> Op {
        Op(path, step, None)
    }

    fn lay(view: &mut View, layer: usize, ops: &[Op]) {
        let mut writer = Writer::default();
        let mut records = Records::default();
        for Op(path, step, bytes) in ops {
            let number = writer.put(path, *step);
            records.items.extend(bytes.map(|bytes| (number, Bytes::from_static(bytes.as_bytes()))));
        }
        view.lay(layer, &writer.finish(), &[records], |_| {});
    }

    fn view(layers: &[Vec<Op>]) -> String {
        let mut view = View::default();
        for (index, ops) in layers.iter().enumerate() {
            lay(&mut view, index, ops);
        }
        let line = |path: &str, found: &Found| {
            let bytes = found.records[0].as_ref().unwrap();
            format!("{path} {} {}", found.layer, String::from_utf8_lossy(bytes))
        };
        let mut lines: Vec<String> = view.files().map(|found| line(&found.path, found)).collect();
        for path in view.links().filter(|path| !path.starts_with("no")) {
            match view.file(path) {
                Leads::To(found) => lines.push(line(path, found)),
                Leads::Elsewhere(real) => lines.push(format!("missing {real}")),
                Leads::Nowhere => {}
            }
        }
        lines.sort();
        lines.join("\n")
    }

    #[test]
    fn upper_layers_win() {
        assert_eq!(view(&[vec![file("a", "1"), file("b", "1")], vec![file("a", "2")]]), "a 1 2\nb 0 1");
        assert_eq!(view(&[vec![file("d/a", "1"), file("d0", "1")], vec![op("d", Step::Whiteout)]]), "d0 0 1");
        assert_eq!(
            view(&[vec![file("d/a", "1")], vec![op("d", Step::Opaque), file("d/b", "2")]]),
            "d/b 1 2",
            "an opaque folder keeps what its own layer puts there"
        );
        assert_eq!(
            view(&[vec![file("d/a", "1")], vec![op("d", Step::File)]]),
            "",
            "a file in place of a folder"
        );
        assert_eq!(
            view(&[vec![file("d", "1")], vec![op("d", Step::Directory), file("d/x", "2")]]),
            "d/x 1 2"
        );
        assert_eq!(view(&[vec![file("d/x", "1")], vec![op("d", Step::Directory)]]), "d/x 0 1");
        assert_eq!(view(&[vec![file("x", "1")], vec![op("", Step::Opaque)]]), "");
    }

    #[test]
    fn links_are_followed_inside() {
        let release = file("usr/lib/os-release", "debian");
        assert_eq!(
            view(&[vec![release.clone(), link("etc/os-release", "../usr/lib/os-release")]]),
            "etc/os-release 0 debian\nusr/lib/os-release 0 debian"
        );
        assert_eq!(
            view(&[vec![
                release.clone(),
                link("no-lib", "/usr/lib"),
                link("etc/x", "../../no-lib/os-release")
            ]]),
            "etc/x 0 debian\nusr/lib/os-release 0 debian",
            "through a linked folder, and no higher than the root"
        );
        assert_eq!(
            view(&[vec![release, link("no-lib", "usr/lib")], vec![file("no-lib/os-release", "new")]]),
            "no-lib/os-release 1 new",
            "written through a linked folder"
        );
        assert_eq!(view(&[vec![link("a", "no")]]), "missing no");
    }

    #[test]
    fn circles_end() {
        assert_eq!(view(&[vec![link("a", "b"), link("b", "a"), file("a/x", "1")]]), "a/x 0 1");
    }

    #[test]
    fn hard_links_are_second_names() {
        let hard = |path, first| op(path, Step::HardLink(first));
        assert_eq!(view(&[vec![file("a", "1"), hard("b", "a")]]), "a 0 1\nb 0 1");
        assert_eq!(view(&[vec![hard("b", "no")]]), "missing no");
        assert_eq!(view(&[vec![hard("b", "b")]]), "missing b");
        let mut view = View::default();
        lay(&mut view, 0, &[file("z", "1"), hard("a", "z"), hard("b", "z")]);
        assert_eq!(view.names().into_values().collect::<Vec<_>>(), ["z"], "the file's first name");
        lay(&mut view, 1, &[op("z", Step::Whiteout)]);
        assert_eq!(view.names().into_values().collect::<Vec<_>>(), ["a"]);
    }

    proptest::proptest! {
        #[test]
        fn any_steps_end(steps in proptest::collection::vec((0u8..7, "[ab]{1,2}(/[ab]){0,3}", "(\\.\\./|/)?[ab](/[ab.]{1,2}){0,3}"), 0..40)) {
            let mut view = View::default();
            let mut structures = Vec::new();
            for (layer, (kind, path, target)) in steps.into_iter().enumerate() {
                let step = match kind {
                    0 => Step::Whiteout,
                    1 => Step::Opaque,
                    2 => Step::Directory,
                    3 | 4 => Step::File,
                    5 => Step::Symlink(&target),
                    _ => Step::HardLink(&target),
                };
                let mut writer = Writer::default();
                let number = writer.put(&path, step);
                let items = if kind == 4 { vec![(number, Bytes::new())] } else { Vec::new() };
                structures.push(writer.finish());
                view.lay(layer, &structures[layer], &[Records { items, problems: Vec::new() }], |_| {});
            }
            for link in view.links() {
                view.file(link);
            }
            let structures: Vec<&Structure> = structures.iter().collect();
            let reader: std::sync::Arc<dyn crate::Reader> = std::sync::Arc::new(crate::Selector::new("b", |path| path.ends_with('b')));
            super::super::hidden(&mut view, &structures, &[reader]);
        }
    }
}
