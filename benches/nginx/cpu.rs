//! CPU time, as the scheduler accounts it.

use std::fs;
use std::process::{self, Command, Stdio};

use crate::pairs::Nanoseconds;

/// CPU time of a task, `/proc/PID` or `/proc/thread-self`: the first number of its schedstat.
/// Exact while the task sleeps, or asks for itself.
pub fn time(task: &str) -> Nanoseconds {
    let stat = fs::read_to_string(format!("{task}/schedstat"))?;
    Ok(stat.split(' ').next().unwrap_or_default().parse()?)
}

/// Puts this process, and with it all that it will start, on one CPU and in front of what else
/// wants it: client and server then take turns in a fixed order, and nobody cools their caches.
///
/// Where that is not permitted the numbers spread more.
pub fn settle() {
    for how in [["taskset", "-cp", "0"], ["chrt", "-fp", "1"]] {
        let done = Command::new(how[0])
            .args(&how[1..])
            .arg(process::id().to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !done.is_ok_and(|status| status.success()) {
            eprintln!("not permitted here: {}; the numbers will spread", how.join(" "));
        }
    }
}
