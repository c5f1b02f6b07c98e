//! `seawall rules`.

mod test;

use serde_json::json;

use crate::cli::{Format, Rules as Command, RulesCheck, RulesExplain, RulesList};
use crate::context::Context;
use crate::failure::{Failure, OrFail as _, Result};
use crate::runtime;

pub(crate) fn run(context: &Context, command: Command) -> Result<()> {
    match command {
        Command::Check(arguments) => check(context, &arguments),
        Command::List(arguments) => list(context, &arguments),
        Command::Explain(arguments) => explain(context, &arguments),
        Command::Test(arguments) => test::run(context, &arguments),
    }
}

/// Loads the files and shows all that is wrong, warnings too. What does not load is wrong usage.
fn check(context: &Context, arguments: &RulesCheck) -> Result<()> {
    let texts = runtime::rule_texts(&arguments.files)?;
    let (loaded, diagnostics) = match seawall_rules::Rules::load(&runtime::borrowed(&texts)) {
        Ok((rules, warnings)) => (Some(rules.len()), warnings),
        Err(diagnostics) => (None, diagnostics),
    };
    match arguments.format {
        Format::Json => {
            let result = json!({
                "successful": loaded.is_some(),
                "rules": loaded,
                "diagnostics": diagnostics,
            });
            context.printer.result(&serde_json::to_string_pretty(&result).or_unfinished()?);
        }
        Format::Text => {
            for diagnostic in &diagnostics {
                context.printer.result(&format!("{diagnostic}\n"));
            }
        }
    }
    match loaded {
        Some(count) => {
            context.printer.note(&format!("{count} rules load; {} warnings", diagnostics.len()));
            Ok(())
        }
        None => Err(Failure::usage("the rules do not load")),
    }
}

fn list(context: &Context, arguments: &RulesList) -> Result<()> {
    let rules = runtime::load_chosen(context, &arguments.chosen)?;
    let text = match arguments.format {
        Format::Json => serde_json::to_string_pretty(&rules.iter().collect::<Vec<_>>()).or_unfinished()?,
        Format::Text => {
            let width = rules.iter().map(|rule| rule.name.chars().count()).max().unwrap_or(0).min(80);
            let lines = rules.iter().map(|rule| {
                let on = if rule.enabled { "on" } else { "off" };
                let (name, priority) = (&rule.name, rule.priority.as_str());
                let tags = rule.tags.join(",");
                format!("{name:<width$}  {priority:<13}  {on:<3}  {:<9}  {tags}", rule.source)
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    context.printer.result(&text);
    Ok(())
}

fn explain(context: &Context, arguments: &RulesExplain) -> Result<()> {
    let texts = runtime::rule_texts(&arguments.rules)?;
    let explained = seawall_rules::Rules::explain(&runtime::borrowed(&texts), &arguments.rule)
        .map_err(runtime::not_loaded)?
        .ok_or_else(|| Failure::usage(format!("there is no rule `{}`", arguments.rule)))?;
    if arguments.format == Format::Json {
        context.printer.result(&serde_json::to_string_pretty(&explained).or_unfinished()?);
        return Ok(());
    }
    let rule = &explained.rule;
    let (file, line, _) = &rule.place;
    let types = rule.types.as_ref().map_or_else(|| "all".to_owned(), |types| types.join(", "));
    let kernel = if explained.kernel.is_empty() {
        "  nothing: every event of these types is needed\n".to_owned()
    } else {
        indented(explained.kernel.iter().map(String::as_str))
    };
    context.printer.result(&format!(
        "{name} ({priority}, source {source}, {on})\n{description}\n\ndefined in  {file}:{line}\ntags        {tags}\n\
         events      {types}\nfields      {fields}\nexceptions  {exceptions} values\noutput      {output}\n\n\
         condition\n{condition}\nwhat the kernel could decide\n{kernel}",
        name = rule.name,
        priority = rule.priority,
        source = rule.source,
        on = if rule.enabled { "on" } else { "off" },
        description = rule.description,
        tags = rule.tags.join(", "),
        fields = rule.fields.join(", "),
        exceptions = explained.exceptions,
        output = rule.output,
        condition = indented(explained.condition.lines()),
    ));
    Ok(())
}

/// Lines, each two blanks to the right.
fn indented<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for line in lines {
        text.extend(["  ", line, "\n"]);
    }
    text
}
