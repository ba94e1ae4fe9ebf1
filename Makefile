# The only list of commands. `make` alone prints it.
.DEFAULT_GOAL := help
.PHONY: help setup demo check test bench bench-peers bench-scale overload timing bulk fmt screenshots chaos soak fuzz deny

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
	@scripts/test.sh setup fmt build clippy unit stories bench compose

bench-scale: ## measure log-ins and database among 10 thousand, 1 million and 6 million people (30 GB, an hour; goes on where it stopped)
	@scripts/setup.sh build
	@scripts/bench-scale.sh

overload: ## measure what becomes of everybody at 1, 2 and 10 times what can be served, and at a million addresses (10 minutes)
	@scripts/setup.sh build
	@scripts/measure.sh overload $(DATABASE)

timing: ## measure whether a stranger can tell by time what the log-in does not say (15 minutes)
	@scripts/setup.sh test
	@scripts/measure.sh timing $(TRIES)

bulk: ## measure a bank's delivery of 100,000 lines (BULK_LINES) that is killed twice on the way, on both databases (20 minutes)
	@scripts/setup.sh test
	@scripts/measure.sh bulk $(BULK_LINES)

fmt: ## put all Rust in its form
	@cargo fmt --all

screenshots: ## make the pictures in docs/images anew, with a real browser
	@scripts/setup.sh test
	@SCREENSHOTS=docs/images scripts/test.sh build pictures

chaos: ## kill -9 under load, 200 times on each database (CHAOS_KILLS), and every other fault of docs/operations/faults.md
	@scripts/setup.sh test
	@CHAOS_KILLS=$${CHAOS_KILLS:-200} scripts/test.sh build faults

soak: ## memory over a million requests (SOAK_REQUESTS)
	@scripts/setup.sh test
	@SOAK_REQUESTS=$${SOAK_REQUESTS:-1000000} scripts/test.sh build soak

fuzz: ## every fuzz target for FUZZ_SECONDS (60) each; FUZZ_TARGETS="form jwt" for some of them
	@scripts/setup.sh build
	@scripts/fuzz.sh $(FUZZ_TARGETS)

deny: ## maintainers: licences, bans, sources and advisories by cargo-deny (compiles it the first time; fetches the advisories)
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	@cargo deny check

bench: ## measure the release server under load; figures go to docs/performance (BENCH=short: only see that it runs)
	@scripts/setup.sh bench
	@scripts/bench.sh

bench-peers: ## the same work asked of oidc-provider, SimpleSAMLphp and glewlwyd, beside ours
	@scripts/setup.sh peers
	@scripts/bench-peers.sh
