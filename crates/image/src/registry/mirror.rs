//! Mirrors: other registries that are asked first.

use super::{Registry, RegistryOptions};
use crate::{ImageError, Reference};

impl Registry {
    /// The reference at each of its registry's mirrors that may still be asked, with the client for them.
    pub(super) fn mirrors(&self, reference: &Reference) -> Vec<(&Self, Reference)> {
        let options = &self.inner.options;
        let mirrors = options.mirrors.iter().filter(|(registry, _)| *registry == reference.registry);
        let at = mirrors.map(|(_, mirror)| {
            let (host, folder) = mirror.split_once('/').unwrap_or((mirror, ""));
            let folder = folder.trim_matches('/');
            let repository = match folder {
                "" => reference.repository.clone(),
                folder => format!("{folder}/{}", reference.repository),
            };
            Reference { registry: host.to_owned(), repository, ..reference.clone() }
        });
        let usable = at.filter(|at| self.inner.lost.lock().is_ok_and(|lost| !lost.contains(&at.registry)));
        usable.map(|at| (self.impatient(), at)).collect()
    }

    /// Who waits for a mirror waits for nothing: the registry itself is there.
    fn impatient(&self) -> &Self {
        self.inner.mirrors.get_or_init(|| {
            Self::new(RegistryOptions { retries: 0, mirrors: Vec::new(), ..self.inner.options.clone() })
        })
    }

    /// A mirror failed: the next place is asked.
    pub(super) fn passed_over(&self, mirror: &Reference, error: &ImageError) {
        tracing::warn!(%mirror, %error, "the mirror is passed over");
        if matches!(error, ImageError::Unreachable { .. } | ImageError::Timeout { .. })
            && let Ok(mut lost) = self.inner.lost.lock()
        {
            lost.insert(mirror.registry.clone());
        }
    }
}
