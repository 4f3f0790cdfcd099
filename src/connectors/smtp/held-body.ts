import { once } from "node:events";
import { Readable } from "node:stream";

const CHUNK_BYTES = 16_384;

interface HeldBodyOptions {
  raw: Buffer;
  /** See `MailSendOptions.beforeCommit`. */
  beforeCommit: () => Promise<void>;
  /** Called the moment the end of the mail leaves our hands. */
  onCommit: () => void;
  /** Called with whatever `beforeCommit` threw; the end is then never handed over. */
  onRefused: (error: unknown) => void;
}

/**
 * The body of a mail, which keeps back its end until `beforeCommit` has resolved. Without the end
 * (the line with the single dot) a mail server must throw away what it got (RFC 5321 4.1.1.4), so
 * `isCommitted` divides "surely not sent" from "perhaps sent".
 *
 * nodemailer starts reading a message by calling `pipe`, and only after the server has said 354 to
 * DATA. It is overridden, because an ordinary stream would be read ahead into buffers: then its end
 * would be asked for before the server agreed to take a single byte.
 */
export class HeldBody extends Readable {
  readonly #options: HeldBodyOptions;
  readonly #closing = new AbortController();
  #feeding: Promise<void> | undefined;
  #isCommitted = false;

  constructor(options: HeldBodyOptions) {
    super();
    this.#options = options;
  }

  /** The end was handed over: the mail may have been accepted. */
  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  /** The server asked for the body. */
  get isStarted(): boolean {
    return this.#feeding !== undefined;
  }

  /** Resolves when nothing more will be handed over and no `beforeCommit` is running any more. */
  async settled(): Promise<void> {
    await this.#feeding;
  }

  override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
    this.#feeding = this.#feed(destination).catch(this.#options.onRefused);
    return destination;
  }

  // Nothing is ever pulled out of this stream, see `pipe`.
  override _read(): void {}

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#closing.abort();
    done(error);
  }

  async #feed(destination: NodeJS.WritableStream): Promise<void> {
    const { raw, beforeCommit, onCommit } = this.#options;
    for (let start = 0; start < raw.length; start += CHUNK_BYTES) {
      if (this.destroyed) return;
      const hasRoom = destination.write(raw.subarray(start, start + CHUNK_BYTES));
      if (!hasRoom && !(await this.#drained(destination))) return;
    }
    await beforeCommit();
    // The connection may have been lost while the caller wrote its note.
    if (this.destroyed) return;
    this.#isCommitted = true;
    onCommit();
    destination.end();
  }

  /** False when the connection was closed instead. */
  async #drained(destination: NodeJS.WritableStream): Promise<boolean> {
    try {
      await once(destination, "drain", { signal: this.#closing.signal });
      return true;
    } catch (error) {
      if (this.destroyed) return false;
      throw error;
    }
  }
}
