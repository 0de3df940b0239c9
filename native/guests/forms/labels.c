/* What clang 14 calls in 64-bit code for the table of setjmp's labels: malloc of 32 bits, beside that of the C library. */
void *guest_malloc(__SIZE_TYPE__ bytes);

void *malloc(unsigned bytes) { return guest_malloc(bytes); }
