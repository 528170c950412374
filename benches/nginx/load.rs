//! Clients in a closed loop: each waits for its answer before it asks again.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

const ANSWER: &str = "HTTP/1.1 204 No Content\r\n";

/// One connection after the other, each for one request and closed by the server.
pub fn connections(port: u16, count: u32) -> io::Result<()> {
    let mut answer = Vec::new();
    for _ in 0..count {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        answer.clear();
        stream.read_to_end(&mut answer)?;
        check(&answer)?;
    }
    Ok(())
}

/// One request after the other on one connection.
pub fn requests(port: u16, path: &str, count: u32) -> io::Result<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut answer = [0; 4096];
    for _ in 0..count {
        stream.write_all(request.as_bytes())?;
        let len = stream.read(&mut answer)?;
        check(&answer[..len])?;
    }
    Ok(())
}

/// The other side of [`connections`], for one of them.
pub fn answer(mut stream: TcpStream) -> io::Result<()> {
    let _request = stream.read(&mut [0; 4096])?;
    stream.write_all(ANSWER.as_bytes())
}

fn check(answer: &[u8]) -> io::Result<()> {
    if answer.starts_with(ANSWER.as_bytes()) {
        Ok(())
    } else {
        Err(io::Error::other(format!("unexpected answer: {}", answer.escape_ascii())))
    }
}
