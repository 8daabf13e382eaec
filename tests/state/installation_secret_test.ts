import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { installationSecret, StateError } from "../../src/state/installation_secret.ts";

const randomBytes = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes);

function withFolder(action: (folder: string) => void): void {
  Deno.mkdirSync("dist/tests", { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: "dist/tests" });
  try {
    action(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the secret that is set counts, and is the same everywhere", () => {
  const secret = "s".repeat(32);
  const first = installationSecret({ secret, folder: "/nowhere" }, randomBytes);
  assertEquals(installationSecret({ secret }, randomBytes), first);
  assertEquals(first.length, 32);
  assertNotEquals(installationSecret({ secret: "t".repeat(32) }, randomBytes), first);
});

Deno.test("without a secret and a folder each process has its own", () => {
  assertNotEquals(installationSecret({}, randomBytes), installationSecret({}, randomBytes));
});

Deno.test("the secret of a folder is made once, and its owner's alone", () =>
  withFolder((parent) => {
    const folder = `${parent}/weir/state`;
    const first = installationSecret({ folder }, randomBytes);
    assertEquals(installationSecret({ folder }, randomBytes), first);
    const { mode } = Deno.statSync(`${folder}/secret`);
    assertEquals((mode ?? 0) & 0o777, 0o600);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["secret"]);
  }));

Deno.test("a file that holds no secret is not taken for one, nor written over", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/secret`, "not a secret\n");
    assertThrows(() => installationSecret({ folder }, randomBytes), StateError, "restore it");
    assertEquals(Deno.readTextFileSync(`${folder}/secret`), "not a secret\n");
  }));

Deno.test("a folder that cannot be made is told with the setting's name", () =>
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const used = { folder: `${folder}/file/state` };
    assertThrows(() => installationSecret(used, randomBytes), StateError, "STATE must name");
  }));
