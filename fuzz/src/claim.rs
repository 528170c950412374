//! Any bytes as the headers by which a request claims a system.

use arbitrary::{Arbitrary, Unstructured};
use ngx_tcpfp::claim::Claim;
use ngx_tcpfp::connection::Connection;
use ngx_tcpfp::field::{self, Facts};
use ngx_tcpfp::syn::Syn;
use ngx_tcpfp::value::Value;

use crate::{DATABASES, SYNS};

pub fn check(bytes: &[u8]) {
    type Headers<'r> = (Option<&'r [u8]>, &'r [u8]);
    let Ok((platform, agent)) = Headers::arbitrary(&mut Unstructured::new(bytes)) else { return };
    let family = |agent: &[u8]| Claim { platform, user_agent: Some(agent) }.family();

    // What stands between the words of a User-Agent does not count.
    let plain: Vec<_> =
        agent.iter().map(|&byte| if byte.is_ascii_alphanumeric() { byte } else { b' ' }).collect();
    assert_eq!(family(&plain), family(agent));
    // A robot only looks like somebody's machine.
    assert_eq!(family(&[agent, b" bot"].concat()), None);

    let claim = Claim { platform, user_agent: Some(agent) };
    let mismatch = field::find(b"os_mismatch").expect("a field");
    for packet in SYNS {
        let mut connection = Connection::of_syn(Syn::parse(packet).expect("a SYN"));
        connection.database = Some(&DATABASES[0]);
        let facts = Facts { claim: Some(claim), ..Facts::from(&connection) };
        match mismatch.read(&facts) {
            None => {}
            Some(Value::Number(0 | 1)) => assert!(claim.family().is_some()),
            Some(other) => panic!("{other}"),
        }
    }
}
