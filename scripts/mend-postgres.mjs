// Mends five faults of the postgres driver 3.4.9 where it is installed, until a release of it does. A
// connection that was lost with a statement half written threw past every handler, which ends the process;
// and it never wrote again afterwards, so that the pool hung on it for ever (its issues 1154 and 1208;
// docs/decisions/0010). One that was reset kept what it had not been told the end of, and took for that what
// was said to the next: test/integration/db/lost-connections.test.ts fails without these. And statements
// were sent behind others that wait for a lock, although a connection was free (docs/decisions/0014):
// test/integration/db/statements.test.ts. And a connection that rows were copied from waited for ever for
// somebody to read on, when the last of them came together or nobody wanted the rest (docs/decisions/0016):
// test/integration/db/copies.test.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const MENDED = "3.4.9";

/** What stands in its files, and what has to. */
const REPLACEMENTS = {
  "connection.js": [
    [
      `    const x = socket.write(chunk, fn)
    nextWriteTimer !== null && clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    return x
  }
`,
      `    const pending = chunk
    forgetWrite()
    return socket === null
      ? refuse(Errors.connection('CONNECTION_CLOSED', options, socket))
      : socket.write(pending, fn)
  }

  function forgetWrite() {
    nextWriteTimer !== null && clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
  }

  function refuse(err) {
    query && queryError(query, err)
    query = null
    while (sent.length)
      queryError(sent.shift(), err)
    return false
  }
`,
    ],
    [
      `    clearImmediate(nextWriteTimer)
    if (socket) {
`,
      `    forgetWrite()
    if (socket) {
`,
    ],
    [
      `    incomings = null
    clearImmediate(nextWriteTimer)
    socket.removeListener(`,
      `    incomings = null
    forgetWrite()
    socket.removeListener(`,
    ],
    [
      `    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
`,
      `    ;(query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    query = null
`,
    ],
    [
      `    stream = new Stream.Readable({
      read() { socket.resume() }
    })
`,
      `    const resume = () => { socket && socket.resume() }
    const rows = stream = new Stream.Readable({
      read: resume,
      destroy(err, callback) {
        stream === rows && (stream = null)
        resume()
        callback(err)
      }
    }).on('error', () => { /* told to whoever reads, who may only begin to */ })
`,
    ],
    [
      `    stream && stream.push(null)
    stream = null
  }
`,
      `    stream && stream.push(null)
    stream = null
    socket && socket.resume()
  }
`,
    ],
  ],
  "index.js": [
    [
      `      return connect(closed.shift(), query)

    busy.length
      ? go(busy.shift(), query)
      : queries.push(query)
`,
      `      return connect(closed.shift(), query)

    queries.push(query)
`,
    ],
    [
      `    let max = Math.ceil(queries.length / (connecting.length + 1))
`,
      `    let max = 1
`,
    ],
    [
      `    await 1
    let timer
`,
      `    await 1
    while (queries.length)
      queries.shift().reject(Errors.connection('CONNECTION_ENDED', options, options))
    let timer
`,
    ],
  ],
};

/** May be called again. Throws an Error when the driver is another one than these lines were written for. */
export function mendPostgres() {
  const require = createRequire(import.meta.url);
  const manifest = join(dirname(require.resolve("postgres")), "../../package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  if (version !== MENDED) {
    throw new Error(
      `postgres ${version} is installed; scripts/mend-postgres.mjs was written for ${MENDED}: is it still needed?`,
    );
  }
  for (const [name, replacements] of Object.entries(REPLACEMENTS)) {
    const path = join(dirname(manifest), "src", name);
    const before = readFileSync(path, "utf8");
    const after = replacements.reduce((text, [from, to]) => {
      if (text.includes(from)) return text.replace(from, () => to);
      if (text.includes(to)) return text;
      throw new Error(`${path} is not that of postgres ${MENDED}: it was left as it is.`);
    }, before);
    if (after !== before) writeFileSync(path, after);
  }
}

/** Before tests: packages may have been installed without the build. */
export function setup() {
  mendPostgres();
}
