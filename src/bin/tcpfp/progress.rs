//! How far the input is read.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Input shorter than this is done before a progress bar could be read.
const LONG: u64 = 1 << 20;

/// A bar on standard error for so many bytes; none where that is no terminal, or where standard
/// output is one.
pub fn bar(len: u64) -> ProgressBar {
    // On a terminal the answers show how far it is.
    if len < LONG || !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(len);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
