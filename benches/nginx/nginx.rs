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

/// What to configure.
#[derive(Clone, Copy, Default)]
pub struct Setup<'a> {
    /// With our modules.
    pub with_ours: bool,
    /// Processes beside the master; 0 for one that is all.
    pub workers: usize,
    /// Parameters of the server's `listen`.
    pub listen: &'a str,
    /// Directives of http.
    pub http: &'a str,
    /// Directives of the server.
    pub server: &'a str,
}

/// A running nginx, which ends with this value.
pub struct Nginx {
    process: Child,
    workers: usize,
    port: u16,
    _prefix: TempDir,
}

impl Nginx {
    /// Starts it.
    pub fn start(program: &Program, setup: &Setup<'_>) -> Result<Self, Box<dyn Error>> {
        let prefix = tempfile::tempdir()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let file = prefix.path().join("nginx.conf");
        fs::write(&file, setup.configuration(program, port))?;
        let process = Command::new(&program.binary)
            .args(["-e", "stderr", "-p"])
            .arg(prefix.path())
            .arg("-c")
            .arg(&file)
            .spawn()?;
        let mut nginx = Self { process, workers: setup.workers, port, _prefix: prefix };
        nginx.wait()?;
        Ok(nginx)
    }

    fn wait(&mut self) -> io::Result<()> {
        for _ in 0..200 {
            let is_up = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok();
            if is_up && self.serving()?.len() == self.workers.max(1) {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                return Err(io::Error::other(format!("nginx ended: {status}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(io::Error::other("nginx does not listen"))
    }

    /// The processes that serve, under /proc.
    fn serving(&self) -> io::Result<Vec<String>> {
        let master = format!("/proc/{}", self.process.id());
        if self.workers == 0 {
            return Ok(vec![master]);
        }
        let workers = fs::read_to_string(format!("{master}/task/{}/children", self.process.id()))?;
        Ok(workers.split_whitespace().map(|worker| format!("/proc/{worker}")).collect())
    }

    /// CPU time of a unit of this load, of so many on this port.
    pub fn cost(&self, count: u32, load: impl FnOnce(u16) -> io::Result<()>) -> Nanoseconds {
        let serving = self.serving()?;
        let time = || serving.iter().map(|task| cpu::time(task)).sum::<Nanoseconds>();
        let before = time()?;
        load(self.port)?;
        Ok((time()? - before) / f64::from(count))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A master is to end its workers. It may have ended by itself.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

impl Setup<'_> {
    fn configuration(&self, program: &Program, port: u16) -> String {
        let Self { listen, http, server, .. } = self;
        let is_ours = |path: &Path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().contains("_tcpfp_"))
        };
        let modules =
            program.modules.iter().filter(|module| self.with_ours || !is_ours(Path::new(module)));
        let load: String = modules.map(|module| format!("load_module {module};\n")).collect();
        let processes = match self.workers {
            0 => "master_process off".to_owned(),
            workers => format!("worker_processes {workers}"),
        };
        format!(
            "{load}
             daemon off;
             {processes};
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
                 {http}
                 server {{
                     listen 127.0.0.1:{port} {listen};
                     location / {{ return 204; }}
                     {server}
                 }}
             }}"
        )
    }
}
