/**
 * A client that is opened by its first call. An SDK takes tens of megabytes once it is loaded, which a
 * process has no use for while nobody is connected. What opening throws, that call throws; the next one tries again.
 */
export function openLater<Client extends (...given: never[]) => Promise<unknown>>(
  open: () => Promise<Client>,
): Client {
  let opened: Promise<Client> | undefined;
  const call = async (...given: Parameters<Client>): Promise<unknown> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return await (
      await opened
    )(...given);
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- hands on whatever it is given, as the client types it
  return call as unknown as Client;
}
