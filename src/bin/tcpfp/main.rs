//! The command `tcpfp`: the library without nginx, for recorded traffic.
#![forbid(unsafe_code)]
// Bad input is answered with a reason.
#![cfg_attr(not(test), warn(clippy::panic, clippy::unreachable, clippy::unwrap_used))]

mod batch;
mod check;
mod classify;
mod databases;
mod hosts;
mod input;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "What a TCP client's first packet says about its stack")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print one JSON object a SYN, with the keys of $tcpfp_json.
    ///
    /// A line that is no SYN gives {"error": "..."} in its place; the exit status is then 1.
    /// Of a capture, packets other than SYNs are passed over.
    Classify(classify::Arguments),
    /// Read databases and print what is wrong with them, as file:line: reason.
    ///
    /// The exit status is 1 if there is anything. A signature that an earlier one always hides is
    /// worth a warning, which does not count.
    Check(check::Arguments),
}

fn main() -> ExitCode {
    let is_good = match Cli::parse().command {
        Command::Classify(arguments) => arguments.run(),
        Command::Check(arguments) => arguments.run(),
    };
    match is_good {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("tcpfp: {error:#}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests;
