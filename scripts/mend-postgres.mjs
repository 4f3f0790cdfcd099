// Mends two faults of the postgres driver 3.4.9 where it is installed, until a release of it does (its
// issues 1154 and 1208; docs/decisions/0010). A connection that was lost with a statement half
// written threw past every handler, which ends the process; and it never wrote again afterwards, so
// that the pool hung on it for ever. test/integration/db/lost-connections.test.ts fails without this.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const MENDED = "3.4.9";

/** What stands there, and what has to. */
const REPLACEMENTS = [
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
];

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
  const path = join(dirname(manifest), "src/connection.js");
  const before = readFileSync(path, "utf8");
  const after = REPLACEMENTS.reduce((text, [from, to]) => {
    if (!text.includes(to) && !text.includes(from)) {
      throw new Error(`${path} is not that of postgres ${MENDED}: nothing was changed.`);
    }
    return text.includes(to) ? text : text.replace(from, () => to);
  }, before);
  if (after !== before) writeFileSync(path, after);
}
