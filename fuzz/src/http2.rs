//! Any bytes as what a client opens HTTP/2 with, cut in three anywhere.

use ngx_tcpfp::http2::Opening;

/// More than a list of all that is kept can take.
const TEXT: usize = 1200;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub fn check(bytes: &[u8]) {
    check_opening(bytes, bytes);
    // Without a preface nothing is read.
    check_opening(&[PREFACE, bytes.get(2..).unwrap_or_default()].concat(), bytes);
}

/// Two bytes say where it is cut.
fn check_opening(whole: &[u8], cuts: &[u8]) {
    let mut opening = Opening::default();
    let is_acknowledged = opening.take(whole);
    let text = opening.to_string();
    assert!(text.len() <= TEXT, "{text}");
    assert_eq!(text.matches('|').count(), 3);
    assert!(!opening.is_whole() || !opening.is_open());

    let cut = |at: usize| usize::from(cuts.get(at).copied().unwrap_or(0)) % (whole.len() + 1);
    let (first, last) = (cut(0).min(cut(1)), cut(0).max(cut(1)));
    let mut again = Opening::default();
    let mut is_acknowledged_again = false;
    for piece in [&whole[..first], &whole[first..last], &whole[last..]] {
        let was_whole = again.is_whole();
        is_acknowledged_again |= again.take(piece);
        assert!(again.is_whole() >= was_whole);
    }
    assert_eq!(is_acknowledged_again, is_acknowledged);
    assert_eq!((again.is_whole(), again.is_open()), (opening.is_whole(), opening.is_open()));
    if opening.is_whole() {
        assert_eq!(again.to_string(), text);
    }
}
