# The rules for the static libraries that config names. Cargo knows what they are made of: it is
# always asked, and what it gives is copied only if it is new. It has one name for both, so they are
# made one after the other.

ngx_tcpfp_target="\"\$\${CARGO_TARGET_DIR:-$NGX_OBJS/ngx_tcpfp}\""

cat << END                                                    >> $NGX_MAKEFILE

$NGX_OBJS/ngx_http_tcpfp_module.so: $NGX_OBJS/ngx_tcpfp/http.a
$NGX_OBJS/ngx_stream_tcpfp_module.so: $NGX_OBJS/ngx_tcpfp/stream.a
$NGX_OBJS/ngx_tcpfp/stream.a: | $NGX_OBJS/ngx_tcpfp/http.a

$NGX_OBJS/ngx_tcpfp/%.a: ngx_tcpfp_always
	mkdir -p $NGX_OBJS/ngx_tcpfp
	NGINX_SOURCE_DIR="\$\$PWD" NGINX_BUILD_DIR="\$\$(realpath $NGX_OBJS)" \\
	BINDGEN_EXTRA_CLANG_ARGS="-include '\$\$(realpath $ngx_addon_dir)/build/bindings.h'" \\
	CARGO_TARGET_DIR="\$\$(realpath -m $ngx_tcpfp_target)" \\
	$ngx_addon_dir/build/reproducible.sh rustc --locked --release --lib \\
		--crate-type staticlib --no-default-features --features \$*
	cmp -s $ngx_tcpfp_target/release/libngx_tcpfp.a \$@ \\
	|| cp $ngx_tcpfp_target/release/libngx_tcpfp.a \$@

.PHONY: ngx_tcpfp_always

END
