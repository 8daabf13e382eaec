/** Each hostile value in each field of each surface, and bodies that are packed or put together wrongly. */

import { Buffer } from "node:buffer";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { textOf } from "../../transport/raw_server.ts";
import { HOSTILE_TEXTS } from "../hostile_texts.ts";
import {
  HOSTILE_VALUES,
  jsonWith,
  placesOf,
  shown,
  textPlacesOf,
  wrongAt,
} from "../hostile_values.ts";
import { type HostileInput, requestOf, wireOf } from "../hostile_input.ts";
import { type AttackedSurface, SURFACES } from "../surfaces.ts";

/** What a gateway may say of a body: it has it, or the fault is the client's. */
const STATUSES = [200, 400, 404, 413, 415, 422];

function bodyOf(
  surface: AttackedSurface,
  name: string,
  body: string,
  { headers = [], statuses = STATUSES }: {
    readonly headers?: readonly string[];
    readonly statuses?: readonly number[];
  } = {},
): HostileInput {
  const { path, headers: own, errors } = surface;
  return {
    name: `${surface.name}: ${name}`,
    statuses,
    errors,
    wire: () =>
      requestOf({
        method: "POST",
        target: path,
        headers: [...own, ...headers],
        body: wireOf(body),
      }),
  };
}

/** Every place of every surface with one of the values in turn, and outer ones with all of them. */
function valuesIn(surface: AttackedSurface, at: number): readonly HostileInput[] {
  return placesOf(surface.body).flatMap((place, index) =>
    wrongAt(
      surface.body,
      place,
      HOSTILE_VALUES.filter((_, turn) => place.length <= 1 || (turn + index + at) % 10 === 0),
    ).map(({ name, json }) => bodyOf(surface, name, json))
  );
}

/** Every text of every surface is one of the hostile ones in turn. */
function textsIn(surface: AttackedSurface, at: number): readonly HostileInput[] {
  const places = textPlacesOf(surface.body);
  return HOSTILE_TEXTS.map(({ name, text }, index) => {
    const place = places[(index + at) % places.length] ?? [];
    return bodyOf(
      surface,
      `${name} for the text ${shown(place)}`,
      jsonWith(surface.body, place, JSON.stringify(text)),
    );
  });
}

const twice = (json: string, name: string, value: string): string =>
  json.replace(/^\{/, () => `{${JSON.stringify(name)}:${value},`);

/** Large ones are for some of the surfaces: all read their bodies by the same code. */
const isForLarge = (at: number): boolean => at % 4 === 0;

/** What is wrong with a body as a whole. */
function wholesOf(surface: AttackedSurface, at: number): readonly HostileInput[] {
  const good = JSON.stringify(surface.body);
  const bad = [400, 404, 413];
  const whole: readonly (readonly [name: string, body: string, statuses: readonly number[]])[] = [
    ["no body", "", bad],
    ["half a body", good.slice(0, good.length / 2), bad],
    ["two bodies", good + good, bad],
    ["a comma at the end", good.replace(/\}$/, ",}"), bad],
    ["a byte order mark", `\ufeff${good}`, bad],
    ["a text behind it", `${good}x`, bad],
    ["a comment", `/**/${good}`, bad],
    ["the model twice", twice(good, "model", `"other"`), STATUSES],
    ["the model twice in another case", twice(good, "MODEL", `"other"`), STATUSES],
    ["the first field twice", twice(good, Object.keys(surface.body)[0] ?? "", "null"), STATUSES],
    ["__proto__ beside all", twice(good, "__proto__", `{"model":"evil","stream":true}`), STATUSES],
    [
      "a form of parts",
      `--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--x--`,
      bad,
    ],
    ["whether to stream, in words", twice(good, "stream", `"yes"`), STATUSES],
  ];
  const large: typeof whole = [
    ["200,001 names", twice(good, "x", `{${namesOf(200_001)}}`), bad],
    ["depth without end", `${"[".repeat(100_000)}`, bad],
    ["depth of objects without end", `${`{"a":`.repeat(100_000)}`, bad],
    ["a name of 300,000 characters", twice(good, "n".repeat(300_000), "1"), STATUSES],
    ["5,000,001 bytes", twice(good, "x", `"${"y".repeat(5_000_001)}"`), [413]],
  ];
  return [...whole, ...(isForLarge(at) ? large : [])].map(([name, body, statuses]) =>
    bodyOf(surface, name, body, { statuses })
  );
}

function namesOf(count: number): string {
  return Array.from({ length: count }, (_, at) => `"${at}":0`).join();
}

/** A thousand times what it is on the wire. */
const BOMB = gzipSync(Buffer.alloc(60_000_000, " "));
const DEFLATED_BOMB = deflateSync(Buffer.alloc(60_000_000));

const PACKED: readonly (readonly [
  name: string,
  coding: string,
  pack: (body: Buffer) => Uint8Array,
  statuses: readonly number[],
])[] = [
  ["a bomb", "gzip", () => BOMB, [413]],
  ["a bomb of deflate", "deflate", () => DEFLATED_BOMB, [413]],
  ["a bomb within a bomb", "gzip", () => gzipSync(BOMB), [400]],
  ["half of a packed body", "gzip", (body) => gzipSync(body).subarray(0, -12), [400]],
  ["a packed body with more behind it", "gzip", (body) => behind(gzipSync(body), "x"), [200, 400]],
  ["two packed bodies", "gzip", (body) => behind(gzipSync(body), gzipSync(body)), [400]],
  ["another coding than it says", "gzip", (body) => deflateSync(body), [400]],
  ["a coding that nobody asked for", "br", (body) => brotliCompressSync(body), [415]],
  ["a body that is not packed", "gzip", (body) => body, [400]],
  ["two codings", "gzip, gzip", (body) => gzipSync(gzipSync(body)), [415]],
];

function behind(body: Uint8Array, more: Uint8Array | string): Uint8Array {
  return Buffer.concat([body, Buffer.from(more as Uint8Array)]);
}

function packedOf(surface: AttackedSurface): readonly HostileInput[] {
  const body = Buffer.from(JSON.stringify(surface.body));
  return PACKED.map(([name, coding, pack, statuses]) => ({
    name: `${surface.name}: ${name}`,
    statuses,
    errors: surface.errors,
    wire: () =>
      requestOf({
        method: "POST",
        target: surface.path,
        headers: [...surface.headers, `content-encoding: ${coding}`],
        body: textOf(pack(body)),
      }),
  }));
}

export const hostileBodies: readonly HostileInput[] = SURFACES.flatMap((surface, at) => [
  ...valuesIn(surface, at),
  ...textsIn(surface, at),
  ...wholesOf(surface, at),
  ...(isForLarge(at) ? packedOf(surface) : []),
]);
