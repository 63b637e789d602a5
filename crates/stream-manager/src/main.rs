//! `stream-manager`: configuration, wiring, and the command line.

mod backup;
mod bench;
mod cli;
mod config;
mod demo;
mod offline;
mod reload;
mod reports;
mod s1;
mod serve;
mod setup;
mod stores;
mod supervise;
mod systemd;
mod usage;
mod validate;
mod watch_show;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Schema => print_schema(),
        Command::Validate(args) => validate::run(&args),
        command => {
            // What follows needs a configuration, and a wrong one is told whole.
            let config = match config::Config::load(cli.config.as_deref()) {
                Ok(config) => config,
                Err(errors) => {
                    eprintln!("{errors}");
                    return ExitCode::from(2);
                }
            };
            match command {
                Command::Config => {
                    print!("{}", config.report());
                    ExitCode::SUCCESS
                }
                Command::Serve(args) if args.supervise => {
                    serve::log_to_stderr(&config);
                    let own = std::env::args_os().skip(1).filter(|argument| argument != "--supervise");
                    supervise::run(own.collect()).unwrap_or_else(|e| finish(Err(e)))
                }
                Command::Serve(args) => finish(serve::run(&config, cli.config.as_deref(), &args)),
                Command::Backup(args) => finish(backup::back_up(&config, &args.file)),
                Command::Restore(args) => finish(backup::restore(&config, &args.file)),
                Command::Render(args) => finish(offline::run(&config, &args)),
                Command::Bench(args) => finish(bench::run(&config, &args)),
                Command::Schema | Command::Validate(_) => ExitCode::SUCCESS,
            }
        }
    }
}

fn finish(result: Result<(), setup::Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn print_schema() -> ExitCode {
    let schema = schemars::schema_for!(scene::ShowFile);
    match serde_json::to_string_pretty(&schema) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(e) => finish(Err(setup::Failure::Other(e.to_string()))),
    }
}
