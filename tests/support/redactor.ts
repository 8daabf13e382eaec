/** What the gateway masks with where a test has no secret of its own: patterns alone. */

import { createRedactor } from "../../src/observability/redact.ts";

export const redactor = createRedactor({ secrets: [], addresses: [] });
