//! Who tells the story: the demo prints it for people, the test keeps it.

use std::time::{Duration, Instant};

/// Prints each step with what it did and how long it took.
#[derive(Debug)]
pub struct Narrator {
    started: Instant,
    step: Option<(usize, Instant)>,
    count: usize,
    colour: bool,
}

#[allow(clippy::print_stdout, reason = "this is what the demo shows")]
impl Narrator {
    /// Starts the clock.
    pub fn new() -> Self {
        let colour = std::io::IsTerminal::is_terminal(&std::io::stdout())
            && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self { started: Instant::now(), step: None, count: 0, colour }
    }

    /// Begins the next step.
    pub fn step(&mut self, title: &str) {
        self.end_step();
        self.count += 1;
        self.step = Some((self.count, Instant::now()));
        println!("\n{}", self.bold(&format!("{}. {title}", self.count)));
    }

    /// A command that is run, as the reader could type it.
    pub fn command(&self, words: &[&str]) {
        let line: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        println!("   {}", self.dim(&format!("$ {}", line.join(" "))));
    }

    /// What happened.
    pub fn say(&self, text: &str) {
        for line in text.lines() {
            println!("   {line}");
        }
    }

    /// The first lines of what a command printed.
    pub fn excerpt(&self, text: &str, lines: usize) {
        let all: Vec<&str> = text.lines().map(str::trim_end).collect();
        for line in all.iter().take(lines) {
            println!("   | {}", shortened(line));
        }
        if all.len() > lines {
            println!("   | … {} more lines", all.len() - lines);
        }
    }

    /// Ends the step that is told; since the start.
    pub fn end_step(&mut self) -> Duration {
        if let Some((_, started)) = self.step.take() {
            println!("   {}", self.dim(&format!("done in {:.1} s", started.elapsed().as_secs_f64())));
        }
        self.started.elapsed()
    }

    fn bold(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn dim(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

impl Default for Narrator {
    fn default() -> Self {
        Self::new()
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

fn shortened(line: &str) -> String {
    const WIDTH: usize = 150;
    if line.chars().count() <= WIDTH {
        line.to_owned()
    } else {
        line.chars().take(WIDTH - 1).chain(['…']).collect()
    }
}
