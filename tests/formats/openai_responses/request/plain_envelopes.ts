/** Envelopes that anybody could make, for tests of what goes into them. */

import { ENVELOPE_PREFIX, type Envelopes } from "../../../../src/core/envelope.ts";

export const plainEnvelopes: Envelopes = {
  seal: (text, issuer) => ENVELOPE_PREFIX + JSON.stringify({ text, issuer }),
  open: (envelope) =>
    envelope.startsWith(ENVELOPE_PREFIX)
      ? JSON.parse(envelope.slice(ENVELOPE_PREFIX.length))
      : undefined,
};
