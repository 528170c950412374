/*
 * What bindgen reads before the headers of nginx. The crates nginx-sys and ngx are for nginx, and do
 * not compile where a fork has two things otherwise.
 */
#if __has_include(<angie.h>)

/* src/nginx/module.rs puts there what Angie wants. */
#define angie_sign  spare1

/* It wants the name of a source file, too: src/nginx/log.rs is what logs, and never calls this. */
#define ngx_log_error_core(level, log, file, ...)                             \
    ngx_log_error_core(level, log, __VA_ARGS__)

#endif
