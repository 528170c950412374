# `make help` says what there is. The work is done by the scripts in build/.

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
SHELL := bash

# Which nginx: that of NGINX_SOURCE_DIR and NGINX_BUILD_DIR if given, else what the machine has.
NGINX ?= $(if $(NGINX_SOURCE_DIR)$(NGINX_BUILD_DIR),custom,$(shell build/nginx.sh choose))
TREE := $(NGINX)
export NGINX_SOURCE_DIR NGINX_BUILD_DIR

# Further cargo features, behind commas: ja4t.
FEATURES ?=
comma := ,
MODULES := objs/$(TREE)$(addprefix /,$(FEATURES))
SOURCES := $(shell find src -type f) build.rs Cargo.toml Cargo.lock

.PHONY: build modules env FORCE

build: modules objs/tcpfp ## the modules and the command, in objs/
	@for module in $(MODULES)/*.so; do cp $$module objs/.new && mv objs/.new objs/$${module##*/}; done

modules: $(MODULES)/ngx_http_tcpfp_module.so $(MODULES)/ngx_stream_tcpfp_module.so

$(MODULES)/ngx_%_tcpfp_module.so: objs/$(TREE)/nginx.env $(SOURCES) build/module.sh
	build/module.sh $(TREE) $*$(addprefix $(comma),$(FEATURES)) $@

objs/$(TREE)/nginx.env: FORCE
	@build/nginx.sh $(TREE)

objs/tcpfp: $(SOURCES)
	cargo build --release --bin tcpfp $(addprefix --features ,$(FEATURES))
	@cp target/release/tcpfp $@.new && mv $@.new $@
