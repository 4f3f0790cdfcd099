import { freshbooksSandbox } from "./freshbooks/freshbooks.ts";
import type { SandboxProvider } from "./provider.ts";

/** Every provider there is a sandbox of, in the order of their names. */
export const sandboxProviders: readonly SandboxProvider[] = [freshbooksSandbox];
