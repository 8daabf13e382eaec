/** Hostile answers: of six APIs of providers, to clients of six APIs. */

import { assertEquals } from "@std/assert";
import { thrownMessage } from "../../src/core/text/thrown_message.ts";
import { clientOf, judgeAnswer, requestFor } from "./answers/clients.ts";
import { promptOf, startHostileProvider } from "./answers/hostile_provider.ts";
import { mutatedAnswers } from "./answers/mutations.ts";
import { hostileWires } from "./answers/wires.ts";
import { chosen } from "./choice.ts";
import { SECRETS } from "./judge.ts";
import { readAnswer } from "./raw_answer.ts";
import { answerOf, startScene } from "./scene.ts";

/** Small enough for what stalls and what does not end. */
const BOUNDS = {
  CONNECT_TIMEOUT_MS: "5000",
  FIRST_BYTE_TIMEOUT_MS: "6000",
  FIRST_CONTENT_TIMEOUT_MS: "7000",
  IDLE_TIMEOUT_MS: "3000",
  FINISH_TIMEOUT_MS: "500",
  TOTAL_TIMEOUT_MS: "12000",
  MAX_RESPONSE_BYTES: "4000000",
  MAX_EVENT_BYTES: "262144",
};

Deno.test("hostile answers harm neither their clients nor others", async (test) => {
  const rows = [...mutatedAnswers, ...hostileWires].map((row, index) => ({ ...row, index }));
  await using provider = startHostileProvider(rows);
  const { baseUrl } = provider;
  await using scene = await startScene({
    env: {
      ...BOUNDS,
      OPENAI_BASE_URL: baseUrl,
      ANTHROPIC_BASE_URL: baseUrl,
      ANTHROPIC_API_KEY: SECRETS.upstream,
      GEMINI_BASE_URL: baseUrl,
      GEMINI_API_KEY: SECRETS.upstream,
      OLLAMA_HOST: baseUrl,
      BEDROCK_BASE_URL: baseUrl,
      AWS_BEARER_TOKEN_BEDROCK: SECRETS.upstream,
      // A good call waits for as long as a busy machine takes.
      UPSTREAM_GOOD_BASE_URL: baseUrl,
      UPSTREAM_GOOD_API_KEY: SECRETS.upstream,
      UPSTREAM_GOOD_HEADERS_TIMEOUT_MS: "60000",
    },
    goodCall: {
      path: "/v1/chat/completions",
      body: `{"model":"good/m","messages":[{"role":"user","content":"hi"}]}`,
      answer: /"content":"ok"/,
    },
  });
  for (const [kind, all] of Object.entries(Object.groupBy(rows, ({ format }) => format))) {
    const of = chosen(all);
    await test.step(`${of.length} answers of ${kind}`, () =>
      scene.play(of, async (row) => {
        const client = clientOf(row, row.index);
        const wire = () => requestFor(client, row, promptOf(row.index));
        const answer = await answerOf(scene.weir, { wire, statuses: row.statuses });
        try {
          judgeAnswer(client, row, readAnswer(answer));
        } catch (thrown) {
          throw new Error(`for ${client.name}: ${thrownMessage(thrown)}`);
        }
      }));
  }
  assertEquals(provider.problems, []);
  await scene.close();
});
