//! `tcpfp check`.

use anyhow::Result;
use ngx_tcpfp::signature::p0f::Rules;

use crate::databases;
use crate::status::Status;

#[derive(clap::Args)]
pub struct Arguments {
    /// Databases in the syntax of p0f.fp, consulted in this order; `builtin` is the one that comes
    /// with the program.
    #[arg(required = true)]
    file: Vec<String>,
}

impl Arguments {
    /// Prints what is wrong, or how much there is of each file.
    pub fn run(self) -> Result<Status> {
        match databases::read(&self.file, Rules::Corrected)? {
            Ok(database) => {
                let warnings = database.shadowed();
                for shadowed in &warnings {
                    println!("{}:{}: warning: {}", shadowed.file, shadowed.line, shadowed.reason);
                }
                for (name, signatures) in database.files() {
                    let signatures = counted(signatures, "signature");
                    match warnings.iter().filter(|shadowed| shadowed.file.as_str() == name).count()
                    {
                        0 => println!("{name}: {signatures}, no problems"),
                        some => println!("{name}: {signatures}, {}", counted(some, "warning")),
                    }
                }
                Ok(Status::Good)
            }
            Err(problems) => {
                for problem in problems {
                    println!("{problem}");
                }
                Ok(Status::Wrong)
            }
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
