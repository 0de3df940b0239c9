/* Imports a function that no host has. Must be refused when it is loaded, with the function's name. */
#include "ao/ao.h"

IMPORT(no_such_function) int no_such_function(int);

EXPORT(handle) const char *handle(const char *message, const char *environment) {
  (void)message, (void)environment;
  return no_such_function(1) ? "{}" : "";
}
