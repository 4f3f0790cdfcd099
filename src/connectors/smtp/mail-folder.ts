import { createHash, randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProviderUnavailable } from "../../errors.ts";
import type { MailConnector } from "../contract.ts";
import { toMime } from "./mime.ts";

/**
 * "Sends" each mail into a folder as an .eml file, for trying the product without a mail server.
 * The file is named after the message id, so the same mail sent again replaces itself.
 */
export function createMailFolder({ folder }: { folder: string }): MailConnector {
  return {
    async send(message, { signal, beforeCommit }) {
      signal.throwIfAborted();
      const { raw } = await toMime(message);
      const name = fileName(message.messageId);
      const draft = join(folder, `.${randomUUID()}.part`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(draft, raw);
      } catch (error) {
        throw unwritable(folder, error);
      }
      try {
        await beforeCommit();
        signal.throwIfAborted();
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      // A rename is whole or nothing, so there is no doubt about a failed one.
      await rename(draft, join(folder, name)).catch((error: unknown) => {
        throw unwritable(folder, error);
      });
      return { messageId: message.messageId, response: `250 saved as ${name}`, rejected: [] };
    },
    async verify() {
      const probe = join(folder, `.${randomUUID()}.part`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(probe, "");
        await rm(probe);
      } catch (error) {
        throw unwritable(folder, error);
      }
    },
    close() {},
  };
}

/** Readable where the message id allows; a hash keeps apart ids that would look the same. */
function fileName(messageId: string): string {
  const id = messageId.slice(1, -1);
  const readable = id.replaceAll(/[^\w.@-]/g, "_").slice(0, 120);
  if (readable === id) return `${id}.eml`;
  return `${readable}-${createHash("sha256").update(id).digest("hex").slice(0, 8)}.eml`;
}

function unwritable(folder: string, cause: unknown): ProviderUnavailable {
  return new ProviderUnavailable(`The mail folder ${folder} cannot be written.`, {
    cause,
    code: "mail_config",
  });
}
