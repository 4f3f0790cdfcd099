import { sandboxProviders } from "./providers.ts";
import { startProviderServer, type SandboxServer, type ServerOptions } from "./server.ts";

export interface SandboxOptions {
  /** The first provider's port, the others follow; 0 takes any free ones. */
  port: number;
  /** How much the books hold. */
  seed?: ServerOptions["seed"];
}

export interface RunningSandbox {
  servers: readonly Pick<SandboxServer, "name" | "url" | "settings" | "readState">[];
  close: () => Promise<void>;
}

/** Starts all providers. When one does not start, those before it are stopped again. */
export async function startSandbox({ port, seed = {} }: SandboxOptions): Promise<RunningSandbox> {
  const servers: SandboxServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    for (const [index, provider] of sandboxProviders.entries()) {
      servers.push(
        await startProviderServer(provider, { port: port === 0 ? 0 : port + index, seed }),
      );
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { servers, close };
}
