// Speaks JSON lines: one sequence of messages on each line of standard input, its answers on the same line of standard output.
// The loader runs in a child of its own, whose standard streams lead nowhere: guests read and write them.
import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAJOR_MIN = 20
const LIMITS = [
  '--experimental-wasm-memory64',
  '--no-warnings',
  // Each instance of aos has 110 MB outside the heap: they are collected at once, not when the heap happens to be full.
  '--expose-gc',
  '--max-old-space-size=2048',
  // KiB: the reference's unit evaluates on worker threads, which have 4 MiB; main threads have 8 MiB.
  '--stack-size=3900'
]

if (Number(process.versions.node.split('.')[0]) < MAJOR_MIN) {
  console.error(`Node.js ${MAJOR_MIN} or later is needed (64-bit memories), this is ${process.version}`)
  process.exit(1)
}

const environment = { PATH: process.env.PATH, TZ: 'UTC', LANG: 'C.UTF-8' }
const loader = fork(fileURLToPath(new URL('./reference.mjs', import.meta.url)), {
  execArgv: LIMITS, env: environment, stdio: ['ignore', 'ignore', 'inherit', 'ipc']
})
loader.on('message', answer => process.stdout.write(JSON.stringify(answer) + '\n'))
loader.on('exit', (code, signal) => {
  console.error(`the loader ended: code=${code} signal=${signal}`)
  process.exit(1)
})
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })
lines.on('line', line => loader.send(line))
lines.on('close', () => {
  loader.removeAllListeners('exit')
  loader.kill()
  process.exit(0)
})
