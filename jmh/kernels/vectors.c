/* The two kernels that need more than WebAssembly's first version: bulk memory and vectors. */
typedef __SIZE_TYPE__ usize;
typedef unsigned char u8;
typedef unsigned int u32;
typedef float vector __attribute__((vector_size(16)));

#define KERNEL(name) __attribute__((export_name(#name), used)) u32 name(u8 *heap)

KERNEL(memory_copy) {
  const usize n = 8 << 20;
  for (usize i = 0; i < n; i += 4096) heap[i] = (u8)(i >> 12);
  for (int round = 0; round < 8; round++) {
    __builtin_memcpy(heap + n, heap, n);
    __builtin_memcpy(heap + 1, heap + n, n - 1);
  }
  return heap[8] + heap[n - 1];
}

KERNEL(matvec_simd) {
  enum { N = 512, ROUNDS = 200 };
  float *m = (float *)heap, *x = m + N * N, *y = x + N;
  volatile float *lanes = y + N; /* this compiler cannot take a lane out of a vector for 64 bits */
  for (int i = 0; i < N * N; i++) m[i] = i % 3;
  for (int i = 0; i < N; i++) x[i] = i % 2;
  for (int r = 0; r < ROUNDS; r++)
    for (int i = 0; i < N; i++) {
      vector sum = {0, 0, 0, 0};
      for (int k = 0; k < N; k += 4) sum += *(vector *)(m + i * N + k) * *(vector *)(x + k);
      *(vector *)lanes = sum;
      y[i] = lanes[0] + lanes[1] + lanes[2] + lanes[3];
      x[(i + r) % N] = (u32)y[i] % 2;
    }
  return (u32)(y[0] + y[N - 1]);
}
