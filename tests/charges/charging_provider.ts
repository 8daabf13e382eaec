/** Providers that keep books: what they answer follows from the plan in each prompt, and so does what they charge. */

import { type Answered, type Api, chat, gemini, messages, responses, vectors } from "./answers.ts";
import { Books, priceOf, type Tokens } from "./books.ts";
import { isPaced, type Plan, planIn, randomOf } from "./plan.ts";

/** Where each of them lies below the origin. */
export const PROVIDERS = ["openai", "anthropic", "gemini", "openrouter", "mine"] as const;

type ProviderName = typeof PROVIDERS[number];

const LATE_MS = 400;

export interface ChargingProviders extends AsyncDisposable {
  readonly origin: string;
  readonly books: Books;
  /** Resolves when nothing is being answered. */
  idle(): Promise<void>;
}

export function startChargingProviders(): ChargingProviders {
  const books = new Books();
  const asked = new Map<string, number>();
  let running = 0;
  let wake = (): void => {};
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const [, name = "", ...path] = pathname.split("/");
      const body = await request.text();
      const plan = planIn(body);
      if (plan === undefined) return Response.json({ object: "list", data: [], models: [] });
      const earlier = asked.get(plan.call) ?? 0;
      asked.set(plan.call, earlier + 1);
      if (plan.mode === "failing" && earlier === 0) return refusal();
      running += 1;
      const ended = (): void => {
        running -= 1;
        if (running === 0) wake();
      };
      const provider = name as ProviderName; // The configuration of the test has no others.
      const answer = {
        request,
        path: path.join("/"),
        body,
        plan,
        provider,
        isFirst: earlier === 0,
      };
      return await answerTo(answer, books, ended);
    },
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    books,
    idle: async () => {
      while (running > 0) await new Promise<void>((resolve) => wake = resolve);
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

interface Asked {
  readonly request: Request;
  readonly path: string;
  readonly body: string;
  readonly plan: Plan;
  readonly provider: ProviderName;
  /** It is the first request of its call. */
  readonly isFirst: boolean;
}

async function answerTo(asked: Asked, books: Books, ended: () => void): Promise<Response> {
  const { request, path, body, plan, provider, isFirst } = asked;
  const api = apiOf(path);
  const json = JSON.parse(body);
  const model: string = /models\/([^:]+):/.exec(path)?.[1] ?? json.model;
  const isStream = json.stream === true || path.includes(":stream");
  const hasUsage = api !== chat || json.stream_options?.include_usage === true;
  const tokens = tokensOf(plan, provider, api);
  const cost = provider === "openrouter" ? Math.ceil(randomOf(plan.seed)() * 1e6) / 1e6 : undefined;
  const answered: Answered = {
    model,
    tokens,
    isCounted: plan.mode !== "uncounted",
    ...(cost !== undefined && { cost }),
  };
  const charge = (told: boolean, charged: Tokens = tokens): void => {
    const usd = cost ?? priceOf(model, charged);
    books.charge(plan.call, { usd, isTold: told && (!isStream || hasUsage) && answered.isCounted });
    ended();
  };
  if (plan.mode === "late" && isFirst) {
    await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    if (request.signal.aborted) {
      // The prompt was read.
      charge(false, { ...tokens, output: 0, reasoning: 0 });
      return refusal();
    }
  }
  if (!isStream) {
    charge(true);
    return Response.json(api.whole(answered));
  }
  return new Response(streamOf(api.events(answered, hasUsage), plan, tokens, charge), {
    headers: { "content-type": "text/event-stream" },
  });
}

/** Whoever leaves early pays for what was made until then. */
function streamOf(
  events: readonly string[],
  plan: Plan,
  tokens: Tokens,
  charge: (told: boolean, charged?: Tokens) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let sent = 0;
  const partly = (): Tokens => ({
    ...tokens,
    output: Math.ceil(tokens.output * sent / events.length),
  });
  return new ReadableStream({
    pull: async (controller) => {
      if (isPaced(plan)) await new Promise((resolve) => setTimeout(resolve, 1));
      if (plan.mode === "cut" && sent === 4) {
        charge(false, partly());
        controller.close();
        sent = Infinity;
        return;
      }
      const event = events[sent];
      sent += 1;
      if (event !== undefined) controller.enqueue(encoder.encode(event));
      if (sent !== events.length) return;
      charge(true);
      controller.close();
    },
    cancel: () => {
      if (sent < events.length) charge(false, partly());
    },
  }, { highWaterMark: 0 });
}

function apiOf(path: string): Api {
  if (path.endsWith("/chat/completions")) return chat;
  if (path.endsWith("/messages")) return messages;
  if (path.endsWith("/responses")) return responses;
  return path.includes(":generate") || path.includes(":stream") ? gemini : vectors;
}

function tokensOf({ seed }: Plan, provider: ProviderName, api: Api): Tokens {
  const random = randomOf(seed + 1);
  const below = (bound: number): number => Math.floor(random() * bound);
  // Now and then a long one, which has other prices.
  const scale = below(20) === 0 ? 120_000 : 3_000;
  const [fresh, cached] = [1 + below(scale), below(scale)];
  const isWriting = provider === "anthropic";
  const [written, hour] = isWriting ? [below(scale), below(scale)] : [0, 0];
  const output = api === vectors ? 0 : 1 + below(2_000);
  const reasoning = below(output);
  return {
    fresh,
    cached: api === vectors ? 0 : cached,
    written,
    writtenForAnHour: hour,
    output,
    reasoning: provider === "anthropic" ? 0 : reasoning,
  };
}

function refusal(): Response {
  const error = { message: "Too many at once", type: "server_error", code: "overloaded" };
  return Response.json({ type: "error", error }, { status: 503 });
}
