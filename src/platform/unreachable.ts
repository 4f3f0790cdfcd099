/** A server that the settings name and that does not let us in; `cause` says how it went. */
export class Unreachable extends Error {
  readonly what: "database" | "queue";

  constructor(what: "database" | "queue", cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "Unreachable";
    this.what = what;
  }
}
