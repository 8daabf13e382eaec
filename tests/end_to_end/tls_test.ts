/** HTTPS of the program itself, with a certificate that is read from files. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram, startProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";
import {
  authorityCertificate,
  certificateKey,
  goodCertificate,
  selfSignedCertificate,
} from "../transport/certificates.ts";

const FILES = { "cert.pem": goodCertificate, "key.pem": certificateKey };
const TLS = { TLS_CERT: "cert.pem", TLS_KEY: "key.pem" };

/** What a client says that trusts the authority: a status, or why there is none. */
async function health(address: string): Promise<string> {
  using client = Deno.createHttpClient({ caCerts: [authorityCertificate] });
  try {
    const answer = await fetch(`${address}/healthz`, { client });
    await answer.body?.cancel();
    return `${answer.status}`;
  } catch (thrown) {
    return Deno.inspect(thrown);
  }
}

Deno.test("the port speaks HTTPS where a certificate is named, and takes another when its file changes", async () => {
  await using directory = await workingDirectory(FILES);
  await using weir = await startProgram({ cwd: directory.path, env: TLS });
  const address = weir.url.replace("http://127.0.0.1", "https://localhost");
  assertEquals(await health(address), "200");
  const check = await runProgram({
    args: ["healthcheck", "--port", new URL(weir.url).port],
    cwd: directory.path,
    env: { HOST: "127.0.0.1", ...TLS },
  });
  assertEquals(check.code, 0, check.output);
  await Deno.writeTextFile(`${directory.path}/cert.pem`, "no certificate");
  await weir.printed(/certificate refused/);
  assertEquals(await health(address), "200");
  await Deno.writeTextFile(`${directory.path}/cert.pem`, selfSignedCertificate);
  await weir.printed(/certificate replaced/);
  assertStringIncludes(await health(address), "UnknownIssuer");
});

Deno.test("HTTPS has a port of its own beside the plain one", async () => {
  await using directory = await workingDirectory(FILES);
  // Free a moment ago, which is the best that can be had.
  const port = freePort();
  await using weir = await startProgram({
    cwd: directory.path,
    env: { ...TLS, TLS_PORT: `${port}` },
  });
  assertEquals(await health(weir.url), "200");
  assertEquals(await health(`https://localhost:${port}`), "200");
});

Deno.test("a program that lacks half of its certificate says so and does not start", async () => {
  await using directory = await workingDirectory({ ...FILES, "empty.pem": "" });
  const cases = [
    [{ TLS_CERT: "cert.pem" }, "TLS_KEY"],
    [{ TLS_PORT: "3443" }, "TLS_CERT"],
    [{ ...TLS, TLS_KEY: "missing.pem" }, "missing.pem: there is no such file"],
    [{ ...TLS, TLS_CERT: "empty.pem" }, "empty.pem, which is no PEM file"],
    [{ TLS_CERT: "key.pem", TLS_KEY: "key.pem" }, "cannot"],
  ] as const;
  for (const [env, word] of cases) {
    const { code, output } = await runProgram({
      cwd: directory.path,
      env: { HOST: "127.0.0.1", PORT: "0", ...env },
    });
    assert(code !== 0, output);
    assertStringIncludes(output, word);
  }
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
