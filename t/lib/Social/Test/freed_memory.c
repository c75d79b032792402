// For LD_PRELOAD: names what is freed with a secret in it. What the module's own code, nginx's
// pools and curl_slist_free_all() free is looked at; libcurl, OpenSSL and Perl wipe by other rules.
//
//   FREED_MEMORY_MARKER  the secret, or a part of it
//   FREED_MEMORY_REPORT  a file; a line for each such block, with the function that freed it
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void __libc_free(void* memory);
extern void* __libc_malloc(size_t size);

static const char* marker;
static size_t marker_size;
static int report = -1;
static __thread int looking;

__attribute__((constructor)) static void start(void) {
    void* frames[4];
    const char* path = getenv("FREED_MEMORY_REPORT");
    backtrace(frames, 4);  // loads what it needs
    if (path != NULL) {
        report = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        marker = strdup(getenv("FREED_MEMORY_MARKER"));
        marker_size = strlen(marker);
    }
}

static int ends_with(const char* text, const char* end) {
    const size_t size = strlen(text);
    return size >= strlen(end) && strcmp(text + size - strlen(end), end) == 0;
}

static void look(void* memory) {
    void* frames[24];
    char line[512];
    const int count = backtrace(frames, 24);
    int of_curl = 0;
    for (int i = 2; i < count; ++i) {
        Dl_info info;
        if (dladdr(frames[i], &info) == 0 || info.dli_fname == NULL) {
            return;
        }
        if (strstr(info.dli_fname, "/libstdc++") != NULL || strstr(info.dli_fname, "/libc.so") != NULL) {
            continue;
        }
        if (info.dli_sname != NULL && strcmp(info.dli_sname, "curl_slist_free_all") == 0) {
            of_curl = 1;
            continue;
        }
        // nginx itself goes by its process title here.
        if (strstr(info.dli_fname, "/ngx_http_social_module.so") == NULL &&
            strncmp(info.dli_fname, "nginx: ", 7) != 0 && !ends_with(info.dli_fname, "/nginx")) {
            return;
        }
        const int size = snprintf(line, sizeof(line), "%s%s+0x%lx, %zu bytes\n",
                                  of_curl ? "a list of libcurl, " : "", info.dli_fname,
                                  (unsigned long)((char*)frames[i] - (char*)info.dli_fbase),
                                  malloc_usable_size(memory));
        if (write(report, line, (size_t)size) < 0) {
            abort();
        }
        return;
    }
}

void free(void* memory) {
    if (memory != NULL && marker != NULL && !looking &&
        memmem(memory, malloc_usable_size(memory), marker, marker_size) != NULL) {
        looking = 1;
        look(memory);
        looking = 0;
    }
    __libc_free(memory);
}
