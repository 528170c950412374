//! What the module costs a real nginx of each full TLS handshake, in CPU time of its worker. As in
//! the bench `connection`, two nginx serve the same load in turns.
//!
//! Two processes differ by as much as the module costs, and do so for all turns of a set. So each
//! set counts as one measurement, and the quartiles are of sets.

mod cpu;
mod nginx;
mod pairs;

use std::env;
use std::error::Error;
use std::io;
use std::path::Path;
use std::process::Command;

use nginx::{Nginx, Program, Setup};
use pairs::Pairs;

/// The most that it may add to a connection, in per cent.
const AIM: f64 = 1.0;

/// The keys that certificates have, the fastest first.
const EC_KEY: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
const RSA_KEY: &[&str] = &["-newkey", "rsa:2048"];

fn main() -> Result<(), Box<dyn Error>> {
    let is_test = env::args().any(|argument| argument == "--test");
    let (sets, rounds, count) = if is_test { (1, 1, 10) } else { (40, 5, 100) };
    let program = Program::from_environment()?;
    cpu::settle();
    println!("CPU time of a worker, without the module + what that adds (and its quartiles)");
    for (name, key) in [("ECDSA", EC_KEY), ("RSA", RSA_KEY)] {
        let folder = tempfile::tempdir()?;
        let certificate = certificate(folder.path(), key)?;
        let cost = cost(&program, &certificate, (sets, rounds, count))?;
        println!("a TLS connection, {name:5}    {cost}, wanted: less than {AIM}%");
    }
    Ok(())
}

/// What connections cost with this certificate: in so many sets of rounds, of so many connections
/// in each turn.
fn cost(
    program: &Program,
    certificate: &str,
    (sets, rounds, count): (u32, u32, u32),
) -> Result<Pairs, Box<dyn Error>> {
    let [plain, measured] = ["connection", "tcpfp_tls_rtt"].map(|variable| {
        format!(
            "{certificate} location = /measured {{ if (${variable}) {{ return 204; }} return 500; }}"
        )
    });
    let plain = Setup { listen: "ssl", server: &plain, ..Setup::default() };
    let measured = Setup { with_ours: true, server: &measured, ..plain };
    let mut pairs = Pairs::default();
    for _ in 0..sets {
        let without = Nginx::start(program, &plain)?;
        let with = Nginx::start(program, &measured)?;
        let connect = |nginx: &Nginx| nginx.cost(count, |port| connections(port, "", count));
        // Answers only if the module has measured the round trip.
        with.cost(1, |port| connections(port, "measured", 1))?;
        for nginx in [&without, &with] {
            connect(nginx)?;
        }
        let mut turns = Pairs::default();
        for _ in 0..rounds {
            turns.measure(|| connect(&without), || connect(&with))?;
        }
        let without = turns.without();
        pairs.measure(|| Ok(without), || Ok(without + turns.difference()))?;
    }
    Ok(pairs)
}

/// One connection after the other, each with a full handshake and for one request.
fn connections(port: u16, path: &str, count: u32) -> io::Result<()> {
    let output = Command::new("curl")
        .args(["--silent", "--insecure", "--no-sessionid", "--header", "Connection: close"])
        .args(["--write-out", "%{http_code} %{num_connects}\n"])
        .arg(format!("https://127.0.0.1:{port}/{path}?[1-{count}]"))
        .output()?;
    let answers = String::from_utf8_lossy(&output.stdout);
    if answers == "204 1\n".repeat(count as usize) {
        Ok(())
    } else {
        Err(io::Error::other(format!("unexpected answers: {answers}")))
    }
}

/// The directives for a certificate with such a key.
fn certificate(folder: &Path, new_key: &[&str]) -> io::Result<String> {
    let [key, certificate] = ["key", "certificate"].map(|name| folder.join(name));
    let output = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-subj", "/CN=localhost", "-days", "2"])
        .args(new_key)
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
    }
    let [key, certificate] = [key, certificate].map(|path| path.display().to_string());
    Ok(format!("ssl_certificate {certificate}; ssl_certificate_key {key};"))
}
