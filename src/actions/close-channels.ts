import { deleteChannel, listChannels } from "../db/calendar-channels.ts";
import { withConnection, type ConnectionUser } from "./use-connection.ts";

/** How Google is told that it need not tell us any more. */
export type CloseChannel = (
  call: { accessToken: string; signal: AbortSignal },
  channel: { id: string; resourceId: string },
) => Promise<void>;

/**
 * Ends the channels through which a company is told of changes, before its connection ends. Whatever
 * Google says, they are forgotten here: messages of a channel that is left over are refused, and it ends
 * by itself within a week.
 */
export async function closeChannels(
  user: ConnectionUser,
  companyId: number,
  closeChannel: CloseChannel,
): Promise<void> {
  const channels = await listChannels(user.sql, companyId);
  for (const { id, resourceId } of channels) {
    if (resourceId !== null) {
      await withConnection(user, { companyId, provider: "google-calendar" }, (connection) =>
        connection.call((accessToken) =>
          closeChannel({ accessToken, signal: user.signal }, { id, resourceId }),
        ),
      ).catch(() => undefined);
    }
    await deleteChannel(user.sql, id);
  }
}
