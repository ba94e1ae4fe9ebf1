# The only list of commands. `make` alone prints it.
.DEFAULT_GOAL := help
.PHONY: help setup demo check test fmt screenshots deny bench bench-peers

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## install what building and testing need (Debian 12; asks for sudo where it must)
	@scripts/setup.sh test

demo: ## build, start the identity provider and the demo services, print addresses and log-ins; Ctrl-C stops both
	@scripts/setup.sh demo
	@scripts/demo.sh

check: ## fast: formatting, lints, unit tests
	@scripts/setup.sh check
	@scripts/test.sh fmt clippy unit

test: ## everything that CI runs, with the time of each stage
	@scripts/test.sh setup fmt build clippy unit stories compose bench

fmt: ## put all Rust in its form
	@cargo fmt --all

screenshots: ## make the pictures in docs/images anew, with a real browser
	@scripts/setup.sh test
	@SCREENSHOTS=docs/images scripts/test.sh build pictures

deny: ## maintainers: licences, bans, sources and advisories by cargo-deny (compiles it the first time; fetches the advisories)
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	@cargo deny check

bench: ## measure the release server under load; figures go to docs/performance (BENCH=short: only see that it runs)
	@scripts/setup.sh bench
	@scripts/bench.sh

bench-peers: ## the same work asked of oidc-provider, SimpleSAMLphp and glewlwyd, beside ours
	@scripts/setup.sh peers
	@scripts/bench-peers.sh
