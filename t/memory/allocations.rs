//! Who a client is, whether it lies and what its host's record makes of it takes no memory but for
//! the answer's text.

use std::time::Duration;

use allocation_counter::measure;
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::database::{Database, BUILTIN_NAME};
use ngx_tcpfp::field::{self, Facts};
use ngx_tcpfp::host::{Record, Seen};
use ngx_tcpfp::signature::p0f::Rules;
use ngx_tcpfp::syn::Syn;
use ngx_tcpfp::text::Room;

/// Real SYNs, in the last column, and real User-Agents, in the second.
const SYNS: &str = concat!(
    include_str!("../data/captures/stacks.tsv"),
    include_str!("../data/captures/kernels.tsv"),
);
const AGENTS: &str = include_str!("../../src/claim/tests/agents.txt");

fn database() -> Database {
    Database::read([(BUILTIN_NAME, Database::builtin())], Rules::Corrected)
        .expect("a sound database")
}

fn syns() -> Vec<Vec<u8>> {
    let hex = SYNS.lines().filter_map(|line| line.rsplit('\t').next());
    let syns: Vec<_> = hex.filter_map(|hex| hex::decode(hex).ok()).collect();
    assert!(syns.len() > 50);
    syns
}

#[test]
fn verdicts_and_claims_allocate_nothing() {
    let (database, syns) = (database(), syns());
    let agents: Vec<_> = AGENTS.lines().filter_map(|line| line.split_once('\t')).collect();
    assert!(agents.len() > 80);
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
                let facts = Facts { claim: Some(claim), ..Facts::from(&connection) };
                let value = mismatch.read(&facts);
                judged += usize::from(value.is_some());
            });
            assert_eq!(taken.count_total, 0, "{agent}");
        }
    }
    assert!(judged > 1000, "{judged} were judged");
}

#[test]
fn fields_are_written_without_memory_of_their_own() {
    let (database, syns) = (database(), syns());
    let mut memory = [0; 8192];
    let mut written = 0;
    for syn in &syns {
        let mut connection = Connection::of_syn(Syn::parse(syn).expect("a SYN"));
        connection.database = Some(&database);
        let taken = measure(|| {
            for field in field::all() {
                let mut room = Room::new(&mut memory);
                let facts = Facts::from(&connection);
                written += usize::from(field.write(&facts, &mut room).is_some());
            }
        });
        assert_eq!(taken.count_total, 0);
    }
    assert!(written > 40 * syns.len(), "{written} values");
}

#[test]
fn records_allocate_nothing() {
    let (database, syns) = (database(), syns());
    let (mut record, mut events) = (Record::default(), 0);
    for (syn, seconds) in syns.iter().zip(1_500_000_000..) {
        let taken = measure(|| {
            let Ok(syn) = Syn::parse(syn) else { return };
            let mut connection = Connection::of_syn(syn);
            connection.database = Some(&database);
            record.see(&Seen::of(&connection, Duration::from_secs(seconds)), Some(&database));
        });
        assert_eq!(taken.count_total, 0);
        events += usize::from(record.event().is_some());
    }
    assert!(events > 10, "{events} events");
}
