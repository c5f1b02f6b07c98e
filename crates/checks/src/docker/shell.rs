//! As much of the shell's language as is needed to see which commands a `RUN` runs.

use seawall_findings::Position;

/// One simple command.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    /// Its words, quotes removed; variables stay as they are.
    pub(crate) words: Vec<String>,
    /// Where it begins in the text.
    pub(crate) offset: usize,
    /// Where it begins in the file.
    pub(crate) position: Position,
    /// True behind a pipe.
    pub(crate) piped: bool,
}

/// Programs that run what follows them.
const WRAPPERS: &[&str] =
    &["sudo", "env", "exec", "time", "nice", "command", "nohup", "xargs", "gosu", "eatmydata"];
/// The shell's own words before a command.
const WORDS: &[&str] = &["if", "then", "else", "elif", "do", "while", "until", "!", "{", "time"];

impl Command {
    pub(crate) fn from_words(words: &[String]) -> Self {
        Self { words: words.to_vec(), offset: 0, position: Position { line: 1, column: 1 }, piped: false }
    }

    /// The words behind assignments, the shell's own words and programs that run others: `FOO=1 sudo -E apt-get install`
    /// is `apt-get install`.
    pub(crate) fn effective(&self) -> &[String] {
        let mut words = self.words.as_slice();
        loop {
            let Some(first) = words.first() else { return words };
            let name = first.rsplit('/').next().unwrap_or(first);
            let assignment = first.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            });
            let wrapper = WRAPPERS.contains(&name);
            if !assignment && !wrapper && !WORDS.contains(&first.as_str()) {
                return words;
            }
            words = words.get(1..).unwrap_or_default();
            while wrapper && words.first().is_some_and(|word| word.starts_with('-')) {
                words = words.get(1..).unwrap_or_default();
            }
        }
    }

    /// The program's name without its folder; empty where there is none.
    pub(crate) fn program(&self) -> &str {
        let first = self.effective().first().map(String::as_str).unwrap_or_default();
        first.rsplit('/').next().unwrap_or(first)
    }

    /// The words behind the program.
    pub(crate) fn arguments(&self) -> &[String] {
        self.effective().get(1..).unwrap_or_default()
    }

    /// The arguments that are no options.
    pub(crate) fn operands(&self) -> impl Iterator<Item = &str> {
        self.arguments().iter().map(String::as_str).filter(|word| !word.starts_with('-'))
    }

    /// True if one of the options is there: `--yes`, or the letter in `-qy`; `--opt` also as `--opt=value`.
    pub(crate) fn has(&self, options: &[&str]) -> bool {
        self.arguments().iter().any(|word| {
            options.iter().any(|option| {
                if option.starts_with("--") {
                    return word
                        .strip_prefix(option)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
                }
                let letter = option.trim_start_matches('-');
                let short = letter.len() == 1 && word.starts_with('-') && !word.starts_with("--");
                word == option || (short && word.trim_start_matches('-').contains(letter))
            })
        })
    }

    /// True for `program … verb`: the first operand is one of the verbs.
    pub(crate) fn does(&self, program: &str, verbs: &[&str]) -> bool {
        self.program() == program && self.operands().next().is_some_and(|verb| verbs.contains(&verb))
    }
}

/// Most commands of one instruction that are looked at.
const MAX_COMMANDS: usize = 10_000;

/// Takes a script apart into its simple commands. Substitutions (`$(…)`, backquotes) and subshells are commands too.
pub(crate) fn commands(text: &str) -> Vec<Command> {
    let mut reader = Reader { found: Vec::new(), words: Vec::new(), word: None, offset: None, piped: false };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if reader.found.len() >= MAX_COMMANDS {
            break;
        }
        match c {
            '\'' => {
                reader.start(at);
                for (_, c) in chars.by_ref().take_while(|(_, c)| *c != '\'') {
                    reader.push(c);
                }
            }
            '"' => {
                reader.start(at);
                while let Some((_, c)) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => {
                            let Some((_, next)) = chars.next() else { break };
                            if !matches!(next, '"' | '\\' | '$' | '`') {
                                reader.push('\\');
                            }
                            reader.push(next);
                        }
                        c => reader.push(c),
                    }
                }
            }
            '\\' => {
                if let Some((_, next)) = chars.next() {
                    reader.start(at);
                    reader.push(next);
                }
            }
            '$' if chars.peek().is_some_and(|(_, c)| *c == '(') => {
                reader.start(at);
                reader.push('$');
                chars.next();
                reader.end_command(false);
            }
            '#' if reader.word.is_none() => {
                for (_, c) in chars.by_ref() {
                    if c == '\n' {
                        break;
                    }
                }
                reader.end_command(false);
            }
            '|' => {
                let or = chars.next_if(|(_, c)| *c == '|').is_some();
                chars.next_if(|(_, c)| *c == '&');
                reader.end_command(!or);
            }
            // `2>&1` and `&>file` are redirections.
            '&' if reader.word.as_deref().is_some_and(|word| word.ends_with('>')) => reader.push('&'),
            '&' if chars.peek().is_some_and(|(_, c)| *c == '>') => {
                reader.start(at);
                reader.push('&');
            }
            '&' | ';' | '\n' | '(' | ')' | '`' => {
                chars.next_if(|(_, next)| *next == c && c != '(' && c != ')');
                reader.end_command(false);
            }
            c if c.is_whitespace() => reader.end_word(),
            c => {
                reader.start(at);
                reader.push(c);
            }
        }
    }
    reader.end_command(false);
    reader.found
}

struct Reader {
    found: Vec<Command>,
    words: Vec<String>,
    word: Option<String>,
    offset: Option<usize>,
    piped: bool,
}

impl Reader {
    fn start(&mut self, at: usize) {
        self.offset.get_or_insert(at);
        self.word.get_or_insert_default();
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self, into_pipe: bool) {
        self.end_word();
        let words = std::mem::take(&mut self.words);
        let offset = self.offset.take().unwrap_or_default();
        if !words.is_empty() {
            let position = Position { line: 1, column: 1 };
            self.found.push(Command { words, offset, position, piped: self.piped });
        }
        self.piped = into_pipe;
    }
}

/// Blanks separate words, quotes keep them together and are removed; nothing else of the shell.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        commands(text).iter().map(|command| command.words.join("|")).collect()
    }

    #[test]
    fn simple_commands() {
        assert_eq!(
            split("apt-get update && apt-get install -y 'a b' \"c d\"; rm -rf x"),
            ["apt-get|update", "apt-get|install|-y|a b|c d", "rm|-rf|x"]
        );
        assert_eq!(split("a | b || c & d"), ["a", "b", "c", "d"]);
        assert_eq!(split("x=$(cat f) y"), ["x=$", "cat|f", "y"]);
        assert_eq!(split("a 2>&1 # no && b\nc"), ["a|2>&1", "c"]);
        assert_eq!(split("'open"), ["open"]);
        assert!(commands("a | b")[1].piped && !commands("a || b")[1].piped);
    }

    #[test]
    fn what_runs() {
        let one = |text: &str| commands(text).remove(0);
        assert_eq!(one("FOO=1 sudo -E /usr/bin/apt-get -qy install a").program(), "apt-get");
        assert!(one("apt-get -qy install a").does("apt-get", &["install"]));
        assert!(one("apt-get -qy install a").has(&["-y", "--yes"]));
        assert!(!one("apt-get install --no-cacher").has(&["--no-cache"]));
        assert_eq!(one("if true").program(), "true");
    }
}
