/* Writes to memory as it is told, for whoever measures or tracks it.
 *
 * Action=Touch writes one byte into each of Pages pages of 4096 bytes: page First, First + Stride, ... (defaults: 0, 1).
 *              The byte is the tag Value (default: one more than before, so that each touch changes the page).
 * Action=Sum   answers with the sum of the first bytes of all pages.
 * Pages lie in chunks of 1 MiB which are made when they are first touched, so memory grows with the highest page. */
#include "ao/ao.h"

#define PAGE_BYTES 4096
#define CHUNK_PAGES 256
/* 1 GiB of chunks: the maximum of the module's memory, so that the host's limit is always the lower one. */
#define CHUNKS 1024

static u8 *chunks[CHUNKS];

static u8 *page(u64 index) {
  u64 chunk = index / CHUNK_PAGES;
  if (chunk >= CHUNKS) return 0;
  if (!chunks[chunk]) {
    u8 *block = malloc((CHUNK_PAGES + 1) * PAGE_BYTES);
    if (!block) return 0;
    chunks[chunk] = (u8 *)(((usize)block + PAGE_BYTES - 1) & ~(usize)(PAGE_BYTES - 1));
  }
  return chunks[chunk] + index % CHUNK_PAGES * PAGE_BYTES;
}

static void touch(struct text message) {
  u64 pages = tag_number(message, "Pages", 1), stride = tag_number(message, "Stride", 1);
  u64 at = tag_number(message, "First", 0), value = tag_number(message, "Value", 256);
  i64 touched = 0;
  for (u64 i = 0; i < pages; i++, at += stride) {
    u8 *bytes = page(at);
    if (!bytes) {
      answer_error("no memory for this page");
      break;
    }
    *bytes = value > 255 ? (u8)(*bytes + 1) : (u8)value;
    touched++;
  }
  output_number("touched ", touched, "");
}

static void sum(void) {
  i64 total = 0;
  for (u64 chunk = 0; chunk < CHUNKS; chunk++)
    for (u64 i = 0; chunks[chunk] && i < CHUNK_PAGES; i++) total += chunks[chunk][i * PAGE_BYTES];
  output_number("sum ", total, "");
}

EXPORT(handle) const char *handle(const char *message_text, const char *environment) {
  (void)environment;
  struct text message = answer_begin(message_text);
  if (tag_is(message, "Action", "Touch")) {
    touch(message);
  } else {
    sum();
  }
  return answer_end();
}
