/** The address of the embedded fake LLM. */

import type { Config } from "../config/schema.ts";
import { needsFake } from "../upstreams/registry.ts";
import { listenFake } from "./fake.ts";

/** `undefined` where the upstreams do without it. */
export type FakeBaseUrl = (upstreams: Config["upstreams"]) => string | undefined;

/** Started once it is needed, and kept: calls may still be on their way to it. */
export function createFakeBaseUrl(): FakeBaseUrl {
  let baseUrl: string | undefined;
  return (upstreams) => {
    if (!needsFake(upstreams)) return undefined;
    baseUrl ??= `http://127.0.0.1:${listenFake("127.0.0.1", 0).addr.port}/v1`;
    return baseUrl;
  };
}
