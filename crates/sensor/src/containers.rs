//! From cgroup names to containers and pods.
//!
//! The kernel side tells the names of a process's cgroups with every event, so even a process that is gone has its
//! container's id. What the container is (image, pod …) stands in its runtime's state files, which are read once.

mod names;
mod resolver;
mod state;

pub use names::{Identity, identify};
pub(crate) use resolver::Resolver;
pub use state::Roots;
