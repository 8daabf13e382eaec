/** Refusals, and headers of answers, that are more than they seem; whatever the API. */

import { wireOf } from "../hostile_input.ts";
import { HOSTILE_TEXTS } from "../hostile_texts.ts";
import { SECRETS } from "../judge.ts";
import { headOf, jsonAnswer, REFUSED, type WireRow } from "./hostile_answer.ts";

export const hostileHeaders: readonly WireRow[] = HOSTILE_TEXTS.flatMap(
  ({ name, text }, at): WireRow[] => {
    const header = [
      "x-request-id",
      "retry-after",
      "content-type",
      "openai-model",
      "x-ratelimit-reset-requests",
      "etag",
      "cache-control",
      "content-language",
    ][at % 8] ?? "";
    return [
      [
        `${name} in ${header}`,
        ({ whole }) => jsonAnswer(whole, 200, [`${header}: ${wireOf(text)}`]),
      ],
      [
        `${name} in ${header} of a refusal`,
        () => jsonAnswer(`{"error":{"message":"no"}}`, 429, [`${header}: ${wireOf(text)}`]),
        [...REFUSED, 200],
      ],
      [
        `${name} in the message of a refusal`,
        () =>
          jsonAnswer(
            JSON.stringify({ error: { message: text, code: text, type: text, status: text } }),
            400,
          ),
        REFUSED,
      ],
      [
        `${name} as the page of a refusal`,
        () => `${headOf(503, ["content-type: text/html", "connection: close"])}${wireOf(text)}`,
        REFUSED,
      ],
    ];
  },
);

export const hostileRefusals: readonly WireRow[] = [
  ...[301, 302, 303, 307, 308].flatMap((status): WireRow[] =>
    [
      "http://169.254.169.254/latest/meta-data/",
      "file:///etc/passwd",
      "//evil.invalid/",
      "/v1/elsewhere",
    ]
      .map((location): WireRow => [
        `${status} to ${location}`,
        () => headOf(status, [`location: ${location}`, "content-length: 0"]),
        REFUSED,
      ])
  ),
  ...[
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "NaN",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "1; evil",
    " ",
    "0.0000001",
    "Infinity",
  ]
    .flatMap((wait): WireRow[] =>
      [429, 503].map((status): WireRow => [
        `${status}, to be tried again after ${wait}`,
        () =>
          jsonAnswer(`{"error":{"message":"wait"}}`, status, [
            `retry-after: ${wait}`,
            `retry-after-ms: ${wait}`,
          ]),
        REFUSED,
      ])
    ),
  ...[400, 401, 402, 403, 404, 407, 418, 421, 426, 451, 500, 511, 599].map((status): WireRow => [
    `${status} with the key in its words`,
    () =>
      jsonAnswer(
        JSON.stringify({ error: { message: `key ${SECRETS.upstream}`, param: SECRETS.upstream } }),
        status,
        [
          "set-cookie: evil=1",
          `x-evil: ${SECRETS.upstream}`,
          `www-authenticate: Basic realm="${SECRETS.upstream}"`,
        ],
      ),
    [...REFUSED, 418, 421, 426, 451, 511, 599],
  ]),
];
