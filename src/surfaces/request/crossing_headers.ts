/** Which of a client's headers cross to the upstream. */

import type { HeaderList } from "../../core/transport.ts";

/** Those of `names`, without what `Connection` names, which is meant for this hop alone (T45). */
export function crossingHeaders(headers: Headers, names: readonly string[]): HeaderList {
  const connection = headers.get("connection");
  const nominated = connection === null
    ? []
    : connection.toLowerCase().split(",").map((option) => option.trim());
  return names.flatMap((name) => {
    const value = nominated.includes(name) ? null : headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
}
