# `make help` says what there is. The work is done by cargo and the scripts in build/.

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
SHELL := bash

# Which nginx: that of NGINX_SOURCE_DIR and NGINX_BUILD_DIR, else what the machine has.
NGINX ?= $(if $(NGINX_SOURCE_DIR)$(NGINX_BUILD_DIR),custom,$(shell build/nginx.sh choose))
TREE := $(NGINX)
# nginx itself would take a variable of this name for sockets that it inherits.
unexport NGINX
# Further cargo features, behind commas.
FEATURES ?=
FUZZ_SECONDS ?= 60
# Where `make install` puts what is no module, below DESTDIR.
PREFIX ?= /usr/local
DOCDIR ?= $(PREFIX)/share/doc/ngx-tcpfp

comma := ,
LAB := objs/lab
# The machine's own cargo-deny, or one that is built for here.
DENY := $(or $(shell command -v cargo-deny),objs/cargo-deny/bin/cargo-deny)
# The same of cargo-cyclonedx.
CYCLONEDX := $(or $(shell command -v cargo-cyclonedx),objs/cyclonedx/bin/cargo-cyclonedx)
OUT := objs/$(TREE)$(addprefix /,$(FEATURES))
SOURCES := $(shell find src -type f) build.rs Cargo.toml Cargo.lock
# For the tests and clippy: the nginx that was asked for, or each that can be.
TREES := $(if $(filter file,$(origin NGINX)),vendored $(filter-out vendored,$(TREE)),$(TREE))

.PHONY: fleet versus manual install install-modules install-command deb deb-test dist confusion family peer lab build modules tools deps test-deps demo run-demo test run-test unit suite env lint deny bench \
	fuzz platforms clean help FORCE

build: modules $(OUT)/tcpfp ## both modules and the command, into objs/
	@for file in $(OUT)/*.so $(OUT)/tcpfp; do cp $$file objs/.$$$$ && mv objs/.$$$$ objs/$${file##*/}; done

modules: $(OUT)/ngx_http_tcpfp_module.so $(OUT)/ngx_stream_tcpfp_module.so

$(OUT)/ngx_%_tcpfp_module.so: objs/$(TREE)/nginx.env $(SOURCES) build/module.sh | tools
	build/module.sh $(TREE) $*$(addprefix $(comma),$(FEATURES)) $@

objs/%/nginx.env: FORCE | tools
	@build/nginx.sh $*

$(OUT)/tcpfp: $(SOURCES) | tools
	build/reproducible.sh build --release --locked --target-dir target --bin tcpfp $(addprefix --features ,$(FEATURES))
	@mkdir -p $(OUT) && cp target/release/tcpfp $@.new && mv $@.new $@

manual: $(OUT)/manual/tcpfp.1 ## the command's man pages and shell completions, into objs/manual
	@rm -rf objs/manual && cp -r $(OUT)/manual objs/manual

# What the command says of itself, by a build of it that is made for nothing else.
$(OUT)/manual/tcpfp.1: $(SOURCES) | tools
	cargo build --quiet --locked --target-dir target/manual --bin tcpfp --features manual
	@rm -rf $(@D) && mkdir -p $(@D)
	TCPFP_MANUAL=$(@D) target/manual/debug/tcpfp

install: install-modules install-command ## both into the machine, or below DESTDIR; the command below PREFIX

install-modules: modules
	@. objs/$(TREE)/nginx.env && set -x && \
		install -D -m 644 -t "$(DESTDIR)$$NGINX_MODULES_PATH" $(OUT)/ngx_*_tcpfp_module.so

install-command: $(OUT)/tcpfp $(OUT)/manual/tcpfp.1
	install -D -t "$(DESTDIR)$(PREFIX)/bin" $(OUT)/tcpfp
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/man/man1" $(OUT)/manual/*.1
	install -D -m 644 $(OUT)/manual/tcpfp.bash "$(DESTDIR)$(PREFIX)/share/bash-completion/completions/tcpfp"
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" $(OUT)/manual/_tcpfp
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d" $(OUT)/manual/tcpfp.fish
	find README.md CHANGELOG.md SECURITY.md LICENSE docs fleet nginx-conf -type f -not -name "*.pyc" \
		-exec install -D -m 644 {} "$(DESTDIR)$(DOCDIR)/{}" ';'

tools:
	@build/deps.sh check build

deps: ## installs what building needs (Debian, Ubuntu), or lists it
	@build/deps.sh install build libraries
	@build/deps.sh install server || echo "no nginx from apt: the vendored one will do" >&2

test-deps: deps ## installs what the tests need besides
	@build/deps.sh install tests lab
	@build/deps.sh install test_nginx
	@build/deps.sh install browser pip && build/deps.sh install playwright || \
		echo "no browser to be had: the tests of the demo's page are skipped" >&2
	@build/deps.sh install pip && build/deps.sh install chdb || \
		echo "no ClickHouse's engine to be had: the tests of fleet/ are skipped" >&2

demo: deps ## deps, build, and the JSON of one request to a real nginx; KEEP=1 leaves it running, with a page
	@DEPS_TRIED=1 $(MAKE) --no-print-directory run-demo

run-demo: build
	@build/demo.sh $(TREE) $(OUT)

test: test-deps ## every test, with the machine's nginx and the vendored one, or with NGINX=... alone
	@DEPS_TRIED=1 $(MAKE) --no-print-directory run-test

run-test: unit
	@set -e; for tree in $(TREES); do $(MAKE) suite NGINX=$$tree; done
	prove t/build

unit: | tools ## the tests of the library and the command, and the fuzz targets' corpus
	cargo test --quiet
	cargo test --quiet --no-default-features --features ja4t
	cargo test --quiet --manifest-path fuzz/Cargo.toml
	cargo build --quiet --target-dir target
	PYTHONPATH=objs/chdb python3 -m unittest t/command/test_*.py t/data/labelled/test_*.py t/fleet/test_*.py

suite: build ## the tests that need an nginx, with one
	$(MAKE) modules NGINX=$(TREE) FEATURES=provoke-panic
	build/suite.sh $(TREE) $(OUT)

env: modules ## names an nginx and its modules for the tests: eval "$(make -s env NGINX=vendored)"
	@build/env.sh $(TREE) $(OUT)

lint: deny $(TREES:%=objs/%/nginx.env) ## rustfmt, deny, and clippy for every nginx and set of features
	cargo fmt --check
	cargo clippy --all-targets --features manual -- -D warnings
	cargo clippy --all-targets --no-default-features -- -D warnings
	@set -e; for tree in $(TREES); do for features in http stream http,ja4t; do \
		echo "clippy for the $$tree nginx, $$features"; \
		build/cargo.sh $$tree clippy --release --no-default-features --features $$features -- -D warnings; \
	done; done

deny: $(DENY) ## licences, sources and doubles of the crates that we build on
	$(DENY) --locked check licenses bans sources

objs/cargo-deny/bin/cargo-deny:
	cargo install --quiet --locked --root objs/cargo-deny cargo-deny@0.20.2

peer: test-deps ## the command against the real p0f: for each database 100,000 SYNs and more, thousands of hosts, and how fast
	@DEPS_TRIED=1 $(MAKE) --no-print-directory build
	python3 -m t.peer.compare
	python3 -m t.peer.compare_hosts
	python3 -m t.peer.speed

lab: test-deps ## round trips over wires with a distance: a quiet machine, root and ten minutes
	@DEPS_TRIED=1 $(MAKE) --no-print-directory build
	@rm -f $(LAB).tsv
	eval "$$(build/env.sh $(TREE) $(OUT))" && \
		LAB_RESULTS=$(LAB).tsv python3 -m unittest discover -t . -s t/lab
	python3 -m t.lab.plot $(LAB).tsv >$(LAB).svg
	python3 -m t.lab.table $(LAB).tsv >$(LAB).md

confusion: | tools ## families judged of SYNs of known origin, and what paths do to them
	cargo test --quiet --test family -- --nocapture --test-threads 1

family: | tools ## fits the model of families and writes its tables: src/family, docs/families.md
	UPDATE=1 cargo test --quiet --lib family::fit
	UPDATE=1 cargo test --quiet --test family -- --test-threads 1

sanitize: test-deps ## the tests of t/*.t with an nginx and modules that AddressSanitizer watches
	@DEPS_TRIED=1 $(MAKE) --no-print-directory run-sanitize NGINX=sanitize

run-sanitize: modules
	$(MAKE) modules NGINX=$(TREE) FEATURES=provoke-panic
	build/sanitize.sh $(TREE) $(OUT)

fleet: ## the questions of fleet/, asked of LOG="a.log b.log.gz", or of ROWS=10000000 rows of made-up traffic to see how long they take
	@build/deps.sh install pip
	@build/deps.sh install chdb
ifdef ROWS
	@$(MAKE) --no-print-directory tools
	cargo build --quiet --target-dir target
	PYTHONPATH=objs/chdb python3 -m t.fleet.bench $(ROWS)
else
	@PYTHONPATH=objs/chdb fleet/ask.py $(NETWORKS:%=--networks %) $(SERVERS:%=--servers %) $(LOG)
endif

bench: build ## the benchmarks: the library's, and what the module costs a real nginx
	set -o pipefail; eval "$$(build/env.sh $(TREE) $(OUT))" && cargo bench --bench '*' -- $(BENCH) | awk -f build/beside.awk docs/costs.md -

versus: test-deps modules ## what values cost here and in HAProxy 3.4 or later (HAPROXY=its path), in one run: root, a quiet machine and three minutes
	@build/deps.sh install versus
	eval "$$(build/env.sh $(TREE) $(OUT))" && python3 -m t.proxies.versus $(ROUNDS)

fuzz: tools ## every fuzz target for FUZZ_SECONDS
	@build/deps.sh install fuzz
	build/fuzz.sh $(FUZZ_SECONDS)

platforms: ## make demo and the tests on a fresh Debian 12, 13 and forky each, in a chroot: root and half an hour
	@build/platforms.sh bookworm trixie forky

deb: ## Debian packages of modules and command, for the nginx of this machine, into objs/deb
	@build/deps.sh install build server debian
	build/deb.sh

deb-test: ## builds the packages on Debian 12, 13 and forky, and installs, uses and removes them, in chroots: root and half an hour
	@build/deb-test.sh bookworm trixie forky

dist: $(CYCLONEDX) ## what a release consists of, from what is committed, into objs/dist
	build/dist.sh

objs/cyclonedx/bin/cargo-cyclonedx:
	cargo install --quiet --locked --root objs/cyclonedx cargo-cyclonedx@0.5.9

clean: ## removes everything that was built
	rm -rf objs target

help:
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/\1\t\2/p' Makefile | expand -t 12
	@echo
	@echo 'NGINX=vendored                      the nginx of the nginx-src crate: objs/vendored/nginx'
	@echo 'NGINX=system                        the nginx of this machine: what is taken if it has one'
	@echo 'NGINX_SOURCE_DIR, NGINX_BUILD_DIR   any configured tree instead'
	@echo 'FEATURES=ja4t                       further cargo features, behind commas'
