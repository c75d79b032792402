# nginx-social. All products are below build/; `make help` lists the targets.
#
#   make                              the module for the nginx package of this machine
#   make NGINX_SRC=/path/to/nginx     the module for an nginx source tree
#   make CC=clang-19 CXX=clang++-19   with another compiler
#   make test T=t/unit.t              one test file
#   make newest ADDON=--add-module    the module as a part of nginx

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := build

MODULE    := ngx_http_social_module
BUILD     := build
NGINX_SRC ?= /usr/share/nginx/src
# The nginx binary of `make test`. Its version must be that of NGINX_SRC.
NGINX_BINARY := /usr/sbin/nginx
JOBS      := $(shell nproc)
# -g1: line tables suffice for backtraces, and the compiler takes a quarter less time than with -g.
OPT       := -O2 -g1
# WERROR=-Werror makes warnings of our C++ errors; CI sets it.
WERROR    ?=
# Additional flags: for everything, for our C++ only, for linking only.
EXTRA     :=
CXX_EXTRA :=
LD_EXTRA  :=
ADDON     := --add-dynamic-module
T         := t
PROVE     := prove --recurse --timer

DEMO_TESTS := t/pages_chromium.t t/demo.t t/demo_cluster.t

OUT := $(abspath $(BUILD))
SRC := $(abspath $(NGINX_SRC))

ifneq ($(wildcard $(SRC)/conf_flags),)
# nginx-dev has the flags of Debian's binary as a bash array. HARDENING has Debian's flags.
CONF_FLAGS := . ./conf_flags; set -- "$${NGX_CONF_FLAGS[@]}";
HARDENING  := -fstack-protector-strong -Wformat -Werror=format-security -D_FORTIFY_SOURCE=2
else
CONF_FLAGS := set -- --with-compat --with-debug --with-threads --with-pcre-jit \
	--with-http_ssl_module --with-http_v2_module --with-http_realip_module \
	--with-http_auth_request_module --with-http_stub_status_module \
	--with-http_slice_module --with-http_sub_module \
	--prefix=$(OUT)/prefix --error-log-path=stderr;
HARDENING  :=
endif

# nginx's addon script has the only lists of files.
SOURCES := $(addprefix src/,$(shell grep -oE '^    [a-z_]+/[a-z0-9_]+\.cpp$$' config))
HEADERS := $(addprefix src/,$(shell grep -oE '^    [a-z_]+/[a-z0-9_]+\.hpp$$' config))

# Compiled and tested without nginx, libcurl and hiredis. A file in shm/ and store/ is bound to one
# of them if it includes it.
PURE         := base crypto coro quota site session page redis token oauth flow
BOUND_STORE  := $(basename $(shell grep -lE '^.include ("(ngx|loop|http_client|redis_client)/|"store/memory_store\.hpp|<(ngx_|hiredis/))' src/shm/*.?pp src/store/*.?pp))
PURE_STORE   := $(filter-out $(BOUND_STORE:%=%.cpp),$(filter src/shm/% src/store/%,$(SOURCES)))
PURE_SOURCES := $(filter $(PURE:%=src/%/%),$(SOURCES)) $(PURE_STORE)
# The parts of the clients that parse bytes and need no event loop.
BYTE_READERS := src/redis_client/redis_reply.cpp src/http_client/target.cpp
# target.cpp needs libcurl, which parses the URL of a target.
UNIT_TESTED  := $(PURE_SOURCES) src/http_client/target.cpp
UNIT_SOURCES := $(UNIT_TESTED) $(sort $(wildcard t/unit/*.cpp))
UNIT_OBJECTS := $(UNIT_SOURCES:%.cpp=$(OUT)/unit/%.o)
# The targets of `make fuzz`.
FUZZ           := $(patsubst t/fuzz/%_fuzz.cpp,%,$(sort $(wildcard t/fuzz/*_fuzz.cpp)))
FUZZ_SECONDS   := 30
FUZZ_SEED      := 0
FUZZED_SOURCES := $(PURE_SOURCES) $(BYTE_READERS)
# Words that select planted faults by file or name; 1/10 selects every tenth.
M            :=
# Checks of .clang-tidy to skip. CI skips the slow ones; `make check` runs all.
TIDY_WITHOUT :=
TIDY         := tidy$(if $(TIDY_WITHOUT),-some)
BENCH        :=
LOAD         :=
MINUTES      := 20
SOAK         :=
UNIT_FLAGS   := -std=c++23 -Wall -Wextra -Wshadow -Wconversion -Wold-style-cast \
	-Wno-missing-field-initializers $(WERROR) -Isrc -MMD -MP
UNIT_OPT     := -O0 -g
CATCH2_LIBS  := $(if $(wildcard /usr/include/catch2/catch_session.hpp),-lCatch2)
UNIT_LIBS    := -lcurl -ljansson -lcctz -lssl -lcrypto -lcrypt -pthread

# g++ reports false -Wmaybe-uninitialized in code that the sanitizers instrument. nginx itself has
# undefined behaviour, so UBSan instruments our sources only. libasan's crypt_r() calls the one of
# libcrypt. The program must link libcrypt itself: a module loads it too late.
ASAN  := -fsanitize=address -fno-omit-frame-pointer -Wno-maybe-uninitialized
UBSAN := -fsanitize=undefined -fno-sanitize-recover=undefined

# ---- Building -----------------------------------------------------------------------------------

.PHONY: build
build: $(OUT)/$(MODULE).so ## Builds the module (the default): build/ngx_http_social_module.so

.PHONY: packages
packages: ## Installs the Debian packages that building and testing need
	@t/tools/install-packages build test

# The test programs of configure leak memory, so LeakSanitizer is off there.
$(OUT)/objs/Makefile: config $(OUT)/objs.flags
	@test -d $(SRC)/src/core || { echo "no nginx source in $(SRC); try make packages" >&2; exit 1; }
	@echo "configure $(SRC)"
	@cd $(SRC) && $(CONF_FLAGS) \
	configure=./configure; test -x $$configure || configure=auto/configure; \
	ASAN_OPTIONS=detect_leaks=0 SOCIAL_CXXFLAGS='$(WERROR) $(CXX_EXTRA)' $$configure "$$@" --builddir=$(OUT)/objs --with-cc='$(CC)' \
		--with-cc-opt='$(OPT) $(HARDENING) $(EXTRA)' \
		--with-ld-opt='-Wl,-z,relro -Wl,-z,now $(EXTRA) $(LD_EXTRA)' $(ADDON)=$(CURDIR) \
		>$(OUT)/configure.log 2>&1 || { tail -n 30 $(OUT)/configure.log >&2; exit 1; }

NGINX_MAKE = $(MAKE) -j$(JOBS) -C $(SRC) -f $(OUT)/objs/Makefile

# A running nginx has the old file mapped: install creates a new file and does not write into it.
$(OUT)/$(MODULE).so: $(OUT)/objs/Makefile $(SOURCES) $(HEADERS)
	@$(NGINX_MAKE) --no-print-directory -s modules
	install -m 755 $(OUT)/objs/$(MODULE).so $@

# Builds nginx with the module beside it, or in it: make newest ADDON=--add-module.
.PHONY: own-nginx
own-nginx: $(OUT)/objs/Makefile
	@$(NGINX_MAKE) --no-print-directory -s
	find $(OUT)/objs -maxdepth 1 '(' -name nginx -o -name '*.so' ')' \
		-exec install -m 755 -t $(OUT) {} +

$(OUT)/objs.flags $(OUT)/unit.flags: FORCE
	@mkdir -p $(@D)
	@flags='$(SRC) $(CC) $(CXX) $(OPT) $(HARDENING) $(WERROR) $(EXTRA) $(CXX_EXTRA) $(LD_EXTRA) $(ADDON)'; \
	test "$$(cat $@ 2>/dev/null)" = "$$flags" || echo "$$flags" >$@

.PHONY: build-time
build-time: ## Measures a clean build of the module, and a change of one file, without ccache
	@t/tools/build-time $(OUT)/build-time

.PHONY: FORCE
FORCE:

compile_commands.json: $(OUT)/objs/Makefile t/tools/compile-commands ## Tells clangd how a file is compiled
	@{ echo "Entering directory '$(CURDIR)'"; $(MAKE) -Bn UNIT_PCH= $(filter $(OUT)/unit/t/%,$(UNIT_OBJECTS)); \
	echo "Entering directory '$(SRC)'"; $(NGINX_MAKE) --no-print-directory -Bn SOCIAL_PCH= modules; } | \
	t/tools/compile-commands >$@

# ---- Testing ------------------------------------------------------------------------------------

# Usage: $(call run-tests,nginx binary,build directory)
run-tests = SOCIAL_NGINX=$(1) SOCIAL_BUILD=$(2) \
	$(if $(findstring --add-module,$(ADDON)),SOCIAL_MODULE=static) $(PROVE) $(T)

.PHONY: test
test: ## Installs packages, builds, and runs all tests, or those of T=t/name.t
	@$(MAKE) --no-print-directory packages
	@$(MAKE) --no-print-directory build unit-build
	$(call run-tests,$(NGINX_BINARY),$(OUT))

.PHONY: unit
unit: unit-build ## Builds and runs the unit tests only; they need no nginx
	$(OUT)/unit-tests

.PHONY: unit-build
unit-build:
	@$(MAKE) --no-print-directory -j$(JOBS) $(OUT)/unit-tests

$(OUT)/unit-tests: $(UNIT_OBJECTS)
	@echo "link $(@F)"
	@$(CXX) $(EXTRA) $(CXX_EXTRA) -o $@ $^ $(UNIT_LIBS) $(CATCH2_LIBS)

# Precompiled headers: the standard headers for src/ and t/fuzz, and Catch2 in addition for t/unit.
# `make UNIT_PCH=` builds without them. ccache needs g++'s -fpch-preprocess.
UNIT_PCH     := yes
PCH_FLAGS    := $(if $(findstring clang,$(shell $(CXX) --version 2>/dev/null)),,-fpch-preprocess)
UNIT_HEADERS := $(addprefix $(OUT)/unit/,src/base/precompiled.hpp t/unit/precompiled.hpp)
header-of     = $(OUT)/unit/$(if $(filter t/unit/%_test,$(1)),t/unit,src/base)/precompiled.hpp

$(UNIT_HEADERS:%=%.gch): $(OUT)/unit/%.gch: % $(OUT)/unit.flags
	@mkdir -p $(@D)
	@echo "$(CXX) $<"
	@echo "#include \"$$(realpath -m --relative-to=$(OUT)/unit/$(<D) $<)\"" >$(OUT)/unit/$<
	@$(CXX) $(UNIT_FLAGS:-MMD=-MD) -MT $@ -MF $(@:.gch=.d) $(UNIT_OPT) $(EXTRA) $(CXX_EXTRA) \
		-c -o $@.new -x c++-header $(OUT)/unit/$<
	@mv $@.new $@

.SECONDEXPANSION:
$(OUT)/unit/%.o: %.cpp $(OUT)/unit.flags $$(if $$(UNIT_PCH),$$(call header-of,$$*).gch)
	@mkdir -p $(@D)
	@echo "$(CXX) $<"
	@$(CXX) $(UNIT_FLAGS) $(UNIT_OPT) $(EXTRA) $(CXX_EXTRA) \
		$(if $(UNIT_PCH),-include $(call header-of,$*) $(PCH_FLAGS)) -c -o $@ $<

# Uses the unit tests' build: only the objects that a fault touches are compiled anew.
.PHONY: mutants
mutants: build unit-build ## Plants the faults of t/mutants and lists the survivors; M=word selects faults
	@CXX='$(CXX)' FLAGS='$(filter-out -MMD -MP -Werror,$(UNIT_FLAGS)) $(UNIT_OPT) $(EXTRA) $(CXX_EXTRA)' \
		LIBS='$(EXTRA) $(CXX_EXTRA) $(UNIT_LIBS) $(CATCH2_LIBS)' PURE='$(UNIT_TESTED)' JOBS=$(JOBS) \
		NGINX_SRC='$(SRC)' NGINX_BINARY='$(NGINX_BINARY)' \
		t/tools/mutants $(OUT) $(M)

# Runs the unit tests and t/*.t, or T=, with the coverage counters of both compilers. The workers of
# nginx may run as another user, so all users may write the counters.
COVERED       := $(if $(filter t,$(T)),$(filter-out $(DEMO_TESTS),$(wildcard t/*.t)),t/unit.t $(T))
COVERAGE_CLANG := -fprofile-instr-generate -fcoverage-mapping
.PHONY: coverage
coverage: ## Prints the lines that the unit tests and T= execute, by folder, with gcov and with clang
	@t/tools/install-packages build test check coverage
	@$(MAKE) --no-print-directory BUILD=$(OUT)/coverage-gcc OPT='-O0 -g' UNIT_OPT='-O0 -g' EXTRA=--coverage coverage-run
	@$(MAKE) --no-print-directory BUILD=$(OUT)/coverage-clang CC=clang-19 CXX=clang++-19 OPT='-O0 -g' \
		EXTRA='$(COVERAGE_CLANG)' coverage-run
	@t/tools/coverage gcc $(OUT)/coverage-gcc
	@t/tools/coverage clang $(OUT)/coverage-clang

.PHONY: coverage-run
coverage-run: build unit-build
	@find $(OUT) -name '*.gcda' -delete; rm -rf $(OUT)/profiles; mkdir -p $(OUT)/profiles
	@chmod -R a+rwX $(OUT)
	umask 0; LLVM_PROFILE_FILE=$(OUT)/profiles/%m.profraw \
		$(MAKE) --no-print-directory BUILD=$(OUT) T='$(COVERED)' coverage-tests

.PHONY: coverage-tests
coverage-tests:
	$(call run-tests,$(NGINX_BINARY),$(OUT))

-include $(UNIT_OBJECTS:.o=.d) $(UNIT_HEADERS:=.d) $(wildcard $(OUT)/unit/t/fuzz/*.d)

# ---- Checking -----------------------------------------------------------------------------------

CPP_FILES := $(shell find src t/unit t/fuzz -name '*.[ch]pp' 2>/dev/null | sort)

.PHONY: check
check: ## Runs every static check: format, rules, clang-tidy, cppcheck, exported symbols
	@t/tools/install-packages build test check
	@$(MAKE) --no-print-directory check-format check-rules check-exports
	@$(MAKE) --no-print-directory check-cppcheck
	@$(MAKE) --no-print-directory check-tidy

.PHONY: check-format
check-format: ## Checks the format of the C++ sources against clang-format
	@clang-format-19 --dry-run --Werror $(CPP_FILES)

.PHONY: check-rules
check-rules: ## Checks the rules of the source: layers, co_await, sizes, directives, and pages that differ from the source
	@t/tools/check-rules
	@t/tools/check-directives
	@t/tools/check-readme
	@t/tools/sentences --comments --limit 20

.PHONY: check-exports
check-exports: build ## Checks that the module exports only symbols that nginx looks up
	@t/tools/check-exports $(OUT)/$(MODULE).so

.PHONY: check-cppcheck
check-cppcheck: ## Runs cppcheck over the sources
	@cppcheck --quiet --error-exitcode=1 -j$(JOBS) --std=c++20 --language=c++ -Isrc \
		--enable=warning,performance,portability --suppressions-list=t/tools/cppcheck.txt src

.PHONY: check-tidy
check-tidy: compile_commands.json ## Runs clang-tidy over the files that changed since its last run
	@$(MAKE) --no-print-directory -j$(JOBS) --output-sync $(SOURCES:%.cpp=$(OUT)/$(TIDY)/%.ok)

$(OUT)/$(TIDY)/%.ok: %.cpp $(HEADERS) .clang-tidy
	@mkdir -p $(@D)
	@echo "clang-tidy $<"
	@clang-tidy-19 --quiet --checks='$(TIDY_WITHOUT)' -p . $(CURDIR)/$< 2>&1 | { grep -v 'warnings generated' || true; }
	@touch $@

# ---- Memory -------------------------------------------------------------------------------------

# Excludes the demos, which do not run under sanitizers; other tests cover their features.
# libfaketime must be the first preloaded library, and so must ASan's and the one of
# t/social_wipes.t. ASan delays the reuse of freed memory, so t/social_redis_memory.t would measure
# nothing.
UNSANITIZED := $(DEMO_TESTS) t/social_refresh_aged.t t/social_quota_edge.t t/social_deadline.t t/social_wipes.t \
	t/social_redis_memory.t
.PHONY: sanitize
sanitize: T := $(if $(filter t,$(T)),$(filter-out $(UNSANITIZED),$(wildcard t/*.t)),$(T))
sanitize: ## Runs the tests, or T=, under AddressSanitizer and UBSan, in an nginx built for them
	@t/tools/install-packages build test source
	@source=$$(t/tools/nginx-source $(OUT)/src installed); \
	$(MAKE) --no-print-directory BUILD=$(OUT)/sanitize NGINX_SRC="$$source" \
		OPT='-O1 -g1 -DNGX_DEBUG_PALLOC=1' EXTRA='$(ASAN)' CXX_EXTRA='$(UBSAN)' \
		LD_EXTRA='-fsanitize=undefined -Wl,--no-as-needed -lstdc++ -lcrypt' own-nginx unit-build
	@rm -rf $(OUT)/sanitize/reports && mkdir -p $(OUT)/sanitize/reports
	LSAN_OPTIONS=suppressions=$(CURDIR)/t/tools/nginx-leaks.supp:print_suppressions=0 \
	ASAN_OPTIONS=detect_leaks=1:log_path=$(OUT)/sanitize/reports/asan \
	UBSAN_OPTIONS=print_stacktrace=1:log_path=$(OUT)/sanitize/reports/ubsan \
	$(call run-tests,$(OUT)/sanitize/nginx,$(OUT)/sanitize)
	@reports=$$(find $(OUT)/sanitize/reports -type f -size +0); \
	test -z "$$reports" || { cat $$reports >&2; exit 1; }

.PHONY: valgrind
valgrind: ## Runs all tests, or T=, with nginx under valgrind (slow)
	@t/tools/install-packages build test memory
	@$(MAKE) --no-print-directory build unit-build
	$(call run-tests,$(CURDIR)/t/tools/nginx-under-valgrind,$(OUT))

.PHONY: fuzz
fuzz: ## Runs every libFuzzer target, or FUZZ=, for FUZZ_SECONDS=30 each; findings go to build/fuzz
	@t/tools/install-packages build test check fuzz
	@$(MAKE) --no-print-directory BUILD=$(OUT)/fuzz CXX=clang++-19 UNIT_OPT='-O2 -gline-tables-only' \
		EXTRA='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined' fuzz-build
	@t/tools/run-fuzzers --jobs $(JOBS) --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED) $(OUT)/fuzz $(FUZZ)

.PHONY: fuzz-build
fuzz-build:
	@$(MAKE) --no-print-directory -j$(JOBS) $(FUZZ:%=$(OUT)/%-fuzzer)

# An archive: a target links only the objects that it uses, and libFuzzer instruments only these.
$(OUT)/libfuzzed.a: $(FUZZED_SOURCES:%.cpp=$(OUT)/unit/%.o)
	@rm -f $@
	@ar rcs $@ $^

$(OUT)/%-fuzzer: $(OUT)/unit/t/fuzz/%_fuzz.o $(OUT)/libfuzzed.a
	@echo "link $(@F)"
	@$(CXX) -fsanitize=fuzzer,address,undefined -o $@ $^ $(UNIT_LIBS) -lhiredis -lpcre2-8

.SECONDARY: $(FUZZ:%=$(OUT)/unit/t/fuzz/%_fuzz.o)

SUITE := bookworm
.PHONY: fresh
fresh: ## Runs the README's commands in an empty Debian, SUITE=bookworm or trixie (needs root)
	@t/tools/install-packages fresh
	@t/tools/fresh $(SUITE) $(OUT)/fresh/$(SUITE)

.PHONY: newest
newest: T := $(if $(filter t,$(T)),$(filter-out t/unit.t $(DEMO_TESTS),$(wildcard t/*.t)),$(T))
newest: ## Runs all t/*.t, or T=, in Debian's newest nginx, built with clang
	@t/tools/install-packages build test check source
	@source=$$(t/tools/nginx-source $(OUT)/src newest); \
	$(MAKE) --no-print-directory BUILD=$(OUT)/newest NGINX_SRC="$$source" \
		CC=clang-19 CXX=clang++-19 OPT='-O0 -g' own-nginx
	$(call run-tests,$(OUT)/newest/nginx,$(OUT)/newest)

# ---- Showing ------------------------------------------------------------------------------------

.PHONY: demo
demo: ## Starts nginx and a sandbox provider and prints where to look; DETACH=1 returns
	@$(MAKE) --no-print-directory packages
	@$(MAKE) --no-print-directory build
	@t/demo/run

.PHONY: demo-cluster
demo-cluster: ## Starts two instances that share a Redis, behind a balancer; DETACH=1 returns
	@$(MAKE) --no-print-directory packages
	@$(MAKE) --no-print-directory build
	@t/demo/run cluster

.PHONY: demo-stop
demo-stop: ## Stops a demo that DETACH=1 left running
	@t/demo/run stop

.PHONY: bench
bench: ## Measures the module, plain nginx and others side by side; BENCH= has the options of t/bench/run
	@t/tools/install-packages build test bench peers
	@$(MAKE) --no-print-directory build $(OUT)/fill-sessions
	@SOCIAL_NGINX=$(NGINX_BINARY) SOCIAL_BUILD=$(OUT) t/bench/run --text $(OUT)/bench.md --chart $(OUT)/bench.svg $(BENCH)

.PHONY: bench-instructions
bench-instructions: ## Counts the instructions of a request by callgrind; BENCH= has the options of t/bench/instructions
	@t/tools/install-packages build test memory
	@$(MAKE) --no-print-directory build
	@SOCIAL_NGINX=$(NGINX_BINARY) SOCIAL_BUILD=$(OUT) t/bench/instructions $(BENCH)

# Objects of the module. The linker drops the sections that the program does not use.
FILL_OBJECTS := $(filter $(addprefix src/,base/% crypto/% session/% redis/% flow/sessions.cpp \
	flow/decrypted_session_cache.cpp coro/frame_memory.cpp store/redis_%),$(PURE_SOURCES))
$(OUT)/fill-sessions: t/bench/fill-sessions.cpp $(OUT)/$(MODULE).so
	@$(CXX) $(filter-out -MMD -MP,$(UNIT_FLAGS)) -O2 $(EXTRA) $(CXX_EXTRA) -o $@ $< \
		$(FILL_OBJECTS:src/%.cpp=$(OUT)/objs/addon/%.o) -ljansson -lssl -lcrypto -lcrypt

.PHONY: load
load: ## Runs thousands of logins, also during reloads of nginx; LOAD= has the options of t/load/logins.pl
	@t/tools/install-packages build test
	@$(MAKE) --no-print-directory build
	@SOCIAL_NGINX=$(NGINX_BINARY) SOCIAL_BUILD=$(OUT) t/load/logins.pl $(LOAD)

.PHONY: load-reads
load-reads: ## Runs millions of session reads and checks the worker's memory; LOAD= has the options of t/load/reads.pl
	@t/tools/install-packages build test bench
	@$(MAKE) --no-print-directory build
	@SOCIAL_NGINX=$(NGINX_BINARY) SOCIAL_BUILD=$(OUT) t/load/reads.pl $(LOAD)

.PHONY: soak
soak: ## Runs clients for MINUTES=20 while nginx, Redis and providers fail, and checks invariants; SOAK= has the options of t/load/soak.pl
	@t/tools/install-packages build test
	@$(MAKE) --no-print-directory build
	@SOCIAL_NGINX=$(NGINX_BINARY) SOCIAL_BUILD=$(OUT) t/load/soak.pl --minutes $(MINUTES) $(SOAK)

# ---- Housekeeping -------------------------------------------------------------------------------

.PHONY: clean
clean: ## Removes all build products
	rm -rf $(OUT) compile_commands.json

.PHONY: help
help: ## Prints this list
	@awk -F ':.*## ' '/^[a-z_.-]+:.*## / { printf "%-24s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
