/** Holds the keys of those who run the gateway apart from those of its callers. */

import type * as z from "zod";
import { hashOf } from "../access/keys/key_form.ts";
import type { AdminOptions } from "../access/admin_role.ts";
import type { AuthenticateOptions } from "../access/authenticate.ts";

interface KeySections {
  readonly admin: AdminOptions;
  readonly auth: AuthenticateOptions;
  readonly metrics: { readonly apiKey?: string | undefined };
}

/** Who may call models would otherwise administrate them, or whoever reads metrics. */
export function refuseSharedKeys(
  { admin, auth, metrics }: KeySections,
  { addIssue }: z.RefinementCtx,
): void {
  if (admin.apiKey === undefined && admin.readApiKey === undefined) return;
  const others = new Set([
    ...[auth.apiKey, metrics.apiKey].flatMap((key) => key === undefined ? [] : hashOf(key)),
    ...auth.keys.map(({ hash }) => hash),
  ]);
  for (const name of ["apiKey", "readApiKey"] as const) {
    const key = admin[name];
    if (key === undefined || !others.has(hashOf(key))) continue;
    const message = "is the key of a client, or of the metrics, as well; choose another";
    addIssue({ code: "custom", path: ["admin", name], message });
  }
}
