//! A Dockerfile (Containerfile) as instructions and stages that know where they stand.
//!
//! The syntax is the documented one (<https://docs.docker.com/reference/dockerfile/>): parser directives with the escape
//! character, continuation lines with comments between, heredocs, the JSON form, flags, `ARG` and `ENV` in values.

mod expand;
mod parse;
mod shell;

use seawall_findings::Position;

pub(crate) use expand::expand;
pub(crate) use parse::is_keyword;
pub use parse::{DockerError, DockerProblem, MAX_DOCKERFILE, dockerfile};
pub(crate) use shell::Command;

/// One Dockerfile.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    /// The file, as the caller named it.
    pub path: String,
    /// All instructions, in order.
    pub instructions: Vec<Instruction>,
    /// Each `FROM` and what follows it.
    pub stages: Vec<Stage>,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// `FROM`, `RUN` …, in capitals.
    pub keyword: String,
    /// True behind `ONBUILD`: it runs in images made from this one.
    pub on_build: bool,
    /// Where it begins.
    pub position: Position,
    /// The last line of it, heredocs included.
    pub last_line: usize,
    /// `--from=build` as (`from`, `build`); a bare flag has an empty value.
    pub flags: Vec<(String, String)>,
    /// What follows the flags, continuation lines joined.
    pub text: String,
    /// The JSON form's words.
    pub json: Option<Vec<String>>,
    /// The texts of its heredocs, in order.
    pub heredocs: Vec<String>,
    /// The shell's commands of a `RUN`.
    pub(crate) commands: Vec<Command>,
    /// Where parts of `text` come from: offset, and place in the file.
    places: Vec<(usize, Position)>,
}

/// One stage: a `FROM` and its instructions.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The image as written, in `FROM image AS name`.
    pub image: String,
    /// Its name, in lower case as Docker compares it.
    pub name: Option<String>,
    /// The places of its instructions in [`Dockerfile::instructions`], the `FROM` first.
    pub range: std::ops::Range<usize>,
}

impl Instruction {
    /// A flag's value.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().find(|(flag, _)| flag == name).map(|(_, value)| value.as_str())
    }

    /// The words: of the JSON form, or separated by blanks, quotes removed.
    pub fn words(&self) -> Vec<String> {
        match &self.json {
            Some(words) => words.clone(),
            None => shell::words(&self.text),
        }
    }

    /// Where the part of the text at an offset stands in the file.
    pub(crate) fn position_at(&self, offset: usize) -> Position {
        let before = self.places.iter().rev().find(|(start, _)| *start <= offset);
        match before {
            Some((start, position)) => {
                let columns = self.text.get(*start..offset).map_or(0, |text| text.chars().count());
                Position { line: position.line, column: position.column + columns }
            }
            None => self.position,
        }
    }

    /// The shell's commands of a `RUN`, with the places of their words; the JSON form is one command, and a heredoc without
    /// a command before it is the script.
    fn read_commands(&self) -> Vec<Command> {
        if let Some(words) = &self.json {
            // `["sh", "-c", "…"]` is the shell form in other words.
            if let [program, flag, script] = words.as_slice()
                && matches!(program.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"))
                && flag.starts_with('-')
                && flag.ends_with('c')
            {
                return at(shell::commands(script), self.position);
            }
            return at(vec![Command::from_words(words)], self.position);
        }
        let mut found = shell::commands(&self.text);
        for command in &mut found {
            command.position = self.position_at(command.offset);
        }
        let is_script =
            found.iter().all(|command| command.words.first().is_none_or(|word| word.starts_with("<<")));
        if is_script && !self.heredocs.is_empty() {
            found.clear();
        }
        let runs_shell = found.is_empty()
            || found.iter().any(|one| matches!(one.program(), "sh" | "bash" | "ash" | "dash" | "zsh"));
        if runs_shell {
            for script in &self.heredocs {
                found.extend(at(shell::commands(script), self.position));
            }
        }
        found
    }
}

fn at(mut commands: Vec<Command>, position: Position) -> Vec<Command> {
    for command in &mut commands {
        command.position = position;
    }
    commands
}

impl Dockerfile {
    /// The instructions of a stage, the `FROM` first; not what `ONBUILD` keeps for later.
    pub fn of<'a>(&'a self, stage: &Stage) -> impl Iterator<Item = &'a Instruction> + use<'a> {
        let instructions = self.instructions.get(stage.range.clone()).unwrap_or_default();
        instructions.iter().filter(|instruction| !instruction.on_build)
    }

    /// The stage that a name or number (`COPY --from`) means, if it is one of those before `stage`.
    pub(crate) fn stage_before(&self, name: &str, stage: usize) -> Option<usize> {
        if let Ok(number) = name.parse::<usize>() {
            return (number < stage).then_some(number);
        }
        let name = name.to_lowercase();
        self.stages.iter().take(stage).rposition(|one| one.name.as_deref() == Some(name.as_str()))
    }

    /// The stage that this one continues: `FROM build`, not an image.
    pub(crate) fn base(&self, stage: usize) -> Option<usize> {
        let image = &self.stages.get(stage)?.image;
        let name = image.to_lowercase();
        self.stages.iter().take(stage).rposition(|one| one.name.as_deref() == Some(name.as_str()))
    }

    /// The last stage, which becomes the image, and those that it continues, nearest first.
    pub(crate) fn final_stages(&self) -> Vec<usize> {
        let mut found = Vec::new();
        let mut next = self.stages.len().checked_sub(1);
        while let Some(stage) = next {
            found.push(stage);
            next = self.base(stage);
        }
        found
    }

    /// The value of a variable of `FROM`: an `ARG` before the first stage. What an `ARG` without a value gets is not known.
    pub(crate) fn global(&self, name: &str) -> Option<String> {
        let first = self.stages.first().map_or(self.instructions.len(), |stage| stage.range.start);
        let before = self.instructions.get(..first).unwrap_or_default();
        last_value(before, name).or_else(|| last_value(&self.instructions, name))
    }
}

/// The last `ARG name=value` of some instructions.
fn last_value(instructions: &[Instruction], name: &str) -> Option<String> {
    instructions.iter().rev().filter(|one| one.keyword == "ARG").find_map(|one| {
        one.words().iter().rev().find_map(|word| {
            let (key, value) = word.split_once('=')?;
            (key == name).then(|| value.to_owned())
        })
    })
}

/// `NAME=value` pairs of an `ENV` or `LABEL`, or the older form `NAME value`; `ARG NAME` has an empty value.
pub(crate) fn pairs(instruction: &Instruction) -> Vec<(String, String)> {
    let words = instruction.words();
    let older = instruction.keyword != "ARG" && words.first().is_some_and(|word| !word.contains('='));
    if older {
        let name = words.first().cloned().unwrap_or_default();
        return vec![(name, words.get(1..).unwrap_or_default().join(" "))];
    }
    words
        .iter()
        .map(|word| {
            word.split_once('=')
                .map_or((word.clone(), String::new()), |(name, value)| (name.to_owned(), value.to_owned()))
        })
        .collect()
}
