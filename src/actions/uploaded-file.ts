import type { FileKind } from "../platform/file-kinds.ts";

/** A file that somebody sent. It lies in the storage, and goes again unless a record claims it. */
export interface UploadedFile {
  /** In the file storage. */
  key: string;
  /** What it is, by its content. */
  kind: FileKind;
  content: Buffer;
  /** SHA-256 of the content, hex. */
  digest: string;
  /** How the sender knows it. */
  field: string;
}
