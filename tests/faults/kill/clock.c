/* A clock that is an hour ahead. Preloaded by the tests. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

int clock_gettime(clockid_t which, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int said = real(which, now);
    if (said == 0 && which == CLOCK_REALTIME) now->tv_sec += 3600;
    return said;
}
