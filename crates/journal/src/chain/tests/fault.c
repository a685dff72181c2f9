/* A disk that fails: the k-th write or sync of Claviger's file gives an error, once or from then on.
 *
 * Preloaded by the tests. FAULT_ARMED: counts only while this file is there. FAULT_AT: k, from 1. FAULT_ERRNO: what it
 * says. FAULT_STAYS: 1 to fail from then on. FAULT_COUNT: a file for the number of calls at the end. A write that fails
 * for want of space leaves half of its bytes behind. A sync that does not fail does nothing: no power is cut here. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int calls;

static int number(const char *name) {
    const char *text = getenv(name);
    return text ? atoi(text) : 0;
}

static int fails(int file) {
    const char *armed = getenv("FAULT_ARMED");
    char link[64], path[4096];
    if (!armed || access(armed, F_OK) != 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (!strstr(path, "claviger.db")) return 0;
    int at = number("FAULT_AT");
    calls++;
    return number("FAULT_STAYS") ? calls >= at : calls == at;
}

static int refused(void) {
    errno = number("FAULT_ERRNO");
    return -1;
}

ssize_t write(int file, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (!fails(file)) return real(file, bytes, count);
    if (number("FAULT_ERRNO") == ENOSPC && real(file, bytes, count / 2) < 0) return -1;
    return refused();
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    if (!fails(file)) return real(file, bytes, count, place);
    if (number("FAULT_ERRNO") == ENOSPC && real(file, bytes, count / 2, place) < 0) return -1;
    return refused();
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
    return pwrite64(file, bytes, count, place);
}

int fsync(int file) {
    return fails(file) ? refused() : 0;
}

int fdatasync(int file) {
    return fails(file) ? refused() : 0;
}

int ftruncate64(int file, off64_t length) {
    static int (*real)(int, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "ftruncate64");
    return fails(file) ? refused() : real(file, length);
}

int ftruncate(int file, off_t length) {
    return ftruncate64(file, length);
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("FAULT_COUNT");
    FILE *file = path ? fopen(path, "w") : 0;
    if (!file) return;
    fprintf(file, "%d", calls);
    fclose(file);
}
