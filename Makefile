# make demo   installs what is missing, builds in release mode, runs the demo and says what to try
# make test   everything: import rules, unit tests, plays over real sockets with foreign clients
# make bench  Tidegate beside Debian's nginx and, if it is there, haproxy, in one interleaved run
# make fuzz   every parser, a while each

SWIFT ?= swift
RELEASE = .build/release/tidegate

.PHONY: demo build test check-imports bench-check unit plays bench fuzz sanitize packages clean

demo: build
	$(RELEASE) demo

build: packages
	$(SWIFT) build -c release --product tidegate

test: packages check-imports bench-check unit plays

check-imports:
	Tests/check-imports.sh

# The runner's own tests; `swift test` in Benchmarks/ has those of its tools.
bench-check:
	cd Benchmarks && python3 -m unittest discover -q -s . -t .

unit: packages
	$(SWIFT) test

plays: build
	@packaging/install-packages.sh test
	TIDEGATE=$(CURDIR)/$(RELEASE) Tests/clients/run.sh

# The unit tests, then the plays, under AddressSanitizer and under ThreadSanitizer.
sanitize: packages
	@packaging/install-packages.sh test
	Tests/sanitize.sh address
	Tests/sanitize.sh thread

bench: build
	Benchmarks/run.py --tidegate $(CURDIR)/$(RELEASE)

fuzz: packages
	Fuzz/run.sh

# Debian's packages that the build and the tests need; asked for only when one is missing.
packages:
	@packaging/install-packages.sh

clean:
	rm -rf .build .venv
