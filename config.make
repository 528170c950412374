# The rules for the static libraries that config names. Cargo knows what they are made of: it is
# always asked, and what it gives is copied only if it is new. It keeps one file for both, so they
# are made one after the other.

cat << END                                                    >> $NGX_MAKEFILE

$NGX_OBJS/ngx_http_tcpfp_module.so: $NGX_OBJS/ngx_tcpfp/http.a
$NGX_OBJS/ngx_stream_tcpfp_module.so: $NGX_OBJS/ngx_tcpfp/stream.a
$NGX_OBJS/ngx_tcpfp/stream.a: | $NGX_OBJS/ngx_tcpfp/http.a

$NGX_OBJS/ngx_tcpfp/%.a: ngx_tcpfp_always
	NGINX_SOURCE_DIR="\$\$PWD" NGINX_BUILD_DIR="\$\$(realpath $NGX_OBJS)" \\
	cargo rustc --manifest-path $ngx_addon_dir/Cargo.toml --locked --release --lib \\
		--crate-type staticlib --no-default-features --features \$* \\
		--target-dir $NGX_OBJS/ngx_tcpfp
	cmp -s $NGX_OBJS/ngx_tcpfp/release/libngx_tcpfp.a \$@ \\
	|| cp $NGX_OBJS/ngx_tcpfp/release/libngx_tcpfp.a \$@

.PHONY: ngx_tcpfp_always

END
