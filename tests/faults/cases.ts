/**
 * What Weir makes of each fault its fake LLM can play: the expectation, row by row, to be read by people.
 *
 * A cell is `STATUS WIRE LOG UPSTREAM`:
 * - STATUS is what the client got, `-` where it left before any;
 * - WIRE is `complete` or the code of the error the client was told, `left` where it left;
 * - LOG is the outcome in the log;
 * - UPSTREAM is `done` where the provider ended its answer, `cancelled` where Weir ended it.
 *
 * @module
 */

/** One fault, and the cell expected of a whole answer and of a stream. */
export interface FaultCase {
  readonly prompt: string;
  readonly json: string;
  readonly sse: string;
  /** The stream's cell where it is another when transcoded. */
  readonly transcodedSse?: string;
  /** The client leaves: once the upstream has the request, or after so many chunks. */
  readonly leavesAfterChunks?: number;
}

const OK = "200 complete complete done";

/** The clocks of the gateways that the table is run on; small, so that it is over soon. */
export const CLOCKS: Readonly<Record<string, string>> = {
  FIRST_BYTE_TIMEOUT_MS: "500",
  FIRST_CONTENT_TIMEOUT_MS: "700",
  IDLE_TIMEOUT_MS: "900",
  FINISH_TIMEOUT_MS: "200",
  TOTAL_TIMEOUT_MS: "2000",
  // What is played is what the client is to see.
  MAX_RETRIES: "0",
};

export const CASES: readonly FaultCase[] = [
  { prompt: "hello", json: OK, sse: OK },
  { prompt: "[tokens=500]", json: OK, sse: OK },
  { prompt: "[length]", json: OK, sse: OK },
  { prompt: "[tool=look_up {}]", json: OK, sse: OK },
  { prompt: "[reasoning=first]", json: OK, sse: OK },
  { prompt: "[echo]", json: OK, sse: OK },
  { prompt: "[slow=100]", json: OK, sse: OK },
  { prompt: "[pace=20]", json: OK, sse: OK },
  { prompt: "[comments=50]", json: OK, sse: OK },
  // The broken event is left out; an answer that is one broken object is none.
  {
    prompt: "[malformed=3]",
    json: "502 upstream_invalid_response upstream_error done",
    sse: OK,
  },
  { prompt: "[nodone]", json: OK, sse: OK },
  // A whole answer without a finish reason says so itself, and is handed on.
  {
    prompt: "[nofinish]",
    json: "200 complete truncated done",
    sse: "200 upstream_truncated truncated done",
  },
  {
    prompt: "[nofinish] [nodone]",
    json: "200 complete truncated done",
    sse: "200 upstream_truncated truncated done",
  },
  ...([
    ["[400]", "400 context_length_exceeded"],
    ["[401]", "502 upstream_auth_failed"],
    ["[403]", "403 unsupported_country_region_territory"],
    ["[404]", "404 model_not_found"],
    ["[408]", "408 request_timeout"],
    ["[413]", "413 request_too_large"],
    ["[422]", "422 null"],
    ["[429]", "429 rate_limit_exceeded"],
    ["[quota]", "429 insufficient_quota"],
    ["[500]", "500 null"],
    ["[502] [html]", "502 upstream_error"],
    ["[503]", "503 server_is_overloaded"],
    ["[504]", "504 null"],
    ["[529]", "529 overloaded"],
  ] as const).map(([prompt, answer]) => {
    const cell = `${answer} upstream_error done`;
    return { prompt, json: cell, sse: cell };
  }),
  {
    prompt: "[empty]",
    json: "502 empty_response upstream_error done",
    sse: "502 empty_response upstream_error done",
  },
  {
    prompt: "[error=0]",
    json: "500 upstream_error upstream_error done",
    sse: "500 upstream_error upstream_error done",
  },
  {
    prompt: "[error=1]",
    json: "500 upstream_error upstream_error done",
    sse: "500 upstream_error upstream_error done",
  },
  {
    prompt: "[error=3]",
    json: "500 upstream_error upstream_error done",
    // The provider's own event has no code, and is handed on as it is where that is possible.
    sse: "200 null upstream_error done",
    transcodedSse: "200 upstream_error upstream_error done",
  },
  {
    prompt: "[cut=0]",
    json: "502 upstream_truncated truncated done",
    sse: "502 upstream_truncated truncated done",
  },
  {
    prompt: "[cut=1]",
    json: "502 upstream_truncated truncated done",
    sse: "502 upstream_truncated truncated done",
  },
  {
    prompt: "[cut=3]",
    json: "502 upstream_truncated truncated done",
    sse: "200 upstream_truncated truncated done",
  },
  // The finish reason has come: what is cut off is the end mark alone.
  {
    prompt: "[cut=4]",
    json: "502 upstream_truncated truncated done",
    sse: OK,
  },
  {
    prompt: "[slow=60000]",
    json: "504 upstream_timeout timeout cancelled",
    sse: "504 upstream_timeout timeout cancelled",
  },
  {
    prompt: "[stall=0]",
    json: "504 idle_timeout timeout cancelled",
    sse: "504 first_content_timeout timeout cancelled",
  },
  {
    prompt: "[stall=1]",
    json: "504 idle_timeout timeout cancelled",
    sse: "504 first_content_timeout timeout cancelled",
  },
  {
    prompt: "[stall=4]",
    json: "504 idle_timeout timeout cancelled",
    sse: "200 complete complete cancelled",
  },
  {
    prompt: "[stall=3]",
    json: "504 idle_timeout timeout cancelled",
    sse: "200 idle_timeout timeout cancelled",
  },
  {
    prompt: "[tokens=9999] [pace=100]",
    json: OK,
    sse: "200 total_timeout timeout cancelled",
  },
  {
    prompt: "[slow=60000] and the client leaves",
    json: "- left client_gone cancelled",
    sse: "- left client_gone cancelled",
    leavesAfterChunks: 0,
  },
  {
    prompt: "[stall=1] and the client leaves",
    json: "- left client_gone cancelled",
    sse: "- left client_gone cancelled",
    leavesAfterChunks: 0,
  },
  {
    prompt: "[tokens=9999] [pace=5] [stall=50] and the client leaves",
    json: "- left client_gone cancelled",
    sse: "200 left client_gone cancelled",
    leavesAfterChunks: 2,
  },
];
