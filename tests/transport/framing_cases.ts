/** The transport contract: how an answer is framed, well or badly. */

import { assert, assertEquals } from "@std/assert";
import { get, never, post, readBody } from "./contract.ts";
import type { ContractCase, ContractContext, ReadBody } from "./contract.ts";

const OK = "HTTP/1.1 200 OK\r\n";

interface GoodAnswer {
  readonly name: string;
  readonly method?: string;
  readonly wire: string;
  /** The server closes the connection after it. */
  readonly closes?: boolean;
  readonly status?: number;
  readonly body: string;
}

const goodAnswers: readonly GoodAnswer[] = [
  { name: "a body with a length", wire: `${OK}content-length: 5\r\n\r\nhello`, body: "hello" },
  { name: "a length of 0", wire: `${OK}content-length: 0\r\n\r\n`, body: "" },
  {
    name: "a repeated, equal length",
    wire: `${OK}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`,
    body: "hello",
  },
  {
    name: "a chunked body",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n, 10 bytes\r\n0\r\n\r\n`,
    body: "hello, 10 bytes",
  },
  {
    name: "a chunked body that says so twice",
    wire: `${OK}transfer-encoding: chunked\r\ntransfer-encoding: Chunked\r\n\r\n` +
      "5\r\nhello\r\n0\r\n\r\n",
    body: "hello",
  },
  {
    name: "chunk extensions",
    wire: `${OK}transfer-encoding: Chunked\r\n\r\n5;a=b;c="d;e"\r\nhello\r\n0;last\r\n\r\n`,
    body: "hello",
  },
  {
    name: "trailers",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\nz: \r\n\r\n`,
    body: "hello",
  },
  {
    name: "a chunk size with leading zeros",
    wire: `${OK}transfer-encoding: chunked\r\n\r\n00000005\r\nhello\r\n000\r\n\r\n`,
    body: "hello",
  },
  { name: "a body up to the end", wire: `${OK}x: y\r\n\r\nhello`, closes: true, body: "hello" },
  { name: "an empty body up to the end", wire: `${OK}\r\n`, closes: true, body: "" },
  {
    name: "an HTTP/1.0 body up to the end",
    wire: "HTTP/1.0 200 OK\r\n\r\nhello",
    closes: true,
    body: "hello",
  },
  {
    name: "a length that the end of the connection follows",
    wire: `${OK}connection: close\r\ncontent-length: 5\r\n\r\nhello`,
    closes: true,
    body: "hello",
  },
  {
    name: "the answer to HEAD, which has a length and no body",
    method: "HEAD",
    wire: `${OK}content-length: 5\r\n\r\n`,
    body: "",
  },
  { name: "204", wire: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, body: "" },
  {
    name: "304 with the length of what it does not send",
    wire: "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n",
    status: 304,
    body: "",
  },
  {
    name: "interim answers before it",
    wire: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" +
      `${OK}content-length: 5\r\n\r\nhello`,
    body: "hello",
  },
  {
    name: "a redirect, which is not followed",
    wire: "HTTP/1.1 307 Temporary Redirect\r\nlocation: /other\r\ncontent-length: 2\r\n\r\ngo",
    status: 307,
    body: "go",
  },
  {
    name: "an error with its body",
    wire: "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy",
    status: 503,
    body: "busy",
  },
  { name: "no reason phrase", wire: "HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nhi", body: "hi" },
];

function readsGoodAnswer(answer: GoodAnswer, inBytes: boolean): ContractCase {
  return {
    name: `reads ${answer.name}${inBytes ? ", one byte at a time" : ""}`,
    run: async (context) => {
      const server = context.serve(async (peer) => {
        await peer.request();
        if (inBytes) await peer.trickle(answer.wire);
        else await peer.send(answer.wire);
        if (answer.closes) peer.close();
      });
      const request = { ...get(server.url()), method: answer.method ?? "GET" };
      const response = await context.client().send(request, never());
      assertEquals(response.status, answer.status ?? 200);
      const { text, failure } = await readBody(response.body);
      assertEquals({ text, failure }, { text: answer.body, failure: undefined });
      assertEquals(await response.body.read(), null, "The end stays the end");
    },
  };
}

interface BadAnswer {
  readonly name: string;
  readonly wire: string;
  /** Why `fetch` takes it nevertheless. */
  readonly fetchTakesIt?: string;
  /** The runtime does not tell a broken chunk from a lost connection. */
  readonly fetchCallsIt?: "upstream_truncated";
}

const LENIENT = "the runtime's HTTP client takes it";
const chunked = `${OK}transfer-encoding: chunked\r\n\r\n`;

const badAnswers: readonly BadAnswer[] = [
  { name: "something else than HTTP", wire: "SSH-2.0-OpenSSH_9.2\r\n\r\n" },
  { name: "HTTP/2 without being asked", wire: "HTTP/2.0 200 OK\r\n\r\n" },
  { name: "a status of two digits", wire: "HTTP/1.1 20 OK\r\n\r\n" },
  { name: "a status of 600", wire: "HTTP/1.1 600 OK\r\n\r\n" },
  { name: "a space before the colon", wire: `${OK}x : y\r\ncontent-length: 0\r\n\r\n` },
  { name: "a folded header", wire: `${OK}x: y\r\n z\r\ncontent-length: 0\r\n\r\n` },
  { name: "a header without a name", wire: `${OK}: y\r\ncontent-length: 0\r\n\r\n` },
  { name: "a line without a colon", wire: `${OK}xy\r\ncontent-length: 0\r\n\r\n` },
  { name: "NUL in a header", wire: `${OK}x: y\0z\r\ncontent-length: 0\r\n\r\n` },
  { name: "CR in a header", wire: `${OK}x: y\rz: w\r\ncontent-length: 0\r\n\r\n` },
  {
    name: "lines that end in LF alone",
    wire: "HTTP/1.1 200 OK\nx: y\ncontent-length: 0\n\n",
    fetchTakesIt: LENIENT,
  },
  { name: "lengths that differ", wire: `${OK}content-length: 3\r\ncontent-length: 4\r\n\r\nabcd` },
  {
    name: "a list of lengths that differ",
    wire: `${OK}content-length: 3, 4\r\n\r\nabcd`,
  },
  { name: "a negative length", wire: `${OK}content-length: -1\r\n\r\n` },
  { name: "a hexadecimal length", wire: `${OK}content-length: 0x3\r\n\r\nabc` },
  { name: "an enormous length", wire: `${OK}content-length: ${"9".repeat(30)}\r\n\r\n` },
  {
    name: "both length and transfer encoding",
    wire: `${OK}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`,
  },
  {
    name: "a transfer encoding nobody asked for",
    wire: `${OK}transfer-encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n`,
  },
  {
    name: "a transfer encoding behind another",
    wire: `${OK}transfer-encoding: chunked\r\ntransfer-encoding: gzip\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
  },
  {
    name: "a transfer encoding in HTTP/1.0",
    wire: "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  },
  { name: "a switch of protocols", wire: "HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n" },
  {
    name: "interim answers without end",
    wire: "HTTP/1.1 100 Continue\r\n\r\n".repeat(100),
    fetchTakesIt: "the runtime waits for the headers' timeout",
  },
  {
    name: "a chunk size that is none",
    wire: `${chunked}zz\r\nab`,
    fetchCallsIt: "upstream_truncated",
  },
  { name: "a chunk without a size", wire: `${chunked}\r\nab`, fetchCallsIt: "upstream_truncated" },
  {
    name: "a negative chunk size",
    wire: `${chunked}-5\r\nhello`,
    fetchCallsIt: "upstream_truncated",
  },
  {
    name: "a chunk size of 17 digits",
    wire: `${chunked}${"0".repeat(16)}5\r\nhello\r\n0\r\n\r\n`,
    fetchTakesIt: LENIENT,
  },
  {
    name: "a chunk size beyond all numbers",
    wire: `${chunked}FFFFFFFFFFFFFFFF\r\nhello`,
    fetchTakesIt: LENIENT,
  },
  {
    name: "a chunk longer than its size",
    wire: `${chunked}4\r\nhello\r\n0\r\n\r\n`,
    fetchCallsIt: "upstream_truncated",
  },
  {
    name: "a chunk size that ends in LF alone",
    wire: `${chunked}5\nhello\r\n0\r\n\r\n`,
    fetchCallsIt: "upstream_truncated",
  },
  {
    name: "two numbers for a chunk size",
    wire: `${chunked}5 5\r\nhello\r\n0\r\n\r\n`,
    fetchCallsIt: "upstream_truncated",
  },
  {
    name: "a control character in a chunk extension",
    wire: `${chunked}5;a\0\r\nhello\r\n0\r\n\r\n`,
    fetchTakesIt: LENIENT,
  },
  {
    name: "chunk extensions without end",
    wire: `${chunked}5;${"a".repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
    fetchCallsIt: "upstream_truncated",
  },
  {
    name: "a malformed trailer",
    wire: `${chunked}5\r\nhello\r\n0\r\nx y\r\n\r\n`,
    fetchTakesIt: LENIENT,
  },
];

/** Sends one request and reads the answer, wherever it fails. */
async function exchange(context: ContractContext, wire: string): Promise<ReadBody & Left> {
  const server = context.serve(async (peer) => {
    await peer.request();
    await peer.send(wire);
    await peer.drain();
  });
  const result = await context.client().send(post(server.url()), never()).then(
    (response) => readBody(response.body),
    (failure) => ({ text: "", chunks: 0, failure }),
  );
  return { ...result, left: server.peers[0]?.left ?? Promise.resolve() };
}

interface Left {
  /** Resolves when the client has closed the connection. */
  readonly left: Promise<void>;
}

function refusesBadAnswer(answer: BadAnswer): ContractCase {
  const { name, wire, fetchTakesIt, fetchCallsIt } = answer;
  return {
    name: `refuses ${name} and closes the connection`,
    ...(fetchTakesIt === undefined ? {} : { except: { fetch: fetchTakesIt } }),
    run: async (context) => {
      const { failure, left } = await exchange(context, wire);
      const byFetch = context.clientName === "fetch" ? fetchCallsIt : undefined;
      assertEquals(failure?.kind, byFetch ?? "upstream_invalid_response");
      assert(!failure?.message.includes("127.0.0.1"));
      await left;
    },
  };
}

const inBytes = new Set(["a chunked body", "trailers", "interim answers before it"]);

/** What an answer may look like, and what it may not. */
export const framingCases: readonly ContractCase[] = [
  ...goodAnswers.map((answer) => readsGoodAnswer(answer, false)),
  ...goodAnswers.filter(({ name }) => inBytes.has(name)).map((answer) =>
    readsGoodAnswer(answer, true)
  ),
  ...badAnswers.map(refusesBadAnswer),
];
