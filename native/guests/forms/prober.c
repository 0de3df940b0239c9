/* Asks its host for everything in which the families of modules differ, and answers what it got. The tag Action says what:
 *   Where     addresses of the arguments and the stack; how main and the constructors were called; the environment
 *   Heap      growth to the tag Bytes: what the host said, pages before and after; the host's maximum
 *   Copy      copies at and beyond the end of memory
 *   Files     a file's life;   Stat  structures about it;   Descriptors  fcntl, dup3;   Map  a mapped file
 *   Terminal  ioctl's answer to the tag Request, from each of the terminals and from a file
 *   Print     text to the descriptor of the tag File
 *   Time      the clock, calendar and strftime for the second of the tag Second;   Zone  names of the time zone
 *   Random    that random bytes come, not which
 *   Jump      Times protected calls, Depth deep, of which every second one throws;   Throw  a longjmp that nobody catches
 *   Gas       charges the tag Amount, Times times
 *   Exit, Abort, Trap, Refuse, Error, System, Count
 * Sums and bytes are printed in decimal. Memory is left as the host left it, so that a copy of it says more. */
#include "host.h"

static i64 count;
static struct buffer *out = &answer.output;

static void word(const char *name, i64 n) {
  put(out, " ");
  put(out, name);
  put(out, "=");
  put_number(out, n);
}

static void bytes(const char *name, const void *start, usize length) {
  put(out, " ");
  put(out, name);
  put(out, "=");
  for (usize i = 0; i < length; i++) {
    if (i) put(out, ".");
    put_number(out, ((const u8 *)start)[i]);
  }
}

static void text(const char *name, const char *value) {
  put(out, " ");
  put(out, name);
  put(out, "='");
  put(out, value);
  put(out, "'");
}

/* ---- process ---- */

static void where(const char *message, const char *environment) {
  word("message", (i64)(usize)message);
  word("environment", (i64)(usize)environment);
  word("stack", (i64)current_stack());
  word("mains", start.mains);
  word("argc", start.argc);
  word("argv", (i64)start.argv);
  text("program", start.program);
  word("constructors", start.constructors);
  word("variables", (i64)start.environment_count);
  text("variables", start.environment);
  static void *volatile zero; /* unknown to the compiler, which would take a null pointer for a mistake */
  bytes("zero", zero, 4);
#if FULL
  bytes("cookie", (void *)emscripten_stack_get_end(), 8);
#endif
}

#if !STANDALONE
static usize pages(void) { return __builtin_wasm_memory_size(0); }

static void heap(struct text message) {
  word("before", (i64)pages());
  word("resize", emscripten_resize_heap((usize)tag_number(message, "Bytes", 0)));
  word("after", (i64)pages());
#if FULL
  word("max", (i64)emscripten_get_heap_max());
#endif
}

static void gas(struct text message) {
  u64 times = tag_number(message, "Times", 1), amount = tag_number(message, "Amount", 1);
  for (u64 i = 0; i < times; i++) usegas((usize)amount);
  if (tag_is(message, "Back", "yes")) usegas((usize)-5);
#if FORM == V4 || FORM == V64
  word("used", metering_gas_used());
#endif
  word("charges", (i64)times);
}

static void copy(void) {
  static char area[1024];
  usize end = pages() << 16;
  for (usize i = 0; i < sizeof area; i++) area[i] = (char)i;
  char *last = (char *)(end - 8);
  memcpy(last - 1016, area, sizeof area); /* up to the end */
  memcpy(area + 1, last - 1016 + 512, 1023); /* reads beyond it: cut */
  memcpy(last, area, 1000); /* writes beyond it: cut */
  memcpy((char *)end - 16, (char *)end + 64, 600); /* all of it outside */
  bytes("area", area + 500, 24);
  bytes("last", last, 8);
}
#endif

static void run_system(void) {
  word("none", host_system(0));
#if FORM != V4 /* whose host runs the command */
  word("command", host_system("true"));
#endif
#if EARLY
  word("errno", *errno_location());
#endif
}

/* ---- protected calls ---- */

static struct jump jumps[64];

__attribute__((noinline)) static void innermost(usize depth, usize fail) {
  volatile char frame[256];
  frame[0] = (char)depth;
  if (fail) longjmp(&jumps[depth], (int)(100 + frame[0]));
}

__attribute__((noinline)) static void caught(usize depth, usize value) {
  word("caught", (i64)value);
  word("at", (i64)depth);
}

static void level(usize depth, usize to);

/* Calls nothing from here but what takes two words, as the modules do: each call becomes a protected one. */
__attribute__((noinline)) static void protect(usize depth, usize to) {
  int value = setjmp(&jumps[depth]);
  if (value) {
    caught(depth, (usize)value);
  } else if (depth == 0) {
    innermost(to & 63, to >> 6);
  } else {
    level(depth - 1, to);
  }
}

/* Each level catches what its own call threw; a failure at the bottom goes to the level that the tag To names. */
__attribute__((noinline)) static void level(usize depth, usize to) {
  usize stack = current_stack();
  protect(depth, to);
  if (current_stack() != stack) put(out, " crooked");
}

/* ---- time ---- */

#if !STANDALONE
static void number(const char *name, double value) {
  if (value != value) {
    put(out, " ");
    put(out, name);
    put(out, "=NaN");
  } else {
    word(name, (i64)value);
  }
}

static struct tm tm;
#if EARLY
static int wanted_second;
#endif

static void clock_and_calendar(struct text message) {
  i64 second = (i64)tag_number(message, "Second", 0) - (i64)tag_number(message, "Before", 0);
  number("now", date_now());
#if FULL
  number("monotonic-now", get_now());
#endif
  word("monotonic", is_monotonic());
  number("now", date_now());
  memset(&tm, 0xEE, sizeof tm);
#if EARLY
  wanted_second = (int)second;
  gmtime_js(&wanted_second, &tm);
#else
  gmtime_js(WIDE(second), &tm);
#endif
  bytes("gmtime", &tm, sizeof tm);
  memset(&tm, 0xEE, sizeof tm);
#if EARLY
  localtime_js(&wanted_second, &tm);
#else
  localtime_js(WIDE(second), &tm);
#endif
  bytes("localtime", &tm, sizeof tm);
  tm.zone = "Here";
  char date[128];
  usize length = host_strftime(date, sizeof date, "%c %j %U %V %W %G %g %I %p %z %Z %%", &tm);
  text("date", length ? date : "none");
  word("short", (i64)host_strftime(date, 10, "%Y-%m-%d", &tm));
  word("fits", (i64)host_strftime(date, 11, "%Y-%m-%d", &tm));
  tm.field[0] += 100; /* seconds, to be put right */
  tm.field[4] += 14; /* months, likewise */
  tm.field[8] = -1;
  put_high_word(99);
  word("mktime", mktime_js(&tm));
  word("high", high_word());
  bytes("mktime", &tm, 40);
}

#if EARLY
static char *zone_names[2];
#else
static char zone_names[2][32];
#endif
static usize zone;
static int daylight;

static void time_zone(void) {
#if EARLY
  tzset_js(&zone, &daylight, zone_names);
  for (int i = 0; i < 2; i++) {
    word("at", (i64)(usize)zone_names[i]);
    text("name", zone_names[i] ? zone_names[i] : "none");
  }
#else
  memset(zone_names, 0xEE, sizeof zone_names);
  tzset_js(&zone, &daylight, zone_names[0], zone_names[1]);
  bytes("names", zone_names, sizeof zone_names);
#endif
  word("zone", (i64)zone);
  word("daylight", daylight);
  number("now", date_now());
}
#endif

/* ---- files ---- */

static int seek(int file, i64 offset, int whence, i64 *position) { return fd_seek(file, WIDE(offset), whence, position); }

static usize done;

static int write_text(int file, const char *s) {
  struct text t = text_of(s);
  struct piece pieces[2] = {{t.start, t.length}, {"\0!\n", 3}};
  done = 77;
  return fd_write(file, pieces, 2, &done);
}

static void print(struct text message) {
  int file = (int)tag_number(message, "File", 1);
  word("write", write_text(file, "printed"));
  word("done", (i64)done);
#if !STANDALONE
  number("now", date_now());
#endif
}

#if STANDALONE
static void files(void) {
  char got[16];
  struct piece piece = {got, sizeof got};
  i64 position = -1;
  u64 time = 7;
  char name[32];
  done = 77;
  word("clock", clock_time_get(0, 1, &time));
  word("time", (i64)time);
  word("seek", seek(1, 3, 0, &position));
  word("position", position);
  word("read", fd_read(0, &piece, 1, &done));
  word("done", (i64)done);
  word("close", fd_close(1));
  word("readlink", readlinkat(-100, "/dev/stdin", name, sizeof name));
  word("unlink", unlinkat(-100, "/tmp/none", 0));
  word("rmdir", rmdir("/tmp/none"));
  word("rename", renameat(-100, "/tmp/none", -100, "/tmp/other"));
  word("dup", dup3(1, 5, 0));
}
#else
#define O_RDWR 2
#define O_CREAT 64
#define O_APPEND 1024

/* In the first family each call succeeds with the descriptor 0, which cannot be written: there it is 1. */
static int open_file(const char *path, int flags, int mode) {
  int file = openat(-100, path, flags, &mode);
  return FORM == V1 ? file + 1 : file;
}

static void files(void) {
  char got[16];
  struct piece piece = {got, sizeof got};
  i64 position = -1;
  memset(got, 0, sizeof got);
  int file = open_file("/tmp/file", O_CREAT | O_RDWR, 0640);
  word("open", file);
  word("write", write_text(file, "hello"));
  word("done", (i64)done);
  word("seek", seek(file, 2, 0, &position));
  word("position", position);
  done = 77;
  word("read", fd_read(file, &piece, 1, &done));
  word("done", (i64)done);
  bytes("got", got, 8);
  word("end", seek(file, -1, 2, &position));
  word("position", position);
  word("bad", seek(file, -100, 1, &position));
  word("far", seek(file, 1ll << 60, 0, &position));
  word("append", open_file("/tmp/file", O_APPEND | 1, 0));
  word("again", open_file("/tmp/file", O_CREAT | 128, 0));
  word("none", open_file("/tmp/none", 0, 0));
  word("data", open_file("/data", 0, 0));
  word("rename", renameat(-100, "/tmp/file", -100, "/tmp/other"));
  word("rename", renameat(-100, "/tmp/file", -100, "/tmp/other"));
  word("unlink", unlinkat(-100, "/tmp/none", 0));
  word("rmdir", rmdir("/tmp/other"));
  word("close", fd_close(file));
  word("close", fd_close(file));
  word("unlink", unlinkat(-100, "/tmp/other", 0));
  word("tick", (i64)date_now());
}

static void stat(void) {
  static u8 structure[128];
  int file = open_file("/tmp/file", O_CREAT | O_RDWR, 0640);
  write_text(file, "four");
  memset(structure, 0xEE, sizeof structure);
  word("lstat", lstat("/tmp/file", structure));
  bytes("lstat", structure, 108);
#if FULL
  memset(structure, 0xEE, sizeof structure);
  word("fstat", fstat(file, structure));
  bytes("fstat", structure, 40);
  word("device", fstat(2, structure));
  bytes("device", structure, 16);
  word("mkdir", mkdirat(-100, "/tmp/folder", 0755));
  word("mkdir", mkdirat(-100, "/tmp/folder", 0755));
#if EARLY
  int times[4] = {5, 1000000, 9, 2000000};
#elif __wasm64__
  i64 times[4] = {5, 1000000, 9, 2000000};
#else
  int times[8] = {5, 0, 1000000, 0, 9, 0, 2000000, 0};
#endif
  word("utimens", utimensat(-100, "/tmp/file", times, 0));
  memset(structure, 0xEE, sizeof structure);
  word("lstat", lstat("/tmp/file", structure));
  bytes("lstat", structure, 108);
  char name[32];
  memset(name, 0, sizeof name);
  word("readlink", readlinkat(-100, "/dev/stdin", name, sizeof name));
  text("readlink", name);
  word("getcwd", getcwd(name, 1));
  word("getcwd", getcwd(name, sizeof name));
  text("getcwd", name);
  memset(structure, 0xEE, sizeof structure);
  word("fdstat", fd_fdstat_get(1, structure));
  bytes("fdstat", structure, 32);
  word("fdstat", fd_fdstat_get(file, structure));
  bytes("fdstat", structure, 1);
#endif
}

static void descriptors(void) {
  static u8 structure[64];
  int more[2] = {7, 0};
  int file = open_file("/tmp/file", O_CREAT | O_RDWR, 0640);
  void *pointers[1] = {structure};
  word("dup", fcntl(file, 0, more));
  for (int command = 1; command <= 15; command++) {
    if (command == 4) continue;
    memset(structure, 0xEE, sizeof structure);
    put(out, " fcntl");
    put_number(out, command);
    word("", fcntl(file, command, pointers));
    bytes("", structure, 2);
  }
  more[0] = O_APPEND;
  word("setfl", fcntl(file, 4, more));
  word("getfl", fcntl(file, 3, more));
#if EARLY
  word("errno", *errno_location());
#endif
  word("dup3", dup3(file, 9, 0));
  word("dup3", dup3(9, 9, 0));
  word("close", fd_close(9));
}

static void terminal(struct text message) {
  static u8 structure[64];
  void *pointers[1] = {structure};
  int request = (int)tag_number(message, "Request", 0);
  for (int file = 1; file <= 3; file++) {
    if (file == 3) open_file("/tmp/file", O_CREAT | O_RDWR, 0640);
    memset(structure, 0xEE, sizeof structure);
    word("ioctl", ioctl(file, request, pointers));
    bytes("", structure, 52);
  }
}

#if FORM == V2 || FORM == E3
static void map(void) {
  int file = open_file("/tmp/file", O_CREAT | O_RDWR, 0640), allocated = 0;
  write_text(file, "mapped");
  char *at = 0;
#if FORM == V2
  at = mmap_js(100, 3, 1, file, 2, &allocated);
#else
  word("mmap", mmap_js(100, 3, 1, file, 2, 0, &allocated, &at));
#endif
  word("at", (i64)(usize)at);
  word("allocated", allocated);
  bytes("mapped", at, 12);
  at[0] = 'P';
#if FORM == V2
  word("munmap", munmap_js(at, 3, 3, 1, file, 2));
  word("device", (i64)(usize)mmap_js(100, 1, 2, 1, 0, &allocated));
  word("closed", (i64)(usize)mmap_js(100, 1, 2, 50, 0, &allocated));
#else
  word("munmap", munmap_js(at, 3, 3, 1, file, 2, 0));
  word("device", mmap_js(100, 1, 2, 1, 0, 0, &allocated, &at));
  word("closed", mmap_js(100, 1, 2, 50, 0, 0, &allocated, &at));
#endif
  char got[16];
  struct piece piece = {got, sizeof got};
  i64 position;
  seek(file, 0, 0, &position);
  fd_read(file, &piece, 1, &done);
  bytes("file", got, done);
}
#endif

static void random_bytes(void) {
  u8 got[8] = {0};
  struct piece piece = {got, sizeof got};
  int file = open_file("/dev/urandom", 0, 0);
  word("open", file);
  done = 0;
  word("read", fd_read(file, &piece, 1, &done));
  word("done", (i64)done);
  int some = 0;
  for (int i = 0; i < 8; i++) some |= got[i];
  word("some", some != 0);
  memset(got, 0, sizeof got);
  word("close", fd_close(file));
  number("now", date_now());
}
#endif

/* ---- the message ---- */

static int is(struct text action, const char *name) { return text_equal(action, text_of(name)); }

static const char *failing(struct text action, struct text message) {
  if (is(action, "Trap")) __builtin_trap();
  if (is(action, "Exit")) host_exit((int)tag_number(message, "Status", 0));
#if !STANDALONE
  if (is(action, "Abort")) host_abort();
#endif
  if (is(action, "Throw")) longjmp(&jumps[0], 3);
  if (is(action, "Refuse")) return "{\"ok\":false,\"response\":\"refused as asked\"}";
  return 0;
}

static void asked(struct text action, struct text message) {
  if (is(action, "Files")) files();
  if (is(action, "Print")) print(message);
  if (is(action, "System")) run_system();
  if (is(action, "Jump")) {
    u64 times = tag_number(message, "Times", 1);
    for (u64 i = 0; i < times; i++)
      level((usize)tag_number(message, "Depth", 1), (usize)tag_number(message, "To", 0) | (i % 2 ? 0 : 64));
  }
  if (is(action, "Error")) answer_error("failed as asked");
#if !STANDALONE
  if (is(action, "Heap")) heap(message);
  if (is(action, "Gas")) gas(message);
  if (is(action, "Copy")) copy();
  if (is(action, "Stat")) stat();
  if (is(action, "Descriptors")) descriptors();
  if (is(action, "Terminal")) terminal(message);
  if (is(action, "Time")) clock_and_calendar(message);
  if (is(action, "Zone")) time_zone();
  if (is(action, "Random")) random_bytes();
#endif
#if FORM == V2 || FORM == E3
  if (is(action, "Map")) map();
#endif
}

EXPORT(handle) const char *handle(const char *message_text, const char *environment) {
  struct text message = answer_begin(message_text), action = json_inner(tag(message, "Action"));
  count++;
  const char *bad = failing(action, message);
  if (bad) return bad;
  put(out, "{\"data\":\"");
  put_number(out, count);
  if (is(action, "Where")) where(message_text, environment);
  asked(action, message);
  put(out, "\"}");
  return answer_end();
}
