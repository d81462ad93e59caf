# The commands of the project. `make test` is the one that must pass; it installs what it needs.
SHELL := /bin/bash
GO ?= go
export CGO_ENABLED := 0

.PHONY: build test check unit browser race fuzz bench install clean

build: ## one static binary
	$(GO) build -trimpath -ldflags="-s -w" -o bin/seedbed ./cmd/seedbed

install: ## PostgreSQL, Chromium, Node packages: only what is missing, and it says what
	./test/install

test: install ## everything: style, both databases, kill -9 cycles, races, fuzz corpora, real Chromium
	./test/run

check: ## formatting, vet, arrows between packages
	./test/run check

unit: ## Go tests on SQLite and PostgreSQL
	./test/run unit

browser: ## journeys in Chromium with axe
	./test/run browser

race: ## the race detector on the cores
	./test/run race

fuzz: ## explore each parser of foreign input, FUZZ_SECONDS (8) each; commit what it finds
	./test/run fuzz

bench: ## the numbers of DESIGN, as a table
	./bench/run

clean:
	rm -rf bin test/browser/out
