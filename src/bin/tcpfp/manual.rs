//! What the command's own description gives: man pages, and completions for three shells.
//!
//! Only `make manual` has a build with this. It runs it with the folder in `TCPFP_MANUAL`.

use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;

pub fn write(folder: &Path) -> ExitCode {
    let written = clap_mangen::generate_to(Cli::command(), folder).and_then(|()| {
        [Shell::Bash, Shell::Zsh, Shell::Fish].into_iter().try_for_each(|shell| {
            clap_complete::generate_to(shell, &mut Cli::command(), "tcpfp", folder).map(drop)
        })
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tcpfp: {}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}
