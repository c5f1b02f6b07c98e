# Everything a newcomer needs: `make demo` shows the whole way, `make test` passes every test.
# Each target installs what it lacks, by package name, and says what it does.

SHELL := /bin/bash
CARGO ?= cargo
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
# Package lists: programs that the stories start, and what the crates' C parts are compiled with.
DEMO_PACKAGES := build-essential cmake pkg-config git openssh-client ca-certificates curl openssl \
                 docker-registry runc mmdebstrap busybox-static
PAGE_PACKAGES := chromium
CLUSTER_PACKAGES := containerd containernetworking-plugins iproute2 iptables skopeo clang llvm libbpf-dev
# What tests compare with, and what makes their inputs.
PEER_PACKAGES := rpm db-util sysdig
BENCH_PACKAGES := time python3 python3-pip

.PHONY: help demo demo-cluster up test lint bench fuzz ui build tools tools-cluster bpf fmt clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: tools build ## the whole way on one digest, on embedded parts
	@$(CARGO) run --release --quiet -p seawall-stories --bin demo -- --stage embedded

demo-cluster: tools tools-cluster build ## the same story on a real single-node Kubernetes, with real cosign
	@$(CARGO) run --release --quiet -p seawall-stories --bin demo -- --stage cluster

up: tools build ## build and start the all-in-one server
	./target/release/seawall up

build: ui ## release binaries
	$(CARGO) build --release -p seawall -p seawall-stories

ui: ui/dist/index.html ## the web interface, embedded by the build

ui/dist/index.html: ui/package-lock.json $(shell find ui/src ui/index.html ui/*.ts -type f 2>/dev/null)
	cd ui && npm ci --no-audit --no-fund && npm run build

test: tools tools-cluster ui ## every test, the story on a real cluster among them
	@$(call install,$(PAGE_PACKAGES) $(PEER_PACKAGES))
	cd ui && npm test
	$(CARGO) test --workspace --quiet
	cd ui && SEAWALL="$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug/seawall" npm run e2e
	@echo "all tests passed"

lint: ui ## what CI checks
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	@command -v cargo-deny >/dev/null || { echo "installing cargo-deny (once)"; $(CARGO) install cargo-deny --locked --quiet; }
	$(CARGO) deny --log-level error check bans licenses sources
	cd ui && npm run lint

bench: tools build ## ratios beside peers on the same work
	@$(call install,$(BENCH_PACKAGES))
	benches/run.sh

fuzz: ## every fuzz target for a short time (docs/fuzzing.md)
	@rustup toolchain list | grep -q '^nightly' || rustup toolchain install nightly --profile minimal
	@command -v cargo-fuzz >/dev/null || { echo "installing cargo-fuzz (once)"; $(CARGO) install cargo-fuzz --locked --quiet; }
	fuzz/run.sh

bpf: ## compile the eBPF object from its source
	crates/sensor/bpf/build.sh

fmt: ## format everything
	$(CARGO) fmt --all
	cd ui && npm run format

tools: ## what the demo needs from the distribution
	@$(call install,$(DEMO_PACKAGES))

tools-cluster: ## what a real cluster and the eBPF test need from the distribution
	@$(call install,$(CLUSTER_PACKAGES))

clean: ## build output
	$(CARGO) clean
	rm -rf ui/dist ui/node_modules

# $(call install,packages): those that are missing, named before they are installed.
define install
missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
if [ -n "$$missing" ]; then \
  echo "installing from the distribution:" $$missing; \
  $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
fi
endef
