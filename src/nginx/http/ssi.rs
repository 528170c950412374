//! Whether SSI is on: it looks variables up by names that stand in pages.

use nginx_sys::{ngx_conf_t, ngx_flag_t, ngx_http_conf_ctx_t};

use super::request::Http;
use crate::nginx::array::string;
use crate::nginx::watched::modules;

/// Whether the directive `ssi` is on in the location whose configurations these are. One where it
/// does not stand may not have it of the one around it yet.
///
/// # Safety
///
/// nginx is merging or finishing these configurations.
pub unsafe fn is_on(cf: *mut ngx_conf_t) -> bool {
    // SAFETY: the caller promises the configurations: each module's place has its own or null. The
    // directive's command tells where in the module's the flag is, and a command without a name is
    // the last.
    unsafe {
        let mut modules = modules::<Http>((*cf).cycle);
        let ssi = modules.find(|(_, name)| *name == b"ngx_http_ssi_filter_module");
        let Some((module, _)) = ssi else { return false };
        let conf = *(*(*cf).ctx.cast::<ngx_http_conf_ctx_t>()).loc_conf.add(module.ctx_index);
        let commands = (0..).map(|at| &*module.commands.add(at));
        let mut commands = commands.take_while(|command| command.name.len > 0);
        commands.find(|command| string(command.name) == b"ssi").is_some_and(|command| {
            !conf.is_null() && *conf.byte_add(command.offset).cast::<ngx_flag_t>() == 1
        })
    }
}
