/* Traps in its constructors: can be compiled, but never started. */
#include "ao/ao.h"

__attribute__((constructor)) static void constructor(void) { __builtin_trap(); }

EXPORT(handle) const char *handle(const char *message_text, const char *environment) {
  (void)environment;
  answer_begin(message_text);
  return answer_end();
}
