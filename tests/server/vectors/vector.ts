/** Requests as bytes, and what a server that is read strictly makes of them. */

export interface Vector {
  readonly name: string;
  /** One character a byte. */
  readonly request: string;
  /**
   * The status that it is refused with, after which the connection is closed; or what the handler sees: method,
   * target, host and body, and the same of any request that follows it.
   */
  readonly outcome: number | readonly string[];
}

/** What the handler sees of a request to the host that most vectors name. */
export function seen(method: string, target: string, body = "", host = "h"): string {
  return `${method} ${target} ${host} ${body}`;
}

/** Rows of a table, such as `["a bare LF", "GET / HTTP/1.1\nHost: h\r\n\r\n", 400]`. */
export function vectors(
  group: string,
  rows: readonly (readonly [name: string, request: string, outcome: Vector["outcome"] | string])[],
): Vector[] {
  return rows.map(([name, request, outcome]) => ({
    name: `${group}: ${name}`,
    request,
    outcome: typeof outcome === "string" ? [outcome] : outcome,
  }));
}

/** A request whose head says no more than the given lines. */
export function get(...lines: readonly string[]): string {
  return ["GET / HTTP/1.1", "Host: h", ...lines, "", ""].join("\r\n");
}

export function post(...lines: readonly string[]): string {
  return ["POST / HTTP/1.1", "Host: h", ...lines].join("\r\n");
}
