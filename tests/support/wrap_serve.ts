/** A program whose requests pass something of the test's first. */

import type { HttpHandler } from "../../src/core/http/http.ts";
import { Exchange } from "../../src/server/exchange.ts";

/** From now on, what the server is given as a handler is wrapped. */
export function wrapServe(wrap: (handler: HttpHandler) => HttpHandler): void {
  const { begin } = Exchange.prototype;
  Exchange.prototype.begin = function (handler) {
    begin.call(this, wrap(handler));
  };
}
