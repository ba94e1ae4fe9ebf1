# The only list of commands. `make` alone prints it.
.DEFAULT_GOAL := help
.PHONY: help setup demo check test overload timing fmt screenshots deny

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
	@scripts/test.sh setup fmt build clippy unit stories compose

overload: ## measure what becomes of everybody at 1, 2 and 10 times what can be served, and at a million addresses (10 minutes)
	@scripts/setup.sh build
	@scripts/measure.sh overload $(DATABASE)

timing: ## measure whether a stranger can tell by time what the log-in does not say (15 minutes)
	@scripts/setup.sh test
	@scripts/measure.sh timing $(TRIES)

fmt: ## put all Rust in its form
	@cargo fmt --all

screenshots: ## make the pictures in docs/images anew, with a real browser
	@scripts/setup.sh test
	@SCREENSHOTS=docs/images scripts/test.sh build pictures

deny: ## maintainers: licences, bans, sources and advisories by cargo-deny (compiles it the first time; fetches the advisories)
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	@cargo deny check
