//! Who a client is, and whether it lies, takes no memory but for the answer's text.

use allocation_counter::measure;
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::field::{self, Source};
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::Syn;

/// Real SYNs, in the last column, and real User-Agents, in the second.
const SYNS: &str = concat!(
    include_str!("../data/captures/stacks.tsv"),
    include_str!("../data/captures/kernels.tsv"),
);
const AGENTS: &str = include_str!("../../src/claim/tests/agents.txt");

#[test]
fn verdicts_and_claims_allocate_nothing() {
    let database = Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("a sound database");
    let hex = SYNS.lines().filter_map(|line| line.rsplit('\t').next());
    let syns: Vec<_> = hex.filter_map(|hex| hex::decode(hex).ok()).collect();
    let agents: Vec<_> = AGENTS.lines().filter_map(|line| line.split_once('\t')).collect();
    assert!(syns.len() > 50 && agents.len() > 80);
    let mismatch = field::find(b"os_mismatch").expect("a field");
    let mut judged = 0;
    for syn in &syns {
        for (_, agent) in &agents {
            let taken = measure(|| {
                let Ok(syn) = Syn::parse(syn) else { return };
                let mut connection = Connection::of_syn(syn);
                connection.database = Some(&database);
                let claim =
                    Claim { platform: Some(b"\"Unknown\""), user_agent: Some(agent.as_bytes()) };
                let source = Source { claim: Some(claim), ..Source::from(&connection) };
                let value = mismatch.read(source, |_| None);
                judged += usize::from(value.is_some());
            });
            assert_eq!(taken.count_total, 0, "{agent}");
        }
    }
    assert!(judged > 1000, "{judged} were judged");
}
