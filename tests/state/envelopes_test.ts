import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createEnvelopes, createOwnedIds } from "../../src/state/envelopes.ts";

const SECRET = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);
const randomBytes = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes);

Deno.test("an envelope opens with what was sealed in it", () => {
  const { seal, open } = createEnvelopes(SECRET);
  const whole = { format: "anthropic_messages", provider: "anthropic", model: "claude-x" };
  for (const text of ["", "thinking… 👍", '{"signature":"abc=="}', "x".repeat(100_000)]) {
    assertEquals(open(seal(text, whole)), { text, issuer: whole });
    const issuer = { format: "openai_chat" };
    assertEquals(open(seal(text, issuer)), { text, issuer });
  }
});

Deno.test("an envelope that was changed, or made elsewhere, does not open", () => {
  const { seal, open } = createEnvelopes(SECRET);
  const sealed = seal("thought", { format: "f", model: "m" });
  assertEquals(createEnvelopes(OTHER).open(sealed), undefined);
  for (const text of ["", "weir1.", "weir1", "gAAAAA", sealed.slice(0, -2), `${sealed}AAAA`]) {
    assertEquals(open(text), undefined, text);
  }
  for (let index = "weir1.".length; index < sealed.length - 1; index++) {
    const changed = sealed[index] === "A" ? "B" : "A";
    assertEquals(open(sealed.slice(0, index) + changed + sealed.slice(index + 1)), undefined);
  }
});

Deno.test("an id tells whose it is, and that nobody made it up", () => {
  const ids = createOwnedIds(SECRET, randomBytes);
  const id = ids.make("key:alice");
  assert(/^[0-9a-f]{48}$/.test(id));
  assertNotEquals(ids.make("key:alice"), id);
  assert(ids.isOf("key:alice", id));
  assert(createOwnedIds(SECRET, randomBytes).isOf("key:alice", id));
  assert(!ids.isOf("key:bob", id));
  assert(!ids.isOf("key:alice", id.replace(/.$/, (last) => last === "0" ? "1" : "0")));
  assert(!ids.isOf("key:alice", "0".repeat(48)));
  assert(!ids.isOf("key:alice", "68a1"));
  assert(!createOwnedIds(OTHER, randomBytes).isOf("key:alice", id));
});
