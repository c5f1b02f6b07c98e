//! Files in, findings out.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rayon::prelude::*;
use seawall_findings::{Finding, FindingKind, Location};

use crate::check::{self, Hit};
use crate::kubernetes::{self, KubernetesObject};
use crate::terraform::{self, Folders, Parsed};
use crate::value::Value;
use crate::{
    At, Graph, Language, Problem, ProblemKind, Resource, Source, cloudformation, plan, pulumi, suppress,
};

/// Longest file that is read, in bytes.
pub const MAX_FILE: usize = 16 << 20;
/// Most findings of one scan.
const MAX_FINDINGS: usize = 100_000;
/// Room for expressions that are nested as deeply as is allowed.
const STACK: usize = 32 << 20;

/// How to scan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The day of the scan: for suppressions that end, and certificates that have expired. Without it, neither does.
    pub today: Option<Date>,
}

/// What came of a scan.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What is wrong, by file and place.
    pub findings: Vec<Finding>,
    /// What could not be read or evaluated.
    pub problems: Vec<Problem>,
    /// Objects of the Kubernetes provider, for the checks of Kubernetes.
    pub objects: Vec<KubernetesObject>,
    /// How many resources were looked at.
    pub resources: usize,
}

/// True for a file that [`scan`] may have a use for: by its name, or by the words that every plan, template and program
/// has. Files of other kinds are passed over by it anyway.
pub fn is_candidate(path: &str, bytes: &[u8]) -> bool {
    if terraform::is_module_file(path)
        || terraform::is_variables_file(path)
        || terraform::is_fetched_list(path)
    {
        return true;
    }
    if !is_data(path) {
        return false;
    }
    let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
    has(b"AWSTemplateFormatVersion")
        || (has(b"Resources") && has(b"AWS::"))
        || (has(b"terraform_version") && has(b"planned_values"))
        || has(b"pulumi")
        || (has(b"runtime") && has(b"resources") && has(b"yaml"))
}

fn is_data(path: &str) -> bool {
    ["yaml", "yml", "json", "template"].iter().any(|extension| crate::files::has_extension(path, extension))
}

/// Evaluates and checks all files of a folder. Paths are relative to it, with `/`.
///
/// Roots are evaluated side by side. What is wrong with one file does not keep the others from being looked at.
pub fn scan(files: &[(&str, &[u8])], options: &Options) -> Outcome {
    let work = || {
        let (sources, graphs, faults) = read(files);
        let outcomes: Vec<(Vec<Hit>, Vec<KubernetesObject>, usize)> = graphs
            .par_iter()
            .map(|graph| {
                let objects = kubernetes::objects(graph, &sources);
                (check::run(graph, options.today), objects, graph.resources.len())
            })
            .collect();
        let mut outcome = Outcome::default();
        let mut problems = faults;
        let mut hits = Vec::new();
        for (found, objects, count) in outcomes {
            hits.extend(found);
            outcome.objects.extend(objects);
            outcome.resources += count;
        }
        let (suppressions, bad) = suppress::collect(&sources);
        problems.extend(bad);
        if hits.len() > MAX_FINDINGS {
            let at = hits.first().map_or_else(At::default, |hit| hit.at);
            problems.push((at, ProblemKind::TooMuch(MAX_FINDINGS, "findings")));
            hits.truncate(MAX_FINDINGS);
        }
        outcome.findings = findings(hits, &sources, &suppressions, options.today);
        let mut seen = BTreeSet::new();
        for (at, kind) in problems {
            let Some(source) = sources.get(at.file as usize) else { continue };
            let problem = Problem { path: source.path.clone(), position: source.position(at), kind };
            if seen.insert(problem.to_string()) {
                outcome.problems.push(problem);
            }
        }
        outcome.problems.sort_by(|a, b| (&a.path, a.position).cmp(&(&b.path, b.position)));
        outcome
    };
    // Threads of our own, since deep expressions need more room than the usual ones have.
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(pool) => pool.install(work),
        Err(error) => {
            let message = format!("no threads to evaluate with: {error}");
            let kind = ProblemKind::Syntax { language: "the scan", message };
            let position = seawall_findings::Position { line: 1, column: 1 };
            Outcome { problems: vec![Problem { path: String::new(), position, kind }], ..Outcome::default() }
        }
    }
}

/// Evaluates without checking: one graph for each root, and the files that places refer to.
pub fn evaluate(files: &[(&str, &[u8])]) -> (Vec<Graph>, Vec<Source>) {
    let work = || {
        let (sources, graphs, _) = read(files);
        (graphs, sources)
    };
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(pool) => pool.install(work),
        Err(_) => (Vec::new(), Vec::new()),
    }
}

type Faults = Vec<(At, ProblemKind)>;

fn read(files: &[(&str, &[u8])]) -> (Vec<Source>, Vec<Graph>, Faults) {
    let mut faults: Faults = Vec::new();
    let mut sources = Vec::with_capacity(files.len());
    for (index, (path, bytes)) in files.iter().enumerate() {
        let at = At::line(u32::try_from(index).unwrap_or(u32::MAX), 1, 1);
        let text = if bytes.len() > MAX_FILE {
            faults.push((at, ProblemKind::TooLong(bytes.len(), MAX_FILE)));
            String::new()
        } else if let Ok(text) = std::str::from_utf8(bytes) {
            text.to_owned()
        } else {
            if terraform::is_module_file(path) || terraform::is_variables_file(path) {
                faults.push((at, ProblemKind::NotText));
            }
            String::new()
        };
        sources.push(Source::new(path, text));
    }
    let parsed: Vec<Result<Option<Parsed>, (At, ProblemKind)>> = sources
        .par_iter()
        .enumerate()
        .map(|(index, source)| {
            if source.text.is_empty()
                || !(terraform::is_module_file(&source.path) || terraform::is_variables_file(&source.path))
            {
                return Ok(None);
            }
            terraform::parse(u32::try_from(index).unwrap_or(u32::MAX), source).map(Some)
        })
        .collect();
    let parsed: Vec<Option<Parsed>> = parsed
        .into_iter()
        .map(|result| {
            result.unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        })
        .collect();
    let mut graphs = Vec::new();
    let folders = Folders::new(&sources, &parsed);
    let roots: Vec<terraform::Root> = folders.roots().par_iter().map(|root| folders.evaluate(root)).collect();
    for root in roots {
        faults.extend(root.problems);
        graphs.push(Graph::new(root.resources));
    }
    let documents: Vec<Result<Vec<Resource>, (At, ProblemKind)>> = sources
        .par_iter()
        .enumerate()
        .filter(|(_, source)| {
            is_data(&source.path)
                && !terraform::is_module_file(&source.path)
                && !terraform::is_variables_file(&source.path)
        })
        .filter(|(_, source)| is_candidate(&source.path, source.text.as_bytes()))
        .map(|(index, source)| data(u32::try_from(index).unwrap_or(u32::MAX), source))
        .collect();
    for document in documents {
        match document {
            Ok(resources) if resources.is_empty() => {}
            Ok(resources) => graphs.push(Graph::new(resources)),
            Err(fault) => faults.push(fault),
        }
    }
    graphs.retain(|graph| !graph.resources.is_empty());
    (sources, graphs, faults)
}

/// The resources of a YAML or JSON file, by what it is.
fn data(file: u32, source: &Source) -> Result<Vec<Resource>, (At, ProblemKind)> {
    if terraform::is_fetched_list(&source.path) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for document in crate::document::load(file, &source.text, "the document")? {
        if cloudformation::is_template(&document) {
            found.extend(cloudformation::resources(&document));
        } else if plan::is_plan(&document) {
            found.extend(plan::resources(&document));
        } else if pulumi::is_pulumi(&document) {
            found.extend(pulumi::resources(&document));
        }
    }
    Ok(found)
}

fn findings(
    hits: Vec<Hit>,
    sources: &[Source],
    suppressions: &suppress::Suppressions,
    today: Option<Date>,
) -> Vec<Finding> {
    let mut found: Vec<Finding> = hits
        .into_par_iter()
        .filter_map(|hit| {
            let source = sources.get(hit.at.file as usize)?;
            let position = source.position(hit.at);
            let check = hit.check;
            let declared = hit.resource.as_ref().and_then(|(address, at)| {
                let file = sources.get(at.file as usize)?;
                Some((address, file, file.position(*at)))
            });
            let evidence = match &declared {
                Some((address, file, place)) if file.path == source.path => {
                    format!("{address}: {}", hit.message)
                        + &(if place.line == position.line {
                            String::new()
                        } else {
                            format!(" (the resource is at line {})", place.line)
                        })
                }
                Some((address, file, place)) => {
                    format!("{address}: {} (the resource is at {}:{})", hit.message, file.path, place.line)
                }
                None => hit.message.clone(),
            };
            let mut places = vec![(hit.at.file, position.line)];
            if let Some((_, at)) = &hit.resource {
                places.push((at.file, sources.get(at.file as usize)?.position(*at).line));
            }
            Some(Finding {
                aliases: check.aliases(),
                location: Location { path: source.path.clone(), ..Location::default() },
                position: Some(position),
                evidence: Some(evidence),
                remedy: format!("{}. {}", check.why.trim_end_matches('.'), check.fix),
                references: vec![hit.reference.to_owned()],
                suppressed: suppressions.covers(check, &places, today),
                ..Finding::new(FindingKind::Misconfiguration, check.id, check.severity, check.title)
            })
        })
        .collect();
    found.sort_by(|a, b| {
        (&a.location.path, a.position, &a.id, &a.evidence).cmp(&(
            &b.location.path,
            b.position,
            &b.id,
            &b.evidence,
        ))
    });
    found.dedup_by(|a, b| {
        a.id == b.id
            && a.location.path == b.location.path
            && a.position == b.position
            && a.evidence == b.evidence
    });
    found
}

/// Marks resources as written in a language.
pub(crate) fn written_in(language: Language, mut resource: Resource) -> Resource {
    resource.language = language;
    resource
}

/// The value of a document as a resource's body: always a map.
pub(crate) fn body(value: &Value) -> Value {
    if value.as_map().is_some() {
        value.clone()
    } else {
        Value::map(std::collections::BTreeMap::new(), value.at)
    }
}
