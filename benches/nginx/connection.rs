//! What the module costs a real nginx, in CPU time of its worker.
//!
//! Two nginx of one configuration, one with the module and one without, serve the same load in
//! turns, and each difference is taken between neighbouring turns: what the machine does besides
//! falls on both. Both are started anew for each set of rounds, because where a process's memory
//! happens to lie makes a difference, too. The environment is that of `make env`.

mod bare;
mod cpu;
mod load;
mod nginx;
mod pairs;
#[allow(dead_code, reason = "no frames are measured")]
#[path = "../../src/nginx/socket.rs"]
mod socket;

use std::env;
use std::error::Error;

use nginx::{Nginx, Program, Setup};
use pairs::{median, Pairs};

/// The most that a connection may cost, in terms of the two system calls that cannot be avoided.
const AIM: f64 = 1.2;
/// Connections are measured this often in each round: they are what matters most.
const TURNS: usize = 10;

/// What only our module understands. /saved answers only if the SYN is there.
const VARIABLES: &str = "
    location = /constant { set $value 64; return 204; }
    location = /ttl { set $value $tcpfp_ttl; return 204; }
    location = /json { set $value $tcpfp_json; return 204; }
    location = /saved { if ($tcpfp_syn_status = saved) { return 204; } return 500; }";

fn main() -> Result<(), Box<dyn Error>> {
    let is_test = env::args().any(|argument| argument == "--test");
    // The last is of connections or requests, in each turn.
    let (sets, rounds, count) = if is_test { (1, 1, 50) } else { (40, 5, 200) };
    let program = Program::from_environment()?;
    cpu::settle();

    let mut connection = Pairs::default();
    let mut request = Pairs::default();
    let mut ttl = Pairs::default();
    let mut json = Pairs::default();
    let mut saving = Pairs::default();
    let mut calls = Vec::new();
    for _ in 0..sets {
        let without = Nginx::start(&program, &Setup::default())?;
        let with = Setup { with_ours: true, server: VARIABLES, ..Setup::default() };
        let with = Nginx::start(&program, &with)?;
        let connect = |nginx: &Nginx| nginx.cost(count, |port| load::connections(port, count));
        let ask = |nginx: &Nginx, path| nginx.cost(count, |port| load::requests(port, path, count));
        with.cost(1, |port| load::requests(port, "/saved", 1))?;
        for nginx in [&without, &with] {
            connect(nginx)?;
        }
        for _ in 0..rounds {
            for _ in 0..TURNS {
                connection.measure(|| connect(&without), || connect(&with))?;
            }
            calls.push(bare::calls(count)?);
            request.measure(|| ask(&without, "/"), || ask(&with, "/"))?;
            ttl.measure(|| ask(&with, "/constant"), || ask(&with, "/ttl"))?;
            json.measure(|| ask(&with, "/constant"), || ask(&with, "/json"))?;
            saving.measure(|| bare::client(count, false), || bare::client(count, true))?;
        }
    }

    let calls = median(calls.into_iter());
    println!("CPU time of a worker, without the module + what that adds (and its quartiles)");
    println!("a connection               {connection}");
    println!("  the two calls alone                 {calls:5.0} ns");
    println!(
        "  what it adds : the calls            {:5.2}, wanted: at most {AIM}",
        connection.difference() / calls
    );
    println!("a request, kept alive      {request}");
    println!("  reading $tcpfp_ttl       {ttl}");
    println!("  reading $tcpfp_json      {json}");
    println!("CPU time of the client's side, without TCP_SAVE_SYN + what that adds");
    println!("a client's connection      {saving}");
    Ok(())
}
