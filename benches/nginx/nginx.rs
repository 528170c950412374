//! An nginx to measure.

use std::env;
use std::error::Error;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::cpu;
use crate::pairs::Nanoseconds;

/// What to run.
pub struct Program {
    binary: String,
    /// In the order in which they must be loaded, ours among them.
    modules: Vec<String>,
}

impl Program {
    /// As `make env` tells it.
    pub fn from_environment() -> Result<Self, String> {
        let variable =
            |name: &str| env::var(name).map_err(|error| format!("{name}: {error}; run make bench"));
        let modules = variable("TEST_NGINX_LOAD_MODULES")?;
        Ok(Self {
            binary: variable("TEST_NGINX_BINARY")?,
            modules: modules.split_whitespace().map(str::to_owned).collect(),
        })
    }
}

/// A running nginx of one process, which ends with this value.
pub struct Nginx {
    process: Child,
    port: u16,
    _prefix: TempDir,
}

impl Nginx {
    /// Starts it, with or without our modules. Its server listens with these parameters and has
    /// these directives besides.
    pub fn start(
        program: &Program,
        with_ours: bool,
        parameters: &str,
        directives: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let prefix = tempfile::tempdir()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let file = prefix.path().join("nginx.conf");
        fs::write(
            &file,
            configuration(program, with_ours, &format!("{port} {parameters}"), directives),
        )?;
        let process = Command::new(&program.binary)
            .args(["-e", "stderr", "-p"])
            .arg(prefix.path())
            .arg("-c")
            .arg(&file)
            .spawn()?;
        let mut nginx = Self { process, port, _prefix: prefix };
        nginx.wait()?;
        Ok(nginx)
    }

    fn wait(&mut self) -> io::Result<()> {
        for _ in 0..200 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                return Err(io::Error::other(format!("nginx ended: {status}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(io::Error::other("nginx does not listen"))
    }

    /// CPU time of a unit of this load, of so many on this port.
    pub fn cost(&self, count: u32, load: impl FnOnce(u16) -> io::Result<()>) -> Nanoseconds {
        let task = format!("/proc/{}", self.process.id());
        let before = cpu::time(&task)?;
        load(self.port)?;
        Ok((cpu::time(&task)? - before) / f64::from(count))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn configuration(program: &Program, with_ours: bool, listen: &str, directives: &str) -> String {
    let is_ours = |path: &Path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().contains("_tcpfp_"))
    };
    let modules = program.modules.iter().filter(|module| with_ours || !is_ours(Path::new(module)));
    let load: String = modules.map(|module| format!("load_module {module};\n")).collect();
    format!(
        "{load}
         daemon off;
         master_process off;
         pid nginx.pid;
         events {{ worker_connections 64; }}
         http {{
             access_log off;
             client_body_temp_path temp;
             proxy_temp_path temp;
             fastcgi_temp_path temp;
             uwsgi_temp_path temp;
             scgi_temp_path temp;
             keepalive_requests 1000000;
             server {{
                 listen 127.0.0.1:{listen};
                 location / {{ return 204; }}
                 {directives}
             }}
         }}"
    )
}
