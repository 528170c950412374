//! `tcpfp explain`.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write as _};

use anyhow::{anyhow, Context, Result};
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::BUILTIN_NAME;
use ngx_tcpfp::family::Explanations;
use ngx_tcpfp::signature::p0f::Rules;

use crate::classify::of_hex;
use crate::databases;
use crate::status::Status;

#[derive(clap::Args)]
pub struct Arguments {
    /// A database of signatures in the syntax of p0f.fp; several are consulted in the order given.
    #[arg(long, value_name = "FILE", default_value = BUILTIN_NAME)]
    database: Vec<String>,

    /// SYNs in hex, as $tcpfp_syn gives them.
    #[arg(required = true)]
    syn: Vec<String>,
}

impl Arguments {
    /// Prints the explanations of each SYN.
    pub fn run(self) -> Result<Status> {
        let database = databases::sound(&self.database, Rules::Corrected)?;
        let (mut text, mut bytes) = (String::new(), Vec::new());
        for (number, digits) in self.syn.iter().enumerate() {
            let syn = of_hex(digits.trim().as_bytes(), &mut bytes)
                .map_err(|reason| anyhow!("{digits}: {reason}"))?;
            let mut connection = Connection::of_syn(syn);
            connection.database = Some(&database);
            if number > 0 {
                text.push('\n');
            }
            explain(&connection, &mut text)?;
        }
        match io::stdout().write_all(text.as_bytes()) {
            // The reader of our output has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Status::Good),
            done => Ok(done.map(|()| Status::Good)?),
        }
    }
}

fn explain(connection: &Connection<'_>, text: &mut String) -> Result<()> {
    let observed = connection.observed().context("no packet that p0f would look at")?;
    writeln!(text, "{observed}")?;
    if let Some(label) = connection.label() {
        let class = if label.is_proxy() { ", which is a proxy's" } else { "" };
        writeln!(text, "The database names it: {label}{class}.")?;
    }
    let shares = connection.verdict().context("no verdict")?.shares.percents();
    for explanation in Explanations::of(observed).0 {
        let family = explanation.family;
        writeln!(text, "{:>3}% {family:8} {explanation}", shares[family as usize])?;
    }
    Ok(())
}
