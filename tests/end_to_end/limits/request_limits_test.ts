/** The limits on requests that an operator can set, each set and met; and what a refusal says. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { bytesOf, textOf } from "../../transport/raw_server.ts";

const BODY = `{"model":"m","messages":[{"role":"user","content":"hi"}]`;

/** Status and code of the answer to a chat call. */
async function ask(weir: Program, body: BodyInit, headers = {}): Promise<string> {
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const { error } = await response.json();
  return `${response.status} ${error?.code}`;
}

/** Sends the beginning of a request, and reads until there is an error. */
async function firstAnswer(weir: Program, request: string): Promise<string> {
  const { hostname, port } = new URL(weir.url);
  using socket = await Deno.connect({ hostname, port: Number(port) });
  await socket.write(bytesOf(request));
  const buffer = new Uint8Array(65_536);
  let answer = "";
  while (!/"error":.*}}$/.test(answer)) {
    const count = await socket.read(buffer);
    if (count === null) break;
    answer += textOf(buffer.subarray(0, count));
  }
  return answer;
}

Deno.test("the limits on JSON are the operator's", async () => {
  await using weir = await startProgram({
    env: { MAX_JSON_DEPTH: "8", MAX_JSON_KEYS: "16", MAX_JSON_VALUES: "32" },
  });
  const keys = (count: number) => Array.from({ length: count }, (_, at) => `"k${at}":0`).join();
  const rows: readonly (readonly [inner: string, verdict: string])[] = [
    [`"metadata":${"[".repeat(7)}${"]".repeat(7)}`, "200 undefined"],
    [`"metadata":${"[".repeat(8)}${"]".repeat(8)}`, "400 json_too_deep"],
    [keys(12), "200 undefined"],
    [keys(13), "400 json_too_many_keys"],
    [`"metadata":[${"0,".repeat(24)}0]`, "200 undefined"],
    [`"metadata":[${"0,".repeat(26)}0]`, "400 json_too_many_values"],
  ];
  for (const [inner, verdict] of rows) {
    assertEquals([inner, await ask(weir, `${BODY},${inner}}`)], [inner, verdict]);
  }
});

Deno.test("the patience with bodies is the operator's", async () => {
  await using weir = await startProgram({ env: { BODY_IDLE_TIMEOUT_MS: "200" } });
  const answers: readonly (readonly [lengthBytes: number, message: RegExp])[] = [
    [1_000, /Nothing of the request's body arrived for 200 ms/],
    [1_000_000, /Nothing of the request's body arrived for 200 ms/],
  ];
  for (const [lengthBytes, message] of answers) {
    const answer = await firstAnswer(
      weir,
      "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
        `content-length: ${lengthBytes}\r\n\r\n{`,
    );
    assertMatch(answer, /^HTTP\/1\.1 408 /);
    assertMatch(answer, /\r\nconnection: close\r\n/i);
    assertMatch(answer, message);
  }
});

Deno.test("a hundred times what is allowed is refused however it is packed (T49)", async () => {
  await using weir = await startProgram({ env: { MAX_BODY_BYTES: "100000" } });
  for (const coding of ["gzip", "deflate"] as const) {
    const packed = (text: string) =>
      new Response(new Blob([text]).stream().pipeThrough(new CompressionStream(coding))).bytes();
    const headers = { "content-encoding": coding };
    const bomb = await packed(" ".repeat(10_000_000));
    assert(bomb.length < 100_000);
    assertEquals(await ask(weir, bomb, headers), "413 body_too_large");
    assertEquals(await ask(weir, await packed(`${BODY}}`), headers), "200 undefined");
  }
});

Deno.test("who packs a body in another way is told what is taken", async () => {
  await using weir = await startProgram();
  const response = await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-encoding": "br" },
    body: "packed",
  });
  assertEquals([response.status, response.headers.get("accept-encoding")], [415, "gzip, deflate"]);
  assertMatch((await response.json()).error.message, /gzip, deflate/);
  assertEquals(
    await ask(weir, "x", { "content-type": "text/plain" }),
    "415 unsupported_media_type",
  );
});

Deno.test("bodies that come in at once are bounded together, whichever API they are for", async () => {
  await using weir = await startProgram({
    env: { MAX_BODY_BYTES: "100000", BODY_IDLE_TIMEOUT_MS: "5000" },
  });
  const paths = ["/v1/chat/completions", "/api/v1/inference"];
  const answers = Array.from({ length: 17 }, (_, at) =>
    firstAnswer(
      weir,
      `POST ${paths[at % 2]} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n` +
        `transfer-encoding: chunked\r\n\r\n${(100_000).toString(16)}\r\n${" ".repeat(100_000)}\r\n`,
    ));
  const first = await Promise.race(answers);
  assertMatch(first, /^HTTP\/1\.1 503 /);
  assertMatch(first, /"too_many_large_bodies"/);
  await Promise.all(answers);
});

Deno.test("bodies that say how long they are and do not come are bounded with them", async () => {
  await using weir = await startProgram({
    env: { MAX_BODY_BYTES: "100000", BODY_IDLE_TIMEOUT_MS: "5000" },
  });
  const paths = ["/v1/chat/completions", "/api/v1/inference"];
  const answers = Array.from({ length: 17 }, (_, at) =>
    firstAnswer(
      weir,
      `POST ${paths[at % 2]} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n` +
        `content-length: 100000\r\n\r\n${" ".repeat(99_999)}`,
    ));
  const first = await Promise.race(answers);
  assertMatch(first, /^HTTP\/1\.1 503 /);
  assertMatch(first, /"too_many_large_bodies"/);
  // Whoever sends a body at once is answered meanwhile.
  assertEquals(await ask(weir, `${BODY}}`), "200 undefined");
  await Promise.all(answers);
});
