/** Which of a client's headers cross to the upstream. */

import type { HeaderList, HeaderReader } from "../../core/provider/transport.ts";

/**
 * Those of `names`, and those that `own` fits, without what `Connection` names, which is meant for this hop
 * alone (T45).
 */
export function crossingHeaders(
  headers: HeaderReader,
  names: readonly string[],
  own?: RegExp,
): HeaderList {
  const connection = headers.get("connection");
  const nominated = connection === null
    ? []
    : connection.toLowerCase().split(",").map((option) => option.trim());
  const further = own === undefined
    ? []
    : [...headers].flatMap(([name]) => own.test(name) ? [name] : []);
  return [...names, ...further].flatMap((name) => {
    const value = nominated.includes(name) ? null : headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
}
