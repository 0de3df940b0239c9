/* Everything that a host looks for, but `handle`. Must be refused when it is loaded. */
#include "ao/ao.h"

EXPORT(answer) const char *answer_without_handle(const char *message, const char *environment) {
  (void)message, (void)environment;
  return "{\"ok\":true,\"response\":{}}";
}
