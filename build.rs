//! What the nginx that we build for is, as cfgs, and the kernel's struct tcp_info as this machine's
//! headers have it.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "nginx")]
    nginx::configure()?;
    Ok(())
}

#[cfg(feature = "nginx")]
mod nginx {
    use std::env;
    use std::error::Error;
    use std::path::PathBuf;

    /// Since nginx 1.25.0 an http port is TCP or UDP.
    const HTTP_PORT_TYPE: u64 = 1_025_000;
    /// Since nginx 1.25.5 stream servers share a port by their names.
    const STREAM_PORTS: u64 = 1_025_005;

    pub fn configure() -> Result<(), Box<dyn Error>> {
        cfgs()?;
        tcp_info()
    }

    /// nginx-sys, a direct dependency for this, tells the nginx that it found.
    fn cfgs() -> Result<(), Box<dyn Error>> {
        println!("cargo::rustc-check-cfg=cfg(ngx_feature, values(any()))");
        for feature in env::var("DEP_NGINX_FEATURES")?.split(',') {
            println!("cargo::rustc-cfg=ngx_feature=\"{feature}\"");
        }
        println!("cargo::rustc-check-cfg=cfg(ngx_http_port_type, ngx_stream_ports)");
        let version: u64 = env::var("DEP_NGINX_VERSION_NUMBER")?.parse()?;
        if version >= HTTP_PORT_TYPE {
            println!("cargo::rustc-cfg=ngx_http_port_type");
        }
        if version >= STREAM_PORTS {
            println!("cargo::rustc-cfg=ngx_stream_ports");
        }
        Ok(())
    }

    fn tcp_info() -> Result<(), Box<dyn Error>> {
        let bindings = bindgen::Builder::default()
            .header_contents("tcp_info.h", "#include <linux/tcp.h>")
            .allowlist_type("tcp_info")
            .layout_tests(false)
            .formatter(bindgen::Formatter::None)
            .generate()?
            .to_string();
        let structs = syn::parse_file(&bindings)?.items.into_iter().filter_map(|item| match item {
            syn::Item::Struct(item) if item.ident == "tcp_info" => Some(item.fields),
            _ => None,
        });
        // Every plain member; what has bits only is not named tcpi_.
        let members = structs.flatten().filter_map(|member| {
            let name = member.ident?.to_string().strip_prefix("tcpi_")?.to_owned();
            Some(format!(
                "(\"{name}\", offset_of!(tcp_info, tcpi_{name}), size_of_val(&ZERO.tcpi_{name})),\n"
            ))
        });
        let members: String = members.collect();
        let table =
            format!("{bindings}\npub const MEMBERS: &[(&str, usize, usize)] = &[\n{members}];\n");
        std::fs::write(PathBuf::from(env::var("OUT_DIR")?).join("tcp_info.rs"), table)?;
        Ok(())
    }
}
