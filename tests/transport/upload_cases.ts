/** The transport contract: bodies that are sent while they arrive. */

import { assert, assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import { until } from "../support/until.ts";
import { failureOf, never, post, readBody, within } from "./contract.ts";
import type { ContractCase } from "./contract.ts";
import { payloadOf, receiveUntil, Upload } from "./upload.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const WAIT_MS = 60_000;
/** More than the buffers between two sockets of one machine hold. */
const PIECE_BYTES = 65_536;
const PIECES = 1_600;

const lengths: readonly { name: string; text: string; lengthBytes: number }[] = [
  { name: "longer", text: "hello, and more", lengthBytes: 5 },
  { name: "shorter", text: "hell", lengthBytes: 5 },
];

function refusesWrongLength({ name, text, lengthBytes }: (typeof lengths)[number]): ContractCase {
  return {
    name: `fails for a body that is ${name} than it says, and never uses its connection again`,
    run: async (context) => {
      const server = context.serve(async (peer) => {
        if (peer.index === 0) return await peer.drain();
        await peer.request();
        await peer.send(OK);
      });
      const client = context.client();
      const upload = new Upload();
      const answer = failureOf(client.send(upload.request(server.url(), lengthBytes), never()));
      upload.send(text);
      upload.end();
      const failure = await answer;
      assertEquals([failure.kind, failure.code], ["invalid_request", "wrong_content_length"]);
      await within(WAIT_MS, server.peers[0]?.left ?? Promise.resolve());
      const next = await client.send(post(server.url()), never());
      assertEquals((await readBody(next.body)).text, "ok");
      assertEquals(server.peers.length, 2);
    },
  };
}

/** What a transport does with a body that it does not hold whole. */
export const uploadCases: readonly ContractCase[] = [
  {
    name: "sends a streamed body whose length is known with that length",
    except: { fetch: "the runtime sends every stream in chunks" },
    run: async (context) => {
      const requests: string[] = [];
      const server = context.serve(async (peer) => {
        for (let count = 0; count < 2; count++) {
          requests.push(await peer.request());
          await peer.send(OK);
        }
      });
      const client = context.client();
      const upload = new Upload();
      const answer = client.send(upload.request(server.url(), 10), never());
      for (const text of ["hello", "", "world"]) upload.send(text);
      upload.end();
      assertEquals((await readBody((await answer).body)).text, "ok");
      assert(requests[0]?.includes("\r\ncontent-length: 10\r\n"));
      assert(!requests[0]?.includes("transfer-encoding"));
      assertEquals(payloadOf(requests[0] ?? ""), "helloworld");
      await readBody((await client.send(post(server.url()), never())).body);
      assertEquals(server.peers.length, 1, "The connection is as good as any other");
    },
  },
  {
    name: "sends a streamed body of unknown length in chunks",
    run: async (context) => {
      const request = Promise.withResolvers<string>();
      const server = context.serve(async (peer) => {
        request.resolve(await receiveUntil(peer, /\r\n0\r\n\r\n$/));
        await peer.send(OK);
      });
      const upload = new Upload();
      const answer = context.client().send(upload.request(server.url()), never());
      for (const text of ["hello", "", "\r\n0\r\n\r\n", "x".repeat(300)]) upload.send(text);
      upload.end();
      assertEquals((await readBody((await answer).body)).text, "ok");
      assertEquals(payloadOf(await request.promise), `hello\r\n0\r\n\r\n${"x".repeat(300)}`);
    },
  },
  {
    name: "sends what has come of a body while the rest is still to come",
    run: async (context) => {
      const first = Promise.withResolvers<void>();
      const server = context.serve(async (peer) => {
        await receiveUntil(peer, /hello/);
        first.resolve();
        await receiveUntil(peer, /world/);
        await peer.send(OK);
      });
      const upload = new Upload();
      const answer = context.client().send(upload.request(server.url()), never());
      upload.send("hello");
      await within(WAIT_MS, first.promise);
      upload.send("world");
      upload.end();
      assertEquals((await readBody((await answer).body)).text, "ok");
    },
  },
  {
    name: "takes no more of a body than the upstream does",
    run: async (context) => {
      const began = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const server = context.serve(async (peer) => {
        await peer.receive();
        began.resolve();
        await goOn.promise;
        while (peer.receivedBytes < PIECES * PIECE_BYTES) await peer.receiveOnce();
        await peer.send(OK);
      });
      let left = PIECES;
      const piece = new Uint8Array(PIECE_BYTES);
      const upload = new Upload(() => left-- > 0 ? piece.slice() : undefined);
      const answer = context.client().send(upload.request(server.url()), never());
      await began.promise;
      let pulls = -1;
      while (pulls !== upload.pulls) {
        pulls = upload.pulls;
        await new Promise((resolve) => setTimeout(resolve, 50)); // Nothing tells of a standstill.
      }
      assert(pulls < PIECES / 2, `${pulls} pieces were taken while the upstream took one`);
      goOn.resolve();
      assertEquals((await readBody((await answer).body)).text, "ok");
    },
  },
  {
    name: "gives the rest of a body up when the answer is there before it",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await receiveUntil(peer, /hello/);
        await peer.send("HTTP/1.1 413 Too Large\r\ncontent-length: 5\r\n\r\nlarge");
        await peer.drain();
      });
      const upload = new Upload();
      const client = context.client();
      const answer = client.send(upload.request(server.url()), never());
      upload.send("hello");
      const response = await answer;
      assertEquals([response.status, (await readBody(response.body)).text], [413, "large"]);
      await within(WAIT_MS, upload.cancelled);
      await within(WAIT_MS, server.peers[0]?.left ?? Promise.resolve());
    },
  },
  {
    name: "gives a body up when the call is aborted",
    run: async (context) => {
      const began = Promise.withResolvers<void>();
      const server = context.serve(async (peer) => {
        await receiveUntil(peer, /hello/);
        began.resolve();
        await peer.drain();
      });
      const controller = new AbortController();
      const upload = new Upload();
      const request = upload.request(server.url());
      const answer = failureOf(context.client().send(request, controller.signal));
      upload.send("hello");
      await began.promise;
      controller.abort();
      assertEquals((await answer).kind, "client_closed");
      await within(250, Promise.all([upload.cancelled, server.peers[0]?.left]));
    },
  },
  {
    name: "gives a body up that cannot be sent at all",
    run: async (context) => {
      const server = context.serve((peer) => peer.drain());
      const aborted = new Upload();
      const request = aborted.request(server.url());
      await failureOf(context.client().send(request, AbortSignal.abort()));
      await within(WAIT_MS, aborted.cancelled);
      const url = server.url();
      await server.stop();
      const refused = new Upload();
      const failure = await failureOf(context.client().send(refused.request(url), never()));
      assertEquals(failure.kind, "upstream_unreachable");
      await within(WAIT_MS, refused.cancelled);
    },
  },
  {
    name: "gives a body up when the upstream goes away",
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await receiveUntil(peer, /hello/);
        peer.close();
      });
      const upload = new Upload();
      const answer = failureOf(context.client().send(upload.request(server.url()), never()));
      upload.send("hello");
      assertEquals((await answer).kind, "upstream_truncated");
      await within(WAIT_MS, upload.cancelled);
      assertEquals(server.peers.length, 1, "It is not sent again");
    },
  },
  {
    name: "never ends a body that broke off as if it were whole",
    except: { fetch: "Deno 2.4 sometimes leaves the rest of a broken upload unsent and unended" },
    run: async (context) => {
      const begun = Promise.withResolvers<void>();
      const received = Promise.withResolvers<string>();
      const server = context.serve(async (peer) => {
        let text = await receiveUntil(peer, /hello/);
        begun.resolve();
        for (let more; (more = await peer.receiveOnce()) !== "";) text += more;
        received.resolve(text);
      });
      const upload = new Upload();
      const answer = failureOf(context.client().send(upload.request(server.url()), never()));
      upload.send("hello");
      await within(WAIT_MS, begun.promise);
      upload.fail(new Error("connection reset"));
      const failure = await answer;
      assertEquals(failure.kind, "client_closed");
      assert(!(await within(WAIT_MS, received.promise)).endsWith("0\r\n\r\n"));
    },
  },
  {
    name: "fails with the error that a body fails with",
    run: async (context) => {
      const server = context.serve((peer) => peer.drain());
      const upload = new Upload();
      const answer = failureOf(context.client().send(upload.request(server.url()), never()));
      upload.send("hello");
      const error = new GatewayError("body_too_large", "The body is larger than 3 bytes");
      upload.fail(error);
      assertEquals(await answer, error);
      await within(WAIT_MS, server.peers[0]?.left ?? Promise.resolve());
    },
  },
  ...lengths.map(refusesWrongLength),
  {
    name: "sends a streamed body on a connection that cannot be stale (T39)",
    except: { fetch: "the runtime takes any connection of its pool" },
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await receiveUntil(peer, /\r\n0\r\n\r\n$|\{\}$/);
        await peer.send(OK);
      });
      const client = context.client();
      await readBody((await client.send(post(server.url()), never())).body);
      const upload = new Upload();
      const answer = client.send(upload.request(server.url()), never());
      upload.send("hello");
      upload.end();
      assertEquals((await answer).status, 200);
      assertEquals(server.peers.length, 2);
    },
  },
  {
    name: "lets a body take its time, but no pause longer than the time for an answer",
    run: async (context) => {
      const parts: Record<string, PromiseWithResolvers<void>> = {
        hello: Promise.withResolvers(),
        world: Promise.withResolvers(),
      };
      const server = context.serve(async (peer) => {
        for (const [text, part] of Object.entries(parts)) {
          await receiveUntil(peer, new RegExp(text));
          part.resolve();
        }
        await peer.drain();
      });
      const upload = new Upload();
      const options = { headersTimeoutMs: 600, connectTimeoutMs: 400 };
      const answer = failureOf(context.client(options).send(upload.request(server.url()), never()));
      for (const [sent, [text, part]] of Object.entries(parts).entries()) {
        upload.send(text);
        await within(WAIT_MS, part.promise);
        // The server may see it before the client knows that it is sent.
        await until(() => upload.reads === sent + 2, WAIT_MS);
        context.clock.advance(500);
      }
      context.clock.advance(500);
      assertEquals((await answer).kind, "request_timeout");
      await within(WAIT_MS, upload.cancelled);
    },
  },
];
