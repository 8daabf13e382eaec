import { assertEquals } from "@std/assert";
import type { LedgerEvent } from "../../src/core/ledger/ledger.ts";
import type { ProviderRequest, ProviderResponse } from "../../src/core/provider/transport.ts";
import { signedHeaders } from "../../src/ledger/webhooks/sign.ts";
import { type WebhookOptions, webhooksOptions } from "../../src/ledger/webhooks/webhook_options.ts";
import { Webhooks } from "../../src/ledger/webhooks/webhooks.ts";
import { ManualClock } from "../transport/manual_clock.ts";
import { settle } from "./recorded.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const EVENT: LedgerEvent = { type: "provider.down", atMs: 1_000, data: { provider: "p" } };

function options(...given: readonly object[]): readonly WebhookOptions[] {
  return webhooksOptions.parse(given);
}

/** @param answer Status of each answer in its order, or why there is none. */
function receiver(answer: (count: number) => number | Error) {
  const clock = new ManualClock();
  const requests: ProviderRequest[] = [];
  const told: string[] = [];
  const webhooks = new Webhooks({
    send: (request) => {
      requests.push(request);
      const status = answer(requests.length);
      if (status instanceof Error) return Promise.reject(status);
      // Only these members are read.
      return Promise.resolve({ status, body: { cancel: () => {} } } as ProviderResponse);
    },
    clock,
    random: () => 0.5,
    makeId: () => "id",
    watch: {
      refused: (_url, event, cause, nextMs) => told.push(`refused ${event} ${cause} ${nextMs}`),
      lost: (_url, event, cause) => told.push(`lost ${event} ${cause}`),
    },
  });
  return { clock, requests, told, webhooks };
}

Deno.test("a message is signed as the example of Standard Webhooks", () => {
  // From the tests of its libraries.
  const headers = signedHeaders(
    SECRET,
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1_614_265_330,
    '{"test": 2432232314}',
  );
  assertEquals(Object.fromEntries(headers), {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

Deno.test("an event is sent to those who want it, with its type, its time and its data", async () => {
  const { requests, webhooks } = receiver(() => 204);
  webhooks.configure(options(
    { url: "https://a.test/all", secret: SECRET },
    { url: "https://a.test/keys", secret: SECRET, events: ["key.expiring"] },
  ));
  webhooks.publish(EVENT);
  await settle();
  assertEquals(requests.map(({ url }) => url.href), ["https://a.test/all"]);
  const [{ body }] = requests as [ProviderRequest];
  assertEquals(JSON.parse(new TextDecoder().decode(body as Uint8Array)), {
    type: "provider.down",
    timestamp: "1970-01-01T00:00:01.000Z",
    data: { provider: "p" },
  });
});

Deno.test("two receivers of one address stay two, each with its events", async () => {
  const { requests, webhooks } = receiver(() => 204);
  const both = options(
    { url: "https://a.test/", secret: SECRET, events: ["provider.down"] },
    { url: "https://a.test/", secret: SECRET, events: ["key.expiring"] },
  );
  webhooks.configure(both);
  webhooks.configure(both);
  webhooks.publish(EVENT);
  await settle();
  assertEquals(requests.length, 1);
});

Deno.test("what is refused is sent again ever later, with the same id, and is lost at last", async () => {
  const { clock, requests, told, webhooks } = receiver((count) =>
    count === 1 ? new Error("No connection") : 503
  );
  webhooks.configure(options({ url: "https://a.test/", secret: SECRET }));
  webhooks.publish(EVENT);
  await settle();
  for (const pauseMs of [5_000, 30_000, 120_000, 600_000, 3_600_000, 14_400_000, 28_800_000]) {
    assertEquals(told.at(-1)?.endsWith(` ${pauseMs}`), true);
    clock.advance(pauseMs);
    await settle();
  }
  assertEquals(requests.length, 8);
  assertEquals(
    new Set(requests.map(({ headers }) => Object.fromEntries(headers)["webhook-id"])).size,
    1,
  );
  assertEquals(told[0], "refused provider.down No connection 5000");
  assertEquals(told.at(-1), "lost provider.down it answered 503");
  assertEquals(clock.pending, 0);
});

Deno.test("a receiver that is gone, or not configured any more, is sent nothing again", async () => {
  const { clock, told, webhooks } = receiver((count) => count === 1 ? 410 : 500);
  webhooks.configure(options({ url: "https://a.test/", secret: SECRET }));
  webhooks.publish(EVENT);
  await settle();
  assertEquals(told, ["lost provider.down it answered 410: it wants no more events"]);
  webhooks.publish(EVENT);
  await settle();
  webhooks.configure([]);
  assertEquals(told.at(-1), "lost provider.down it is not configured any more");
  assertEquals(clock.pending, 0);
});

Deno.test("a receiver that does not answer holds up four events, and loses what is beyond 1,000", async () => {
  const { clock, requests, told, webhooks } = receiver(() => 200);
  const hanging: Promise<ProviderResponse>[] = [];
  const silent = new Webhooks({
    send: (_request, signal) => {
      const pending = new Promise<ProviderResponse>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
      hanging.push(pending);
      return pending;
    },
    clock,
    random: () => 0.5,
    makeId: () => "id",
    watch: { refused: () => {}, lost: (_url, _event, cause) => told.push(cause) },
  });
  silent.configure(options({ url: "https://a.test/", secret: SECRET }));
  for (let count = 0; count < 1_003; count++) silent.publish(EVENT);
  assertEquals(hanging.length, 4);
  assertEquals(told, Array.from({ length: 3 }, () => "1000 others wait to be sent"));
  clock.advance(15_000);
  await settle();
  assertEquals(hanging.length, 8);
  silent.close();
  webhooks.close();
  assertEquals(requests.length, 0);
});

Deno.test("a secret is one of Standard Webhooks, and an address is of HTTP", () => {
  const isTaken = (given: object): boolean => webhooksOptions.safeParse([given]).success;
  assertEquals(isTaken({ url: "https://a.test/", secret: SECRET }), true);
  assertEquals(isTaken({ url: "https://a.test/", secret: "password" }), false);
  assertEquals(isTaken({ url: "https://a.test/", secret: "whsec_c2hvcnQ=" }), false);
  assertEquals(isTaken({ url: "file:///etc/passwd", secret: SECRET }), false);
  assertEquals(isTaken({ url: "https://a.test/", secret: SECRET, events: ["call.ended"] }), false);
});
