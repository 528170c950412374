//! What the nginx that we build for is, as cfgs and constants, and the kernel's struct tcp_info as
//! this machine's headers have it. Headers are asked, never version numbers: forks have their own.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "nginx")]
    headers::read()?;
    Ok(())
}

#[cfg(feature = "nginx")]
mod headers {
    use std::collections::BTreeSet;
    use std::env;
    use std::error::Error;
    use std::fs;
    use std::path::PathBuf;

    use syn::{Expr, ExprLit, Item, ItemConst, Lit};

    /// nginx's modules have this at their beginning, whatever a fork puts there.
    const MODULE: &str = "
        #define HEAD(part, ...) part(__VA_ARGS__)
        #define SPARE1(ctx_index, index, name, spare0, spare1, version, signature) spare1
        #define VERSION(ctx_index, index, name, spare0, spare1, version, signature) version
        const ngx_uint_t TCPFP_SPARE1 = HEAD(SPARE1, NGX_MODULE_V1);
        const ngx_uint_t TCPFP_VERSION = HEAD(VERSION, NGX_MODULE_V1);
    ";

    pub fn read() -> Result<(), Box<dyn Error>> {
        nginx()?;
        tcp_info()
    }

    /// nginx-sys, a direct dependency for this, tells the nginx that it found.
    fn nginx() -> Result<(), Box<dyn Error>> {
        let features = env::var("DEP_NGINX_FEATURES")?;
        println!("cargo::rustc-check-cfg=cfg(ngx_feature, values(any()))");
        for feature in features.split(',') {
            println!("cargo::rustc-cfg=ngx_feature=\"{feature}\"");
        }
        let includes = env::var("DEP_NGINX_INCLUDE")?;
        let includes = env::split_paths(&includes).map(|path| format!("-I{}", path.display()));
        // A colon that nginx-sys 0.5.0 lacks makes it `metadata=cflags=...`.
        let defines = env::var("DEP_NGINX_CFLAGS").or_else(|_| env::var("DEP_NGINX_METADATA"))?;
        let defines = defines.strip_prefix("cflags=").unwrap_or(&defines).split_whitespace();
        let flags: Vec<String> = includes.chain(defines.map(str::to_owned)).collect();
        // For the test that asks a C compiler where the bits of nginx's structs are.
        println!("cargo::rustc-env=TCPFP_NGINX_FLAGS={}", flags.join("\t"));

        let mut header = String::from("#include <ngx_config.h>\n#include <ngx_core.h>\n");
        for subsystem in ["http", "stream"] {
            if features.split(',').any(|feature| feature == subsystem) {
                header += &format!("#include <ngx_{subsystem}.h>\n");
            }
        }
        let headers = items(
            bindgen::Builder::default()
                .header_contents("nginx.h", &(header + MODULE))
                .clang_args(flags)
                .allowlist_var("TCPFP_.*")
                .allowlist_type("ngx_http_conf_port_t")
                .allowlist_type("ngx_stream_core_main_conf_t|ngx_stream_ssl_srv_conf_t"),
        )?;
        for (cfg, is_there) in [
            // An http port is TCP or UDP.
            ("ngx_http_port_type", has_member(&headers, "ngx_http_conf_port_t", "type_")),
            // Stream servers share a port by their names.
            ("ngx_stream_ports", has_member(&headers, "ngx_stream_core_main_conf_t", "ports")),
            ("ngx_stream_ssl_srv_conf", has_member(&headers, "ngx_stream_ssl_srv_conf_t", "ssl")),
        ] {
            println!("cargo::rustc-check-cfg=cfg({cfg})");
            if is_there {
                println!("cargo::rustc-cfg={cfg}");
            }
        }
        own_modules(env::split_paths(&env::var("DEP_NGINX_INCLUDE")?))?;
        let constants: String = headers.iter().filter_map(constant).collect();
        write("module.rs", &constants)
    }

    /// The names of nginx's own modules of http and stream, by the script of its configure that lists them; none where
    /// that is not beside the headers.
    fn own_modules(mut includes: impl Iterator<Item = PathBuf>) -> Result<(), Box<dyn Error>> {
        let list = includes.find_map(|path| {
            let list = path.ancestors().nth(2)?.join("auto/modules");
            list.is_file().then_some(list)
        });
        let mut names = BTreeSet::new();
        if let Some(list) = list {
            println!("cargo::rerun-if-changed={}", list.display());
            let text = fs::read_to_string(list)?;
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let words = text.split(|c| !is_part(c)).map(str::to_owned);
            names.extend(words.filter(|word| {
                let subsystems = ["ngx_http_", "ngx_stream_"];
                word.ends_with("_module") && subsystems.iter().any(|begin| word.starts_with(begin))
            }));
        }
        let names: String = names.iter().map(|name| format!("    b\"{name}\",\n")).collect();
        write("modules.rs", &format!("const NGINXS_OWN: &[&[u8]] = &[\n{names}];\n"))
    }

    /// Whether there is a struct of this name with this member, which Rust may call otherwise (`type_`).
    fn has_member(items: &[Item], name: &str, member: &str) -> bool {
        items.iter().any(|item| {
            matches!(item, Item::Struct(item) if item.ident == name && item.fields.iter()
                .any(|field| field.ident.as_ref().is_some_and(|ident| ident == member)))
        })
    }

    fn constant(item: &Item) -> Option<String> {
        let Item::Const(ItemConst { ident, expr, .. }) = item else { return None };
        let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = &**expr else { return None };
        let name = ident.to_string();
        Some(format!("const {}: usize = {number};\n", name.strip_prefix("TCPFP_")?))
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
            Item::Struct(item) if item.ident == "tcp_info" => Some(item.fields),
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
        write("tcp_info.rs", &table)
    }

    fn items(builder: bindgen::Builder) -> Result<Vec<Item>, Box<dyn Error>> {
        let bindings =
            builder.layout_tests(false).formatter(bindgen::Formatter::None).generate()?.to_string();
        Ok(syn::parse_file(&bindings)?.items)
    }

    fn write(name: &str, text: &str) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(PathBuf::from(env::var("OUT_DIR")?).join(name), text)?)
    }
}
