//! What the module costs a real nginx of each full TLS handshake, in CPU time of its worker. As in
//! the bench `connection`, two nginx serve the same load in turns.

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

/// The most that it may add to a connection.
const AIM: f64 = 0.01;

/// The keys that certificates have, the fastest first.
const EC_KEY: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
const RSA_KEY: &[&str] = &["-newkey", "rsa:2048"];

fn main() -> Result<(), Box<dyn Error>> {
    let is_test = env::args().any(|argument| argument == "--test");
    let (sets, rounds, count) = if is_test { (1, 1, 10) } else { (20, 10, 100) };
    let program = Program::from_environment()?;
    cpu::settle();
    println!("CPU time of a worker, without the module + what that adds (and its quartiles)");
    for (name, key) in [("ECDSA", EC_KEY), ("RSA", RSA_KEY)] {
        let folder = tempfile::tempdir()?;
        let certificate = certificate(folder.path(), key)?;
        let cost = cost(&program, &certificate, (sets, rounds, count))?;
        println!("a TLS connection, {name:5}    {cost}, wanted: less than {:.2}", 1.0 + AIM);
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
    let plain = Setup { listen: "ssl", server: certificate, ..Setup::default() };
    let measured = format!("{certificate} {MEASURED}");
    let mut pairs = Pairs::default();
    for _ in 0..sets {
        let without = Nginx::start(program, &plain)?;
        let with = Nginx::start(program, &Setup { with_ours: true, server: &measured, ..plain })?;
        let connect = |nginx: &Nginx| nginx.cost(count, |port| connections(port, "", count));
        with.cost(1, |port| connections(port, "measured", 1))?;
        for nginx in [&without, &with] {
            connect(nginx)?;
        }
        for _ in 0..rounds {
            pairs.measure(|| connect(&without), || connect(&with))?;
        }
    }
    Ok(pairs)
}

/// Answers only if the module has measured the round trip.
const MEASURED: &str = "location = /measured { if ($tcpfp_tls_rtt) { return 204; } return 500; }";

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
