/* What the families' hosts have, as their guests declare it. FORM says which family is being built; the one-letter names of
 * the first come later, by names.mjs. */
#ifndef FORMS_HOST_H
#define FORMS_HOST_H

#include "../ao/ao.h"

typedef __INTPTR_TYPE__ isize;

#define V1 1
#define V2 2
#define E3 3
#define V4 4
#define V64 64
/* HyperBEAM's own builds: standalone, 64 bits. Protected calls through imports, or by wasm's exceptions of the old kind. */
#define HB 100
#define HB_EXCEPTIONS 101

#define EARLY (FORM == V1 || FORM == V2)
#define STANDALONE (FORM >= HB)
/* Which of the older families' larger sets of imports a module has is its program's matter; the first has one set only. */
#define FULL (FORM != V1 && !STANDALONE)

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

/* How a 64-bit number is handed over: whole, or in two halves. */
#if __wasm64__
#define WIDE(n) (n)
#else
#define WIDE(n) (u32)(u64)(n), (u32)((u64)(n) >> 32)
#endif

/* ---- process ---- */
#if !STANDALONE
__attribute__((import_module("metering"), import_name("usegas"))) void usegas(usize amount);
IMPORT(exit) void host_exit(int status);
IMPORT(emscripten_resize_heap) int emscripten_resize_heap(usize bytes);
#if EARLY || FORM == E3
IMPORT(abort) void host_abort(void);
#else
IMPORT(_abort_js) void host_abort(void);
IMPORT(metering_gasUsed) int metering_gas_used(void);
#endif
#if EARLY
IMPORT(system) int host_system(const char *command);
#else
IMPORT(_emscripten_system) int host_system(const char *command);
#endif
#if FULL
IMPORT(emscripten_get_heap_max) usize emscripten_get_heap_max(void);
#endif
#else
WASI(proc_exit) void host_exit(int status);
IMPORT(_emscripten_system) int host_system(const char *command);
#endif
WASI(environ_sizes_get) int environ_sizes_get(usize *count, usize *bytes);
WASI(environ_get) int environ_get(char **texts, char *buffer);

/* ---- protected calls ---- */
#if FORM != HB_EXCEPTIONS
IMPORT(_emscripten_throw_longjmp) __attribute__((noreturn)) void host_throw_longjmp(void);
#endif
/* The high word of results of 64 bits, which setjmp uses as well. The compiler declares what they call. */
void put_high_word(int value);
int high_word(void);

/* ---- time ---- */
struct tm {
  int field[9];
  usize offset;
  const char *zone;
};
#if STANDALONE
WASI(clock_time_get) int clock_time_get(int clock, i64 precision, u64 *time);
#else
#if EARLY
IMPORT(_emscripten_date_now) double date_now(void);
IMPORT(_gmtime_js) void gmtime_js(int *time, struct tm *tm);
IMPORT(_localtime_js) void localtime_js(int *time, struct tm *tm);
IMPORT(_tzset_js) void tzset_js(usize *zone, int *daylight, char **names);
#else
IMPORT(emscripten_date_now) double date_now(void);
#if __wasm64__
IMPORT(_gmtime_js) void gmtime_js(i64 time, struct tm *tm);
IMPORT(_localtime_js) void localtime_js(i64 time, struct tm *tm);
#else
IMPORT(_gmtime_js) void gmtime_js(u32 low, u32 high, struct tm *tm);
IMPORT(_localtime_js) void localtime_js(u32 low, u32 high, struct tm *tm);
#endif
IMPORT(_tzset_js) void tzset_js(usize *zone, int *daylight, char *standard, char *summer);
#endif
IMPORT(_mktime_js) isize mktime_js(struct tm *tm);
IMPORT(_emscripten_get_now_is_monotonic) int is_monotonic(void);
IMPORT(strftime) usize host_strftime(char *to, usize most, const char *format, struct tm *tm);
#if FULL
IMPORT(emscripten_get_now) double get_now(void);
#endif
#endif

/* ---- files ---- */
struct piece {
  const void *start;
  usize length;
};
WASI(fd_write) int fd_write(int file, const struct piece *pieces, usize count, usize *written);
WASI(fd_read) int fd_read(int file, const struct piece *pieces, usize count, usize *got);
WASI(fd_close) int fd_close(int file);
#if __wasm64__
WASI(fd_seek) int fd_seek(int file, i64 offset, int whence, i64 *position);
#else
WASI(fd_seek) int fd_seek(int file, u32 low, u32 high, int whence, i64 *position);
#endif
IMPORT(__syscall_unlinkat) int unlinkat(int folder, const char *path, int flags);
IMPORT(__syscall_rmdir) int rmdir(const char *path);
IMPORT(__syscall_renameat) int renameat(int from, const char *path, int to, const char *name);
IMPORT(__syscall_dup3) int dup3(int file, int as, int flags);
#if STANDALONE
IMPORT(__syscall_readlinkat) int readlinkat(int folder, const char *path, char *to, usize most);
#else
IMPORT(__syscall_openat) int openat(int folder, const char *path, int flags, int *mode);
IMPORT(__syscall_fcntl64) int fcntl(int file, int command, void *more);
IMPORT(__syscall_ioctl) int ioctl(int file, int request, void *more);
IMPORT(__syscall_lstat64) int lstat(const char *path, void *to);
#endif
#if FULL
IMPORT(__syscall_readlinkat) int readlinkat(int folder, const char *path, char *to, usize most);
IMPORT(__syscall_fstat64) int fstat(int file, void *to);
IMPORT(__syscall_mkdirat) int mkdirat(int folder, const char *path, int mode);
IMPORT(__syscall_utimensat) int utimensat(int folder, const char *path, void *times, int flags);
IMPORT(__syscall_getcwd) int getcwd(char *to, usize most);
WASI(fd_fdstat_get) int fd_fdstat_get(int file, void *to);
#endif
#if FORM == V2
IMPORT(_mmap_js) char *mmap_js(usize length, int protection, int flags, int file, usize offset, int *allocated);
IMPORT(_munmap_js) int munmap_js(char *at, usize length, int protection, int flags, int file, usize offset);
#elif FORM == E3
IMPORT(_mmap_js) int mmap_js(usize length, int protection, int flags, int file, u32 low, u32 high, int *allocated, char **at);
IMPORT(_munmap_js) int munmap_js(char *at, usize length, int protection, int flags, int file, u32 low, u32 high);
#endif

/* ---- what runtime.c has ---- */
struct jump {
  usize number;
  usize unused[3];
};
int setjmp(struct jump *) __attribute__((returns_twice));
void longjmp(struct jump *, int value) __attribute__((noreturn));
usize current_stack(void);
#if FULL
usize emscripten_stack_get_end(void);
#endif
#if EARLY
int *errno_location(void);
#endif

/* How often main and the constructors ran, and what they were given. */
struct start {
  int mains, argc, constructors;
  usize argv, environment_count, environment_bytes;
  char program[64], environment[256];
};
extern struct start start;

#endif
