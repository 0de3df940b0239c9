/* Keeps one number. Action=Inc adds the tag By (1 without it); every message is answered with the number. */
#include "ao/ao.h"

static i64 count;

EXPORT(handle) const char *handle(const char *message_text, const char *environment) {
  (void)environment;
  struct text message = answer_begin(message_text);
  if (tag_is(message, "Action", "Inc")) count += (i64)tag_number(message, "By", 1);
  output_number("", count, "");
  return answer_end();
}
