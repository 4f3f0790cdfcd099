import { z } from "zod";

/** What a rule did, or would do: what each of its actions or terms came to. */
export const effectsJson = z.array(z.record(z.string(), z.unknown())).meta({
  description:
    "`type` is that of the action or of the terms. Of time that was billed: `worked` and `billed` are " +
    "seconds, `credit` is what was taken off, in minor units.",
});
