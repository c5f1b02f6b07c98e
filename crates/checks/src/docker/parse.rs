//! From the text of a Dockerfile to its instructions.

use seawall_findings::Position;

use super::{Dockerfile, Instruction, Stage};

/// Longest Dockerfile that is read, in bytes.
pub const MAX_DOCKERFILE: usize = 1 << 20;
/// Most instructions and heredocs of one Dockerfile.
const MAX_PARTS: usize = 20_000;

/// A Dockerfile that cannot be read, with the place.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{path}:{}:{}: {problem}", position.line, position.column)]
pub struct DockerError {
    /// The file, as the caller named it.
    pub path: String,
    /// Where.
    pub position: Position,
    /// What.
    pub problem: DockerProblem,
}

/// What is wrong there.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DockerProblem {
    /// The text is longer than is read.
    #[error("the text has {0} bytes, more than the {1} that are read of a Dockerfile")]
    TooLong(usize, usize),
    /// More instructions than are read.
    #[error("more than {0} instructions")]
    TooMany(usize),
    /// Docker knows no such instruction.
    #[error("there is no instruction `{0}`")]
    Unknown(String),
    /// Something else than `ARG` before the first `FROM`.
    #[error("`{0}` stands before the first `FROM`; only `ARG` may")]
    BeforeFrom(String),
    /// No stage at all.
    #[error("no `FROM`: a Dockerfile begins with the image that it starts from")]
    NoFrom,
    /// A heredoc without its end.
    #[error("the heredoc `<<{0}` is not ended by a line `{0}`")]
    OpenHeredoc(String),
    /// An instruction without what it needs.
    #[error("`{0}` has no arguments")]
    Empty(String),
}

/// The instructions that Docker knows.
const KEYWORDS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// True for an instruction that Docker knows, in capitals.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// One line of the file, without its end.
struct Line<'a> {
    number: usize,
    text: &'a str,
}

/// A logical line: continuation lines joined, and where its parts come from.
struct Logical {
    text: String,
    places: Vec<(usize, Position)>,
    last_line: usize,
}

/// Reads a Dockerfile. `path` names it in findings and errors.
pub fn dockerfile(path: &str, text: &str) -> Result<Dockerfile, DockerError> {
    let fail = |position, problem| DockerError { path: path.to_owned(), position, problem };
    let start = Position { line: 1, column: 1 };
    if text.len() > MAX_DOCKERFILE {
        return Err(fail(start, DockerProblem::TooLong(text.len(), MAX_DOCKERFILE)));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<Line<'_>> =
        text.lines().enumerate().map(|(index, text)| Line { number: index + 1, text }).collect();
    let escape = escape_of(&lines);
    let mut file = Dockerfile { path: path.to_owned(), instructions: Vec::new(), stages: Vec::new() };
    let mut next = 0;
    while let Some(logical) = logical(&lines, &mut next, escape) {
        let mut instruction = instruction(&logical).map_err(|(position, problem)| fail(position, problem))?;
        if matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") && instruction.json.is_none() {
            for marker in heredocs(&instruction.text) {
                let content = content(&lines, &mut next, &marker).ok_or_else(|| {
                    fail(instruction.position, DockerProblem::OpenHeredoc(marker.word.clone()))
                })?;
                instruction.last_line = next;
                instruction.heredocs.push(content);
                if instruction.heredocs.len() > MAX_PARTS {
                    return Err(fail(instruction.position, DockerProblem::TooMany(MAX_PARTS)));
                }
            }
        }
        if instruction.keyword == "RUN" {
            instruction.commands = instruction.read_commands();
        }
        add(&mut file, instruction).map_err(|(position, problem)| fail(position, problem))?;
    }
    if file.stages.is_empty() {
        return Err(fail(start, DockerProblem::NoFrom));
    }
    Ok(file)
}

type Step<T> = Result<T, (Position, DockerProblem)>;

fn add(file: &mut Dockerfile, instruction: Instruction) -> Step<()> {
    let position = instruction.position;
    if file.instructions.len() >= MAX_PARTS {
        return Err((position, DockerProblem::TooMany(MAX_PARTS)));
    }
    let index = file.instructions.len();
    if instruction.keyword == "FROM" && !instruction.on_build {
        let words = instruction.words();
        let Some(image) = words.first().cloned() else {
            return Err((position, DockerProblem::Empty("FROM".into())));
        };
        let named = words.get(1).is_some_and(|word| word.eq_ignore_ascii_case("as"));
        let name = named.then(|| words.get(2).map(|name| name.to_lowercase())).flatten();
        file.stages.push(Stage { image, name, range: index..index + 1 });
    } else if let Some(stage) = file.stages.last_mut() {
        stage.range.end = index + 1;
    } else if instruction.keyword != "ARG" {
        return Err((position, DockerProblem::BeforeFrom(instruction.keyword)));
    }
    file.instructions.push(instruction);
    Ok(())
}

/// The escape character: a directive in the comments at the very top.
fn escape_of(lines: &[Line<'_>]) -> char {
    for line in lines {
        let Some(directive) = line.text.trim().strip_prefix('#') else { break };
        let Some((name, value)) = directive.split_once('=') else { break };
        let name = name.trim().to_ascii_lowercase();
        if name == "escape" {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
        if !matches!(name.as_str(), "syntax" | "check") {
            break;
        }
    }
    '\\'
}

fn is_comment(text: &str) -> bool {
    text.trim_start().starts_with('#')
}

/// The next logical line. Comments and empty lines between continuation lines are left out, as Docker does it.
fn logical(lines: &[Line<'_>], next: &mut usize, escape: char) -> Option<Logical> {
    let mut found = Logical { text: String::new(), places: Vec::new(), last_line: 0 };
    let mut open = false;
    while let Some(line) = lines.get(*next) {
        *next += 1;
        if is_comment(line.text) || line.text.trim().is_empty() {
            continue;
        }
        found.last_line = line.number;
        let trimmed = line.text.trim_end();
        let (part, goes_on) = match trimmed.strip_suffix(escape) {
            Some(part) => (part, true),
            None => (line.text, false),
        };
        // Blanks before the first word are nobody's.
        let lead = if open { 0 } else { part.len() - part.trim_start().len() };
        let column = part.get(..lead).map_or(0, |lead| lead.chars().count()) + 1;
        found.places.push((found.text.len(), Position { line: line.number, column }));
        found.text.push_str(part.get(lead..).unwrap_or_default());
        open = true;
        if !goes_on {
            break;
        }
    }
    open.then_some(found)
}

/// Takes the keyword and the flags off; what is left keeps its places.
fn instruction(logical: &Logical) -> Step<Instruction> {
    let position = logical.places.first().map_or(Position { line: 1, column: 1 }, |(_, position)| *position);
    let mut offset = 0;
    let mut on_build = false;
    let mut keyword;
    loop {
        let word = word_at(&logical.text, &mut offset);
        keyword = word.to_ascii_uppercase();
        if !KEYWORDS.contains(&keyword.as_str()) {
            let shown: String = word.chars().take(40).collect();
            return Err((position, DockerProblem::Unknown(shown)));
        }
        if keyword != "ONBUILD" || on_build {
            break;
        }
        on_build = true;
    }
    let mut flags = Vec::new();
    if matches!(keyword.as_str(), "FROM" | "COPY" | "ADD" | "RUN" | "HEALTHCHECK") {
        loop {
            let mut end = offset;
            let word = word_at(&logical.text, &mut end);
            let Some(flag) = word.strip_prefix("--").filter(|flag| !flag.is_empty()) else { break };
            let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
            flags.push((name.to_owned(), value.to_owned()));
            offset = end;
        }
    }
    skip_blanks(&logical.text, &mut offset);
    let text = logical.text.get(offset..).unwrap_or_default().trim_end().to_owned();
    let mut places = Vec::new();
    for (start, place) in &logical.places {
        if *start >= offset {
            places.push((start - offset, *place));
        } else {
            // The part that the text begins in: its place moves along.
            let columns = logical.text.get(*start..offset).map_or(0, |text| text.chars().count());
            places = vec![(0, Position { line: place.line, column: place.column + columns })];
        }
    }
    let json = if text.starts_with('[') { serde_json::from_str::<Vec<String>>(&text).ok() } else { None };
    let last_line = logical.last_line;
    Ok(Instruction {
        keyword,
        on_build,
        position,
        last_line,
        flags,
        text,
        json,
        heredocs: Vec::new(),
        commands: Vec::new(),
        places,
    })
}

fn skip_blanks(text: &str, offset: &mut usize) {
    let rest = text.get(*offset..).unwrap_or_default();
    *offset += rest.len() - rest.trim_start().len();
}

fn word_at<'t>(text: &'t str, offset: &mut usize) -> &'t str {
    skip_blanks(text, offset);
    let rest = text.get(*offset..).unwrap_or_default();
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    *offset += end;
    rest.get(..end).unwrap_or_default()
}

/// `<<EOF`, `<<-EOF`, `<<"EOF"`.
struct Marker {
    word: String,
    strip_tabs: bool,
}

fn heredocs(text: &str) -> Vec<Marker> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("<<") {
        // `<<<` is the shell's here-string, and a `<<` within a word (arithmetic) none at all.
        let before = rest.get(..at).unwrap_or_default().chars().next_back();
        rest = rest.get(at + 2..).unwrap_or_default();
        if rest.starts_with('<') {
            rest = rest.trim_start_matches('<');
            continue;
        }
        if before
            .is_some_and(|c| !c.is_whitespace() && !c.is_ascii_digit() && !matches!(c, ';' | '&' | '|' | '('))
        {
            continue;
        }
        let strip_tabs = rest.starts_with('-');
        let body = rest.strip_prefix('-').unwrap_or(rest);
        let quote = body.chars().next().filter(|c| matches!(c, '"' | '\''));
        let word: String = match quote {
            Some(quote) => body.chars().skip(1).take_while(|c| *c != quote).collect(),
            None => {
                body.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).collect()
            }
        };
        if word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            found.push(Marker { word, strip_tabs });
        }
    }
    found
}

/// The lines up to the marker's word. `next` moves behind it.
fn content(lines: &[Line<'_>], next: &mut usize, marker: &Marker) -> Option<String> {
    let mut content = String::new();
    while let Some(line) = lines.get(*next) {
        *next += 1;
        let text = if marker.strip_tabs { line.text.trim_start_matches('\t') } else { line.text };
        if text == marker.word {
            return Some(content);
        }
        content.push_str(text);
        content.push('\n');
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let file = dockerfile("Dockerfile", text).unwrap();
        file.instructions
            .iter()
            .map(|one| {
                format!(
                    "{}:{} {} {:?} {}",
                    one.position.line, one.position.column, one.keyword, one.flags, one.text
                )
            })
            .collect()
    }

    #[test]
    fn continuation_comments_and_flags() {
        let text = "# syntax=docker/dockerfile:1\nARG V=1\n  from --platform=linux/amd64 alpine:$V as Build\nRUN a && \\\n  # a comment\n\n  b\nCOPY --from=build --chown=1:1 x y\n";
        assert_eq!(
            shown(text),
            [
                "2:1 ARG [] V=1",
                "3:3 FROM [(\"platform\", \"linux/amd64\")] alpine:$V as Build",
                "4:1 RUN [] a &&   b",
                "8:1 COPY [(\"from\", \"build\"), (\"chown\", \"1:1\")] x y"
            ]
        );
        let file = dockerfile("f", text).unwrap();
        assert_eq!(file.stages[0].name.as_deref(), Some("build"));
        let commands = &file.instructions[2].commands;
        assert_eq!(commands[1].position, Position { line: 7, column: 3 });
        assert_eq!(commands[0].position, Position { line: 4, column: 5 });
    }

    #[test]
    fn the_escape_directive_and_json() {
        let text = "# escape=`\nFROM windows\nRUN dir c:\\ `\n  && x\nCMD [\"a\", \"b c\"]\nENTRYPOINT [a]\n";
        let file = dockerfile("f", text).unwrap();
        assert_eq!(file.instructions[1].text, "dir c:\\   && x");
        assert_eq!(file.instructions[2].json.as_deref().unwrap(), ["a", "b c"]);
        assert!(file.instructions[3].json.is_none());
    }

    #[test]
    fn heredocs_are_scripts_or_files() {
        let text = "FROM a\nRUN <<EOF\napt-get update\napt-get install -y b\nEOF\nCOPY <<-'x' /f\n\tFROM nothing\n\tx\nRUN cat <<< y\nUSER b\n";
        let file = dockerfile("f", text).unwrap();
        assert_eq!(file.instructions.len(), 5);
        let commands: Vec<_> = file.instructions[1].commands.iter().map(|one| one.words.join(" ")).collect();
        assert_eq!(commands, ["apt-get update", "apt-get install -y b"]);
        assert_eq!(file.instructions[2].heredocs, ["FROM nothing\n"]);
    }

    #[test]
    fn refused_with_the_place() {
        let error = |text: &str| dockerfile("Dockerfile", text).unwrap_err().to_string();
        assert_eq!(error("FROM a\nRUM x\n"), "Dockerfile:2:1: there is no instruction `RUM`");
        assert_eq!(
            error("RUN x\nFROM a\n"),
            "Dockerfile:1:1: `RUN` stands before the first `FROM`; only `ARG` may"
        );
        assert!(error("").contains("no `FROM`"));
        assert_eq!(
            error("FROM a\nRUN <<EOF\nx\n"),
            "Dockerfile:2:1: the heredoc `<<EOF` is not ended by a line `EOF`"
        );
        assert!(error(&"x".repeat(MAX_DOCKERFILE + 1)).starts_with("Dockerfile:1:1: the text has"));
    }
}
