//! Transformers of several values: `join`, `concat`, `getopt`.

use std::borrow::Cow;

use seawall_events::Event;

use super::Source;
use crate::condition::Combine;
use crate::fields::Value;

pub(super) fn combined<'a>(
    function: Combine,
    of: &'a [Source],
    selector: Option<char>,
    event: &'a Event,
) -> Option<Value<'a>> {
    match (function, of) {
        (Combine::Join, [separator, list]) => {
            let separator = separator.value(event)?;
            let texts = list.value(event)?.texts();
            Some(Value::Text(texts.join(separator.text().as_ref()).into()))
        }
        (Combine::Concat, all) => {
            let mut text = String::new();
            for one in all {
                text.push_str(&one.value(event)?.text());
            }
            Some(Value::Text(text.into()))
        }
        (Combine::GetOpt, [arguments, options]) => {
            let (arguments, options) = (arguments.value(event)?.texts(), options.value(event)?);
            let found = getopt(&arguments, &options.text());
            match selector {
                None => {
                    Some(Value::Texts(found.into_iter().flat_map(Found::listed).map(Cow::Owned).collect()))
                }
                // The last one counts, as for the program.
                Some(wanted) => {
                    let last = found.into_iter().rev().find(|found| found.option == Some(wanted))?;
                    Some(Value::Text(last.selected(wanted).into()))
                }
            }
        }
        _ => None,
    }
}

/// One option as it was found.
struct Found {
    /// None for one that the option string does not know.
    option: Option<char>,
    value: Argument,
}

enum Argument {
    /// The option takes none.
    None,
    /// It takes one, and there is none.
    Missing,
    Given(String),
}

impl Found {
    /// As Falco lists it: the option and its value; `?` for an unknown one, nothing for a missing value.
    fn listed(self) -> Vec<String> {
        let name = self.option.unwrap_or('?').to_string();
        match self.value {
            Argument::None => vec![name],
            Argument::Missing => vec![String::new()],
            Argument::Given(value) => vec![name, value],
        }
    }

    fn selected(self, option: char) -> String {
        match self.value {
            Argument::None => option.to_string(),
            Argument::Missing => String::new(),
            Argument::Given(value) => value,
        }
    }
}

/// Short options as getopt(3) reads them: up to `--` or the first word that is no option; long options are passed over.
fn getopt(arguments: &[Cow<'_, str>], options: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        if word.starts_with("--") {
            continue;
        }
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else { break };
        for (at, letter) in letters.char_indices() {
            let known = if letter == ':' { None } else { options.find(letter) };
            let Some(known) = known else {
                found.push(Found { option: None, value: Argument::None });
                continue;
            };
            let after = options.get(known + letter.len_utf8()..).unwrap_or_default();
            if !after.starts_with(':') {
                found.push(Found { option: Some(letter), value: Argument::None });
                continue;
            }
            let rest = letters.get(at + letter.len_utf8()..).unwrap_or_default();
            let value = if rest.is_empty() {
                words.next().map_or(Argument::Missing, |next| Argument::Given(next.clone().into_owned()))
            } else {
                Argument::Given(rest.to_owned())
            };
            found.push(Found { option: Some(letter), value });
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(words: &[&str], options: &str) -> Vec<String> {
        let words: Vec<Cow<'_, str>> = words.iter().map(|word| Cow::Borrowed(*word)).collect();
        getopt(&words, options).into_iter().flat_map(Found::listed).collect()
    }

    #[test]
    fn options_are_read_as_programs_read_them() {
        assert_eq!(
            listed(&["-nt", "5", "-x", "--long", "-vfile", "rest", "-n"], "nt:v:"),
            ["n", "t", "5", "?", "v", "file"]
        );
        assert_eq!(listed(&["-t"], "t:"), [""]);
        assert_eq!(listed(&["-n", "--", "-n"], "n"), ["n"]);
        assert!(listed(&["-"], "n").is_empty());
    }
}
