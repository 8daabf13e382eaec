/** How models are routed. */

import { z } from "zod";

export const routingOptions = z.strictObject({
  aliases: z.record(z.string().min(1), z.string().min(1)).default({}).describe(
    "Other names of models, as `alias=model` or `alias=upstream/model`, split by commas.",
  ),
}).prefault({});
