//! Terraform and OpenTofu: the files of module trees to evaluated resources.

mod block;
mod expression;
mod folder;
mod function;
mod module;
mod policy_document;
mod syntax;
mod template;
mod traversal;
mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(crate) use syntax::{Parsed, parse};

use crate::files::join;
use crate::value::Value;
use crate::{At, ProblemKind, Resource, Source};
use expression::Scope;
use folder::Folder;
use module::{Module, World};
use syntax::{Body, Expr};

/// One root and what came of it.
pub(crate) struct Root {
    pub(crate) resources: Vec<Resource>,
    pub(crate) problems: Vec<(At, ProblemKind)>,
}

/// True for the name of a file of a module.
pub(crate) fn is_module_file(path: &str) -> bool {
    [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|end| path.ends_with(end))
}

/// True for the name of a file of variables' values.
pub(crate) fn is_variables_file(path: &str) -> bool {
    path.ends_with(".tfvars") || path.ends_with(".tfvars.json")
}

/// Where `terraform init` says which modules it fetched.
const FETCHED: &str = ".terraform/modules/modules.json";

/// True for that file.
pub(crate) fn is_fetched_list(path: &str) -> bool {
    path == FETCHED || path.ends_with(&format!("/{FETCHED}"))
}

/// The folders of a scan.
pub(crate) struct Folders<'a> {
    by_name: BTreeMap<String, Folder<'a>>,
    sources: &'a [Source],
    parsed: &'a [Option<Parsed>],
    by_path: HashMap<&'a str, usize>,
}

impl<'a> Folders<'a> {
    /// Groups the files.
    pub(crate) fn new(sources: &'a [Source], parsed: &'a [Option<Parsed>]) -> Self {
        let by_path: HashMap<&str, usize> =
            sources.iter().enumerate().map(|(index, source)| (source.path.as_str(), index)).collect();
        let mut order: Vec<usize> = (0..sources.len()).collect();
        // Overriding files come last; the others in the order of their names.
        let overrides = |source: &Source| source.name().contains("override.");
        order
            .sort_by_key(|index| sources.get(*index).map(|source| (overrides(source), source.path.as_str())));
        let mut folders: BTreeMap<String, Folder<'a>> = BTreeMap::new();
        for index in order {
            let (Some(source), Some(Some(parsed))) = (sources.get(index), parsed.get(index)) else {
                continue;
            };
            if !is_module_file(&source.path) {
                continue;
            }
            // OpenTofu reads `x.tofu` instead of `x.tf`.
            if let Some((stem, _)) =
                source.path.rsplit_once(".tf").filter(|(_, end)| matches!(*end, "" | ".json"))
                && (by_path.contains_key(format!("{stem}.tofu").as_str())
                    || by_path.contains_key(format!("{stem}.tofu.json").as_str()))
            {
                continue;
            }
            let folder = folders.entry(source.folder().to_owned()).or_default();
            source.folder().clone_into(&mut folder.path);
            folder.add(parsed, u32::try_from(index).unwrap_or(u32::MAX), source);
        }
        Self { by_name: folders, sources, parsed, by_path }
    }

    /// The folders that no other one calls: where `terraform apply` is run.
    pub(crate) fn roots(&self) -> Vec<&str> {
        let called = |folder: &Folder<'_>| -> Vec<String> {
            let sources = folder.calls.iter().filter_map(|call| match call.body.attribute("source")? {
                Expr::Hcl(expression) => expression.as_str().map(str::to_owned),
                Expr::Json(value) => value.as_str().map(str::to_owned),
            });
            sources
                .filter(|source| source.starts_with('.'))
                .filter_map(|source| join(&folder.path, &source))
                .collect()
        };
        let mut targets = BTreeSet::new();
        for (path, folder) in &self.by_name {
            targets.extend(called(folder).into_iter().filter(|target| target != path));
        }
        let own = |path: &str| !format!("/{path}/").contains("/.terraform/");
        let mut roots: Vec<&str> = self
            .by_name
            .keys()
            .map(String::as_str)
            .filter(|path| own(path) && !targets.contains(*path))
            .collect();
        // Modules that call each other in a circle have no root: the first of them stands in for it.
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let reach = |from: &str, reached: &mut BTreeSet<String>| {
            let mut open = vec![from.to_owned()];
            while let Some(path) = open.pop() {
                if let Some(folder) = self.by_name.get(&path)
                    && reached.insert(path)
                {
                    open.extend(called(folder));
                }
            }
        };
        for root in &roots {
            reach(root, &mut reached);
        }
        for path in self.by_name.keys().filter(|path| own(path)) {
            if !reached.contains(path) {
                reach(path, &mut reached);
                roots.push(path);
            }
        }
        roots
    }

    /// Evaluates one root.
    pub(crate) fn evaluate(&self, root: &str) -> Root {
        let Some(folder) = self.by_name.get(root).filter(|folder| !folder.is_empty()) else {
            return Root { resources: Vec::new(), problems: Vec::new() };
        };
        let world = World::new(self.sources, &self.by_path, &self.by_name, self.fetched(root));
        let values = self.variables(root, &world, folder);
        let module = Module::root(&world, folder, values);
        let resources = module.collect();
        module.release();
        drop(module);
        Root { resources, problems: world.into_problems() }
    }

    /// `terraform.tfvars` and `*.auto.tfvars`, later ones over earlier ones.
    fn variables(&self, root: &str, world: &World<'a>, folder: &Folder<'a>) -> HashMap<String, Value> {
        let mut files: Vec<(usize, &Source)> = self
            .sources
            .iter()
            .enumerate()
            .filter(|(_, source)| source.folder() == root && is_variables_file(&source.path))
            .filter(|(_, source)| {
                let name = source.name();
                name == "terraform.tfvars" || name == "terraform.tfvars.json" || name.contains(".auto.tfvars")
            })
            .collect();
        files.sort_by_key(|(_, source)| (source.name().contains(".auto."), source.name()));
        let mut values = HashMap::new();
        if files.is_empty() {
            return values;
        }
        // Constants only: names mean nothing there.
        let empty = Module::root(world, folder, HashMap::new());
        for (index, _) in files {
            let file = u32::try_from(index).unwrap_or(u32::MAX);
            let scope = Scope { module: &empty, frame: None, file };
            let body = match self.parsed.get(index) {
                Some(Some(Parsed::Hcl(body))) => Body::Hcl(body),
                Some(Some(Parsed::Json(value))) => match value.as_map() {
                    Some(map) => Body::Json(map),
                    None => continue,
                },
                _ => continue,
            };
            for (name, expression, _) in body.attributes(file) {
                values.insert(name.to_owned(), expression.evaluate(scope));
            }
        }
        values
    }

    /// The folders of fetched modules, by the names of their calls.
    fn fetched(&self, root: &str) -> HashMap<String, String> {
        let Some(list) = join(root, FETCHED).and_then(|path| self.by_path.get(path.as_str()).copied()) else {
            return HashMap::new();
        };
        let Some(source) = self.sources.get(list) else { return HashMap::new() };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&source.text) else { return HashMap::new() };
        let modules = json.get("Modules").and_then(|modules| modules.as_array());
        modules
            .into_iter()
            .flatten()
            .filter_map(|module| {
                let text = |name| module.get(name).and_then(|value| value.as_str());
                Some((text("Key")?.to_owned(), join(root, text("Dir")?)?))
            })
            .collect()
    }
}
