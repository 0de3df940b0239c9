// @permaweb/aoconnect 0.0.98 in legacy mode against a running node: everything a developer does with a process.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { address, ao, get, publish, schedule, signer, tagOf, until, urls } from './network.mjs'

let moduleId
let scheduler
let authority
let pid

async function spawn(tags = []) {
  const id = await ao.spawn({
    module: moduleId,
    scheduler,
    signer,
    tags: [{ name: 'Authority', value: authority }, ...tags],
  })
  assert.match(id, /^[\w-]{43}$/)
  return id
}

async function evaluate(process, data) {
  const id = await ao.message({ process, signer, tags: [{ name: 'Action', value: 'Eval' }], data })
  return { id, result: await ao.result({ process, message: id }) }
}

before(async () => {
  moduleId = await publish(process.env.MODULE_FILE, process.env.MODULE_FORMAT, 'e2e')
  scheduler = await address(urls.su)
  authority = scheduler // one key signs for all units of a node
  pid = await spawn([{ name: 'Name', value: 'e2e' }])
})

test('the result of the spawn is there under the id of the process', async () => {
  const result = await ao.result({ process: pid, message: pid })
  assert.equal(result.Error, undefined)
  assert.deepEqual(result.Spawns, [])
})

test('an evaluation answers', async () => {
  const { result } = await evaluate(pid, '1+1')
  assert.equal(result.Error, undefined)
  assert.equal(result.Output.data, '2')
  assert.deepEqual(result.Messages, [])
  assert.equal(result.GasUsed, 0)
})

test('state is kept over messages', async () => {
  await evaluate(pid, 'Counter = 0')
  for (let i = 1; i <= 5; i++) {
    const { result } = await evaluate(pid, 'Counter = Counter + 1; return Counter')
    assert.equal(result.Output.data, String(i))
  }
})

test('an error is a result, and leaves the state as it was', async () => {
  const { result } = await evaluate(pid, 'Counter = 99; error("on purpose")')
  assert.match(JSON.stringify(result.Error), /on purpose/)
  assert.deepEqual(result.Messages, [])
  // aos 2.0.4 puts a warning before the answer, as its nonce went back with the rest of its state.
  assert.match((await evaluate(pid, 'return Counter')).result.Output.data, /(^|\n)5$/)
})

test('text keeps every character', async () => {
  const { result } = await evaluate(pid, 'return "hé😀\\u{2028}"')
  assert.equal(result.Output.data, 'hé😀\u2028')
})

test('results are paged in both directions', async () => {
  const all = await ao.results({ process: pid, sort: 'ASC', limit: 1000 })
  assert.ok(all.edges.length >= 8)
  const first = await ao.results({ process: pid, sort: 'ASC', limit: 3 })
  assert.deepEqual(first.edges, all.edges.slice(0, 3))
  const next = await ao.results({ process: pid, sort: 'ASC', limit: 3, from: first.edges[2].cursor })
  assert.deepEqual(next.edges, all.edges.slice(3, 6))
  const newest = await ao.results({ process: pid, sort: 'DESC', limit: 2 })
  assert.deepEqual(newest.edges.map((e) => e.node), all.edges.slice(-2).reverse().map((e) => e.node))
  const cursor = JSON.parse(atob(newest.edges[0].cursor))
  assert.equal(typeof cursor.timestamp, 'number')
  assert.match(cursor.ordinate, /^\d+$/)
})

test('a dry run answers and leaves nothing', async () => {
  const tags = [{ name: 'Action', value: 'Eval' }]
  const owner = tagOf((await schedule(pid))[0].message.tags, 'Name') && (await schedule(pid))[0].message.owner.address
  const dry = await ao.dryrun({ process: pid, tags, data: 'Counter = 77; return Counter', Owner: owner })
  assert.equal(dry.Output.data, '77')
  assert.equal((await evaluate(pid, 'return Counter')).result.Output.data, '5')
})

test('a dry run works on a process that has no message yet', async () => {
  const fresh = await spawn()
  const dry = await ao.dryrun({ process: fresh, tags: [{ name: 'Action', value: 'Info' }], data: '' })
  assert.equal(dry.error, undefined)
  assert.ok(Array.isArray(dry.Messages))
})

test('a handler replies to a message of another process', async () => {
  const other = await spawn()
  await evaluate(pid, 'Handlers.add("ping", "Ping", function(m) m.reply({ Data = "pong " .. m.Data }) end)')
  await evaluate(other, 'Handlers.add("any", function(m) return m.Action ~= "Eval" end, function(m) Last = m.Data .. "/" .. m.From end)')
  await evaluate(other, `ao.send({ Target = "${pid}", Action = "Ping", Data = "one" })`)
  const seen = await until('the reply in the other process', async () => {
    const { result } = await evaluate(other, 'return Last or ""')
    return result.Output.data.startsWith('pong') && result.Output.data
  })
  assert.equal(seen, `pong one/${pid}`)
  const pushed = (await schedule(pid)).filter((entry) => tagOf(entry.message.tags, 'From-Process') === other)
  assert.equal(pushed.length, 1, 'the message was pushed exactly once')
})

test('Send().receive() waits for the reply', async () => {
  const other = await spawn()
  await evaluate(other, `local r = Send({ Target = "${pid}", Action = "Ping", Data = "two" }).receive(); Got = r.Data`)
  await until('the received reply', async () => (await evaluate(other, 'return Got or ""')).result.Output.data === 'pong two')
})

test('a process spawns a child, and the child answers', async () => {
  await evaluate(
    pid,
    'Handlers.add("spawned", "Spawned", function(m) Child = m.Process or m.Tags.Process end)',
  )
  await evaluate(pid, `Spawn("${moduleId}", { Data = " ", Tags = { Authority = "${authority}", ["X-Kind"] = "child" } })`)
  const child = await until('the id of the child', async () => {
    const { result } = await evaluate(pid, 'return Child or ""')
    return /^[\w-]{43}$/.test(result.Output.data) && result.Output.data
  })
  const meta = (await get(`${urls.su}/processes/${child}`)).json()
  assert.equal(tagOf(meta.tags, 'From-Process'), pid)
  await evaluate(pid, 'Handlers.add("hello", "Hello-Back", function(m) Hello = m.Data end)')
  await evaluate(pid, `ao.send({ Target = "${child}", Action = "Eval", Data = "ao.send({ Target = '${pid}', Action = 'Hello-Back', Data = 'from ' .. ao.id })" })`)
  await until('the answer of the child', async () => (await evaluate(pid, 'return Hello or ""')).result.Output.data === `from ${child}`)
})

test('an assigned item is evaluated', async () => {
  const other = await spawn()
  await evaluate(other, 'ao.addAssignable("all", function() return true end); Handlers.add("any", function(m) return m.Action == "Note" end, function(m) Assigned = m.Id end)')
  const id = await ao.message({ process: pid, signer, tags: [{ name: 'Action', value: 'Note' }], data: 'to be assigned' })
  const assignment = await ao.assign({ process: other, message: id })
  assert.match(assignment, /^[\w-]{43}$/)
  const result = await ao.result({ process: other, message: assignment })
  assert.equal(result.error, undefined)
  const { result: seen } = await evaluate(other, 'return Assigned or "nothing"')
  assert.equal(seen.Output.data, id)
})

test('a cron ticks, and a monitor pushes what it says', async () => {
  const cron = await spawn([
    { name: 'Cron-Interval', value: '1-second' },
    { name: 'Cron-Tag-Action', value: 'Tick' },
  ])
  await evaluate(pid, 'Ticks = 0; Handlers.add("tock", "Tock", function(m) Ticks = Ticks + 1 end)')
  await evaluate(cron, `Handlers.add("tick", "Tick", function(m) ao.send({ Target = "${pid}", Action = "Tock" }) end)`)
  await ao.monitor({ process: cron, signer })
  await until('a pushed tick', async () => Number((await evaluate(pid, 'return Ticks')).result.Output.data) > 0, 60)
  await ao.unmonitor({ process: cron, signer })
  const edges = (await get(`${urls.cu}/cron/${cron}?limit=5`)).json().edges
  assert.ok(edges.length > 0)
  assert.match(JSON.parse(atob(edges[0].cursor)).cron, /^0-1-second/)
})

test('an unknown message is refused at once', async () => {
  const unknown = 'A'.repeat(43)
  const answer = await get(`${urls.cu}/result/${unknown}?process-id=${pid}`)
  assert.ok(answer.status >= 400)
  assert.match(answer.json().error, /Message or Process not found/)
})

test('a message to an unknown process is refused', async () => {
  await assert.rejects(ao.message({ process: 'B'.repeat(43), signer, tags: [], data: 'x' }), /4\d\d|500/)
})

test('nonces are dense, timestamps rise and the hash chain is whole', async () => {
  const entries = await schedule(pid)
  const { createHash } = await import('node:crypto')
  let previous
  entries.forEach((entry, i) => {
    const tags = entry.assignment.tags
    assert.equal(tagOf(tags, 'Nonce'), String(i))
    const chain = previous
      ? createHash('sha256').update(Buffer.from(previous.id, 'base64url')).update(Buffer.from(previous.chain, 'base64url')).digest('base64url')
      : createHash('sha256').update(Buffer.from(pid, 'base64url')).digest('base64url')
    assert.equal(tagOf(tags, 'Hash-Chain'), chain)
    const timestamp = Number(tagOf(tags, 'Timestamp'))
    if (previous) assert.ok(timestamp > previous.timestamp)
    previous = { id: entry.assignment.id, chain, timestamp }
  })
})

test('a second, empty compute unit replays the same log to the same results and state', async () => {
  const second = process.env.SECOND_CU_URL
  assert.ok(second, 'SECOND_CU_URL is not set')
  const last = (await schedule(pid)).at(-1)
  const suffix = `/result/${last.message?.id ?? last.assignment.id}?process-id=${pid}`
  assert.equal((await get(second + suffix)).text, (await get(urls.cu + suffix)).text)
  const list = `/results/${pid}?sort=ASC&limit=1000`
  assert.equal((await get(second + list)).text, (await get(urls.cu + list)).text)
  const to = tagOf(last.assignment.tags, 'Timestamp')
  const { createHash } = await import('node:crypto')
  const state = async (cu) => {
    const response = await fetch(`${cu}/state/${pid}?to=${to}`)
    assert.equal(response.status, 200)
    const memory = Buffer.from(await response.arrayBuffer())
    return { bytes: memory.length, ordinate: response.headers.get('last-ordinate'), sha256: createHash('sha256').update(memory).digest('hex') }
  }
  assert.deepEqual(await state(second), await state(urls.cu))
})
