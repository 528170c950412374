//! `tcpfp check`.

use anyhow::Result;
use ngx_tcpfp::signature::p0f::Rules;

use crate::databases;

#[derive(clap::Args)]
pub struct Arguments {
    /// Databases in the syntax of p0f.fp, consulted in this order; `builtin` is the one that comes
    /// with the program.
    #[arg(required = true)]
    file: Vec<String>,
}

impl Arguments {
    /// Whether nothing is wrong.
    pub fn run(self) -> Result<bool> {
        match databases::read(&self.file, Rules::Corrected)? {
            Ok(database) => {
                for shadowed in database.shadowed() {
                    println!("{}:{}: warning: {}", shadowed.file, shadowed.line, shadowed.reason);
                }
                Ok(true)
            }
            Err(problems) => {
                for problem in problems {
                    println!("{problem}");
                }
                Ok(false)
            }
        }
    }
}
