import { assertEquals, assertThrows } from "@std/assert";
import {
  authenticateOptions,
  createAuthenticate,
  needsKey,
} from "../../../src/access/authenticate.ts";
import { hashOf } from "../../../src/access/keys/key_form.ts";
import {
  type RuntimeKey,
  runtimeKeyBody,
  RuntimeKeyTable,
} from "../../../src/access/keys/runtime_keys.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { Entity } from "../../../src/core/ledger/ledger_store.ts";
import { EntityTable } from "../../../src/ledger/entity_table.ts";
import { ManualClock } from "../../transport/manual_clock.ts";

const ANNA = "weir_annas-key";
const OLD = "weir_annas-old-key";

function entity(id: string, more: Partial<RuntimeKey> & Record<string, unknown> = {}): Entity {
  return { kind: "key", id, body: { name: "anna", hash: hashOf(ANNA), ...more } as Entity["body"] };
}

function gate(auth: object, entities: readonly Entity[] | undefined) {
  const table = new EntityTable();
  const keys = new RuntimeKeyTable(table);
  if (entities !== undefined) table.set(entities);
  const clock = new ManualClock();
  const authenticate = createAuthenticate(authenticateOptions.parse(auth), clock, keys);
  const nameOf = (offered?: string): string => {
    try {
      return authenticate(() => offered).name;
    } catch (thrown) {
      return thrown instanceof GatewayError ? `${thrown.status} ${thrown.code}` : String(thrown);
    }
  };
  return { table, clock, nameOf, authenticate };
}

Deno.test("a key that is made at run time lets its holder in, as itself", () => {
  const made = entity("k1", { team: "red", tags: { project: "x" }, models: ["gpt-*"] });
  const { authenticate } = gate({}, [made]);
  const { name, hasKey, team, tags, models } = authenticate(() => ANNA);
  assertEquals({ name, hasKey, team, tags, models }, {
    name: "anna",
    hasKey: true,
    team: "red",
    tags: { project: "x" },
    models: ["gpt-*"],
  });
});

Deno.test("making the first key closes an open gateway, and withdrawing the last does not open it", () => {
  const { table, nameOf } = gate({}, []);
  assertEquals([nameOf(), nameOf("anything")], ["anonymous", "anonymous"]);
  table.set([entity("k1")]);
  assertEquals([nameOf(), nameOf(ANNA)], ["401 missing_api_key", "anna"]);
  table.set([entity("k1", { withdrawnMs: 1 })]);
  assertEquals([nameOf(), nameOf(ANNA)], ["401 missing_api_key", "401 invalid_api_key"]);
});

Deno.test("while nobody knows whether there are keys, nobody is let in without one of the file", () => {
  const { table, nameOf } = gate({}, undefined);
  assertEquals([nameOf(), nameOf(ANNA)], ["503 keys_unknown", "503 keys_unknown"]);
  table.set([]);
  assertEquals(nameOf(), "anonymous");
  const own = gate({ apiKey: "own-key" }, undefined);
  assertEquals([own.nameOf("own-key"), own.nameOf(ANNA)], ["default", "503 keys_unknown"]);
});

Deno.test("REQUIRE_API_KEY closes a gateway without keys, and opens one with keys", () => {
  const closed = gate({ required: "on" }, []);
  assertEquals([closed.nameOf(), closed.nameOf("x")], [
    "401 missing_api_key",
    "401 invalid_api_key",
  ]);
  const open = gate({ required: "off" }, [
    entity("k1"),
    entity("k2", {
      name: "ben",
      hash: hashOf("weir_bens"),
      withdrawnMs: 1,
    }),
  ]);
  assertEquals(open.nameOf(), "anonymous");
  assertEquals(open.nameOf(ANNA), "anna");
  assertEquals(open.nameOf("sk-of-some-client"), "anonymous");
  // Somebody means to be known, and is not.
  assertEquals(open.nameOf("weir_mistyped"), "401 invalid_api_key");
  assertEquals(open.nameOf("weir_bens"), "401 invalid_api_key");
  assertEquals(
    needsKey(authenticateOptions.parse({ required: "off" }), { state: "unknown" }),
    false,
  );
});

Deno.test("a key is paused and taken back, and expires", () => {
  const { table, clock, nameOf } = gate({}, [entity("k1", { disabled: true })]);
  assertEquals(nameOf(ANNA), "401 api_key_disabled");
  table.set([entity("k1", { expires: "1970-01-01T00:00:10Z" })]);
  assertEquals(nameOf(ANNA), "anna");
  clock.advance(10_000);
  assertEquals(nameOf(ANNA), "401 api_key_expired");
});

Deno.test("both keys are good after a rotation, until a time", () => {
  const rotated = { previousHash: hashOf(OLD), previousUntilMs: 5_000 };
  const { table, clock, nameOf } = gate({}, [entity("k1", { hash: hashOf(OLD) })]);
  assertEquals([nameOf(OLD), nameOf(ANNA)], ["anna", "401 invalid_api_key"]);
  table.set([entity("k1", rotated)]);
  assertEquals([nameOf(OLD), nameOf(ANNA)], ["anna", "anna"]);
  clock.advance(5_000);
  assertEquals([nameOf(OLD), nameOf(ANNA)], ["401 api_key_expired", "anna"]);
});

Deno.test("keys of the file win, by their names and by their hashes", () => {
  const own = { name: "anna", hash: hashOf("weir_of-the-file") };
  const named = gate({ keys: [own] }, [entity("k1")]);
  assertEquals([named.nameOf(ANNA), named.nameOf("weir_of-the-file")], [
    "401 invalid_api_key",
    "anna",
  ]);
  const hashed = gate({ keys: [{ name: "file", hash: hashOf(ANNA) }] }, [entity("k1")]);
  assertEquals(hashed.nameOf(ANNA), "file");
  const taken = gate({}, [entity("k1", { name: "default" }), entity("k2", { name: "anonymous" })]);
  assertEquals(taken.nameOf(ANNA), "401 invalid_api_key");
});

Deno.test("of two keys of one name the same one wins everywhere, and a withdrawn one frees its name", () => {
  const second = entity("k2", { hash: hashOf("weir_second") });
  for (const order of [[entity("k1"), second], [second, entity("k1")]]) {
    const { nameOf } = gate({}, order);
    assertEquals([nameOf(ANNA), nameOf("weir_second")], ["anna", "401 invalid_api_key"]);
  }
  const { nameOf } = gate({}, [entity("k1", { withdrawnMs: 1 }), second]);
  assertEquals([nameOf(ANNA), nameOf("weir_second")], ["401 invalid_api_key", "anna"]);
});

Deno.test("a key that a newer version has written, and this one cannot judge, lets nobody in", () => {
  const { nameOf } = gate({}, [entity("k1", { onlyOnMondays: true })]);
  assertEquals([nameOf(), nameOf(ANNA)], ["401 missing_api_key", "401 invalid_api_key"]);
});

Deno.test("nothing of a key but its hashes is kept", () => {
  assertThrows(() => runtimeKeyBody.parse({ name: "anna", hash: ANNA }));
  assertThrows(() => runtimeKeyBody.parse({ name: "anna", hash: hashOf(ANNA), key: ANNA }));
});
