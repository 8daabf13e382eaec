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
  const crossing: (readonly [name: string, value: string])[] = [];
  const take = (name: string): void => {
    const value = nominated.includes(name) ? null : headers.get(name);
    if (value !== null) crossing.push([name, value]);
  };
  for (const name of names) take(name);
  if (own === undefined) return crossing;
  for (const [name] of headers) if (own.test(name)) take(name);
  return crossing;
}
