//! The `seawall` command: it composes the crates, and knows nothing of how anything is done.

mod assess;
mod cli;
mod commands;
mod config;
mod context;
mod failure;
mod files;
mod judge;
mod policies;
mod printer;
mod runtime;
mod sboms;
mod scanning;
mod stored;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command, Key, Scan};
use crate::context::Context;
use crate::failure::Result;
use crate::printer::Printer;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let printer = Printer::new(cli.global.quiet, cli.global.color);
    trace(cli.global.verbose);
    // One TLS provider for every part; a second installation cannot happen this early.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            printer.failure(&failure::Failure::unfinished(error));
            return ExitCode::from(failure::Exit::Unfinished as u8);
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            printer.failure(&failure);
            ExitCode::from(failure.exit as u8)
        }
    }
}

async fn run(cli: Cli) -> Result<()> {
    let context = Context::new(cli.global)?;
    match cli.command {
        Command::Scan(Scan::Image(arguments)) => commands::scan::image(&context, arguments).await,
        Command::Scan(Scan::Fs(arguments)) => commands::scan::folder(&context, &arguments),
        Command::Scan(Scan::Repo(arguments)) => commands::scan::repository(&context, &arguments).await,
        Command::Scan(Scan::Sbom(arguments)) => commands::scan::sbom(&context, &arguments),
        Command::Scan(Scan::Config(arguments)) => commands::scan_config::run(&context, &arguments),
        Command::Checks(arguments) => commands::checks::run(&context, &arguments),
        Command::Import(arguments) => commands::import::run(&context, &arguments).await,
        Command::Convert(arguments) => commands::convert::run(&context, &arguments),
        Command::Db(command) => commands::db::run(&context, command).await,
        Command::Key(Key::Generate { out, algorithm }) => commands::key::generate(&context, &out, algorithm),
        Command::Key(Key::Import { key, out }) => commands::key::import(&context, &key, &out),
        Command::Key(Key::Public { key }) => commands::key::public(&context, &key).await,
        Command::Sign(arguments) => commands::sign::run(&context, arguments).await,
        Command::Verify(arguments) => commands::verify::run(&context, arguments).await,
        Command::Attest(arguments) => commands::attest::run(&context, arguments).await,
        Command::SignBlob(arguments) => commands::blob::sign(&context, arguments).await,
        Command::VerifyBlob(arguments) => commands::blob::verify(&context, arguments).await,
        Command::Attach(arguments) => commands::attach::run(&context, arguments).await,
        Command::Download(arguments) => commands::download::run(&context, arguments).await,
        Command::Tree(arguments) => commands::tree::run(&context, arguments).await,
        Command::Copy(arguments) => commands::copy::run(&context, arguments).await,
        Command::Gate(arguments) => commands::gate::run(context, arguments).await,
        Command::Promote(arguments) => commands::promote::run(context, arguments).await,
        Command::Admit(arguments) => commands::admit::run(context, arguments).await,
        Command::Watch(arguments) => commands::watch::run(&context, arguments).await,
        Command::Rules(command) => commands::rules::run(&context, command),
        Command::Replay(arguments) => commands::replay::run(&context, arguments).await,
        Command::Affected(arguments) => commands::affected::run(&context, arguments).await,
        Command::Trail(arguments) => commands::trail::run(&context, arguments).await,
        Command::Up(arguments) => commands::up::run(context, arguments).await,
    }
}

/// Logs go to standard error; `SEAWALL_LOG` names what is wanted, as `RUST_LOG` does elsewhere.
fn trace(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info,hyper=warn,h2=warn,rustls=warn",
        _ => "debug,hyper=info,h2=info,rustls=info",
    };
    let filter = std::env::var("SEAWALL_LOG").unwrap_or_else(|_| level.to_owned());
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        // Said through `eprintln!`, which panics where nobody reads standard error.
        .log_internal_errors(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
}
