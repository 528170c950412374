//! The command `tcpfp`: the library without nginx, for recorded traffic.
#![forbid(unsafe_code)]
// Bad input is answered with a reason.
#![cfg_attr(not(test), warn(clippy::panic, clippy::unreachable, clippy::unwrap_used))]

mod batch;
mod check;
mod classify;
mod databases;
mod explain;
mod form;
mod hosts;
mod input;
mod item;
mod learn;
mod link;
#[cfg(feature = "manual")]
mod manual;
mod order;
mod pcap;
mod pcapng;
mod progress;
mod status;
mod tunnel;
mod unread;
mod window;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use status::Status;

#[derive(Parser)]
#[command(name = "tcpfp", version, about = "What a TCP client's first packet says about its stack")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print what is known of each SYN: a line of a table on a terminal, else one JSON object, with
    /// the keys of $tcpfp_json.
    ///
    /// A line that is no SYN gives {"error": "...", "line": N} in its place, and the exit status 1.
    /// Of a capture, packets other than SYNs are passed over. What cannot be read is counted on
    /// standard error; the exit status is 2 if nothing could be read.
    Classify(classify::Arguments),
    /// Read databases and print what is wrong with them, as file:line: reason.
    ///
    /// The exit status is 1 if there is anything. A signature that an earlier one always hides is
    /// worth a warning, which does not count.
    Check(check::Arguments),
    /// Print in words why a SYN may come from each family of systems: which stack it would be, and
    /// what would have had to happen to its SYN on the way.
    Explain(explain::Arguments),
    /// Learn a site's own database from its log: signatures of its clients' stacks, and how many
    /// addresses of each family send them. Nothing is learnt of one address alone.
    ///
    /// A line is JSON, with $tcpfp_json in "tcp" or at the top, the User-Agent in "agent" and
    /// perhaps Sec-CH-UA-Platform in "platform"; or a SYN in hex, a tab, a User-Agent, and perhaps
    /// a tab and an address. A fifth of the addresses and the last fifth of the time have no part
    /// in what is learnt: how good it is on them is told on standard error. The exit status is 1
    /// if a line could not be read.
    Learn(learn::Arguments),
}

fn main() -> ExitCode {
    #[cfg(feature = "manual")]
    if let Some(folder) = std::env::var_os("TCPFP_MANUAL") {
        return manual::write(folder.as_ref());
    }
    let done = match Cli::parse().command {
        Command::Classify(arguments) => arguments.run(),
        Command::Check(arguments) => arguments.run(),
        Command::Explain(arguments) => arguments.run(),
        Command::Learn(arguments) => arguments.run(),
    };
    let status = done.unwrap_or_else(|error| {
        eprintln!("tcpfp: {error:#}");
        Status::Unreadable
    });
    status.into()
}

#[cfg(test)]
mod tests;
