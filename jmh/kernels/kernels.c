/* Nine small loops of different kinds, built for 32-bit and 64-bit memories from the same source, to see what the width of an
 * address costs. Each works in the memory behind `heap`, which the host names, so that no address is a constant, and
 * returns a checksum, which must be the same in every build. */
typedef __SIZE_TYPE__ usize;
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define KERNEL(name) __attribute__((export_name(#name), used)) u32 name(u8 *heap)

static u32 next(u32 *seed) { return *seed = *seed * 1664525u + 1013904223u; }

KERNEL(sieve) {
  const usize n = 3000000;
  for (usize i = 0; i < n; i++) heap[i] = 1;
  u32 primes = 0;
  for (usize i = 2; i < n; i++) {
    if (!heap[i]) continue;
    primes++;
    for (usize j = i * 2; j < n; j += i) heap[j] = 0;
  }
  return primes;
}

KERNEL(matmul_f64) {
  enum { N = 240 };
  double *a = (double *)heap, *b = a + N * N, *c = b + N * N;
  for (int i = 0; i < N * N; i++) a[i] = i % 7, b[i] = i % 5;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) sum += a[i * N + k] * b[k * N + j];
      c[i * N + j] = sum;
    }
  return (u32)(c[0] + c[N * N - 1]);
}

KERNEL(matvec_f32) {
  enum { N = 512, ROUNDS = 50 };
  float *m = (float *)heap, *x = m + N * N, *y = x + N;
  for (int i = 0; i < N * N; i++) m[i] = i % 3;
  for (int i = 0; i < N; i++) x[i] = i % 2;
  for (int r = 0; r < ROUNDS; r++)
    for (int i = 0; i < N; i++) {
      float sum = 0;
      for (int k = 0; k < N; k++) sum += m[i * N + k] * x[k];
      y[i] = sum;
      x[(i + r) % N] = (u32)sum % 2;
    }
  return (u32)(y[0] + y[N - 1]);
}

static void sort(int *from, int *to) {
  while (to - from > 1) {
    int pivot = from[(to - from) / 2], *low = from, *high = to - 1;
    while (low <= high) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low <= high) {
        int t = *low;
        *low++ = *high;
        *high-- = t;
      }
    }
    sort(from, high + 1);
    from = low;
  }
}

KERNEL(quicksort) {
  enum { N = 250000 };
  int *values = (int *)heap;
  u32 seed = 7;
  for (int i = 0; i < N; i++) values[i] = (int)(next(&seed) >> 4);
  sort(values, values + N);
  u32 sum = 0;
  for (int i = 0; i < N; i++) sum = sum * 31 + (u32)values[i];
  return sum;
}

static const u32 round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static u32 rotate(u32 x, int by) { return x >> by | x << (32 - by); }

KERNEL(sha256) {
  enum { BLOCKS = 30000 };
  u32 *state = (u32 *)heap, *w = state + 8, *data = w + 64, seed = 3;
  for (int i = 0; i < 16 * 64; i++) data[i] = next(&seed);
  for (int i = 0; i < 8; i++) state[i] = round_constants[i];
  for (int block = 0; block < BLOCKS; block++) {
    const u32 *in = data + (block & 63) * 16;
    for (int i = 0; i < 16; i++) w[i] = in[i];
    for (int i = 16; i < 64; i++) {
      u32 s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
      u32 s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    u32 a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
      u32 t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
      u32 t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
  return state[0];
}

KERNEL(hash_table) {
  struct slot { u64 key; u32 value; } *slots = (struct slot *)heap;
  const u32 mask = (1 << 17) - 1;
  for (u32 i = 0; i <= mask; i++) slots[i].key = 0;
  u32 seed = 11, found = 0;
  for (int i = 0; i < 600000; i++) {
    u64 key = (next(&seed) >> 15) + 1;
    u32 at = (u32)((key * 0x9e3779b97f4a7c15ull) >> 40) & mask;
    while (slots[at].key && slots[at].key != key) at = (at + 1) & mask;
    if (slots[at].key == key) found += slots[at].value++;
    else if (i < 70000) slots[at].key = key, slots[at].value = 1;
  }
  return found;
}

/* A machine with registers in memory, as Lua's. */
KERNEL(bytecode) {
  u32 *code = (u32 *)heap, *r = code + 64, pc = 0, steps = 0;
  const u32 program[] = {0x00010001, 0x01020102, 0x02030201, 0x03040300, 0x04050001, 0x05020000, 0x06000000};
  for (int i = 0; i < 7; i++) code[i] = program[i];
  for (int i = 0; i < 16; i++) r[i] = (u32)i;
  while (steps++ < 9000000) {
    u32 op = code[pc++], a = op >> 16 & 15, b = op >> 8 & 15, c = op & 15;
    switch (op >> 24) {
      case 0: r[a] = r[b] + r[c] + 1; break;
      case 1: r[a] = r[b] * 5 + c; break;
      case 2: r[a] = r[b] ^ r[c]; break;
      case 3: r[a] = r[b] << 1 | r[c] >> 31; break;
      case 4: r[a] = r[a] - r[c]; break;
      case 5: if (r[a] & 1) pc = c; break;
      default: pc = 0;
    }
  }
  return r[1] ^ r[2] ^ r[3] ^ r[4];
}

KERNEL(byte_scan) {
  enum { N = 1 << 20 };
  u32 seed = 5, words = 0, sum = 0;
  for (usize i = 0; i < N; i++) heap[i] = "etaoin shrdlu\n \"\\"[next(&seed) >> 28];
  for (int round = 0; round < 16; round++) {
    int in_word = 0;
    for (const u8 *p = heap; p < heap + N; p++) {
      int letter = *p > ' ' && *p != '"' && *p != '\\';
      words += letter && !in_word;
      in_word = letter;
      sum += *p;
    }
  }
  return words ^ sum;
}
