/** All vectors. */

import { CHUNKS, CODINGS, LENGTHS } from "./bodies.ts";
import { CONNECTIONS } from "./connections.ts";
import { FIELDS, LINE_ENDS } from "./fields.ts";
import { HOSTS } from "./hosts.ts";
import { REQUEST_LINES, TARGETS } from "./request_lines.ts";
import type { Vector } from "./vector.ts";

export const ALL_VECTORS: readonly Vector[] = [
  ...REQUEST_LINES,
  ...TARGETS,
  ...HOSTS,
  ...FIELDS,
  ...LINE_ENDS,
  ...LENGTHS,
  ...CODINGS,
  ...CHUNKS,
  ...CONNECTIONS,
];
