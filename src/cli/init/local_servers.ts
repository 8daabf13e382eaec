/** Servers of models on this machine, at the ports that they have by default. */

import { GatewayError } from "../../core/gateway_error.ts";
import { parseJsonObject } from "../../core/text/json.ts";
import { askNearby } from "../../host/ask.ts";
import type { Environment } from "../../config/sources/settings.ts";
import { transportOptions } from "../../transport/transport_options.ts";
import { type Found, SketchBuilder } from "../import/sketch.ts";

const BOUNDS = { timeoutMs: 1_000, maxBytes: 1_048_576 };
const OLLAMA = "http://127.0.0.1:11434";
const LM_STUDIO = "http://127.0.0.1:1234";

interface LocalServer {
  readonly title: string;
  readonly upstream: string;
  /** Name of the option that has its address. */
  readonly option: string;
  readonly origin: string;
  /** Answered with a JSON object that has a member of that name. */
  readonly path: string;
  readonly member: string;
}

/** Asks each for its list. `OLLAMA_HOST` says where Ollama is, as it does for Ollama itself. */
export async function findLocalServers({ OLLAMA_HOST = "" }: Environment): Promise<Found> {
  const servers: readonly LocalServer[] = [
    {
      title: "Ollama",
      upstream: "ollama",
      option: "host",
      origin: URL.parse(OLLAMA_HOST)?.origin ?? OLLAMA,
      path: "/api/tags",
      member: "models",
    },
    {
      title: "LM Studio",
      upstream: "lmstudio",
      option: "baseUrl",
      origin: LM_STUDIO,
      path: "/v1/models",
      member: "data",
    },
  ];
  const answering = await Promise.all(servers.map(async (server) => {
    return { server, isThere: await answers(server) };
  }));
  const there = answering.filter(({ isThere }) => isThere).map(({ server }) => server);
  const sketch = new SketchBuilder();
  for (const { upstream, option, origin } of there) {
    sketch.addUpstream(upstream, { [option]: origin });
  }
  const titles = there.map(({ title, origin }) => `${title} at ${origin}`);
  return {
    source: titles.length === 0 ? undefined : titles.join(" and "),
    sketch: sketch.sketch(),
  };
}

async function answers({ origin, path, member }: LocalServer): Promise<boolean> {
  const answer = await askNearby(new URL(origin + path), transportOptions.parse({}), BOUNDS);
  if (answer instanceof GatewayError || answer.status !== 200) return false;
  return Array.isArray(parseJsonObject(answer.text)?.[member]);
}
