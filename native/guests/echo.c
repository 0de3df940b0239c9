/* Answers with the message's own Data as Output.data, whatever it holds. */
#include "ao/ao.h"

EXPORT(handle) const char *handle(const char *message_text, const char *environment) {
  (void)environment;
  struct text message = answer_begin(message_text), data = json_member(message, "Data");
  put(&answer.output, "{\"data\":");
  put_text(&answer.output, data.length ? data : text_of("null"));
  put(&answer.output, "}");
  return answer_end();
}
