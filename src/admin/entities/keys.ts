/** `/keys`: keys of clients, made, changed and withdrawn while the gateway runs. */

import * as z from "zod";
import { type KeyOptions, TAKEN_NAMES } from "../../access/keys/api_keys.ts";
import type { AdminCaller } from "../../access/admin_role.ts";
import { formatKey, hashOf, KEY_BYTES } from "../../access/keys/key_form.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { Entity } from "../../core/ledger/ledger_store.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { conflict, type EntityBook, ofKind } from "./entity_book.ts";
import { name, pageAfter, pageOf, pageParameters, pageSize } from "../api/filters.ts";
import {
  changedBody,
  fileKeyId,
  keyChangeBody,
  type KeyEntity,
  keyOf,
  keysIn,
  madeKey,
  newKeyBody,
  showFileKey,
  type ShownKey,
  shownKey,
  showRuntimeKey,
} from "./key_form.ts";
import { invalid } from "../api/read_asked.ts";
import { type AdminRoute, type Asked, json, route } from "../api/route.ts";

const DEFAULT_GRACE_SECONDS = 86_400;
const MAX_GRACE_SECONDS = 2_592_000;

const FIRST_KEY =
  "This is the first key: from now on every caller needs one, unless REQUIRE_API_KEY is off";

export interface KeyRouteParts {
  readonly book: EntityBook;
  readonly clock: Clock;
  readonly randomBytes: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Those of the configuration, which win. */
  readonly fileKeys: readonly KeyOptions[];
  /** Whether callers need no key as long as there is none. */
  readonly isOpen: () => boolean;
}

const listQuery = z.strictObject({
  ...pageParameters,
  name: name.optional(),
  team: name.optional(),
  text: z.string().min(1).max(200).optional().describe("Part of its name, owner or team."),
  withdrawn: z.enum(["true", "false"]).default("false").describe("Withdrawn ones as well."),
});

const rotation = z.strictObject({
  grace_seconds: z.int().min(0).max(MAX_GRACE_SECONDS).default(DEFAULT_GRACE_SECONDS)
    .describe("How long the key before it stays good as well."),
});

const KEY_ANSWER = { status: 200, meaning: "The key as it is now", schema: shownKey };

export function keyRoutes(parts: KeyRouteParts): readonly AdminRoute[] {
  const { book } = parts;
  return [
    route<z.output<typeof listQuery>>({
      method: "GET",
      path: "/keys",
      role: "read",
      summary: "Keys by name, those of the configuration file included",
      query: listQuery,
      answer: { status: 200, meaning: "A page of keys", schema: pageOf(shownKey) },
      handle: (asked) => list(parts, asked),
    }),
    route<Record<string, never>, z.output<typeof newKeyBody>>({
      method: "POST",
      path: "/keys",
      role: "write",
      summary: "Make a key",
      body: newKeyBody,
      answer: { status: 201, meaning: "The key, which is shown this once", schema: madeKey },
      handle: ({ caller, body }) => book.inTurn(() => make(parts, caller, body)),
    }),
    route({
      method: "GET",
      path: "/keys/{id}",
      role: "read",
      summary: "A key",
      answer: KEY_ANSWER,
      handle: async ({ params: { id = "" } }) => json(await find(parts, id)),
    }),
    ...changeRoutes(parts),
  ];
}

/** What changes a key that is there. */
function changeRoutes(parts: KeyRouteParts): readonly AdminRoute[] {
  const { book } = parts;
  return [
    route<Record<string, never>, z.output<typeof keyChangeBody>>({
      method: "PATCH",
      path: "/keys/{id}",
      role: "write",
      summary: "Change what a key may do, pause it, or let it go on",
      body: keyChangeBody,
      answer: KEY_ANSWER,
      handle: ({ caller, params: { id = "" }, body }) =>
        book.inTurn(async () => {
          const found = await findRuntime(parts, id);
          return json(
            await write(parts, caller, "key.update", found, changedBody(found.body, body)),
          );
        }),
    }),
    route({
      method: "DELETE",
      path: "/keys/{id}",
      role: "write",
      summary: "Withdraw a key; its calls stay in the ledger, and its name is free again",
      answer: {
        status: 200,
        meaning: "It is withdrawn",
        schema: z.object({ id: z.string(), name: z.string(), deleted: z.literal(true) }),
      },
      handle: ({ caller, params: { id = "" } }) =>
        book.inTurn(async () => {
          const found = await findRuntime(parts, id);
          // It stays known that there was a key: an installation that had one is not open again.
          const withdrawnMs = Math.floor(parts.clock.epochMs());
          await write(parts, caller, "key.delete", found, { ...found.body, withdrawnMs });
          return json({ id, name: found.key.name, deleted: true });
        }),
    }),
    route<Record<string, never>, z.output<typeof rotation>>({
      method: "POST",
      path: "/keys/{id}/rotate",
      role: "write",
      summary: "Put another key in the place of one; both are good for a while",
      body: rotation,
      isBodyOptional: true,
      answer: { status: 200, meaning: "The new key, which is shown this once", schema: madeKey },
      handle: (asked) => book.inTurn(() => rotate(parts, asked)),
    }),
  ];
}

async function list(
  parts: KeyRouteParts,
  { query }: Asked<z.output<typeof listQuery>, unknown>,
): Promise<Response> {
  const nowMs = parts.clock.epochMs();
  const text = query.text?.toLowerCase();
  const isAsked = (key: ShownKey): boolean =>
    (query.name ?? key.name) === key.name &&
    (query.team ?? key.team) === key.team &&
    (query.withdrawn === "true" || key.state !== "withdrawn") &&
    (text === undefined ||
      [key.name, key.owner, key.team].some((word) => word?.toLowerCase().includes(text)));
  const keys = [
    ...parts.fileKeys.map((key) => showFileKey(key, nowMs)),
    ...keysIn(await parts.book.read()).map((key) => showRuntimeKey(key, nowMs)),
  ].filter(isAsked);
  const { data, nextCursor } = pageAfter(
    keys,
    ({ name, id }) => `${name} ${id}`,
    pageSize(query.limit),
    query.cursor,
  );
  return json({ data, next_cursor: nextCursor });
}

async function make(
  parts: KeyRouteParts,
  caller: AdminCaller,
  { name, ...members }: z.output<typeof newKeyBody>,
): Promise<Response> {
  const { book, clock, isOpen } = parts;
  const entities = await book.read();
  book.refuseTooMany(ofKind(entities, "key"));
  refuseTakenName(parts, entities, name);
  const nowMs = clock.epochMs();
  if (typeof members.expires === "string" && Date.parse(members.expires) <= nowMs) {
    throw invalid('The member "expires" is over already; write a later one', "expires");
  }
  const key = makeKey(parts);
  const created = { name, hash: hashOf(key), createdMs: Math.floor(nowMs) };
  const body = changedBody(created, members);
  const isFirst = isOpen();
  const id = book.makeId("key");
  const shown = showEntity(id, body, nowMs);
  const made = { kind: "key", id } as const;
  await book.change(caller, { ...made, body, action: "key.create", before: null, after: shown });
  try {
    // Another thread or machine may have made one of this name meanwhile: whoever sees the other's gives way.
    refuseTakenName(parts, await book.read(), name, id);
  } catch (thrown) {
    const gone = { ...made, action: "key.delete", before: shown, after: null };
    await book.change(caller, { ...gone, body: null });
    throw thrown;
  }
  const answer = { ...shown, key, ...(isFirst && { warning: FIRST_KEY }) };
  return json(answer, 201, { location: `/admin/v1/keys/${id}` });
}

/** Throws `invalid_request` with 409 where another key has the name, or is called so for good. */
function refuseTakenName(
  { fileKeys }: KeyRouteParts,
  entities: readonly Entity[],
  name: string,
  ownId = "",
): void {
  const isTaken = [...TAKEN_NAMES, ...fileKeys.map(({ name }) => name)].includes(name) ||
    keysIn(entities).some(({ id, key, isWithdrawn }) =>
      !isWithdrawn && key.name === name && id !== ownId
    );
  if (isTaken) throw conflict("name_taken", `The name "${name}" is taken; choose another`);
}

async function rotate(
  parts: KeyRouteParts,
  { caller, params: { id = "" }, body: { grace_seconds: graceSeconds } }: Asked<
    unknown,
    z.output<typeof rotation>
  >,
): Promise<Response> {
  const found = await findRuntime(parts, id);
  const key = makeKey(parts);
  const { previousHash: _, previousUntilMs: __, ...rest } = found.body;
  const previousUntilMs = Math.floor(parts.clock.epochMs()) + graceSeconds * 1_000;
  const body: JsonObject = {
    ...rest,
    hash: hashOf(key),
    ...(graceSeconds > 0 && { previousHash: found.key.hash, previousUntilMs }),
  };
  return json({ ...await write(parts, caller, "key.rotate", found, body), key });
}

/** Writes the key's new body; resolves with how it is shown. */
async function write(
  { book, clock }: KeyRouteParts,
  caller: AdminCaller,
  action: string,
  { id, body: bodyBefore }: KeyEntity,
  body: JsonObject,
): Promise<ShownKey> {
  const nowMs = clock.epochMs();
  const before = showEntity(id, bodyBefore, nowMs);
  const after = showEntity(id, body, nowMs);
  const change = { kind: "key", id, body, replaces: bodyBefore } as const;
  await book.change(caller, { ...change, action, before, after });
  return after;
}

function showEntity(id: string, body: JsonObject, nowMs: number): ShownKey & JsonObject {
  const key = keyOf({ kind: "key", id, body });
  if (key === undefined) throw new Error("A key was about to be written that nobody can read");
  return showRuntimeKey(key, nowMs) as ShownKey & JsonObject;
}

async function find(parts: KeyRouteParts, id: string): Promise<ShownKey> {
  const nowMs = parts.clock.epochMs();
  const inFile = parts.fileKeys.find(({ name }) => fileKeyId(name) === id);
  if (inFile !== undefined) return showFileKey(inFile, nowMs);
  const found = await findMade(parts, id);
  if (found === undefined) throw noKey();
  return showRuntimeKey(found, nowMs);
}

/** A key that can be changed here. */
async function findRuntime(parts: KeyRouteParts, id: string): Promise<KeyEntity> {
  if (parts.fileKeys.some(({ name }) => fileKeyId(name) === id)) {
    throw conflict(
      "set_in_file",
      'This key stands in the list "auth.keys" of the configuration; change it there',
    );
  }
  const found = await findMade(parts, id);
  if (found === undefined || found.isWithdrawn) throw noKey();
  return found;
}

/** Reads one key alone, of as many as there are. */
async function findMade({ book }: KeyRouteParts, id: string): Promise<KeyEntity | undefined> {
  const found = (await book.of("key")).find((entity) => entity.id === id);
  return found && keyOf(found);
}

function makeKey({ randomBytes }: KeyRouteParts): string {
  const bytes = new Uint8Array(KEY_BYTES);
  randomBytes(bytes);
  return formatKey(bytes);
}

function noKey(): GatewayError {
  return new GatewayError("not_found", "There is no key of this id; GET /admin/v1/keys lists all");
}
