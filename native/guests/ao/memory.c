/* malloc and free: a list of free blocks in the order of their addresses, first fit, neighbours joined. Slow and small:
 * guests hold few blocks. Memory grows through the host, as in emscripten's modules, so that its limit holds. */
#include "ao.h"

#ifdef GROWS_ITSELF /* standalone modules */
static int emscripten_resize_heap(usize bytes) {
  usize missing = ((bytes + 65535) >> 16) - (usize)__builtin_wasm_memory_size(0);
  return __builtin_wasm_memory_grow(0, missing) != (usize)-1;
}
#else
#ifndef COPY_NAME /* what the host's copying function is called */
#define COPY_NAME _emscripten_memcpy_js
#endif
IMPORT(emscripten_resize_heap) int emscripten_resize_heap(usize bytes);
IMPORT_NAMED(COPY_NAME) void copy_by_host(void *to, const void *from, usize bytes);
#endif

extern char __heap_base;

struct block {
  usize bytes; /* with this header */
  struct block *next;
#if __SIZEOF_POINTER__ == 4
  u64 padding; /* keeps what follows on 16 bytes */
#endif
};

static struct block *first_free;
static usize heap_end; /* 0 before the first malloc */

/* Above this the C library of emscripten leaves copying to the host; so do we, to be the same to it. */
#define COPIED_BY_HOST 512

static struct block *extend(usize bytes) {
  if (heap_end == 0) heap_end = ((usize)&__heap_base + 15) & ~(usize)15;
  usize end = heap_end + bytes;
  if (end < heap_end) return 0;
  if (end > (usize)__builtin_wasm_memory_size(0) << 16 && !emscripten_resize_heap(end)) return 0;
  struct block *b = (struct block *)heap_end;
  heap_end = end;
  b->bytes = bytes;
  return b;
}

EXPORT(malloc) void *malloc(usize wanted) {
  usize bytes = ((wanted + 15) & ~(usize)15) + sizeof(struct block);
  if (bytes < wanted) return 0;
  for (struct block **link = &first_free; *link; link = &(*link)->next) {
    struct block *b = *link;
    if (b->bytes < bytes) continue;
    if (b->bytes >= bytes + 2 * sizeof(struct block)) {
      struct block *rest = (struct block *)((usize)b + bytes);
      rest->bytes = b->bytes - bytes;
      rest->next = b->next;
      b->bytes = bytes;
      *link = rest;
    } else {
      *link = b->next;
    }
    return b + 1;
  }
  struct block *b = extend(bytes);
  return b ? b + 1 : 0;
}

EXPORT(free) void free(void *p) {
  if (!p) return;
  struct block *b = (struct block *)p - 1, *before = 0, *after = first_free;
  while (after && after < b) before = after, after = after->next;
  b->next = after;
  if (after && (usize)b + b->bytes == (usize)after) {
    b->bytes += after->bytes;
    b->next = after->next;
  }
  if (!before) {
    first_free = b;
  } else if ((usize)before + before->bytes == (usize)b) {
    before->bytes += b->bytes;
    before->next = b->next;
  } else {
    before->next = b;
  }
}

void *memcpy(void *to, const void *from, usize bytes) {
#ifndef GROWS_ITSELF
  if (bytes >= COPIED_BY_HOST) {
    copy_by_host(to, from, bytes);
    return to;
  }
#endif
  for (usize i = 0; i < bytes; i++) ((u8 *)to)[i] = ((const u8 *)from)[i];
  return to;
}

void *memset(void *to, int value, usize bytes) {
  for (usize i = 0; i < bytes; i++) ((u8 *)to)[i] = (u8)value;
  return to;
}
