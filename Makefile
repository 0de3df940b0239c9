# Flywheel: `make` prints what there is to do.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# A JDK 25 or later: JAVA_HOME when it is one, else the usual places. native/find-jdk.sh says in one line what is missing.
export JAVA_HOME := $(shell native/find-jdk.sh)
MVN := mvn -B -ntp
QUICK := -Dquickly -q

.PHONY: help jdk build run test bench native native-lts native-layout modules guests guests-check clean format

help: ## print this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

jdk:
	@test -n "$(JAVA_HOME)" || { native/find-jdk.sh --explain; exit 1; }
	@command -v mvn >/dev/null || { echo "Maven is not installed (Debian: apt install maven; macOS: brew install maven): 3.8.1 or later builds Flywheel." >&2; exit 1; }

native: ## fetch the pinned Wasmtime library into the user's cache and check it
	native/fetch-wasmtime.sh

native-lts: jdk modules ## build the long-term Wasmtime line with cargo; the binding's tests and the states of guests on it
	FLYWHEEL_WASMTIME="$$(native/build-lts.sh --path)" && export FLYWHEEL_WASMTIME && $(MVN) -pl ffi-bindings -am test && \
		$(MVN) -pl cu-core -am test -Dtest=DeterminismTest -Dsurefire.failIfNoSpecifiedTests=false

native-layout: ## print the layouts of Wasmtime's C structs again (cargo, a C compiler)
	native/layout.sh

modules: ## fetch the real aos modules into the user's cache and check them
	native/fetch-modules.sh

guests: ## rebuild the committed guest programs with Debian's clang
	native/guests/build.sh

guests-check: ## build them aside and compare with the committed ones, byte for byte
	native/guests/build.sh --check

build: jdk native ## compile, package, and make bin/flywheel ready
	$(MVN) $(QUICK) package
	@node/src/main/dist/train.sh

run: build ## start a whole AO network on this machine and talk to it
	@native/fetch-modules.sh --optional
	bin/flywheel node --demo

test: jdk native modules ## all checks and all tests
	$(MVN) verify

bench: jdk native ## the benchmarks of jmh/
	$(MVN) $(QUICK) package
	jmh/run.sh

format: jdk ## format the sources
	$(MVN) -q spotless:apply

clean: jdk ## delete what was built (not the caches)
	$(MVN) -q clean
