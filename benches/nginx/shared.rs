//! What it costs a connection to be kept in memory that workers share, by `tcpfp_zone` and
//! `tcpfp_metrics`: in CPU time of nginx's workers, for one worker alone and for several at once.
//!
//! As in connection.rs, two nginx serve the same load in turns; both have the module. The clients
//! are as many as there are workers and one more, so that nobody waits for work.

#[expect(dead_code, reason = "several workers want several CPUs")]
mod cpu;
#[expect(dead_code, reason = "connections are what is kept")]
mod load;
mod nginx;
mod pairs;

use std::env;
use std::error::Error;
use std::io;
use std::thread;

use nginx::{Nginx, Program, Setup};
use pairs::Pairs;

/// What is for http, and for the server.
const DIRECTIVES: [(&str, &str, &str); 2] = [
    ("tcpfp_zone", "tcpfp_zone hosts:1m;", ""),
    ("tcpfp_metrics", "", "location = /metrics { tcpfp_metrics; }"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let is_test = env::args().any(|argument| argument == "--test");
    // The last is of connections in each turn.
    let (sets, rounds, count) = if is_test { (1, 1, 60) } else { (10, 30, 1200) };
    let program = Program::from_environment()?;

    println!(
        "CPU time of a connection, without the directive + what that adds (and its quartiles)"
    );
    for ((name, http, server), workers) in
        DIRECTIVES.into_iter().flat_map(|directive| [1, 2, 4].map(|workers| (directive, workers)))
    {
        let mut pairs = Pairs::default();
        for _ in 0..sets {
            let without = Setup { with_ours: true, workers, ..Setup::default() };
            let with = Setup { http, server, ..without };
            let without = Nginx::start(&program, &without)?;
            let with = Nginx::start(&program, &with)?;
            let connect =
                |nginx: &Nginx| nginx.cost(count, |port| connections(port, count, workers + 1));
            for nginx in [&without, &with] {
                connect(nginx)?;
            }
            for _ in 0..rounds {
                pairs.measure(|| connect(&without), || connect(&with))?;
            }
        }
        println!("{name:13} {workers} workers   {pairs}");
    }
    Ok(())
}

/// So many connections by so many clients at once.
fn connections(port: u16, count: u32, clients: usize) -> io::Result<()> {
    let share = count / clients as u32;
    thread::scope(|scope| {
        let clients: Vec<_> =
            (0..clients).map(|_| scope.spawn(move || load::connections(port, share))).collect();
        clients
            .into_iter()
            .try_for_each(|client| client.join().unwrap_or(Err(io::ErrorKind::Other.into())))
    })
}
