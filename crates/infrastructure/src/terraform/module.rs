//! A module: its variables, locals, resources and calls of other modules, evaluated where they are asked for.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::block;
use super::expression::{Frame, Scope};
use super::folder::Folder;
use super::syntax::{Block, Expr};
use super::types::conform;
use crate::value::{Kind, Map, Value};
use crate::{At, ProblemKind, Resource, Source};

/// Deepest nesting of modules.
const MAX_MODULES: usize = 24;
/// Most instances of one resource or module.
const MAX_INSTANCES: usize = 1_000;
/// Most resources and module instances of one root.
const MAX_RESOURCES: usize = 50_000;
/// Most expressions evaluated for one root.
const MAX_STEPS: usize = 5_000_000;

/// What all modules of one root share.
pub(super) struct World<'a> {
    pub(super) sources: &'a [Source],
    pub(super) by_path: &'a HashMap<&'a str, usize>,
    pub(super) folders: &'a BTreeMap<String, Folder<'a>>,
    /// Folders of modules that `terraform init` fetched, by the names of the calls joined by dots.
    pub(super) fetched: HashMap<String, String>,
    pub(super) depth: Cell<usize>,
    pub(super) made: Cell<usize>,
    steps: Cell<usize>,
    problems: RefCell<Vec<(At, ProblemKind)>>,
    seen: RefCell<HashSet<(At, std::mem::Discriminant<ProblemKind>)>>,
}

impl<'a> World<'a> {
    pub(super) fn new(
        sources: &'a [Source],
        by_path: &'a HashMap<&'a str, usize>,
        folders: &'a BTreeMap<String, Folder<'a>>,
        fetched: HashMap<String, String>,
    ) -> Self {
        Self {
            sources,
            by_path,
            folders,
            fetched,
            depth: Cell::new(0),
            made: Cell::new(0),
            steps: Cell::new(0),
            problems: RefCell::default(),
            seen: RefCell::default(),
        }
    }

    /// Notes a problem, once for each place and kind.
    pub(super) fn problem(&self, at: At, kind: ProblemKind) {
        if self.seen.borrow_mut().insert((at, std::mem::discriminant(&kind))) {
            self.problems.borrow_mut().push((at, kind));
        }
    }

    /// False where the evaluation has taken too long.
    pub(super) fn step(&self, at: At) -> bool {
        self.spend(1, at)
    }

    /// False where the evaluation has made too much.
    pub(super) fn spend(&self, count: usize, at: At) -> bool {
        let steps = self.steps.get().saturating_add(count);
        if steps > MAX_STEPS {
            if self.steps.get() <= MAX_STEPS {
                self.problem(at, ProblemKind::TooMuch(MAX_STEPS, "steps"));
            }
            self.steps.set(steps);
            return false;
        }
        self.steps.set(steps);
        true
    }

    pub(super) fn into_problems(self) -> Vec<(At, ProblemKind)> {
        self.problems.into_inner()
    }
}

/// Which of several instances.
#[derive(Clone, Debug)]
pub(super) enum Key {
    /// The only one, or one of unknown number.
    Only,
    /// Of `count` or `for_each`, of which nobody can say what it is.
    Unknown,
    Count(usize),
    Each(String, Value),
}

impl Key {
    fn suffix(&self) -> String {
        match self {
            Self::Only | Self::Unknown => String::new(),
            Self::Count(index) => format!("[{index}]"),
            Self::Each(key, _) => format!("[\"{key}\"]"),
        }
    }

    /// `each` and `count` as values.
    fn names(&self, at: At) -> [(&'static str, Value); 2] {
        let of = |entries: Vec<(&str, Value)>| {
            let entries = entries.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
            Value::map(entries, at)
        };
        match self {
            Self::Only | Self::Unknown => [("each", Value::unknown(at)), ("count", Value::unknown(at))],
            Self::Count(index) => [
                ("each", Value::unknown(at)),
                ("count", of(vec![("index", Value::new(Kind::Number(*index as f64), at))])),
            ],
            Self::Each(key, value) => [
                ("each", of(vec![("key", Value::text(key, at)), ("value", value.clone())])),
                ("count", Value::unknown(at)),
            ],
        }
    }
}

#[derive(Clone)]
enum Slot {
    Running,
    Done(Value),
}

/// One instance of a module.
pub(super) struct Module<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) folder: &'a Folder<'a>,
    /// `module.network[0].`, empty for the root.
    prefix: String,
    /// The names of the calls, joined by dots.
    names: String,
    depth: usize,
    parent: Option<(Rc<Module<'a>>, &'a Block<'a>, Key)>,
    /// Values for the root's variables.
    given: HashMap<String, Value>,
    values: RefCell<HashMap<String, Slot>>,
    children: RefCell<BTreeMap<String, Option<Children<'a>>>>,
    resources: RefCell<HashMap<String, Vec<Resource>>>,
}

type Children<'a> = Vec<(Key, Rc<Module<'a>>)>;

impl<'a> Module<'a> {
    /// The root of a module tree, with the values of its `tfvars`.
    pub(super) fn root(
        world: &'a World<'a>,
        folder: &'a Folder<'a>,
        given: HashMap<String, Value>,
    ) -> Rc<Self> {
        Rc::new(Self::new(world, folder, given))
    }

    fn new(world: &'a World<'a>, folder: &'a Folder<'a>, given: HashMap<String, Value>) -> Self {
        Self {
            world,
            folder,
            prefix: String::new(),
            names: String::new(),
            depth: 0,
            parent: None,
            given,
            values: RefCell::default(),
            children: RefCell::default(),
            resources: RefCell::default(),
        }
    }

    fn scope<'s>(&'s self, file: u32, frame: Option<&'s Frame<'s>>) -> Scope<'s, 'a> {
        Scope { module: self, frame, file }
    }

    /// Evaluates once; a value that is asked for while it is being evaluated refers to itself.
    fn once(&self, name: String, at: At, make: impl FnOnce() -> Value) -> Value {
        match self.values.borrow().get(&name) {
            Some(Slot::Done(value)) => return value.clone(),
            Some(Slot::Running) => {
                self.world.problem(at, ProblemKind::Cycle(name));
                return Value::unknown(at);
            }
            None => {}
        }
        self.values.borrow_mut().insert(name.clone(), Slot::Running);
        let value = make();
        self.values.borrow_mut().insert(name, Slot::Done(value.clone()));
        value
    }

    /// `var.NAME`.
    pub(super) fn variable(&self, name: &str, at: At) -> Value {
        let Some(block) = self.folder.variables.get(name) else { return Value::unknown(at) };
        self.once(format!("var.{name}"), at, || {
            let given = match &self.parent {
                Some((parent, call, key)) => {
                    call.body.attribute(name).map(|expression| parent.keyed(expression, call, key))
                }
                None => self.given.get(name).cloned(),
            };
            let scope = self.scope(block.file, None);
            let keeps_null = || {
                block
                    .body
                    .attribute("nullable")
                    .is_none_or(|value| value.evaluate(scope).as_bool() != Some(false))
            };
            let value = match given {
                Some(value) if !value.is_null() || keeps_null() => value,
                _ => match block.body.attribute("default") {
                    Some(default) => default.evaluate(scope),
                    None => Value::unknown(block.at),
                },
            };
            match block.body.attribute("type") {
                Some(Expr::Hcl(kind)) => conform(value, kind, scope, 0),
                _ => value,
            }
        })
    }

    /// `local.NAME`.
    pub(super) fn local(&self, name: &str, at: At) -> Value {
        let Some((expression, file)) = self.folder.locals.get(name) else { return Value::unknown(at) };
        self.once(format!("local.{name}"), at, || expression.evaluate(self.scope(*file, None)))
    }

    /// An expression of a block that has `count` or `for_each`.
    fn keyed(&self, expression: Expr<'_>, block: &Block<'_>, key: &Key) -> Value {
        let [each, count] = key.names(block.at);
        let outer = Frame { name: each.0, value: each.1, up: None };
        let inner = Frame { name: count.0, value: count.1, up: Some(&outer) };
        expression.evaluate(self.scope(block.file, Some(&inner)))
    }

    /// The instances of a block.
    fn expand(&self, block: &Block<'_>) -> Vec<Key> {
        let scope = self.scope(block.file, None);
        if let Some(count) = block.body.attribute("count") {
            let count = count.evaluate(scope);
            return match count.as_number().or_else(|| count.as_bool().map(f64::from)) {
                Some(number) if number >= 0.0 => {
                    (0..self.limited(number as usize, count.at)).map(Key::Count).collect()
                }
                _ => vec![Key::Unknown],
            };
        }
        let Some(each) = block.body.attribute("for_each") else { return vec![Key::Only] };
        let each = each.evaluate(scope);
        let keys: Option<Vec<Key>> = match &each.kind {
            Kind::Map(map) if !map.open => Some(
                map.entries.iter().map(|(key, value)| Key::Each(key.to_string(), value.clone())).collect(),
            ),
            Kind::List(items) => {
                items.iter().map(|item| Some(Key::Each(item.as_str()?.to_owned(), item.clone()))).collect()
            }
            _ => None,
        };
        let Some(mut keys) = keys else { return vec![Key::Unknown] };
        keys.truncate(self.limited(keys.len(), each.at));
        keys
    }

    fn limited(&self, count: usize, at: At) -> usize {
        if count > MAX_INSTANCES {
            self.world.problem(at, ProblemKind::TooMuch(MAX_INSTANCES, "instances of one block"));
        }
        let count = count.min(MAX_INSTANCES);
        let made = self.world.made.get() + count;
        if made > MAX_RESOURCES {
            self.world.problem(at, ProblemKind::TooMuch(MAX_RESOURCES, "resources"));
            return 0;
        }
        self.world.made.set(made);
        count
    }

    /// The resource as a value: of several instances, a list or a map.
    pub(super) fn resource(&self, data: bool, kind: &str, name: &str, at: At) -> Value {
        let base = format!("{}{}{kind}.{name}", self.prefix, if data { "data." } else { "" });
        let of = Some(Arc::from(base.as_str()));
        let Some(block) = self.folder.resource(data, kind, name) else {
            return Value { of, ..Value::unknown(at) };
        };
        let value = self.once(base.clone(), at, || {
            let instances: Vec<(Key, Value)> = self.instances(block, data, &base);
            let open = |value: &Value, address: &str| {
                let mut map = value.as_map().cloned().unwrap_or_default();
                map.open = true;
                Value { kind: Kind::Map(Arc::new(map)), at: block.at, of: Some(Arc::from(address)) }
            };
            let all = |list: bool| {
                let mut entries = BTreeMap::new();
                let mut items = Vec::new();
                for (key, value) in &instances {
                    let one = open(value, &format!("{base}{}", key.suffix()));
                    match key {
                        Key::Each(key, _) if !list => {
                            entries.insert(Arc::from(key.as_str()), one);
                        }
                        _ => items.push(one),
                    }
                }
                if list { Value::list(items, block.at) } else { Value::map(entries, block.at) }
            };
            match instances.first() {
                Some((Key::Only | Key::Unknown, value)) => open(value, &base),
                Some((Key::Each(..), _)) => all(false),
                _ => all(true),
            }
        });
        if value.of.is_none() { Value { of, ..value } } else { value }
    }

    fn instances(&self, block: &Block<'a>, data: bool, base: &str) -> Vec<(Key, Value)> {
        let (kind, name) = match block.labels.as_slice() {
            [kind, name, ..] => (kind.as_str(), name.as_str()),
            _ => return Vec::new(),
        };
        let mut made = Vec::new();
        let mut resources = Vec::new();
        for key in self.expand(block) {
            let [each, count] = key.names(block.at);
            let outer = Frame { name: each.0, value: each.1, up: None };
            let inner = Frame { name: count.0, value: count.1, up: Some(&outer) };
            let mut entries = block::content(block.body, self.scope(block.file, Some(&inner)), block.at);
            for other in self.folder.overrides_of(block) {
                entries.extend(block::content(other.body, self.scope(other.file, Some(&inner)), other.at));
            }
            if data && kind == "aws_iam_policy_document" {
                let json = super::policy_document::json(&entries, block.at);
                entries.insert(Arc::from("json"), json);
            }
            let body = Value::new(Kind::Map(Arc::new(Map { entries, open: false })), block.at);
            let mut resource = Resource::new(kind, name, &format!("{base}{}", key.suffix()), body.clone());
            base.clone_into(&mut resource.base);
            resource.data = data;
            resources.push(resource);
            made.push((key, body));
        }
        self.resources.borrow_mut().insert(format!("{base}@{:?}", block.at), resources);
        made
    }

    /// `module.NAME`, with the one output that is wanted.
    pub(super) fn call(self: &Module<'a>, name: &str, wanted: Option<&str>, at: At) -> Value {
        let children = match self.children.borrow().get(name) {
            Some(Some(children)) => children.clone(),
            // Not made yet: the caller is the root of this evaluation, which makes all of them first.
            _ => return Value::unknown(at),
        };
        let outputs = |child: &Module<'a>| {
            let entries = child
                .folder
                .outputs
                .iter()
                .filter(|(output, _)| wanted.is_none_or(|wanted| wanted == output.as_str()))
                .map(|(output, block)| {
                    let value =
                        child.once(format!("output.{output}"), at, || match block.body.attribute("value") {
                            Some(value) => value.evaluate(child.scope(block.file, None)),
                            None => Value::unknown(block.at),
                        });
                    (Arc::from(output.as_str()), value)
                })
                .collect();
            Value::new(Kind::Map(Arc::new(Map { entries, open: true })), at)
        };
        match children.first() {
            None => Value::unknown(at),
            Some((Key::Only | Key::Unknown, child)) => outputs(child),
            Some((Key::Count(_), _)) => {
                Value::list(children.iter().map(|(_, child)| outputs(child)).collect(), at)
            }
            Some((Key::Each(..), _)) => Value::map(
                children
                    .iter()
                    .filter_map(|(key, child)| match key {
                        Key::Each(key, _) => Some((Arc::from(key.as_str()), outputs(child))),
                        _ => None,
                    })
                    .collect(),
                at,
            ),
        }
    }

    /// Makes the modules that this one calls, and theirs. A call whose `count` depends on another module's output is
    /// made after it where it stands after it.
    fn make_children(self: &Rc<Self>) {
        for call in &self.folder.calls {
            let Some(name) = call.labels.first() else { continue };
            if self.children.borrow().contains_key(name) {
                continue;
            }
            self.children.borrow_mut().insert(name.clone(), None);
            let Some(folder) = self.called(name, call) else { continue };
            if self.depth + 1 > MAX_MODULES {
                self.world.problem(call.at, ProblemKind::ModuleDepth(name.clone(), MAX_MODULES));
                continue;
            }
            let mut made = Vec::new();
            for key in self.expand(call) {
                if self.limited(1, call.at) == 0 {
                    break;
                }
                let mut child = Self::new(self.world, folder, HashMap::new());
                child.prefix = format!("{}module.{name}{}.", self.prefix, key.suffix());
                child.names =
                    if self.names.is_empty() { name.clone() } else { format!("{}.{name}", self.names) };
                child.depth = self.depth + 1;
                child.parent = Some((Rc::clone(self), call, key.clone()));
                let child = Rc::new(child);
                child.make_children();
                made.push((key, child));
            }
            self.children.borrow_mut().insert(name.clone(), Some(made));
        }
    }

    fn called(&self, name: &str, call: &Block<'_>) -> Option<&'a Folder<'a>> {
        let source = call.body.attribute("source")?.evaluate(self.scope(call.file, None));
        let source = source.as_str().unwrap_or_default().to_owned();
        let key = if self.names.is_empty() { name.to_owned() } else { format!("{}.{name}", self.names) };
        let path = if source.starts_with('.') {
            crate::files::join(&self.folder.path, &source)
        } else {
            self.world.fetched.get(&key).cloned()
        };
        let folder = path.and_then(|path| self.world.folders.get(&path));
        if folder.is_none() {
            self.world.problem(call.at, ProblemKind::ModuleMissing(name.to_owned(), source));
        }
        folder
    }

    /// All resources of this module and of those it calls.
    pub(super) fn collect(self: &Rc<Self>) -> Vec<Resource> {
        self.make_children();
        let mut found = Vec::new();
        self.gather(&mut found);
        found
    }

    fn gather(&self, found: &mut Vec<Resource>) {
        for (data, block) in self.folder.resource_blocks() {
            let [kind, name, ..] = block.labels.as_slice() else { continue };
            let base = format!("{}{}{kind}.{name}", self.prefix, if data { "data." } else { "" });
            self.resource(data, kind, name, block.at);
            let key = format!("{base}@{:?}", block.at);
            if !self.resources.borrow().contains_key(&key) {
                // A second resource of the same name: an error to Terraform, and still to be looked at.
                self.instances(block, data, &base);
            }
            if let Some(resources) = self.resources.borrow_mut().get_mut(&key) {
                found.append(resources);
            }
        }
        let children: Vec<Rc<Module<'a>>> = self
            .children
            .borrow()
            .values()
            .flatten()
            .flat_map(|children| children.iter().map(|(_, child)| Rc::clone(child)))
            .collect();
        for child in children {
            child.gather(found);
        }
    }

    /// Lets go of the children, which hold their parents.
    pub(super) fn release(&self) {
        let children = std::mem::take(&mut *self.children.borrow_mut());
        for (_, child) in children.into_values().flatten().flatten() {
            child.release();
        }
    }
}
