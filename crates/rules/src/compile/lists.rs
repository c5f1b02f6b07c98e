//! Lists, with the lists inside them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Most items of a list after its inner lists are filled in.
const MAX_ITEMS: usize = 1_000_000;

/// The items of a list as the files give them.
pub(crate) type ListItems = Vec<String>;

pub(crate) struct Lists<'a> {
    lists: BTreeMap<&'a str, &'a ListItems>,
    done: HashMap<&'a str, Rc<Vec<String>>>,
}

impl<'a> Lists<'a> {
    pub(crate) fn new(lists: BTreeMap<&'a str, &'a ListItems>) -> Self {
        Self { lists, done: HashMap::new() }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.lists.contains_key(name)
    }

    /// All items of the list `name`, inner lists filled in; none where there is no such list. An error is a message.
    pub(crate) fn resolve(
        &mut self,
        name: &str,
        used: &mut BTreeSet<String>,
    ) -> Result<Option<Rc<Vec<String>>>, String> {
        self.inner(name, &mut Vec::new(), used)
    }

    fn inner(
        &mut self,
        name: &str,
        open: &mut Vec<&'a str>,
        used: &mut BTreeSet<String>,
    ) -> Result<Option<Rc<Vec<String>>>, String> {
        let Some((&name, &items)) = self.lists.get_key_value(name) else { return Ok(None) };
        used.insert(name.to_owned());
        if let Some(done) = self.done.get(name) {
            return Ok(Some(Rc::clone(done)));
        }
        if open.contains(&name) || open.len() > 100 {
            let way = open.iter().chain([&name]).copied().collect::<Vec<_>>().join("` → `");
            return Err(format!("lists go round in a circle: `{way}`"));
        }
        open.push(name);
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            match self.inner(item, open, used)? {
                Some(inner) => all.extend(inner.iter().cloned()),
                None => all.push(unquoted(item).to_owned()),
            }
            if all.len() > MAX_ITEMS {
                return Err(format!("the list `{name}` has more than 1,000,000 items"));
            }
        }
        open.pop();
        let all = Rc::new(all);
        self.done.insert(name, Rc::clone(&all));
        Ok(Some(all))
    }
}

/// An item may carry quotes of the condition language inside those of YAML: `'"(systemd)"'`.
fn unquoted(item: &str) -> &str {
    for quote in ['"', '\''] {
        let inner = item.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner;
        }
    }
    item
}
